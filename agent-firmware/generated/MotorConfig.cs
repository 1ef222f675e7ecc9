// Generated from nf.config by `esync config generate`: change nf.config, not this file.
// ECU motor on board virtual. Plain data: it knows no driver and no port.
// Tests: tests/host-sim/Config/GeneratorTests.cs.
namespace EsyncAgent;

/// <summary>The ECU `motor` of nf.config.</summary>
public static class MotorConfig
{
    /// <summary>Builds the configuration; the main program calls it once.</summary>
    public static EcuConfig Create()
    {
        return new EcuConfig
        {
            Name = "motor",
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
            BankA = new FlsArea { Start = 0x000000, Length = 0x040000 },
            BankB = new FlsArea { Start = 0x040000, Length = 0x040000 },
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
            Events = new byte[] { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x10, 0x11 },
            Dtcs = new uint[]
            {
                0x5A0000, 0x5A0100, 0x5A0200, 0x5A0300, 0x5A0400, 0x5A0500, 0x5A0600, 0x5A0700,
                0x0A1B00, 0x0A1C00,
            },
            FailSteps = new byte[] { 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F, 0x7F },
            PassSteps = new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 },
            FailJumps = new sbyte[]
            {
                0, 0, 0, 0, 0, 0, 0, 0,
                0, 0,
            },
            PassJumps = new sbyte[]
            {
                0, 0, 0, 0, 0, 0, 0, 0,
                0, 0,
            },
            ConfirmCycles = new byte[] { 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01 },
            AgeingCycles = new byte[] { 0x28, 0x28, 0x28, 0x28, 0x28, 0x28, 0x28, 0x28, 0x00, 0x28 },
            Priorities = new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x14 },
            PermanentEvents = new byte[0],
            SnapshotCounts = new byte[] { 0x00, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x04 },
            SnapshotDids = new ushort[]
            {
                512, 513, 514, 528, 514, 515, 513, 528,
            },
            EntryCount = 4,
        };
    }

    private static FotaConfig CreateFota()
    {
        return new FotaConfig
        {
            VendorId = new byte[] { 0x4E, 0x7F, 0xDC, 0xA1, 0x13, 0x2A, 0x59, 0x36, 0x87, 0xBF, 0xD2, 0xB8, 0x31, 0x08, 0xC0, 0xBB },
            ClassId = new byte[] { 0x76, 0x59, 0x86, 0x4F, 0x50, 0x90, 0x51, 0xA7, 0xA4, 0xDA, 0xE9, 0x0B, 0x94, 0x02, 0x32, 0xDB },
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
            SignalTableId = 0xC026BA9A,
            SignalDids = new ushort[]
            {
                0x0200, 0x0201, 0x0202, 0x0203, 0x0210, 0x0211, 0xF210,
            },
            SignalTypes = new byte[] { 0x04, 0x04, 0x04, 0x04, 0x03, 0x00, 0x04 },
            SignalMin = new int[]
            {
                -16000, -5000, -40, -40, 0, 0, -2000,
            },
            SignalMax = new int[]
            {
                16000, 5000, 215, 215, 30000, 1, 2000,
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
                0x0210, 0x0211, 0xF210,
            },
            CanStartBits = new byte[] { 0x00, 0x10, 0x1F },
            CanLengths = new byte[] { 0x10, 0x01, 0x0C },
            CanIsBigEndian = new byte[] { 0x00, 0x00, 0x01 },
            MultiplexorStartBits = new byte[] { 0x00, 0x00, 0x00 },
            MultiplexorLengths = new byte[] { 0x00, 0x00, 0x00 },
            MultiplexorIsBigEndian = new byte[] { 0x00, 0x00, 0x00 },
            MultiplexorValues = new uint[]
            {
                0, 0, 0,
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
                20,
            },
            RulesLengthMax = 1024,
            RuleCountMax = 16,
            RuleSignalsMax = 64,
            RuleTermsMax = 32,
            HistoryLength = 2048,
            QueueLength = 2048,
            IlPerTurnMax = 6000,
            BuiltInRules = new byte[]
            {
                0xA6, 0x01, 0x01, 0x02, 0x00, 0x03, 0x50, 0x4E, 0x7F, 0xDC, 0xA1, 0x13, 0x2A, 0x59, 0x36, 0x87,
                0xBF, 0xD2, 0xB8, 0x31, 0x08, 0xC0, 0xBB, 0x04, 0x50, 0x76, 0x59, 0x86, 0x4F, 0x50, 0x90, 0x51,
                0xA7, 0xA4, 0xDA, 0xE9, 0x0B, 0x94, 0x02, 0x32, 0xDB, 0x06, 0x1A, 0xC0, 0x26, 0xBA, 0x9A, 0x07,
                0x84, 0xA5, 0x01, 0x01, 0x02, 0x87, 0x19, 0x02, 0x00, 0x19, 0x02, 0x01, 0x19, 0x02, 0x02, 0x19,
                0x02, 0x03, 0x19, 0x02, 0x10, 0x19, 0x02, 0x11, 0x19, 0xF2, 0x10, 0x03, 0x82, 0x00, 0x19, 0x03,
                0xE8, 0x04, 0x00, 0x05, 0x18, 0xA8, 0xA5, 0x01, 0x02, 0x02, 0x81, 0x19, 0x02, 0x02, 0x03, 0x84,
                0x01, 0x19, 0x02, 0x02, 0x02, 0x19, 0x03, 0xE8, 0x04, 0x01, 0x05, 0x00, 0xA6, 0x01, 0x03, 0x02,
                0x83, 0x19, 0x02, 0x00, 0x19, 0x02, 0x01, 0x19, 0x02, 0x02, 0x03, 0x84, 0x02, 0x01, 0x82, 0x84,
                0x19, 0x02, 0x02, 0x05, 0x00, 0x18, 0x8C, 0x84, 0x19, 0x02, 0x00, 0x04, 0x00, 0x19, 0x2E, 0xE0,
                0x19, 0x27, 0x10, 0x04, 0x01, 0x05, 0x00, 0x06, 0x83, 0x18, 0xC8, 0x19, 0x07, 0xD0, 0x19, 0x07,
                0xD0, 0xA6, 0x01, 0x04, 0x02, 0x83, 0x19, 0x02, 0x00, 0x19, 0x02, 0x01, 0x19, 0x02, 0x10, 0x03,
                0x82, 0x03, 0x00, 0x04, 0x02, 0x05, 0x00, 0x06, 0x83, 0x18, 0x64, 0x19, 0x03, 0xE8, 0x19, 0x03,
                0xE8,
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
                0xF187, 0xF188, 0xF18A, 0xF18B, 0xF18C, 0xF190, 0xF191, 0xF197,
                0xF19E, 0xF1EF,
            },
            ConstantRecords = new byte[][]
            {
                // ES-MTR-0001
                new byte[] { 0x45, 0x53, 0x2D, 0x4D, 0x54, 0x52, 0x2D, 0x30, 0x30, 0x30, 0x31 },
                // ES-MTR-SW
                new byte[] { 0x45, 0x53, 0x2D, 0x4D, 0x54, 0x52, 0x2D, 0x53, 0x57 },
                // ESYNC-EXAMPLE
                new byte[] { 0x45, 0x53, 0x59, 0x4E, 0x43, 0x2D, 0x45, 0x58, 0x41, 0x4D, 0x50, 0x4C, 0x45 },
                new byte[] { 0x26, 0x07, 0x01 },
                // MTR-000001
                new byte[] { 0x4D, 0x54, 0x52, 0x2D, 0x30, 0x30, 0x30, 0x30, 0x30, 0x31 },
                // ESYNC0DEM0VEH1C01
                new byte[]
                {
                    0x45, 0x53, 0x59, 0x4E, 0x43, 0x30, 0x44, 0x45, 0x4D, 0x30, 0x56, 0x45, 0x48, 0x31, 0x43, 0x30,
                    0x31,
                },
                // ES-MTR-HW-A
                new byte[] { 0x45, 0x53, 0x2D, 0x4D, 0x54, 0x52, 0x2D, 0x48, 0x57, 0x2D, 0x41 },
                // MOTOR
                new byte[] { 0x4D, 0x4F, 0x54, 0x4F, 0x52 },
                // ESYNC_MOTOR.odx
                new byte[] { 0x45, 0x53, 0x59, 0x4E, 0x43, 0x5F, 0x4D, 0x4F, 0x54, 0x4F, 0x52, 0x2E, 0x6F, 0x64, 0x78 },
                // RX-ESYNC-R156-1
                new byte[] { 0x52, 0x58, 0x2D, 0x45, 0x53, 0x59, 0x4E, 0x43, 0x2D, 0x52, 0x31, 0x35, 0x36, 0x2D, 0x31 },
            },
        };
    }
}
