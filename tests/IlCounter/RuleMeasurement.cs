// What evaluating collection rules costs: counted turn by turn, beside what RuleCost says of the same set.
// Tests: tests/host-sim/Ecu/RuleCostTests.cs.
using EsyncAgent;

namespace EsyncTests.IlCounting;

/// <summary>Entry point inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class RuleMeasurement
{
    private const int Turns = 400;

    /// <summary>For a document: "estimate", what the agent says that one evaluation costs; "turn" and "round", the dearest turn and evaluation that were counted; "charged" and "executed" over all turns.</summary>
    public static Dictionary<string, long> Figures(long[] counts, byte[] document, ushort[] dids, byte[] types, int seed)
    {
        IlMeter meter = new(counts);
        DataConfig config = new()
        {
            SignalTableId = 1,
            SignalDids = dids,
            SignalTypes = types,
            SignalMin = [.. types.Select(type => type == SignalType.UInt32 ? 0 : int.MinValue)],
            SignalMax = [.. types.Select(type => type == SignalType.UInt32 ? -1 : int.MaxValue)],
            IlPerTurnMax = ushort.MaxValue,
            HistoryLength = 4096,
        };
        SignalTable signals = new(config);
        RuleReader reader = new(config, signals);
        RuleSet set = new(config);
        reader.Begin(set, document, 0, document.Length, 0);
        StdReturn result = StdReturn.Pending;
        while (result == StdReturn.Pending)
        {
            result = reader.MainFunction();
        }

        if (result != StdReturn.Ok)
        {
            throw new InvalidOperationException($"{reader.Error} {reader.ErrorDetail:X8}");
        }

        RuleEngine engine = new(config, signals, new CountingSink());
        engine.Load(set, 0);
        Random random = new(seed);
        long dearest = 0, executed = 0;
        uint nowMs = 0;
        for (int turn = 0; turn < Turns; turn++)
        {
            for (int i = 0; i < signals.Count; i++)
            {
                signals.Publish(i, random.Next(-4, 4));
            }

            if (random.Next(20) == 0 || turn % 50 == 49)
            {
                engine.NoteDtc(1, 0, 1);
            }

            nowMs += turn % 50 == 49 ? 5000u : 10u;
            long il = meter.Of(() => engine.MainFunction(nowMs));
            dearest = Math.Max(dearest, il);
            executed += il;
        }

        return new Dictionary<string, long> { ["estimate"] = set.Cost, ["turn"] = dearest, ["executed"] = executed, ["charged"] = engine.SpentInstructions };
    }

    // As a log that always has room; what appending costs there is its own.
    private sealed class CountingSink : IReportSink
    {
        public bool IsPresent => true;

        public int RoomFor(byte priority) => 1000;

        public void CountDropped(byte priority) => throw new InvalidOperationException("rules drop nothing");

        public bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count) => true;
    }
}
