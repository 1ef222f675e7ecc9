// How cases end, and the exceptions by which a script ends early.
// Invariant: an expectation that was not met is a fail, whatever came after it.
// Tests: tests/host-sim/Conformance.
namespace EsyncSim.Conformance;

/// <summary>How a case ended.</summary>
internal enum ConformanceVerdict
{
    /// <summary>Every expectation was met.</summary>
    Pass,

    /// <summary>An expectation was not met.</summary>
    Fail,

    /// <summary>It could not be tried to its end, or it expected nothing.</summary>
    Inconclusive,

    /// <summary>The profile does not name what it is about, or what it needs is not at hand.</summary>
    NotApplicable,
}

/// <summary>One expectation of a case.</summary>
/// <param name="Expected">What had to come.</param>
/// <param name="Came">What came.</param>
/// <param name="IsMet">True when that is as expected.</param>
internal sealed record ConformanceStep(string Expected, string Came, bool IsMet);

/// <summary>A frame of a case's evidence.</summary>
/// <param name="Frame">The frame.</param>
/// <param name="AtNs">End of the frame on the bus's clock, from the beginning of the case.</param>
internal readonly record struct EvidenceFrame(Bus.BusFrame Frame, long AtNs);

/// <summary>Result of one case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Verdict">How it ended.</param>
/// <param name="Steps">Expectations in order.</param>
/// <param name="Reason">Why it was not applicable or inconclusive; otherwise empty.</param>
/// <param name="Evidence">The bus's frames meanwhile; of many the first and the last.</param>
/// <param name="FramesLeftOut">Frames between those that are not in <paramref name="Evidence"/>.</param>
/// <param name="Restored">What had to be done afterwards so that the next case begins from a known state; otherwise empty.</param>
/// <param name="Seconds">Time that it took on the bus's clock.</param>
internal sealed record ConformanceResult(
    ConformanceCase Case,
    ConformanceVerdict Verdict,
    IReadOnlyList<ConformanceStep> Steps,
    string Reason,
    IReadOnlyList<EvidenceFrame> Evidence,
    int FramesLeftOut,
    string Restored,
    double Seconds)
{
    /// <summary>The first expectation that was not met; null when there is none.</summary>
    public ConformanceStep? Broken => Steps.FirstOrDefault(step => !step.IsMet);
}

/// <summary>Ends a script: what it is about cannot be judged here.</summary>
internal sealed class InconclusiveException(string why) : Exception(why);

/// <summary>Ends a script: the profile does not name what it is about.</summary>
internal sealed class NotApplicableException(string why) : Exception(why);
