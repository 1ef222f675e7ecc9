// The collection rules that nf.config builds into an ECU: `data.rules`, compiled to what the agent reads, with sequence number 0.
// Invariant: what the agent would refuse is a problem of the file.
// Tests: tests/host-sim/Rules/BuiltInRulesTests.cs.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Rules;

/// <summary>Compiler of built-in rules.</summary>
internal static class BuiltInRules
{
    /// <summary>The rules as the agent reads them; empty where there are none, or a problem was recorded.</summary>
    public static byte[] Read(ConfigNode? list, IReadOnlyList<ConfiguredSignal> signals, EcuConfig config, uint bitRate, ConfigProblems problems)
    {
        if (list is null)
        {
            return [];
        }

        int before = problems.Count;
        SignalCatalogue catalogue = new(signals.Select(signal => signal.Definition));
        IReadOnlyList<CollectionRule> rules = RulesReader.Read(list, catalogue, problems);
        if (rules.Count > 0 && config.Fls.ReportLog.Length == 0)
        {
            problems.Add(list, ConfigRule.TooSmall, "There are `data.rules`, but no report log that their records could go to", "Give flash.areas.reportLog a length, or write data.rules: []");
        }

        if (problems.Count != before)
        {
            return [];
        }

        byte[] payload = new RuleList
        {
            Sequence = 0, VendorId = config.Fota.VendorId, ClassId = config.Fota.ClassId, TableId = config.Data.SignalTableId, Rules = rules,
        }.Encode();
        if (RuleLimits.ProblemOf(payload, config.Data) is { } problem)
        {
            problems.Add(list, ConfigRule.OutOfRange, $"`data.rules`: {problem}", "Ask for less, or raise the bound under `data`");
        }

        foreach (string never in rules.Select(rule => RuleReach.ProblemOf(rule, catalogue, config.Dem.Dtcs)).OfType<string>())
        {
            problems.Add(list, ConfigRule.NeverTrue, $"`data.rules`: {never}", "Choose a trigger that can come, or widen min and max of the signal");
        }

        if (RuleRate.ProblemOf(rules, catalogue, bitRate) is { } tooMuch)
        {
            problems.Add(list, ConfigRule.NeverTrue, $"`data.rules`: {tooMuch}", "Take fewer signals or longer periods");
        }

        return payload;
    }
}
