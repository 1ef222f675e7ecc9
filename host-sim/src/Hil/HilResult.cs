// What a step of a rack's run has shown, in the terms of JUnit: a suite for each step, a case for each thing that it tried.
// Plain data.
// Tests: tests/host-sim/Hil.
namespace EsyncSim.Hil;

/// <summary>How a case ended.</summary>
internal enum HilEnd
{
    /// <summary>As it should.</summary>
    Passed,

    /// <summary>It was tried, and the outcome is wrong.</summary>
    Failed,

    /// <summary>It could not be tried to its end.</summary>
    Error,

    /// <summary>It was not tried.</summary>
    Skipped,
}

/// <summary>One case.</summary>
/// <param name="Class">Group that it belongs to.</param>
/// <param name="Name">What was tried.</param>
/// <param name="End">How it ended.</param>
/// <param name="Seconds">Time that it took.</param>
/// <param name="Message">Why, when it did not pass; otherwise empty.</param>
/// <param name="Output">What it printed.</param>
internal sealed record HilCase(string Class, string Name, HilEnd End, double Seconds = 0, string Message = "", string Output = "");

/// <summary>All cases of one step.</summary>
/// <param name="Name">Name of the step.</param>
/// <param name="Seconds">Time that it took.</param>
/// <param name="Cases">At least one.</param>
internal sealed record HilSuite(string Name, double Seconds, IReadOnlyList<HilCase> Cases)
{
    /// <summary>Cases that ended so.</summary>
    public int Count(HilEnd end) => Cases.Count(one => one.End == end);

    /// <summary>True when nothing failed; what was not tried does not count.</summary>
    public bool IsGood => Count(HilEnd.Failed) + Count(HilEnd.Error) == 0;
}
