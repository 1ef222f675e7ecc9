// What data costs on its way out: records that are appended to the report log and brought into its flash, and frames of service 2A.
// An ECU of nf.config runs for some seconds with one of both, or with none; what it executes more, beyond the operations that have
// prices, is theirs.
// Tests: tests/host-sim/Ecu/DataCostTests.cs.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

/// <summary>Entry points inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class DataMeasurement
{
    private const int ShortBody = 16;
    private const int LongBody = 156;

    /// <summary>Beyond a run with none of it: instructions "charged" at the prices of a table, and "executed", by records of many lengths and four identifiers.</summary>
    public static Dictionary<string, long> Totals(long[] counts, string table)
    {
        IlMeter meter = new(counts);
        IlCosts costs = IlCosts.Parse(table);
        Random random = new(1);
        Run none = Run.Of(meter, costs, null, []);
        Run records = Run.Of(meter, costs, () => random.Next(8, LongBody), []);
        Run frames = Run.Of(meter, costs, null, [0x02, 0xF2, 0x10]);
        return new Dictionary<string, long>
        {
            ["records, charged"] = records.Charged - none.Charged * records.Turns / none.Turns,
            ["records, executed"] = records.Executed - none.Executed * records.Turns / none.Turns,
            ["frames, charged"] = frames.Charged - none.Charged * frames.Turns / none.Turns,
            ["frames, executed"] = frames.Executed - none.Executed * frames.Turns / none.Turns,
        };
    }

    /// <summary>Prices, given all those of the agent that are not measured here.</summary>
    internal static Dictionary<IlOperation, long> Prices(IlMeter meter, IReadOnlyDictionary<IlOperation, long> known)
    {
        IlCosts flat = IlCosts.Flat((int)known[IlOperation.Loop]);
        Run none = Run.Of(meter, flat, null, []);
        (long shortIl, long shortCount) = More(() => ShortBody, [], IlOperation.AppendRecord);
        (long longIl, long longCount) = More(() => LongBody, [], IlOperation.AppendRecord);
        long ofByte = ((longIl / longCount) - (shortIl / shortCount)) / (LongBody - ShortBody);
        (long slowIl, long slowCount) = More(null, [0x01, 0x10], IlOperation.SendPeriodic);
        (long fastIl, long fastCount) = More(null, [0x03, 0x10], IlOperation.SendPeriodic);
        long ofFrame = (fastIl - slowIl) / (fastCount - slowCount);
        return new Dictionary<IlOperation, long>
        {
            [IlOperation.AppendByte] = ofByte,
            [IlOperation.AppendRecord] = (shortIl / shortCount) - (ofByte * (ShortBody + ReportLayout.Overhead)),
            [IlOperation.SendPeriodic] = ofFrame,
            [IlOperation.PeriodicMillisecond] = (slowIl - (ofFrame * slowCount)) / Run.LengthMs,
        };

        (long Il, long Count) More(Func<int>? length, byte[] periodic, IlOperation operation)
        {
            Run run = Run.Of(meter, flat, length, periodic);
            return (run.Unexplained(known) - (none.Unexplained(known) * run.Turns / none.Turns), run.CountOf(operation));
        }
    }

    /// <summary>Some seconds of an ECU.</summary>
    private sealed class Run(IReadOnlyList<Turn> turns, long outside, long charged)
    {
        private const string Ecu = "motor";
        private const int RecordEachMs = 40;
        private const int StartMs = 2000;
        internal const int LengthMs = 4000;

        internal long Charged { get; } = charged;

        internal long Executed { get; } = turns.Sum(turn => turn.Il) + outside;

        internal long Turns => turns.Count;

        internal long CountOf(IlOperation operation) => turns.Sum(turn => (long)turn[operation]);

        // What the operations with a price do not explain.
        internal long Unexplained(IReadOnlyDictionary<IlOperation, long> known) => Executed - known.Sum(price => price.Value * CountOf(price.Key));

        // A record each RecordEachMs with a body so long, and what a request of service 2A asks for.
        internal static Run Of(IlMeter meter, IlCosts costs, Func<int>? bodyLength, byte[] periodic)
        {
            EcuDefinition definition = NfConfig.Load(Path.Combine(AgentCompiler.RepositoryRoot, NfConfig.FileName)).Ecu(Ecu);
            definition.Config.Data.BuiltInRules = [];
            TurnRecorder recorder = new(meter);
            EcuMAgent? agent = null;
            VirtualTime time = new();
            VirtualBus bus = new(time, (int)definition.Bus.BitRate);
            VirtualEcu ecu = VirtualEcu.Create(bus, definition, new VirtualEcuOptions
            {
                Costs = costs,
                IsAlwaysTurning = true,
                Loader = () => new SilentApplication(),
                Program = (config, ports) => recorder.Watch(agent = new EcuMAgent(config, ports)),
            });
            ecu.TurnEnded = recorder.OnTurnEnded;
            UdsTester tester = new(new IsoTpLink(bus, definition.Config.CanIf), new TesterTiming());
            byte[] body = new byte[LongBody];
            int from = 0;
            long outside = 0, before = 0;
            ecu.PowerOn();
            time.Run(async () =>
            {
                await time.DelayMs(StartMs);
                await tester.RequestAsync([0x10, 0x03], "session");
                if (periodic.Length > 0)
                {
                    await tester.RequestAsync([0x2A, .. periodic], "periodic data");
                }

                await time.DelayMs(200);
                from = recorder.Turns.Count;
                before = recorder.Charged;
                for (int ms = 0; ms < LengthMs; ms += RecordEachMs)
                {
                    await time.DelayMs(RecordEachMs);
                    if (bodyLength is not null)
                    {
                        int length = bodyLength();
                        outside += meter.Of(() => agent!.EcuM.Data.Reports.Append(ReportKind.Sample, ReportPriority.Low, 0, (uint)ms, body, 0, length));
                    }
                }
            });
            return new Run([.. recorder.Turns.Skip(from)], outside, recorder.Charged - before);
        }
    }
}
