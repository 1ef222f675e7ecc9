// What a set of rules is reckoned to cost is never less than what its evaluation executes, and not much more than it needs to be.
using EsyncAgent;
using EsyncSim.Rules;
using EsyncTests.AgentFirmware.Data;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class RuleCostTests(ITestOutputHelper output)
{
    private const int SignalCount = 64;
    private static readonly ushort[] Dids = [.. Enumerable.Range(0x200, SignalCount).Select(did => (ushort)did)];
    private static readonly byte[] Types = [.. Enumerable.Range(0, SignalCount).Select(i => (byte)(i % 7))];

    public static TheoryData<string> Sets => new("one period", "many signals", "changes", "conditions", "DTCs", "windows", "long history", "mixed");

    [Theory]
    [MemberData(nameof(Sets))]
    public void The_estimate_is_an_upper_bound_of_what_is_counted(string name)
    {
        byte[] document = (RuleBench.ListOf([.. SetOf(name)]) with { TableId = 1 }).Encode();
        for (int seed = 1; seed <= 3; seed++)
        {
            IReadOnlyDictionary<string, long> figures = Counter.MeasureRules(document, Dids, Types, seed);
            output.WriteLine($"{name}: estimated {figures["estimate"]}, dearest turn {figures["turn"]}; in all turns charged {figures["charged"]}, executed {figures["executed"]}");
            Assert.InRange(figures["turn"], 1, figures["estimate"]);
            Assert.True(figures["charged"] >= figures["executed"] * 9 / 10, "what is charged is too little");
            Assert.True(figures["estimate"] <= figures["turn"] * 5, "the estimate is too far from what is executed");
        }
    }

    private static IEnumerable<CollectionRule> SetOf(string name) => name switch
    {
        "one period" => [Rule(1, 1, new PeriodTrigger(10))],
        "many signals" => [Rule(1, SignalCount, new PeriodTrigger(10))],
        "changes" => Many(16, id => Rule(id, 2, new ChangeTrigger(Dids[id], 0, 0))),
        "conditions" => Many(8, id => Rule(id, 1, Condition(4))),
        "DTCs" => Many(16, id => Rule(id, 4, new DtcTrigger(0))),
        "windows" => Many(8, id => Rule(id, 4, new ChangeTrigger(Dids[id], 1, 0)) with { Window = new RuleWindow(10, 50, 30) }),
        "long history" => [Rule(1, 1, new DtcTrigger(0)) with { Window = new RuleWindow(10, 2000, 0) }],
        _ => [Rule(1, 8, new PeriodTrigger(20)), Rule(2, 4, Condition(6)) with { Window = new RuleWindow(20, 100, 100) }, Rule(3, 2, new ChangeTrigger(Dids[6], 2, 50)), Rule(4, 8, new DtcTrigger(1))],
    };

    private static IEnumerable<CollectionRule> Many(int count, Func<int, CollectionRule> rule) => Enumerable.Range(1, count).Select(rule);

    // The last comparison alone decides, so that all of them are looked at.
    private static ConditionTrigger Condition(int count) => new(
        false, [.. Enumerable.Range(0, count).Select(i => new RuleTerm(Dids[7 * (i % 8) + 5], Comparison.GreaterOrEqual, i % 2 == 1, i % 2 == 1 ? Dids[7 * (i % 8) + 5] : 0))], 0);

    private static CollectionRule Rule(int id, int signals, EsyncSim.Rules.RuleTrigger trigger) => new() { Id = (byte)id, Signals = Dids[..signals], Trigger = trigger };
}
