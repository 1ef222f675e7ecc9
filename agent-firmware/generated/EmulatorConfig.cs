// Generated from nf.config by `esync config generate`: change nf.config, not this file.
// ECU emulator on board virtual. Plain data: it knows no driver and no port.
// Tests: tests/host-sim/Config/GeneratorTests.cs.
namespace EsyncAgent;

/// <summary>The ECU `emulator` of nf.config.</summary>
public static class EmulatorConfig
{
    /// <summary>Builds the configuration; the main program calls it once.</summary>
    public static EcuConfig Create()
    {
        return new EcuConfig
        {
            Name = "emulator",
            Board = "virtual",
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
            IsExtended = false,
            PhysicalRxId = 0x7E0,
            FunctionalRxId = 0x7DF,
            TxId = 0x7E8,
            PeriodicTxId = 0x5E8,
            SignalRxIds = new uint[]
            {
                0x120,
            },
            TransmitQueueLength = 8,
            ReceivePerCycleMax = 64,
        };
    }

    private static CanTpConfig CreateCanTp()
    {
        return new CanTpConfig
        {
            BlockSize = 32,
            SeparationTimeMin = 0x00,
            NAsMs = 1000,
            NBsMs = 1000,
            NCrMs = 1000,
            WaitFrameMax = 8,
            FrameTimeUs = 270,
            Padding = 0xCC,
        };
    }

    private static FlsConfig CreateFls()
    {
        return new FlsConfig
        {
            BankA = new FlsArea { Start = 0x000000, Length = 0x005000 },
            BankB = new FlsArea { Start = 0x005000, Length = 0x005000 },
            ManifestA = new FlsArea { Start = 0x00A000, Length = 0x002000 },
            ManifestB = new FlsArea { Start = 0x00C000, Length = 0x002000 },
            Staging = new FlsArea { Start = 0x00E000, Length = 0x002000 },
            BootRecord0 = new FlsArea { Start = 0x010000, Length = 0x000800 },
            BootRecord1 = new FlsArea { Start = 0x010800, Length = 0x000800 },
            BootRecord2 = new FlsArea { Start = 0x011000, Length = 0x000800 },
            NvM0 = new FlsArea { Start = 0x011800, Length = 0x000800 },
            NvM1 = new FlsArea { Start = 0x012000, Length = 0x000800 },
            Checkpoint0 = new FlsArea { Start = 0x012800, Length = 0x000800 },
            Checkpoint1 = new FlsArea { Start = 0x013000, Length = 0x000800 },
            ReportLog = new FlsArea { Start = 0x013800, Length = 0x004000 },
        };
    }

    private static NvMConfig CreateNvM()
    {
        return new NvMConfig
        {
            LengthMax = new ushort[]
            {
                560, 16, 16, 320, 260, 160,
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
            ClassId = new byte[] { 0x8D, 0x49, 0x4A, 0x28, 0x4C, 0x56, 0x56, 0xFB, 0xB9, 0x22, 0x01, 0xD7, 0xC1, 0x8D, 0xF9, 0xD3 },
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
            SignalTableId = 0x210BD6DE,
            SignalDids = new ushort[]
            {
                0x0200, 0xF201,
            },
            SignalTypes = new byte[] { 0x03, 0x02 },
            SignalMin = new int[]
            {
                0, -40,
            },
            SignalMax = new int[]
            {
                30000, 85,
            },
            FrameTimeoutMs = new ushort[]
            {
                500,
            },
            FrameFirst = new ushort[]
            {
                0,
            },
            CanDids = new ushort[]
            {
                0x0200,
            },
            CanStartBits = new byte[] { 0x00 },
            CanLengths = new byte[] { 0x10 },
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
                0,
            },
            RulesLengthMax = 144,
            RuleCountMax = 4,
            RuleSignalsMax = 8,
            RuleTermsMax = 4,
            HistoryLength = 128,
            QueueLength = 512,
            IlPerTurnMax = 6000,
            BuiltInRules = new byte[]
            {
                0xA6, 0x01, 0x01, 0x02, 0x00, 0x03, 0x50, 0x4E, 0x7F, 0xDC, 0xA1, 0x13, 0x2A, 0x59, 0x36, 0x87,
                0xBF, 0xD2, 0xB8, 0x31, 0x08, 0xC0, 0xBB, 0x04, 0x50, 0x8D, 0x49, 0x4A, 0x28, 0x4C, 0x56, 0x56,
                0xFB, 0xB9, 0x22, 0x01, 0xD7, 0xC1, 0x8D, 0xF9, 0xD3, 0x06, 0x1A, 0x21, 0x0B, 0xD6, 0xDE, 0x07,
                0x82, 0xA5, 0x01, 0x01, 0x02, 0x82, 0x19, 0x02, 0x00, 0x19, 0xF2, 0x01, 0x03, 0x82, 0x00, 0x19,
                0x01, 0xF4, 0x04, 0x00, 0x05, 0x00, 0xA6, 0x01, 0x02, 0x02, 0x81, 0x19, 0xF2, 0x01, 0x03, 0x82,
                0x03, 0x00, 0x04, 0x02, 0x05, 0x00, 0x06, 0x83, 0x18, 0x32, 0x18, 0xC8, 0x18, 0x64,
            },
        };
    }

    private static DcmConfig CreateDcm()
    {
        return new DcmConfig
        {
            P2ServerMsMax = 50,
            P2StarServerMsMax = 5000,
            TurnMsMax = 5,
            S3ServerMs = 5000,
            MessageLengthMax = 1026,
            ResponseLengthMax = 1026,
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
                // ES-EMU-0001
                new byte[] { 0x45, 0x53, 0x2D, 0x45, 0x4D, 0x55, 0x2D, 0x30, 0x30, 0x30, 0x31 },
                // ESYNC-EXAMPLE
                new byte[] { 0x45, 0x53, 0x59, 0x4E, 0x43, 0x2D, 0x45, 0x58, 0x41, 0x4D, 0x50, 0x4C, 0x45 },
                // EMU-000001
                new byte[] { 0x45, 0x4D, 0x55, 0x2D, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31 },
                // EMULATOR
                new byte[] { 0x45, 0x4D, 0x55, 0x4C, 0x41, 0x54, 0x4F, 0x52 },
            },
        };
    }
}
