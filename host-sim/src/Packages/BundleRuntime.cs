// The runtimes that a bundle can be made for.
// Clause: PROTOCOL.md, "Application bundle".
// Tests: tests/host-sim/Packages.
namespace EsyncSim.Packages;

/// <summary>What runs the assemblies of a bundle; the numbers are on the wire.</summary>
public enum BundleRuntime : byte
{
    /// <summary>.NET 10: virtual ECUs.</summary>
    Net10 = 1,

    /// <summary>nanoFramework: boards.</summary>
    NanoFramework = 2,
}

/// <summary>Names of the runtimes, as they stand on the command line and in reports.</summary>
public static class BundleRuntimes
{
    /// <summary>All names, in the order of the numbers.</summary>
    public static readonly string[] Names = ["net10.0", "nanoframework"];

    /// <summary>The runtime's name; the number when it is unknown.</summary>
    public static string Name(this BundleRuntime runtime) => (int)runtime is 1 or 2 ? Names[(int)runtime - 1] : $"unknown ({(int)runtime})";
}
