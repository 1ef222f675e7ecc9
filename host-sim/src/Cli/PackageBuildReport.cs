// What `package build` tells at its end: the package, its signers, and for several entries a table of them and what was left
// out and why.
// Tests: tests/host-sim/Cli/PackageEncodingTests.cs.
using System.Globalization;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Cli;

/// <summary>Prints a built package.</summary>
internal static class PackageBuildReport
{
    private const long FewSignatures = 16;

    /// <summary>Prints it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="path">The package file.</param>
    /// <param name="plan">What it was made by.</param>
    /// <param name="package">The package.</param>
    /// <param name="keys">The key files, after signing.</param>
    public static void Write(TextWriter output, string path, PackagePlan plan, Package package, IReadOnlyList<(string Path, SigningKey Key)> keys)
    {
        PlannedEntry full = plan.Entries[0];
        PackageEntry signed = package.Entries[0];
        Terminal.WriteFields(output, path,
        [
            ("image", string.Create(CultureInfo.InvariantCulture, $"{full.Manifest.ImageLength} bytes, {ChunkTable.ChunkCount((int)full.Manifest.ImageLength)} chunks")),
            ("envelope", string.Create(CultureInfo.InvariantCulture, $"{signed.Envelope.Length} bytes")),
            ("manifest digest", Convert.ToHexStringLower(SuitEnvelope.Decode(signed.Envelope).Digest)),
            ("sequence", Sequences(plan)),
            .. full.Manifest.EncryptionInfo is { } info ? [("encrypted for", info.Recipients.Count == 1 ? "1 device" : $"{info.Recipients.Count} devices")] : Array.Empty<(string, string)>(),
            .. keys.Select(key => ("signed by", $"{key.Key.Role.Name()}: {key.Path}, {key.Key.Remaining} signatures left")),
        ]);
        if (plan.Entries.Count + plan.LeftOut.Count > 1)
        {
            WriteTable(output, plan, package);
        }

        foreach (SigningRole missing in PackageVerifier.DefaultRoles.Except(keys.Select(key => key.Key.Role)))
        {
            output.WriteLine($"note: no signature in the role {missing.Name()}; an ECU that needs it refuses the package");
        }

        foreach ((string keyPath, SigningKey key) in keys.Where(pair => pair.Key.Remaining < FewSignatures))
        {
            output.WriteLine($"note: {keyPath} is nearly used up ({key.Remaining} left); make its successor and bring it to the ECUs in time (esync keys rotate)");
        }
    }

    private static string Sequences(PackagePlan plan)
    {
        uint full = plan.Entries[0].Manifest.Sequence;
        string next = full == uint.MaxValue ? "the last there is" : string.Create(CultureInfo.InvariantCulture, $"the next package needs {full + 1} or more");
        return plan.Entries.Count == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{full}; {next}")
            : string.Create(CultureInfo.InvariantCulture, $"{plan.Entries[1].Manifest.Sequence}, the full image {full}; {next}");
    }

    private static void WriteTable(TextWriter output, PackagePlan plan, Package package)
    {
        int full = plan.Entries[0].Payload.Length;
        List<string[]> rows = [];
        foreach ((PlannedEntry planned, PackageEntry signed) in plan.Entries.Zip(package.Entries))
        {
            rows.Add(
            [
                planned.Manifest.BaseDigest is byte[] digest ? $"{Name(planned.Source)} {Convert.ToHexStringLower(digest.AsSpan(0, 4))}" : Name(planned.Source),
                signed.Encoding.ToString("X2", CultureInfo.InvariantCulture),
                planned.Source.Parameters?.ToString() ?? "",
                Number(planned.Payload.Length),
                Percent(planned.Payload.Length, full),
                Number(signed.Envelope.Length),
                planned.Manifest.Sequence.ToString(CultureInfo.InvariantCulture),
            ]);
        }

        Terminal.WriteTable(output, ["entry", "encoding", "window/lookahead", "bytes", "percent", "envelope", "sequence"], rows);
        foreach (LeftOut left in plan.LeftOut)
        {
            string size = left.Source is null ? "" : $", {Number(left.Source.Bytes.Length)} bytes ({Percent(left.Source.Bytes.Length, full)} %)";
            output.WriteLine($"left out: {Name(left.Compression, left.Base)}{size}: {left.Reason}");
        }

        foreach (EncodedPayload crowded in plan.Entries.Select(entry => entry.Source).Distinct().Where(source => source.CrowdedChunks > 0))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"note: {Name(crowded)}: no checkpoint at {crowded.CrowdedChunks} of {ChunkTable.ChunkCount((int)plan.Entries[0].Manifest.ImageLength)} chunks; it installs all the same, and goes on from the chunk before when it is interrupted there"));
        }
    }

    private static string Name(EncodedPayload source) => Name(source.Compression, source.Base);

    private static string Name(byte compression, DeltaBase? older) => compression switch
    {
        PayloadEncoding.Plain => "full",
        PayloadEncoding.Heatshrink => "heatshrink",
        _ => $"delta from {older!.Title}",
    };

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(int bytes, int full) => (100.0 * bytes / full).ToString("F1", CultureInfo.InvariantCulture);
}
