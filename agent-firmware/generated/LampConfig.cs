// Generated from nf.config by `esync config generate`: change nf.config, not this file.
// ECU lamp on board nucleo-f767zi. Plain data: it knows no driver and no port.
// Tests: tests/host-sim/Config/GeneratorTests.cs.
namespace EsyncAgent;

/// <summary>The ECU `lamp` of nf.config.</summary>
public static class LampConfig
{
    /// <summary>Builds the configuration; the main program calls it once.</summary>
    public static EcuConfig Create()
    {
        return new EcuConfig
        {
            Name = "lamp",
            Board = "nucleo-f767zi",
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
            Prescaler = 18,
            PropagationSegment = 7,
            PhaseSegment1 = 2,
            PhaseSegment2 = 2,
            SyncJumpWidth = 1,
        };
    }

    private static CanIfConfig CreateCanIf()
    {
        return new CanIfConfig
        {
            IsExtended = false,
            PhysicalRxId = 0x741,
            FunctionalRxId = 0x7DF,
            TxId = 0x749,
            PeriodicTxId = 0xFFFFFFFF,
            SignalRxIds = new uint[0],
            TransmitQueueLength = 8,
            ReceivePerCycleMax = 64,
        };
    }

    private static CanTpConfig CreateCanTp()
    {
        return new CanTpConfig
        {
            BlockSize = 1,
            SeparationTimeMin = 0x00,
            NAsMs = 1000,
            NBsMs = 1000,
            NCrMs = 1000,
            WaitFrameMax = 8,
            FrameTimeUs = 540,
            Padding = 0xCC,
        };
    }

    private static FlsConfig CreateFls()
    {
        return new FlsConfig
        {
            BankA = new FlsArea { Start = 0x000000, Length = 0x020000 },
            BankB = new FlsArea { Start = 0x020000, Length = 0x020000 },
            ManifestA = new FlsArea { Start = 0x080000, Length = 0x004000 },
            ManifestB = new FlsArea { Start = 0x084000, Length = 0x004000 },
            Staging = new FlsArea { Start = 0x088000, Length = 0x004000 },
            BootRecord0 = new FlsArea { Start = 0x08C000, Length = 0x001000 },
            BootRecord1 = new FlsArea { Start = 0x08D000, Length = 0x001000 },
            BootRecord2 = new FlsArea { Start = 0x08E000, Length = 0x001000 },
            NvM0 = new FlsArea { Start = 0x08F000, Length = 0x002000 },
            NvM1 = new FlsArea { Start = 0x091000, Length = 0x002000 },
            Checkpoint0 = new FlsArea { Start = 0x093000, Length = 0x001000 },
            Checkpoint1 = new FlsArea { Start = 0x094000, Length = 0x001000 },
            ReportLog = new FlsArea { Start = 0x100000, Length = 0x100000 },
        };
    }

    private static NvMConfig CreateNvM()
    {
        return new NvMConfig
        {
            LengthMax = new ushort[]
            {
                560, 16, 16, 320, 260, 1040,
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
            ClassId = new byte[] { 0x66, 0xEE, 0x98, 0x14, 0xF9, 0xEC, 0x5E, 0x2A, 0xB9, 0x55, 0xC4, 0xAF, 0xFF, 0x35, 0x28, 0x4E },
            RequiredRoles = new byte[] { 0x01, 0x02 },
            TrialAttemptsMax = 3,
            TrialConfirmMsMax = 60000,
            AliveMsMax = 500,
            SelfTestMsMax = 2000,
            Encodings = 7,
            WindowBitsMax = 8,
            RecipientCountMax = 0,
            IsImageDigestChecked = false,
        };
    }

    private static DataConfig CreateData()
    {
        return new DataConfig
        {
            SignalTableId = 0x42665EB0,
            SignalDids = new ushort[]
            {
                0x0200, 0x0201,
            },
            SignalTypes = new byte[] { 0x00, 0x00 },
            SignalMin = new int[]
            {
                0, 0,
            },
            SignalMax = new int[]
            {
                1, 1,
            },
            FrameTimeoutMs = new ushort[0],
            FrameFirst = new ushort[0],
            CanDids = new ushort[0],
            CanStartBits = new byte[0],
            CanLengths = new byte[0],
            CanIsBigEndian = new byte[0],
            MultiplexorStartBits = new byte[0],
            MultiplexorLengths = new byte[0],
            MultiplexorIsBigEndian = new byte[0],
            MultiplexorValues = new uint[0],
            OutputDids = new ushort[]
            {
                0x1000,
            },
            OutputTypes = new byte[] { 0x00 },
            OutputMin = new int[]
            {
                0,
            },
            OutputMax = new int[]
            {
                1,
            },
            OutputDefaults = new int[]
            {
                1,
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
            P2ServerMsMax = 400,
            P2StarServerMsMax = 5000,
            TurnMsMax = 200,
            S3ServerMs = 5000,
            MessageLengthMax = 4095,
            ResponseLengthMax = 4095,
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
                // ES-LMP-0001
                new byte[] { 0x45, 0x53, 0x2D, 0x4C, 0x4D, 0x50, 0x2D, 0x30, 0x30, 0x30, 0x31 },
                // ESYNC-EXAMPLE
                new byte[] { 0x45, 0x53, 0x59, 0x4E, 0x43, 0x2D, 0x45, 0x58, 0x41, 0x4D, 0x50, 0x4C, 0x45 },
                // LMP-000001
                new byte[] { 0x4C, 0x4D, 0x50, 0x2D, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31 },
                // LAMP
                new byte[] { 0x4C, 0x41, 0x4D, 0x50 },
            },
        };
    }
}
