// Collection rules as people write them, in YAML: signals by VSS path or DID, numbers in the signal's unit, times in
// milliseconds. One reader for rule files and for `data.rules` of nf.config.
// Invariant: as everywhere in nf.config each problem has its line, its reason and what to do, and one run names all.
// Clause: host-sim/README.md, "Collection rules".
// Tests: tests/host-sim/Rules.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Rules;

/// <summary>Reads rules.</summary>
internal sealed class RulesReader
{
    private const string Day = "a day at the most";
    private static readonly string[] TriggerKeys = ["everyMs", "onChange", "when", "onDtc"];

    private readonly SignalCatalogue _signals;
    private readonly ConfigProblems _problems;
    private readonly ConditionReader _conditions;

    private RulesReader(SignalCatalogue signals, ConfigProblems problems)
    {
        _signals = signals;
        _problems = problems;
        _conditions = new ConditionReader(signals, problems);
    }

    /// <summary>The rules of a list, ascending by identifier; as far as they are sound, with every problem recorded.</summary>
    public static IReadOnlyList<CollectionRule> Read(ConfigNode list, SignalCatalogue signals, ConfigProblems problems)
    {
        if (list.Kind != ConfigNodeKind.List)
        {
            problems.Add(list, ConfigRule.Malformed, $"`rules` is {list.KindName}", "Write a list, one `- id: …` for each rule");
            return [];
        }

        RulesReader reader = new(signals, problems);
        SortedDictionary<byte, CollectionRule> rules = [];
        foreach (ConfigNode node in list.Items)
        {
            int before = problems.Count;
            CollectionRule rule = reader.ReadRule(node);
            if (problems.Count == before && !rules.TryAdd(rule.Id, rule))
            {
                problems.Add(node, ConfigRule.DuplicateKey, $"There is a rule {rule.Id} already", "Give each rule an `id` of its own");
            }
        }

        return [.. rules.Values];
    }

    private CollectionRule ReadRule(ConfigNode node)
    {
        ConfigSection rule = new(_problems, "rule", node, node);
        CollectionRule read = new()
        {
            Id = (byte)rule.Number("id", 1, byte.MaxValue, "records carry it in one byte"),
            Signals = ReadSignals(rule),
            Trigger = ReadTrigger(rule),
            Priority = ReadPriority(rule),
            RetentionHours = (ushort)(rule.Find("retentionHours") is null ? 0 : rule.Number("retentionHours", 0, ushort.MaxValue, "0 stands for ever")),
            Window = ReadWindow(rule),
        };
        rule.RefuseUnknown();
        return read;
    }

    private ushort[] ReadSignals(ConfigSection rule)
    {
        IReadOnlyList<ConfigNode> list = rule.List("signals", "signals: [Vehicle.Speed, 0x0210]");
        SortedSet<ushort> dids = [];
        foreach (ConfigNode node in list)
        {
            if (_conditions.FindSignal(node, node.Text) is { } signal && !dids.Add(signal.Did))
            {
                _problems.Add(node, ConfigRule.DuplicateKey, $"`{signal.Path}` stands twice among the signals of a rule", "Remove one of the two");
            }
        }

        if (list.Count == 0 && rule.Find("signals") is { Kind: ConfigNodeKind.List } empty)
        {
            _problems.Add(empty, ConfigRule.Malformed, "A rule without signals collects nothing", "Name at least one signal");
        }

        return [.. dids];
    }

    private RuleTrigger ReadTrigger(ConfigSection rule)
    {
        string[] written = [.. TriggerKeys.Where(key => rule.Find(key) is not null)];
        if (written.Length != 1)
        {
            if (rule.IsWritten)
            {
                string found = written.Length == 0 ? "no trigger" : $"more than one trigger ({string.Join(", ", written)})";
                _problems.Add(rule.At, ConfigRule.MissingKey, $"A rule has {found}", $"Give it one of {string.Join(", ", TriggerKeys)}");
            }

            return new DtcTrigger(0);
        }

        return written[0] switch
        {
            "everyMs" => new PeriodTrigger(rule.Number("everyMs", RuleReader.PeriodMsMin, RuleReader.TimeMsMax, $"the ECU looks at its rules every {RuleReader.PeriodMsMin} ms; {Day}")),
            "onChange" => ReadChange(rule.Section("onChange")),
            "when" => ReadCondition(rule.Section("when")),
            _ => ReadDtc(rule),
        };
    }

