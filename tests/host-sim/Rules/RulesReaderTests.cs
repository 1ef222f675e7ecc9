// Rules from YAML: what is written becomes what the agent reads, each mistake has its line, its reason and a way out, and what is
// shown of a set can be written again.
using System.Globalization;
using System.Text;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Rules;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Rules;

public sealed class RulesReaderTests
{
    private static readonly Gen<uint> AnyTime = Gen.OneOf(Gen.Choose(10, 86_400_000), Gen.Elements(10, 1000, 86_400_000)).Select(time => (uint)time);
    private static readonly Gen<SignalDefinition> AnySignal = Gen.Elements(ScaledSignals.Catalogue.Signals.AsEnumerable());
    private static readonly Gen<Comparison> AnyComparison = Gen.Elements(Enum.GetValues<Comparison>());

    private static readonly Gen<RuleTerm> AnyTerm = Gen.OneOf(
        from signal in AnySignal
        from comparison in AnyComparison
        from raw in ScaledSignals.RawOf(signal)
        select new RuleTerm(signal.Did, comparison, false, raw),
        from comparison in AnyComparison
        select new RuleTerm(0x0200, comparison, true, 0x0201));

    private static readonly Gen<RuleTrigger> AnyTrigger = Gen.OneOf(
        AnyTime.Select(time => (RuleTrigger)new PeriodTrigger(time)),
        Gen.Choose(0, 0xFFFFFF).Select(dtc => (RuleTrigger)new DtcTrigger((uint)dtc)),
        from signal in AnySignal
        from steps in ScaledSignals.RawOf(signal)
        from time in AnyTime
        select (RuleTrigger)new ChangeTrigger(signal.Did, (uint)Math.Clamp(steps, 0, RawScale.Range(signal.Type).Max - 1), time),
        from terms in AnyTerm.ListOf()
        where terms.Count() is > 0 and < 6
        from isAny in Gen.Elements(true, false)
        from time in AnyTime
        select (RuleTrigger)new ConditionTrigger(isAny, [.. terms], time));

    private static readonly Gen<CollectionRule> AnyRule =
        from id in Gen.Choose(1, 255)
        from signals in Gen.NonEmptyListOf(AnySignal)
        from trigger in AnyTrigger
        from priority in Gen.Elements(Enum.GetValues<RulePriority>())
        from hours in Gen.Choose(0, ushort.MaxValue)
        from times in AnyTime.ArrayOf(3)
        from hasWindow in Gen.Elements(true, false)
        select new CollectionRule
        {
            Id = (byte)id,
            Signals = [.. signals.Select(signal => signal.Did).Distinct().Order()],
            Trigger = trigger,
            Priority = priority,
            RetentionHours = (ushort)hours,
            Window = hasWindow ? new RuleWindow(times[0], times[1], times[2]) : null,
        };

