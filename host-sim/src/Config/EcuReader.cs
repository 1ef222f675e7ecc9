// Builds one EcuConfig from its part of nf.config: the one function that host-sim, the generator and the tests share.
// Each field of the agent's configuration objects is mapped here by name; a test proves that none is left out.
// Invariant: nothing is silently defaulted; what the file lacks is an error.
// Tests: tests/host-sim/Config/EcuRuleTests.cs.
using EsyncAgent;
using EsyncSim.Data;
using EsyncSim.Rules;

namespace EsyncSim.Config;

/// <summary>Reader of one ECU.</summary>
internal sealed class EcuReader(ConfigProblems problems, ConfigSection ecu, string name, BoardDefinition board, BusDefinition bus)
{
    /// <summary>True when the section `can` was read without a problem, and may be compared with other ECUs'.</summary>
    public bool AreIdentifiersSound { get; private set; }

    /// <summary>Signals with their places, for rules that need more than one ECU.</summary>
    public IReadOnlyList<PlacedSignal> Signals { get; private set; } = [];

    /// <summary>Reads everything but `board` and `bus`, which the caller has read to get here.</summary>
    public EcuDefinition Read()
    {
        int atFirst = problems.Count;
        ConfigSection trust = ecu.Section("trust");
        uint signatureLengthMax = TrustReader.SignatureLength(trust.Section("signature"), problems);
        var roles = TrustReader.RequiredRoles(trust, problems);
        var nvm = ReadNvM(ecu.Section("nvm"));
        TransferRules transfer = TransferReader.Read(ecu.Section("transfer"), board, problems);
        var sizes = new SlotSizes(roles.Count, signatureLengthMax, transfer.RecipientCountMax, transfer.HasBase);
        ConfigSection application = ecu.Section("application");
        FlashPart part = ReadPart(ecu.Section("flash"));
        CanIfConfig canIf = ReadCanIf(ecu.Section("can"));
        int before = problems.Count;
        DataRules data = new DataReader(ecu, board, problems).Read();
        SignalDefinition[]? signals = problems.Count == before ? [.. data.Entries.Select(e => e.Definition)] : null;
        Signals = data.Signals;
        canIf.SignalRxIds = [.. SignalFrameRules.FramesOf(data.Signals).Select(f => f.Key)];
        var config = new EcuConfig
        {
            Name = name,
            Board = board.Name,
            CanBitTiming = ReadBitTiming(),
            CanIf = canIf,
            CanTp = ReadCanTp(ecu.Section("isoTp"), canIf.IsExtended),
            Fls = new FlashMapReader(problems, ecu.Section("flash"), part, board, sizes).Read(application, nvm),
            NvM = nvm,
            Dem = new EventReader(problems, ecu.Section("dem"), signals).Read(ecu.Section("events"), nvm),
            Data = data.Config,
            Fota = ReadFota(ecu.Section("trial"), trust, [.. roles], transfer),
            Dcm = ReadDcm(ecu.Section("uds")),
        };
        int rulesLengthMax = nvm.LengthMax[NvMBlock.Rules] - RuleStore.DigestLength;
        config.Data.RulesLengthMax = rulesLengthMax > 0 ? (ushort)rulesLengthMax : config.Data.RulesLengthMax;
        config.Data.BuiltInRules = BuiltInRules.Read(data.Rules, data.Entries, config, bus.BitRate, problems);
        (config.Dcm.ConstantIds, config.Dcm.ConstantRecords) = RecordReader.ReadRecords(ecu.Section("records"), problems);
        ecu.RefuseUnknown();
        if (problems.Count == atFirst)
        {
            config.Dcm.ResponseLengthMax = ResponseLength.LengthMax(config);
            new DataLimits(ecu, config, board, part, problems).Check();
        }

        return new EcuDefinition(config, board, bus, part) { SignalEntries = data.Entries, Outputs = data.Outputs };
    }

    // A board whose clock could not be read has said so already.
    private CanBitTiming ReadBitTiming()
    {
        CanBitTiming? timing = BitTimingCalculator.Find(board.CanController, board.CanClockHz, bus.BitRate);
        if (timing is null && board.CanClockHz > 0)
        {
            IReadOnlyList<uint> others = BitTimingCalculator.Reachable(board.CanController, board.CanClockHz, board.BitRateMax);
            string why = BitTimingCalculator.WhyNot(board.CanController, board.CanClockHz, bus.BitRate);
            string remedy = others.Count > 0 ? $"Choose a bus of {string.Join(", ", others)} bit/s, or another board or crystal" : "Choose another board or crystal";
            problems.Add(ecu.Place("bus"), ConfigRule.BitRateUnreachable, $"Board `{board.Name}` cannot make {bus.BitRate} bit/s from its CAN clock of {board.CanClockHz} Hz: {why}", remedy);
        }

        return timing ?? new CanBitTiming();
    }

