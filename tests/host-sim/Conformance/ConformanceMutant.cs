// A fault of the agent that a conformance case has to find, and the table of all of them.
// Each row was taken from the full matrix (README.md beside this file): its cases fail on the mutant and pass on the product.
using EsyncTests.Mutants;

namespace EsyncTests.HostSim.Conformance;

/// <summary>One row: the product with a fault, and the cases that must fail on it.</summary>
internal sealed record ConformanceMutant(Mutant Mutant, IReadOnlyList<string> Cases);

internal static class ConformanceMutants
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<ConformanceMutant> All { get; } =
        [.. TransportMutants.All, .. SessionMutants.All, .. ServiceMutants.All, .. AccessMutants.All, .. DownloadMutants.All, .. LifeCycleMutants.All];

    /// <summary>A row; lines of the texts end with \n.</summary>
    public static ConformanceMutant Row(string name, string file, string find, string replace, params string[] cases) =>
        new(new Mutant(name, "agent-firmware/src/" + file, find, replace), cases);
}