    /// <summary>A rule in one line that is wrong, and what is said of it.</summary>
    public static TheoryData<string, string, string> Mistakes() => new()
    {
        { "{ signals: [Vehicle.A], everyMs: 100 }", "NF004", "`rule` lacks `id`" },
        { "{ id: 0, signals: [Vehicle.A], everyMs: 100 }", "NF006", "`id` is 0, outside 1 to 255" },
        { "{ id: 256, signals: [Vehicle.A], everyMs: 100 }", "NF006", "`id` is 256, outside 1 to 255" },
        { "{ id: 2, everyMs: 100 }", "NF004", "`rule` lacks `signals`" },
        { "{ id: 2, signals: Vehicle.A, everyMs: 100 }", "NF005", "`signals` is a single value" },
        { "{ id: 2, signals: [], everyMs: 100 }", "NF005", "A rule without signals collects nothing" },
        { "{ id: 2, signals: [Vehicle.Z.Level], everyMs: 100 }", "NF010", "This ECU has no signal `Vehicle.Z.Level`. Write its path or its DID as nf.config has it under `signals`: Vehicle.C.Level" },
        { "{ id: 2, signals: [0x0299], everyMs: 100 }", "NF010", "This ECU has no signal `0x0299`" },
        { "{ id: 2, signals: [0x10200], everyMs: 100 }", "NF010", "This ECU has no signal `0x10200`" },
        { "{ id: 2, signals: [Vehicle.A, 0x0200], everyMs: 100 }", "NF003", "`Vehicle.A` stands twice among the signals of a rule" },
        { "{ id: 2, signals: [Vehicle.A] }", "NF004", "A rule has no trigger. Give it one of everyMs, onChange, when, onDtc" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 100, onDtc: any }", "NF004", "A rule has more than one trigger (everyMs, onDtc)" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 9 }", "NF006", "`everyMs` is 9, outside 10 to 86400000" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: often }", "NF005", "`often`" },
        { "{ id: 2, signals: [Vehicle.A], onChange: Vehicle.A }", "NF005", "`rule.onChange` is a single value, but it holds keys" },
        { "{ id: 2, signals: [Vehicle.A], onChange: { threshold: 1 } }", "NF004", "`rule.onChange` lacks `signal`" },
        { "{ id: 2, signals: [Vehicle.A], onChange: { signal: Vehicle.Z } }", "NF010", "This ECU has no signal `Vehicle.Z`" },
        { "{ id: 2, signals: [Vehicle.A], onChange: { signal: Vehicle.A, threshold: much } }", "NF005", "`threshold` is `much`, which is no number" },
        { "{ id: 2, signals: [Vehicle.A], onChange: { signal: Vehicle.A, threshold: -1 } }", "NF006", "`threshold` is -1, and Vehicle.A never changes by more than that" },
        { "{ id: 2, signals: [Vehicle.A], onChange: { signal: Vehicle.A, threshold: 6553.5 } }", "NF006", "never changes by more than that. Choose a number from 0 up" },
        { "{ id: 2, signals: [Vehicle.A], onChange: { signal: Vehicle.A, intervalMsMin: 86400001 } }", "NF006", "`intervalMsMin` is 86400001" },
        { "{ id: 2, signals: [Vehicle.A], onChange: { signal: Vehicle.A, interval: 5 } }", "NF002", "`interval`" },
        { "{ id: 2, signals: [Vehicle.A], when: { intervalMsMin: 5 } }", "NF004", "`rule.when` lacks `all`" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [] } }", "NF005", "A condition without comparison is never true" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [\"Vehicle.A > 1\"], any: [\"Vehicle.A > 1\"] } }", "NF002", "`when` has both `all` and `any`. Keep one" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [\"Vehicle.A => 1\"] } }", "NF005", "`Vehicle.A => 1` is no comparison" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [\"Vehicle.A > 1 < 2\"] } }", "NF005", "is no comparison" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [[Vehicle.A]] } }", "NF005", "a list is no comparison" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [\"Vehicle.Z > 1\"] } }", "NF010", "This ECU has no signal `Vehicle.Z`" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [\"Vehicle.A > Vehicle.Z\"] } }", "NF010", "This ECU has no signal `Vehicle.Z`" },
        { "{ id: 2, signals: [Vehicle.A], when: { all: [\"Vehicle.A > Vehicle.D\"] } }", "NF005", "`Vehicle.A` (factor 0.1, offset -40) and `Vehicle.D` (factor 1, offset 0) are scaled differently" },
        { "{ id: 2, signals: [Vehicle.A], when: { any: [\"Vehicle.D > 128\"] } }", "NF006", "128 is outside of what Vehicle.D can be: -128 to 127" },
        { "{ id: 2, signals: [Vehicle.A], when: { any: [\"Vehicle.D == 1.5\"] } }", "NF006", "Vehicle.D is never 1.5: its values next to it are 1 and 2" },
        { "{ id: 2, signals: [Vehicle.A], onDtc: 0 }", "NF005", "`onDtc` is `0`. Write a DTC of three bytes" },
        { "{ id: 2, signals: [Vehicle.A], onDtc: 0x1000000 }", "NF005", "`onDtc` is `0x1000000`" },
        { "{ id: 2, signals: [Vehicle.A], onDtc: P0A1B }", "NF005", "`onDtc` is `P0A1B`" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 100, priority: urgent }", "NF005", "`priority` is `urgent`. Write low, normal or high" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 100, retentionHours: 65536 }", "NF006", "`retentionHours` is 65536, outside 0 to 65535" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 100, window: { periodMs: 100 } }", "NF004", "A window has neither time before its trigger nor after it" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 100, window: { periodMs: 5, afterMs: 100 } }", "NF006", "`periodMs` is 5" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 100, window: { beforeMs: 100 } }", "NF004", "`rule.window` lacks `periodMs`" },
        { "{ id: 2, signals: [Vehicle.A], everyMs: 100, colour: red }", "NF002", "`colour`" },
        { "{ id: 1, signals: [Vehicle.B], everyMs: 100 }", "NF003", "There is a rule 1 already. Give each rule an `id` of its own" },
        { "often", "NF005", "`rule` is a single value" },
    };

    [Fact]
    public void What_is_written_becomes_rules_in_ascending_order()
    {
        (IReadOnlyList<CollectionRule> rules, IReadOnlyList<ConfigProblem> problems) = Read(
            """
            rules:
              - { id: 9, signals: [Vehicle.D, 0x0200], everyMs: 10 }
              - { id: 3, signals: [0xF2FF], onChange: { signal: Vehicle.C.Level, threshold: 1.2 }, priority: low, retentionHours: 24 }
              - { id: 4, signals: [Vehicle.A], when: { any: ["Vehicle.C.Level > 80", "Vehicle.C.IsOn == true", "0x0200 <= 0x0201"], intervalMsMin: 7 }, priority: high }
              - { id: 5, signals: [Vehicle.A], onDtc: any, window: { periodMs: 20, afterMs: 40 } }
              - { id: 6, signals: [Vehicle.A], onDtc: 0x5A0100 }
            """);
        Assert.Empty(problems);
        Assert.Equal([3, 4, 5, 6, 9], rules.Select(rule => (int)rule.Id));
        Assert.Equal(new ChangeTrigger(0x0203, 2, 0), rules[0].Trigger);
        Assert.Equal((RulePriority.Low, 24), (rules[0].Priority, rules[0].RetentionHours));
        ConditionTrigger condition = (ConditionTrigger)rules[1].Trigger;
        Assert.Equal((true, 7u, RulePriority.High), (condition.IsAny, condition.IntervalMsMin, rules[1].Priority));
        Assert.Equal([new(0x0203, Comparison.Less, false, 40), new(0x0202, Comparison.Equal, false, 1), new RuleTerm(0x0200, Comparison.LessOrEqual, true, 0x0201)], condition.Terms);
        Assert.Equal(new DtcTrigger(0), rules[2].Trigger);
        Assert.Equal(new RuleWindow(20, 0, 40), rules[2].Window);
        Assert.Equal(new DtcTrigger(0x5A0100), rules[3].Trigger);
        Assert.Equal([0x0200, 0x0210], rules[4].Signals.Select(did => (int)did));
        Assert.Equal((RulePriority.Normal, 0), (rules[4].Priority, rules[4].RetentionHours));
        Assert.Null(rules[4].Window);
    }

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Each_mistake_has_its_line_its_reason_and_a_way_out(string rule, string number, string text)
    {
        (_, IReadOnlyList<ConfigProblem> problems) = Read($"rules:\n  - {{ id: 1, signals: [Vehicle.A], everyMs: 100 }}\n\n  - {rule}\n  - {{ id: 3, signals: [Vehicle.A], everyMs: 100 }}\n");
        ConfigProblem problem = Assert.Single(problems);
        Assert.Equal(("rules.yaml", 4, number), (problem.File, problem.Line, problem.Rule));
        Assert.Contains(text, problem.ToString(), StringComparison.Ordinal);
        Assert.NotEqual("", problem.Remedy);
    }

    [Fact]
    public void One_run_names_all_mistakes()
    {
        (IReadOnlyList<CollectionRule> rules, IReadOnlyList<ConfigProblem> problems) = Read(
            "rules:\n  - { id: 0, signals: [Vehicle.Z], everyMs: 5 }\n  - id: 2\n    signals: [Vehicle.A]\n    when: { all: [\"Vehicle.D > 200\", \"nonsense\"] }\n");
        Assert.Equal([2, 2, 2, 5, 5], problems.Select(problem => problem.Line));
        Assert.DoesNotContain(rules, rule => rule.Id == 9);
    }

    [Fact]
    public void What_is_no_list_is_no_rules()
    {
        (IReadOnlyList<CollectionRule> rules, IReadOnlyList<ConfigProblem> problems) = Read("rules:\n  id: 1\n");
        Assert.Empty(rules);
        Assert.Contains("`rules` is a map", Assert.Single(problems).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_set_survives_the_way_through_YAML_and_CBOR_and_is_shown_as_it_was_written()
    {
        RuleText text = new(ScaledSignals.Catalogue);
        Properties.Hold(
            Gen.NonEmptyListOf(AnyRule).Select(rules => rules.DistinctBy(rule => rule.Id).OrderBy(rule => rule.Id).ToArray()),
            rules =>
            {
                (IReadOnlyList<CollectionRule> read, IReadOnlyList<ConfigProblem> problems) = Read(Yaml(rules, text));
                Assert.Empty(problems);
                RuleList list = new() { Sequence = 1, VendorId = new byte[16], ClassId = new byte[16], TableId = ScaledSignals.Catalogue.TableId, Rules = read };
                IReadOnlyList<CollectionRule> decoded = RuleList.Decode(list.Encode()).Rules;
                Assert.Equal(list.Encode(), (list with { Rules = rules }).Encode());
                Assert.Equal(rules.Select(text.TriggerOf), decoded.Select(text.TriggerOf));
                Assert.Equal(rules.Select(RuleText.WindowOf), decoded.Select(RuleText.WindowOf));
                Assert.Equal(rules.Select(RuleText.RetentionOf), decoded.Select(RuleText.RetentionOf));
            });
    }

    // As a person would write it from what is shown.
    private static string Yaml(IEnumerable<CollectionRule> rules, RuleText text)
    {
        StringBuilder yaml = new("rules:\n");
        foreach (CollectionRule rule in rules)
        {
            yaml.Append(CultureInfo.InvariantCulture, $"  - id: {rule.Id}\n    signals: [{string.Join(", ", rule.Signals.Select(text.NameOf))}]\n");
            yaml.Append(CultureInfo.InvariantCulture, $"    priority: {RulesReader.NameOf(rule.Priority)}\n    retentionHours: {rule.RetentionHours}\n    {TriggerOf(rule, text)}\n");
            if (rule.Window is { } window)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"    window: {{ periodMs: {window.PeriodMs}, beforeMs: {window.BeforeMs}, afterMs: {window.AfterMs} }}\n");
            }
        }

        return yaml.ToString();
    }

    private static string TriggerOf(CollectionRule rule, RuleText text) => rule.Trigger switch
    {
        PeriodTrigger period => $"everyMs: {period.PeriodMs}",
        ChangeTrigger change => $"onChange: {{ signal: {text.NameOf(change.Did)}, threshold: {Threshold(text, change)}, intervalMsMin: {change.IntervalMsMin} }}",
        ConditionTrigger condition => $"when: {{ {(condition.IsAny ? "any" : "all")}: [{string.Join(", ", condition.Terms.Select(term => $"\"{text.TriggerOf(rule with { Trigger = new ConditionTrigger(true, [term], 0) })}\""))}], intervalMsMin: {condition.IntervalMsMin} }}",
        DtcTrigger { Dtc: 0 } => "onDtc: any",
        DtcTrigger dtc => $"onDtc: 0x{dtc.Dtc:X6}",
        _ => throw new InvalidOperationException(),
    };

    // "… changes by more than 2.5".
    private static string Threshold(RuleText text, ChangeTrigger change) =>
        change.Threshold == 0 ? "0" : text.TriggerOf(new CollectionRule { Id = 1, Signals = [change.Did], Trigger = change with { IntervalMsMin = 0 } }).Split(' ')[^1];

    private static (IReadOnlyList<CollectionRule> Rules, IReadOnlyList<ConfigProblem> Problems) Read(string yaml)
    {
        ConfigProblems problems = new();
        ConfigNode root = ConfigYaml.Read("rules.yaml", yaml, problems)!;
        return (RulesReader.Read(root.Entry("rules")!.Value, ScaledSignals.Catalogue, problems), problems.InOrder);
    }
}