    private CanIfConfig ReadCanIf(ConfigSection can)
    {
        int before = problems.Count;
        uint bits = can.Number("identifierBits", 11, 29, "classic CAN has identifiers of 11 or 29 bits");
        if (bits is not (11 or 29))
        {
            problems.Add(can.Place("identifierBits"), ConfigRule.OutOfRange, $"`identifierBits` is {bits}", "Write 11 or 29");
        }

        var config = new CanIfConfig
        {
            IsExtended = bits == 29,
            PhysicalRxId = Identifier(can, "physicalRequest", bits),
            TxId = Identifier(can, "response", bits),
            FunctionalRxId = Identifier(can, "functionalRequest", bits),
            PeriodicTxId = can.Find("periodicResponse") is null ? CanIfConfig.NoIdentifier : Identifier(can, "periodicResponse", bits),
            TransmitQueueLength = (int)can.Number("transmitQueueLength", 1, 64, "the queue is made at start and kept small"),
            ReceivePerCycleMax = (int)can.Number("receivePerCycleMax", 1, 255, "it bounds the work of a cycle"),
        };
        can.RefuseUnknown();
        AreIdentifiersSound = problems.Count == before;
        return config;
    }

    private uint Identifier(ConfigSection can, string key, uint bits)
    {
        uint max = bits == 11 ? 0x7FFu : 0x1FFFFFFFu;
        uint value = can.Number(key, 0, uint.MaxValue, "a CAN identifier");
        if (value > max)
        {
            problems.Add(can.Place(key), ConfigRule.IdentifierForm, $"`{key}` is 0x{value:X}, but an identifier of {bits} bits ends at 0x{max:X}", bits == 11 ? "Choose another, or set `identifierBits: 29`" : "Choose another");
        }

        return value;
    }

    private CanTpConfig ReadCanTp(ConfigSection isoTp, bool isExtended)
    {
        int before = problems.Count;
        var config = new CanTpConfig
        {
            BlockSize = (byte)isoTp.Number("blockSize", 0, 255, "one byte (ISO 15765-2:2016 §9.6.5.3); 0 is no limit"),
            SeparationTimeMin = SeparationTime.Read(isoTp, problems),
            NAsMs = (ushort)isoTp.Number("nAsMs", 10, 10_000, "ISO 15765-2:2016 §9.8 expects about a second"),
            NBsMs = (ushort)isoTp.Number("nBsMs", 10, 10_000, "ISO 15765-2:2016 §9.8 expects about a second"),
            NCrMs = (ushort)isoTp.Number("nCrMs", 10, 10_000, "ISO 15765-2:2016 §9.8 expects about a second"),
            WaitFrameMax = (byte)isoTp.Number("waitFrameMax", 0, 255, "one byte"),
            FrameTimeUs = FrameTimeUs(isExtended, bus.BitRate),
            Padding = (byte)isoTp.Number("padding", 0, 255, "one byte"),
        };
        isoTp.RefuseUnknown();
        if (problems.Count == before)
        {
            CheckFlowControl(isoTp, config);
        }

        return config;
    }

    /// <summary>
    /// A frame of 8 bytes with every stuff bit that it can have (one in four after the first five bits from SOF to CRC), and
    /// the interframe space after it (ISO 11898-1:2015 §10.5).
    /// </summary>
    private static ushort FrameTimeUs(bool isExtended, uint bitRate)
    {
        int bits = isExtended ? 160 : 135;
        return bitRate == 0 ? (ushort)0 : (ushort)Math.Min(((bits * 1_000_000L) + bitRate - 1) / bitRate, ushort.MaxValue);
    }

    private void CheckFlowControl(ConfigSection isoTp, CanTpConfig config)
    {
        bool isLooser = board.BlockSizeMax != 0 && (config.BlockSize == 0 || config.BlockSize > board.BlockSizeMax);
        if (isLooser)
        {
            string own = config.BlockSize == 0 ? "0, no limit" : $"{config.BlockSize}";
            problems.Add(isoTp.Place("blockSize"), ConfigRule.LooserThanBoard, $"`blockSize` is {own}, but the receiver of board `{board.Name}` can stand {board.BlockSizeMax} frames in a row", $"Write 1 to {board.BlockSizeMax}");
        }

        uint microseconds = SeparationTime.Microseconds(config.SeparationTimeMin);
        uint least = SeparationTime.Microseconds(board.SeparationTimeMin);
        if (microseconds < least)
        {
            problems.Add(isoTp.Place("separationTimeMin"), ConfigRule.LooserThanBoard, $"`separationTimeMin` is {microseconds} µs, but the receiver of board `{board.Name}` needs {least} µs between frames", $"Write 0x{board.SeparationTimeMin:X2} or a longer time");
        }

        if (microseconds >= config.NCrMs * 1000u)
        {
            problems.Add(isoTp.Place("nCrMs"), ConfigRule.TimingContradiction, $"`nCrMs` is {config.NCrMs} ms, but frames may be {microseconds / 1000} ms apart", "Make nCrMs longer than separationTimeMin");
        }
    }

