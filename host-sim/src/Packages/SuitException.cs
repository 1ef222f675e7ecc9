// Why an envelope or a manifest is refused: the number that an ECU would report, and a sentence for people.
// The number stands first: a host that refuses for another reason than the ECU would be no proof.
// Tests: tests/host-sim/Packages.
using EsyncAgent;

namespace EsyncSim.Packages;

/// <summary>An envelope or a manifest that an ECU would refuse.</summary>
public sealed class SuitException(FotaError reason, string message) : Exception(message)
{
    /// <summary>What the ECU would report.</summary>
    public FotaError Reason { get; } = reason;
}
