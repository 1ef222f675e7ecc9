// Generated from nf.config by `esync config generate`: change nf.config, not this file.
// ECU climate on board esp32-mcp2515. Plain data: it knows no driver and no port.
// Tests: tests/host-sim/Config/GeneratorTests.cs.
namespace EsyncAgent;

/// <summary>The ECU `climate` of nf.config.</summary>
public static class ClimateConfig
{
    /// <summary>Builds the configuration; the main program calls it once.</summary>
    public static EcuConfig Create()
    {
        return new EcuConfig
        {
            Name = "climate",
            Board = "esp32-mcp2515",
            CanBitTiming = CreateCanBitTiming(),
            CanIf = CreateCanIf(),
            CanTp = CreateCanTp(),
            Fls = CreateFls(),
            NvM = CreateNvM(),
            Dem = CreateDem(),
            Fota = CreateFota(),
            Data = CreateData(),
            Dcm = CreateDcm(),
        };
    }

    private static CanBitTiming CreateCanBitTiming()
    {
        return new CanBitTiming
        {
            Prescaler = 2,
            PropagationSegment = 8,
            PhaseSegment1 = 4,
            PhaseSegment2 = 3,
            SyncJumpWidth = 2,
        };
    }

    private static CanIfConfig CreateCanIf()
    {
        return new CanIfConfig
        {
            IsExtended = true,
            PhysicalRxId = 0x18DA98F1,
            FunctionalRxId = 0x18DB33F1,
            TxId = 0x18DAF198,
            PeriodicTxId = 0x18DEF198,
            SignalRxIds = new uint[]
            {
                0x98FEF510,
            },
            TransmitQueueLength = 8,
            ReceivePerCycleMax = 64,
        };
    }

    private static CanTpConfig CreateCanTp()
    {
        return new CanTpConfig
        {
            BlockSize = 2,
            SeparationTimeMin = 0x00,
            NAsMs = 1000,
            NBsMs = 1000,
            NCrMs = 1000,
            WaitFrameMax = 8,
            FrameTimeUs = 640,
            Padding = 0xCC,
        };
    }

    private static FlsConfig CreateFls()
    {
        return new FlsConfig
        {
            BankA = new FlsArea { Start = 0x000000, Length = 0x010000 },
            BankB = new FlsArea { Start = 0x010000, Length = 0x010000 },
            ManifestA = new FlsArea { Start = 0x020000, Length = 0x004000 },
            ManifestB = new FlsArea { Start = 0x024000, Length = 0x004000 },
            Staging = new FlsArea { Start = 0x028000, Length = 0x004000 },
            BootRecord0 = new FlsArea { Start = 0x02C000, Length = 0x001000 },
            BootRecord1 = new FlsArea { Start = 0x02D000, Length = 0x001000 },
            BootRecord2 = new FlsArea { Start = 0x02E000, Length = 0x001000 },
            NvM0 = new FlsArea { Start = 0x02F000, Length = 0x001000 },
            NvM1 = new FlsArea { Start = 0x030000, Length = 0x001000 },
            Checkpoint0 = new FlsArea { Start = 0x031000, Length = 0x001000 },
            Checkpoint1 = new FlsArea { Start = 0x032000, Length = 0x001000 },
            ReportLog = new FlsArea { Start = 0x033000, Length = 0x000000 },
        };
    }

    private static NvMConfig CreateNvM()
    {
        return new NvMConfig
        {
            LengthMax = new ushort[]
            {
                560, 16, 16, 320, 260, 0,
            },
            SparingDelayMs = 60000,
            SparingDelayMsMax = 7200000,
        };
    }

