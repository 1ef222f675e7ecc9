// Triggers that can never come: a comparison that no valid value makes true, a threshold that no change passes, a DTC that no event sets.
// An ECU would take such rules and stay silent.
// Invariant: only what is impossible is refused; what is merely rare is not.
// Tests: tests/host-sim/Rules/RuleReachTests.cs.
using EsyncSim.Data;

namespace EsyncSim.Rules;

/// <summary>Whether the triggers of rules can come.</summary>
internal static class RuleReach
{
    /// <summary>What is wrong with a rule, in words; null when nothing is.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="signals">Signals of the ECU.</param>
    /// <param name="dtcs">DTCs of its events.</param>
    public static string? ProblemOf(CollectionRule rule, SignalCatalogue signals, IReadOnlyList<uint> dtcs) => rule.Trigger switch
    {
        DtcTrigger { Dtc: not 0 } trigger when !dtcs.Contains(trigger.Dtc) =>
            $"rule {rule.Id} waits for DTC 0x{trigger.Dtc:X6}, which no event of this ECU sets; those of nf.config are {string.Join(", ", dtcs.Select(dtc => $"0x{dtc:X6}"))}",
        ChangeTrigger change when signals.Find(change.Did) is { } signal && change.Threshold * Math.Abs(signal.Factor) >= signal.Max - signal.Min =>
            FormattableString.Invariant($"rule {rule.Id} waits for a change that never comes: {signal.Path} is valid from {signal.Min} to {signal.Max}{RawScale.Unit(signal)}, and its threshold is as wide as that"),
        ConditionTrigger condition when condition.Terms.Select(term => Impossible(term, signals)).FirstOrDefault(signal => signal is not null) is { } signal =>
            FormattableString.Invariant($"rule {rule.Id} has a comparison that is never true: {signal.Path} is valid from {signal.Min} to {signal.Max}{RawScale.Unit(signal)}, and another value changes its quality only"),
        _ => null,
    };

    // The signal of a comparison that no valid value of it makes true.
    private static SignalDefinition? Impossible(RuleTerm term, SignalCatalogue signals)
    {
        if (term.IsSignal || signals.Find(term.Did) is not { } signal)
        {
            return null;
        }

        double number = (term.Right * signal.Factor) + signal.Offset;
        bool isNever = (signal.Factor < 0 ? RawScale.Mirrored(term.Comparison) : term.Comparison) switch
        {
            Comparison.Equal => number < signal.Min || number > signal.Max,
            Comparison.NotEqual => signal.Min.Equals(number) && signal.Max.Equals(number),
            Comparison.Less => number <= signal.Min,
            Comparison.LessOrEqual => number < signal.Min,
            Comparison.Greater => number >= signal.Max,
            _ => number > signal.Max,
        };
        return isNever ? signal : null;
    }
}
