// One measured figure, as `esync bench` prints it and as its JSON holds it.
// Invariants: the identifier is kebab-case, begins with its subject and never changes its meaning; a goal and whether it is
// met stand or are missing together.
// Tests: tests/host-sim/Measure.
namespace EsyncSim.Measure;

/// <summary>A row of a table of figures.</summary>
/// <param name="Id">Stable name, as line-500k-share.</param>
/// <param name="Figure">What was measured, in words.</param>
/// <param name="Value">The figure, unrounded.</param>
/// <param name="Unit">Unit of value and goal; empty for a plain number.</param>
/// <param name="Goal">As printed, "≥ 98" or "≤ 280"; null where nothing is asked.</param>
/// <param name="IsMet">Whether the goal is met; null without one.</param>
/// <param name="Note">Condition or explanation; of a missed goal the reason, and what would be needed.</param>
public sealed record BenchRow(string Id, string Figure, double Value, string Unit, string? Goal, bool? IsMet, string? Note)
{
    /// <summary>A figure that is reported only.</summary>
    public static BenchRow Report(string id, string figure, double value, string unit, string? note = null) =>
        new(id, figure, value, unit, null, null, note);

    /// <summary>A figure that is judged; <paramref name="reasonIfMissed"/> is shown besides <paramref name="note"/> only where the goal is missed.</summary>
    public static BenchRow Judge(string id, string figure, double value, string unit, BenchGoal goal, string? note = null, string? reasonIfMissed = null)
    {
        bool isMet = goal.IsMetBy(value);
        string[] notes = [.. new[] { note, isMet ? null : reasonIfMissed }.OfType<string>()];
        return new BenchRow(id, figure, value, unit, goal.ToString(), isMet, notes.Length == 0 ? null : string.Join("; ", notes));
    }
}
