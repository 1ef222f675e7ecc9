// What data gathering asks of the rest of an ECU, held against it: memory of the board, length of messages, turns, sectors of the flash.
// Each of these would fail in silence on the road: records that are counted as dropped, or that no request can ever fetch.
// Invariant: whatever rules an ECU with a sound file takes, each of their records fits its queue, its log and an answer of 0230.
// Tests: tests/host-sim/Config/DataLimitsTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Rules between `data`, `signals`, `events` and the rest of an ECU, which were all read without a problem.</summary>
internal sealed class DataLimits(ConfigSection ecu, EcuConfig config, BoardDefinition board, FlashPart part, ConfigProblems problems)
{
    // An answer to 0230 before its first record: 71 01 02 30, result, epoch.
    private const int AnswerHead = 10;

    private const int IlPerMs = 2400;
    private const int SampleHead = 4, DtcHead = 6, DidLength = 2, QualityLength = 1;

    /// <summary>Checks all of it.</summary>
    public void Check()
    {
        uint sectors = part.SectorLength == 0 ? 0 : config.Fls.ReportLog.Length / part.SectorLength;
        CheckMemory(sectors);
        if (sectors == 0)
        {
            return;
        }

        int sample = ReportLayout.Overhead + SampleHead + SampleLengthMax(), dtc = ReportLayout.Overhead + DtcHead + SnapshotLengthMax();
        CheckAnswer(sample, dtc);
        CheckQueue(sample, dtc);
        CheckSector(Math.Max(sample, dtc));
        CheckTurn();
    }

    private ConfigSection Data => ecu.Section("data");

    private string Widest => $"{Math.Min(config.Data.RuleSignalsMax, config.Data.SignalDids.Length)} signals, which one rule may name (ruleSignalsMax {config.Data.RuleSignalsMax})";

    private void CheckMemory(uint sectors)
    {
        uint length = DataMemory.LengthOf(config.Data, sectors);
        if (length > board.DataLengthMax)
        {
            ConfigNode place = ecu.Find("signals") is { } signals ? signals : Data.At;
            problems.Add(place, ConfigRule.LooserThanBoard, $"`{ecu.Path}` gathers data in {length} bytes ({DataMemory.SumOf(config.Data, sectors)}), but board `{board.Name}` has {ConfigValues.SizeText(board.DataLengthMax)} for it", "Take fewer signals, or make ruleSignalsMax, ruleCountMax, historyLength or queueLength of `data` smaller");
        }
    }

    private void CheckAnswer(int sample, int dtc)
    {
        int needed = AnswerHead + Math.Max(sample, dtc);
        if (config.Dcm.MessageLengthMax < needed)
        {
            string whose = sample >= dtc ? $"a sample of {Widest}" : "a DTC with its snapshot";
            problems.Add(ecu.Section("uds").Place("messageLengthMax"), ConfigRule.TooSmall, $"`messageLengthMax` is {config.Dcm.MessageLengthMax}, but {whose} makes an answer to routine 0230 of {needed} bytes: it could never be fetched", $"Write {needed} or more, or lower data.ruleSignalsMax");
        }
    }

    // Low priority leaves half of the queue to the others (ReportBuffer); a DTC has high priority and all of it.
    private void CheckQueue(int sample, int dtc)
    {
        int needed = Math.Max(2 * sample, dtc);
        if (config.Data.QueueLength < needed)
        {
            problems.Add(Data.Place("queueLength"), ConfigRule.TooSmall, $"`queueLength` is {config.Data.QueueLength}, but a sample of {Widest} has {sample} bytes, and records of low priority have half of the queue: it would always be dropped", $"Write {needed} or more, or lower ruleSignalsMax");
        }
    }

    private void CheckSector(int longest)
    {
        int room = (int)part.SectorLength - ReportSectorHeader.Length;
        if (longest > room)
        {
            problems.Add(Data.Place("ruleSignalsMax"), ConfigRule.TooSmall, $"A record of {Widest} may have {longest} bytes, but a sector of part `{part.Name}` has room for {room}: it would always be dropped", "Lower ruleSignalsMax, or choose another part");
        }
    }

    // One rule may be all that an evaluation costs, and a rule is evaluated in one turn.
    private void CheckTurn()
    {
        int ms = (config.Data.IlPerTurnMax + IlPerMs - 1) / IlPerMs;
        if (ms > config.Dcm.TurnMsMax)
        {
            problems.Add(Data.Place("ilPerTurnMax"), ConfigRule.TimingContradiction, $"`ilPerTurnMax` is {config.Data.IlPerTurnMax}, with which rules may make a turn of {ms} ms, but uds.turnMsMax is {config.Dcm.TurnMsMax}: response pendings would come too late", $"Write {config.Dcm.TurnMsMax * IlPerMs} or less, or {ms} for turnMsMax and at least twice that for p2ServerMsMax");
        }
    }

    private int SampleLengthMax() =>
        config.Data.SignalTypes.Select(LengthOf).OrderDescending().Take(config.Data.RuleSignalsMax).Sum();

    private int SnapshotLengthMax()
    {
        int first = 0, longest = 0;
        foreach (byte count in config.Dem.SnapshotCounts)
        {
            longest = Math.Max(longest, config.Dem.SnapshotDids.Skip(first).Take(count).Sum(did => LengthOf(config.Data.SignalTypes[Array.IndexOf(config.Data.SignalDids, did)])));
            first += count;
        }

        return longest;
    }

    private static int LengthOf(byte type) => DidLength + QualityLength + SignalType.Length(type);
}
