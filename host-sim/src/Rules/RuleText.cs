// Rules in words, for tables: signals by path where they are known, numbers in their unit.
// Tests: tests/host-sim/Rules.
using System.Globalization;
using EsyncSim.Data;

namespace EsyncSim.Rules;

/// <summary>Writes rules for people.</summary>
/// <param name="signals">Signals of the ECU; null when it is not known, and then they stand as DIDs and raw numbers.</param>
internal sealed class RuleText(SignalCatalogue? signals)
{
    /// <summary>The path of a signal, or its DID.</summary>
    public string NameOf(ushort did) => signals?.Find(did)?.Path ?? $"0x{did:X4}";

    /// <summary>When a rule takes samples.</summary>
    public string TriggerOf(CollectionRule rule) => rule.Trigger switch
    {
        PeriodTrigger period => $"every {Time(period.PeriodMs)}",
        ChangeTrigger { Threshold: 0 } change => $"{NameOf(change.Did)} changes{Interval(change.IntervalMsMin)}",
        ChangeTrigger change => $"{NameOf(change.Did)} changes by more than {Distance(change)}{Interval(change.IntervalMsMin)}",
        ConditionTrigger condition => string.Join(condition.IsAny ? " or " : " and ", condition.Terms.Select(TermOf)) + Interval(condition.IntervalMsMin),
        DtcTrigger { Dtc: 0 } => "any DTC",
        DtcTrigger dtc => $"DTC {dtc.Dtc:X6}",
        _ => "",
    };

    /// <summary>Samples around a trigger; empty for none.</summary>
    public static string WindowOf(CollectionRule rule) =>
        rule.Window is { } window ? $"every {Time(window.PeriodMs)}, {Time(window.BeforeMs)} before, {Time(window.AfterMs)} after" : "";

    /// <summary>How long records are kept.</summary>
    public static string RetentionOf(CollectionRule rule) => rule.RetentionHours == 0 ? "for ever" : string.Create(CultureInfo.InvariantCulture, $"{rule.RetentionHours} h");

    private static string Time(uint ms) => ms >= 1000 && ms % 100 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.#} s")
        : string.Create(CultureInfo.InvariantCulture, $"{ms} ms");

    private static string Interval(uint ms) => ms == 0 ? "" : $", {Time(ms)} apart";

    private static string Number(double physical) => Math.Round(physical, 9).ToString("0.#########", CultureInfo.InvariantCulture);

    private string Distance(ChangeTrigger change) => signals?.Find(change.Did) is { } signal
        ? Number(change.Threshold * Math.Abs(signal.Factor)) + RawScale.Unit(signal)
        : string.Create(CultureInfo.InvariantCulture, $"{change.Threshold} raw");

    private string TermOf(RuleTerm term)
    {
        SignalDefinition? signal = signals?.Find(term.Did);
        Comparison comparison = signal?.Factor < 0 ? RawScale.Mirrored(term.Comparison) : term.Comparison;
        string right = term.IsSignal ? NameOf((ushort)term.Right)
            : signal is null ? string.Create(CultureInfo.InvariantCulture, $"{term.Right} raw")
            : Number((term.Right * signal.Factor) + signal.Offset) + RawScale.Unit(signal);
        return $"{NameOf(term.Did)} {ConditionReader.TextOf(comparison)} {right}";
    }
}
