// One collection rule as the ECU gets it: signals by their DID, numbers raw, times in milliseconds.
// Must not know how people write it (RulesReader) nor how it is sent (RuleList).
// Clause: PROTOCOL.md, "Collection rules".
// Tests: tests/host-sim/Rules.
namespace EsyncSim.Rules;

/// <summary>A rule: which signals, when, how important, how long.</summary>
public sealed record CollectionRule
{
    /// <summary>1 to 255; each once in a set.</summary>
    public required byte Id { get; init; }

    /// <summary>DIDs of the signals of a sample, ascending.</summary>
    public required IReadOnlyList<ushort> Signals { get; init; }

    /// <summary>When a sample is taken.</summary>
    public required RuleTrigger Trigger { get; init; }

    /// <summary>How important its records are.</summary>
    public RulePriority Priority { get; init; } = RulePriority.Normal;

    /// <summary>How long a record is worth keeping, in hours; 0 for ever.</summary>
    public ushort RetentionHours { get; init; }

    /// <summary>Samples around each trigger; null for none.</summary>
    public RuleWindow? Window { get; init; }
}

/// <summary>Priority of records; the numbers are on the wire.</summary>
public enum RulePriority : byte
{
    /// <summary>Dropped first.</summary>
    Low,

    /// <summary>The usual one.</summary>
    Normal,

    /// <summary>Dropped last.</summary>
    High,
}

/// <summary>What makes a rule take a sample.</summary>
public abstract record RuleTrigger;

/// <summary>A time has passed.</summary>
/// <param name="PeriodMs">Period in milliseconds, 10 to a day.</param>
public sealed record PeriodTrigger(uint PeriodMs) : RuleTrigger;

/// <summary>A signal has changed by more than a threshold since the last sample, or its quality has.</summary>
/// <param name="Did">The signal.</param>
/// <param name="Threshold">Raw steps; 0 for any change.</param>
/// <param name="IntervalMsMin">Least time between two samples.</param>
public sealed record ChangeTrigger(ushort Did, uint Threshold, uint IntervalMsMin) : RuleTrigger;

/// <summary>A condition has become true.</summary>
/// <param name="IsAny">True when one true comparison is enough; else all must be.</param>
/// <param name="Terms">The comparisons.</param>
/// <param name="IntervalMsMin">Least time between two samples.</param>
public sealed record ConditionTrigger(bool IsAny, IReadOnlyList<RuleTerm> Terms, uint IntervalMsMin) : RuleTrigger;

/// <summary>A DTC's testFailed has become 1.</summary>
/// <param name="Dtc">Three bytes; 0 for any.</param>
public sealed record DtcTrigger(uint Dtc) : RuleTrigger;

/// <summary>A comparison of a signal.</summary>
/// <param name="Did">The signal on the left.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="IsSignal">True when the right side is a signal.</param>
/// <param name="Right">DID of that signal, or a raw value.</param>
public sealed record RuleTerm(ushort Did, Comparison Comparison, bool IsSignal, long Right);

/// <summary>Comparisons; the numbers are on the wire.</summary>
public enum Comparison : byte
{
    /// <summary>==</summary>
    Equal,

    /// <summary>!=</summary>
    NotEqual,

    /// <summary>&lt;</summary>
    Less,

    /// <summary>&lt;=</summary>
    LessOrEqual,

    /// <summary>&gt;</summary>
    Greater,

    /// <summary>&gt;=</summary>
    GreaterOrEqual,
}

/// <summary>Samples around a trigger; times in milliseconds.</summary>
/// <param name="PeriodMs">From one sample to the next, 10 to a day.</param>
/// <param name="BeforeMs">How long before the trigger.</param>
/// <param name="AfterMs">How long after it.</param>
public sealed record RuleWindow(uint PeriodMs, uint BeforeMs, uint AfterMs);