    private DcmConfig ReadDcm(ConfigSection uds)
    {
        int before = problems.Count;
        var config = new DcmConfig
        {
            P2ServerMsMax = (ushort)uds.Number("p2ServerMsMax", 10, 1000, "ISO 14229-2 expects 50 ms"),
            TurnMsMax = (ushort)uds.Number("turnMsMax", 1, 500, "the longest turn of the agent"),
            P2StarServerMsMax = (ushort)uds.Number("p2StarServerMsMax", 100, 65_000, "ISO 14229-2 expects 5000 ms"),
            S3ServerMs = (ushort)uds.Number("s3ServerMs", 3000, 60_000, "TesterPresent comes every 2 s, and one may be lost late"),
            MessageLengthMax = (ushort)uds.Number("messageLengthMax", SlotSizes.ProvisioningMessageLength, 4095, "provisioning with 8 anchors is one message of 541 bytes, and classic ISO-TP ends at 4095"),
            AccessDelayMs = uds.Number("accessDelayMs", 100, 600_000, "a delay that guessing feels"),
            AccessDelayMsMax = uds.Number("accessDelayMsMax", 100, 3_600_000, "an hour at the most, so that nobody can lock an ECU for good"),
        };
        ReadPeriodic(uds.Section("periodic"), config);
        ReadDynamic(uds.Section("dynamic"), config);
        uds.RefuseUnknown();
        if (problems.Count != before)
        {
            return config;
        }

        if (config.TurnMsMax < board.CryptoTurnMs)
        {
            problems.Add(uds.Place("turnMsMax"), ConfigRule.LooserThanBoard, $"`turnMsMax` is {config.TurnMsMax}, but cryptography on board `{board.Name}` makes turns of {board.CryptoTurnMs} ms", $"Write {board.CryptoTurnMs} or more, and at least twice that for p2ServerMsMax");
        }

        if (problems.Count == before && config.TurnMsMax * 2 > config.P2ServerMsMax)
        {
            problems.Add(uds.Place("turnMsMax"), ConfigRule.TimingContradiction, $"`turnMsMax` is {config.TurnMsMax}, more than half of `p2ServerMsMax`, {config.P2ServerMsMax}: a response pending would come too late", "Raise p2ServerMsMax, which testers are told");
        }

        if (config.P2StarServerMsMax % 10 != 0 || config.P2StarServerMsMax <= config.P2ServerMsMax)
        {
            problems.Add(uds.Place("p2StarServerMsMax"), ConfigRule.TimingContradiction, $"`p2StarServerMsMax` is {config.P2StarServerMsMax}", $"Write a multiple of 10 (the wire carries 10 ms) above p2ServerMsMax, {config.P2ServerMsMax}");
        }

        if (config.AccessDelayMsMax < config.AccessDelayMs)
        {
            problems.Add(uds.Place("accessDelayMsMax"), ConfigRule.TimingContradiction, $"`accessDelayMsMax` is {config.AccessDelayMsMax}, less than accessDelayMs, {config.AccessDelayMs}", "Make the largest delay the longer one");
        }

        return config;
    }

    private void ReadPeriodic(ConfigSection periodic, DcmConfig config)
    {
        int before = problems.Count;
        const string Why = "a period of service 2A";
        config.PeriodicSlowMs = (ushort)periodic.Number("slowMs", 10, 60_000, Why);
        config.PeriodicMediumMs = (ushort)periodic.Number("mediumMs", 10, 60_000, Why);
        config.PeriodicFastMs = (ushort)periodic.Number("fastMs", 10, 60_000, Why);
        config.PeriodicCountMax = (byte)periodic.Number("countMax", 1, 64, "identifiers that are sent at the same time; the bus carries them beside all else");
        periodic.RefuseUnknown();
        if (config.PeriodicSlowMs % 10 != 0)
        {
            problems.Add(periodic.Place("slowMs"), ConfigRule.OutOfRange, $"`slowMs` is {config.PeriodicSlowMs}", "Write a multiple of 10");
        }

        if (problems.Count == before && !(config.PeriodicFastMs <= config.PeriodicMediumMs && config.PeriodicMediumMs <= config.PeriodicSlowMs))
        {
            problems.Add(periodic.At, ConfigRule.TimingContradiction, $"`fastMs` {config.PeriodicFastMs}, `mediumMs` {config.PeriodicMediumMs} and `slowMs` {config.PeriodicSlowMs} are not in this order", "Write the shortest period for fastMs and the longest for slowMs");
        }
    }

