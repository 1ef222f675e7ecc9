// Two versions of a firmware image, to make patches between: made by the program itself from a seed, and those of real
// programs where the reference data is beside the repository.
// Invariant: the made ones are the same on every machine.
// Tests: tests/host-sim/Measure/HostBenchTests.cs.
using EsyncSim.Sweep;

namespace EsyncSim.Measure;

/// <summary>A pair of images.</summary>
internal sealed record HostPair(string Name, byte[] Old, byte[] New)
{
    private const int Seed = 4711;

    /// <summary>A made pair of about this length, then real ones; <paramref name="configPath"/> is in the repository's root, where there is one.</summary>
    public static IReadOnlyList<HostPair> All(int length, string configPath)
    {
        byte[] old = EncodedImages.Assembly(Seed, length);
        string folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configPath))!, "..", "shared", "delta-pairs"));
        return [new HostPair("made", old, EncodedImages.Changed(old)), .. Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).Select(Read).OfType<HostPair>() : []];
    }

    private static HostPair? Read(string folder)
    {
        string before = Path.Combine(folder, "old.bin"), after = Path.Combine(folder, "new.bin");
        return File.Exists(before) && File.Exists(after) ? new HostPair(Path.GetFileName(folder), File.ReadAllBytes(before), File.ReadAllBytes(after)) : null;
    }
}