    private static DemConfig CreateDem()
    {
        return new DemConfig
        {
            Events = new byte[] { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07 },
            Dtcs = new uint[]
            {
                0x5A0000, 0x5A0100, 0x5A0200, 0x5A0300, 0x5A0400, 0x5A0500, 0x5A0600, 0x5A0700,
            },
            FailSteps = new byte[] { 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F },
            PassSteps = new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 },
            FailJumps = new sbyte[]
            {
                0, 0, 0, 0, 0, 0, 0, 0,
            },
            PassJumps = new sbyte[]
            {
                0, 0, 0, 0, 0, 0, 0, 0,
            },
            ConfirmCycles = new byte[] { 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01 },
            AgeingCycles = new byte[] { 0x28, 0x28, 0x28, 0x28, 0x28, 0x28, 0x28, 0x28 },
            Priorities = new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 },
            PermanentEvents = new byte[0],
            SnapshotCounts = new byte[] { 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00 },
            SnapshotDids = new ushort[0],
            EntryCount = 4,
        };
    }

    private static FotaConfig CreateFota()
    {
        return new FotaConfig
        {
            VendorId = new byte[] { 0x4E, 0x7F, 0xDC, 0xA1, 0x13, 0x2A, 0x59, 0x36, 0x87, 0xBF, 0xD2, 0xB8, 0x31, 0x08, 0xC0, 0xBB },
            ClassId = new byte[] { 0x10, 0xDA, 0x4A, 0xB6, 0x5D, 0x04, 0x56, 0x19, 0x9E, 0x55, 0xA5, 0x3A, 0x6B, 0x97, 0x24, 0xE6 },
            RequiredRoles = new byte[] { 0x01, 0x02 },
            TrialAttemptsMax = 3,
            TrialConfirmMsMax = 60000,
            AliveMsMax = 500,
            SelfTestMsMax = 2000,
            Encodings = 1799,
            WindowBitsMax = 11,
            RecipientCountMax = 8,
            IsImageDigestChecked = false,
        };
    }

    private static DataConfig CreateData()
    {
        return new DataConfig
        {
            SignalTableId = 0x0A86950B,
            SignalDids = new ushort[]
            {
                0x0200, 0x0201, 0x0202,
            },
            SignalTypes = new byte[] { 0x04, 0x00, 0x01 },
            SignalMin = new int[]
            {
                -400, 0, 0,
            },
            SignalMax = new int[]
            {
                850, 1, 255,
            },
            FrameTimeoutMs = new ushort[]
            {
                3000,
            },
            FrameFirst = new ushort[]
            {
                0,
            },
            CanDids = new ushort[]
            {
                0x0202,
            },
            CanStartBits = new byte[] { 0x18 },
            CanLengths = new byte[] { 0x08 },
            CanIsBigEndian = new byte[] { 0x00 },
            MultiplexorStartBits = new byte[] { 0x00 },
            MultiplexorLengths = new byte[] { 0x00 },
            MultiplexorIsBigEndian = new byte[] { 0x00 },
            MultiplexorValues = new uint[]
            {
                0,
            },
            OutputDids = new ushort[]
            {
                0x1000,
            },
            OutputTypes = new byte[] { 0x01 },
            OutputMin = new int[]
            {
                0,
            },
            OutputMax = new int[]
            {
                100,
            },
            OutputDefaults = new int[]
            {
                0,
            },
            RulesLengthMax = 1024,
            RuleCountMax = 16,
            RuleSignalsMax = 64,
            RuleTermsMax = 32,
            HistoryLength = 2048,
            QueueLength = 2048,
            IlPerTurnMax = 6000,
            BuiltInRules = new byte[0],
        };
    }

    private static DcmConfig CreateDcm()
    {
        return new DcmConfig
        {
            P2ServerMsMax = 150,
            P2StarServerMsMax = 5000,
            TurnMsMax = 75,
            S3ServerMs = 5000,
            MessageLengthMax = 4095,
            ResponseLengthMax = 512,
            AccessDelayMs = 1000,
            AccessDelayMsMax = 60000,
            PeriodicSlowMs = 1000,
            PeriodicMediumMs = 200,
            PeriodicFastMs = 50,
            PeriodicCountMax = 8,
            DynamicCountMax = 8,
            DynamicPartsMax = 32,
            ConstantIds = new ushort[]
            {
                0xF187, 0xF18A, 0xF18C, 0xF197,
            },
            ConstantRecords = new byte[][]
            {
                // ES-CLI-0001
                new byte[] { 0x45, 0x53, 0x2D, 0x43, 0x4C, 0x49, 0x2D, 0x30, 0x30, 0x30, 0x31 },
                // ESYNC-EXAMPLE
                new byte[] { 0x45, 0x53, 0x59, 0x4E, 0x43, 0x2D, 0x45, 0x58, 0x41, 0x4D, 0x50, 0x4C, 0x45 },
                // CLI-000001
                new byte[] { 0x43, 0x4C, 0x49, 0x2D, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31 },
                // CLIMATE
                new byte[] { 0x43, 0x4C, 0x49, 0x4D, 0x41, 0x54, 0x45 },
            },
        };
    }
}