    private static void ReadDynamic(ConfigSection dynamic, DcmConfig config)
    {
        config.DynamicCountMax = (byte)dynamic.Number("countMax", 1, 64, "identifiers that service 2C defines at the same time");
        config.DynamicPartsMax = (byte)dynamic.Number("partsMax", 1, 255, "parts that all of them are put together of");
        dynamic.RefuseUnknown();
    }

    private FotaConfig ReadFota(ConfigSection trial, ConfigSection trust, byte[] roles, TransferRules transfer)
    {
        int before = problems.Count;
        ConfigSection suit = ecu.Section("suit");
        var config = new FotaConfig
        {
            VendorId = suit.Uuid("vendorId"),
            ClassId = suit.Uuid("classId"),
            RequiredRoles = roles,
            TrialAttemptsMax = (byte)trial.Number("attemptsMax", 1, 15, "boots that a trial may use up"),
            TrialConfirmMsMax = trial.Number("confirmMsMax", 1000, 86_400_000, "a second to a day"),
            SelfTestMsMax = trial.Number("selfTestMsMax", 10, 600_000, "10 ms to 10 minutes"),
            AliveMsMax = trial.Number("aliveMsMax", 50, 60_000, "an application has its turn every 10 ms or slower"),
            Encodings = transfer.Encodings,
            WindowBitsMax = transfer.WindowBitsMax,
            RecipientCountMax = transfer.RecipientCountMax,
            IsImageDigestChecked = trust.Flag("isImageDigestChecked"),
        };
        suit.RefuseUnknown();
        trial.RefuseUnknown();
        trust.RefuseUnknown();
        if (problems.Count == before && config.TrialConfirmMsMax <= config.SelfTestMsMax)
        {
            problems.Add(trial.Place("confirmMsMax"), ConfigRule.TimingContradiction, $"`confirmMsMax` is {config.TrialConfirmMsMax}, but the self-test alone may take {config.SelfTestMsMax} ms", "Make confirmMsMax longer than selfTestMsMax");
        }

        return config;
    }

    private NvMConfig ReadNvM(ConfigSection nvm)
    {
        const string Why = "the longest data of this block (PROTOCOL.md, \"NvM\")";
        var config = new NvMConfig { LengthMax = new ushort[NvMBlock.Count] };
        config.LengthMax[NvMBlock.Provisioning] = (ushort)nvm.Size("provisioningLengthMax", SlotSizes.ProvisioningBlockLength, 4000, Why);
        config.LengthMax[NvMBlock.Fingerprint] = (ushort)nvm.Size("fingerprintLengthMax", 9, 255, Why);
        config.LengthMax[NvMBlock.SecurityAccess] = (ushort)nvm.Size("securityAccessLengthMax", 4, 255, Why);
        config.LengthMax[NvMBlock.Dem] = (ushort)nvm.Size("demLengthMax", 8, 4000, Why);
        config.LengthMax[NvMBlock.Rules] = (ushort)nvm.Size("rulesLengthMax", 0, 4000, "a digest of 16 bytes and the collection rules behind it; 0 where none can be installed (PROTOCOL.md, \"NvM\")");
        config.LengthMax[NvMBlock.SecurityEvents] = (ushort)nvm.Size("securityEventsLengthMax", IdsM.HeaderLength + IdsM.EntryLength, IdsM.HeaderLength + (IdsM.EntriesMax * IdsM.EntryLength), "room for 1 to 16 security events (PROTOCOL.md, \"NvM\")");
        config.SparingDelayMs = nvm.Number("sparingDelayMs", 1000, 3_600_000, "a delay that a flood feels and a fault does not");
        config.SparingDelayMsMax = nvm.Number("sparingDelayMsMax", 1000, 86_400_000, "a day at the most, or nothing is remembered of an ECU that runs for hours only");
        nvm.RefuseUnknown();
        if (config.SparingDelayMsMax < config.SparingDelayMs)
        {
            problems.Add(nvm.Place("sparingDelayMsMax"), ConfigRule.TimingContradiction, $"`sparingDelayMsMax` is {config.SparingDelayMsMax}, less than sparingDelayMs, {config.SparingDelayMs}", "Make the largest delay the longer one");
        }

        return config;
    }

    private FlashPart ReadPart(ConfigSection flash)
    {
        ConfigNode? node = flash.Scalar("part");
        if (node is not null && board.FlashParts.TryGetValue(node.Text, out FlashPart? part))
        {
            return part;
        }

        if (node is not null)
        {
            problems.Add(node, ConfigRule.UnknownName, $"Board `{board.Name}` has no flash part `{node.Text}`", $"Known parts are {string.Join(", ", board.FlashParts.Keys)}; boards/{board.Name}/board.yaml describes them");
        }

        return new FlashPart("", uint.MaxValue, 1, 1, 1);
    }
}
