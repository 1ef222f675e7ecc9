// The engine against a plain model that looks at everything each millisecond and keeps all that ever was: whatever the rules,
// the values and the triggers are, both make the same samples.
using EsyncAgent;
using EsyncSim.Rules;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class RuleModelTests
{
    private const uint StartMs = 1000;
    private static readonly ushort[] Dids = [RuleBench.Flag, RuleBench.Word, RuleBench.Signed, RuleBench.Wide, RuleBench.Other];

    private static readonly Gen<int> Value = Gen.OneOf(Gen.Choose(-3, 3), Gen.Elements(-30_001, 30_001, int.MinValue, int.MaxValue, -1));

    private static readonly Gen<RuleTerm> Term =
        from left in Gen.Elements(Dids)
        from comparison in Gen.Choose(0, 5)
        from isSignal in Gen.Elements(true, false)
        from other in Gen.Elements(Dids)
        from constant in Gen.Choose(0, 3)
        select new RuleTerm(left, (Comparison)comparison, isSignal, isSignal ? other : constant);

    // Multiples of the engine's own 10 ms, so that both look at the same moments.
    private static readonly Gen<EsyncSim.Rules.RuleTrigger> Trigger = Gen.OneOf(
        Gen.Choose(1, 9).Select(EsyncSim.Rules.RuleTrigger (tens) => new PeriodTrigger((uint)tens * 10)),
        from did in Gen.Elements(Dids)
        from threshold in Gen.Choose(0, 3)
        from interval in Gen.Choose(0, 5)
        select (EsyncSim.Rules.RuleTrigger)new ChangeTrigger(did, (uint)threshold, (uint)interval * 10),
        from isAny in Gen.Elements(true, false)
        from count in Gen.Choose(1, 3)
        from terms in Term.ListOf(count)
        from interval in Gen.Choose(0, 5)
        select (EsyncSim.Rules.RuleTrigger)new ConditionTrigger(isAny, [.. terms], (uint)interval * 10),
        Gen.Elements(0u, 1u, 2u).Select(EsyncSim.Rules.RuleTrigger (dtc) => new DtcTrigger(dtc)));

    private static readonly Gen<CollectionRule> AnyRule =
        from trigger in Trigger
        from signals in Gen.Choose(1, 31)
        from hasWindow in Gen.Elements(true, false)
        from period in Gen.Choose(1, 4)
        from before in Gen.Choose(0, 6)
        from after in Gen.Choose(0, 6)
        select new CollectionRule
        {
            Id = 1,
            Signals = [.. Dids.Where((_, i) => ((signals >> i) & 1) != 0)],
            Trigger = trigger,
            Window = hasWindow && before + after > 0 ? new RuleWindow((uint)period * 10, (uint)before * 10, (uint)after * 10) : null,
        };

    // In each ten milliseconds: a signal that gets a value, and a DTC that fails (0 is none).
    private static readonly Gen<(int Signal, int Value, int Dtc)> Event =
        from signal in Gen.Choose(0, 4)
        from value in Value
        from dtc in Gen.Choose(-6, 2)
        select (signal, value, Math.Max(dtc, 0));

    [Fact]
    public void The_engine_makes_the_samples_of_the_model() => Properties.Hold(
        AnyRule.ListOf(3).Zip(Event.ListOf(60)),
        input =>
        {
            CollectionRule[] rules = [.. input.Item1.Select((rule, i) => rule with { Id = (byte)(i + 1) })];
            DataConfig config = RuleBench.NewConfig();
            config.IlPerTurnMax = ushort.MaxValue;
            RuleBench bench = new RuleBench(config) { NowMs = StartMs }.Load(rules);
            RuleModel[] models = [.. rules.Select(rule => new RuleModel(rule, bench.Signals, StartMs))];
            foreach ((int signal, int value, int dtc) in input.Item2)
            {
                bench.Signals.Publish(signal, value);
                if (dtc != 0)
                {
                    bench.Engine.NoteDtc((uint)dtc, 0, 1);
                }

                // The turn at which the engine looks at everything comes first, then nine in which it hands samples on.
                bench.NowMs += 10;
                bench.Engine.MainFunction(bench.NowMs);
                foreach (RuleModel model in models)
                {
                    model.Look(bench.NowMs, (uint)dtc);
                }

                for (int i = 0; i < 20; i++)
                {
                    bench.Engine.MainFunction(bench.NowMs);
                }
            }

            string[] expected = [.. models.SelectMany(model => model.Samples).Order(StringComparer.Ordinal)];
            Assert.Equal(expected, bench.Sink.Records.Select(record => record.ToString()).Order(StringComparer.Ordinal));
        },
        400);
}