    private ChangeTrigger ReadChange(ConfigSection change)
    {
        SignalDefinition? signal = change.Scalar("signal") is { } name ? _conditions.FindSignal(name, name.Text) : null;
        uint threshold = 0;
        if (change.Find("threshold") is not null && change.Scalar("threshold") is { } node)
        {
            if (!ConditionReader.TryNumber(node.Text, out double physical))
            {
                _problems.Add(node, ConfigRule.Malformed, $"`threshold` is `{node.Text}`, which is no number", "Write how much the signal has to change, in its unit; 0 or nothing for any change");
            }
            else if (signal is not null && !RawScale.TryDistance(signal, physical, out threshold))
            {
                _problems.Add(node, ConfigRule.OutOfRange, $"`threshold` is {node.Text}, and {signal.Path} never changes by more than that", "Choose a number from 0 up to what the signal's type can hold");
            }
        }

        uint intervalMs = ReadInterval(change);
        change.RefuseUnknown();
        return new ChangeTrigger(signal?.Did ?? 0, threshold, intervalMs);
    }

    private ConditionTrigger ReadCondition(ConfigSection when)
    {
        bool isAny = when.Find("any") is not null;
        bool isBoth = isAny && when.Find("all") is not null;
        string key = isAny ? "any" : "all";
        if (isBoth)
        {
            _problems.Add(when.At, ConfigRule.UnknownKey, "`when` has both `all` and `any`", "Keep one; two rules make two conditions");
        }

        IReadOnlyList<ConfigNode> list = when.List(key, $"{key}: [\"Vehicle.Speed > 80\", \"Vehicle.A < Vehicle.B\"]");
        RuleTerm[] terms = [.. list.Select(_conditions.Read).OfType<RuleTerm>()];
        if (list.Count == 0 && when.Find(key) is { Kind: ConfigNodeKind.List } empty)
        {
            _problems.Add(empty, ConfigRule.Malformed, "A condition without comparison is never true", "Write at least one");
        }

        uint intervalMs = ReadInterval(when);
        when.RefuseUnknown();
        return new ConditionTrigger(isAny, terms, intervalMs);
    }

    private static uint ReadInterval(ConfigSection section) =>
        section.Find("intervalMsMin") is null ? 0 : section.Number("intervalMsMin", 0, RuleReader.TimeMsMax, Day);

    private DtcTrigger ReadDtc(ConfigSection rule)
    {
        ConfigNode? node = rule.Scalar("onDtc");
        if (node is null || node.Text == "any")
        {
            return new DtcTrigger(0);
        }

        if (!ConfigValues.TryNumber(node.Text, out ulong dtc) || dtc is 0 or > 0xFFFFFF)
        {
            _problems.Add(node, ConfigRule.Malformed, $"`onDtc` is `{node.Text}`", "Write a DTC of three bytes such as 0x5A0100, or any");
            return new DtcTrigger(0);
        }

        return new DtcTrigger((uint)dtc);
    }

    private RulePriority ReadPriority(ConfigSection rule)
    {
        if (rule.Find("priority") is null || rule.Scalar("priority") is not { } node)
        {
            return RulePriority.Normal;
        }

        foreach (RulePriority priority in Enum.GetValues<RulePriority>())
        {
            if (node.Text == NameOf(priority))
            {
                return priority;
            }
        }

        _problems.Add(node, ConfigRule.Malformed, $"`priority` is `{node.Text}`", "Write low, normal or high; when the log is full the lowest goes first");
        return RulePriority.Normal;
    }

    private RuleWindow? ReadWindow(ConfigSection rule)
    {
        if (rule.Find("window") is null)
        {
            return null;
        }

        ConfigSection window = rule.Section("window");
        RuleWindow read = new(
            window.Number("periodMs", RuleReader.PeriodMsMin, RuleReader.TimeMsMax, $"the ECU looks at its rules every {RuleReader.PeriodMsMin} ms; {Day}"),
            window.Find("beforeMs") is null ? 0 : window.Number("beforeMs", 0, RuleReader.TimeMsMax, Day),
            window.Find("afterMs") is null ? 0 : window.Number("afterMs", 0, RuleReader.TimeMsMax, Day));
        window.RefuseUnknown();
        if (read is { BeforeMs: 0, AfterMs: 0 })
        {
            _problems.Add(window.At, ConfigRule.MissingKey, "A window has neither time before its trigger nor after it", "Give it beforeMs, afterMs or both, in milliseconds");
        }

        return read;
    }

    /// <summary>A priority as it is written.</summary>
    public static string NameOf(RulePriority priority) => priority.ToString().ToLowerInvariant();
}
