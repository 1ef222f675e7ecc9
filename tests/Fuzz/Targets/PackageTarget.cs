// Package files: decoded, shown, verified, written again. What is refused is refused with words for the user; what is taken is the
// same after writing and reading.
// Tests: tests/Fuzz/Checks.
using System.Buffers.Binary;
using System.Security.Cryptography;
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>Package, PackageInspector, PackageVerifier, CborItem.</summary>
internal sealed class PackageTarget : FuzzTarget
{
    private static readonly TrustAnchor[] Anchors = [Samples.Author.Anchor, Samples.Oem.Anchor];

    public override string What => "package file: decoded, inspected, verified";

    public override IReadOnlyList<string> NotReading => ["SuitEnvelope.Sign", "SuitEnvelope.LengthOf", "ChunkTable.Build"];

    public override IReadOnlyList<string> Parsers =>
        ["EsyncSim.Packages.Package", "EsyncSim.Packages.PackageInspector", "EsyncSim.Packages.PackageVerifier", "EsyncSim.Packages.CborItem", "EsyncSim.Packages.SuitEnvelope", "EsyncSim.Packages.CoseSign1", "EsyncSim.Packages.ChunkTable"];

    public override int LengthMax => 12_000;

    public override int SmokeInputs => 500;

    public override IReadOnlyList<byte[]> Words => [[0xA5, 0, 0x6D], "esync-package"u8.ToArray(), [4, 0x81, 0xA3, 0, 0, 1], [0xD8, 0x6B, 0xA2], [0x39, 1, 2], "ESAB"u8.ToArray(), [0x82, 0x2F, 0x58, 0x20], [3, 0x58, 0x20]];

    public override long StepsMax(int length) => 2_000_000 + (200 * length);

    public override long AllocationMax(int length) => 4_000_000 + (200 * length);

    public override IReadOnlyList<byte[]> Seeds()
    {
        Package good = Samples.Package(Samples.Bundle(BundleRuntime.Net10, new byte[300]));
        PackageEntry full = good.Full!;
        PackageEntry delta = full with { Encoding = 0x20, BaseDigest = new byte[32] };
        PackageEntry[] others = [.. Samples.Manifests().Select(manifest => full with { Envelope = Samples.Envelope(manifest, Samples.Oem), Payload = [1, 2, 3] })];
        byte[] nano = Samples.Bundle(BundleRuntime.NanoFramework, [.. new AssemblyTarget().Seeds()]);
        return
        [
            good.Encode(),
            (good with { Entries = [full with { Envelope = [0xD8, 0x6B, 0xA0] }, delta with { Envelope = [], Payload = [] }] }).Encode(),
            .. others.Select(entry => (good with { Entries = [entry] }).Encode()),
            (good with { Entries = [full with { Envelope = [1], Payload = nano }] }).Encode(),
        ];
    }

    // The digest of the first envelope in the file, over its manifest: what comes behind the digest is then looked at.
    public override byte[] Repair(byte[] input)
    {
        int digest = input.AsSpan().IndexOf(new byte[] { 0x82, 0x2F, 0x58, 0x20 }) + 4;
        int manifest = input.AsSpan().IndexOf(new byte[] { 0x03, 0x59 }) + 1;
        int length = manifest > 0 && manifest + 3 <= input.Length ? 3 + BinaryPrimitives.ReadUInt16BigEndian(input.AsSpan(manifest + 1)) : 0;
        if (length == 0 || digest < 4 || digest + 32 > input.Length || manifest + length > input.Length)
        {
            return input;
        }

        byte[] repaired = [.. input];
        SHA256.HashData(input.AsSpan(manifest, length), repaired.AsSpan(digest, 32));
        return repaired;
    }

    public override void Run(byte[] input)
    {
        Package package;
        try
        {
            package = Package.Decode(input, "fuzz.esp");
        }
        catch (UserErrorException)
        {
            return;
        }

        Require(PackageInspector.Inspect(package).Count > package.Entries.Count, "an inspection leaves out an entry");
        foreach (PackageEntry entry in package.Entries)
        {
            VerificationResult result = PackageVerifier.Verify(entry, Anchors, PackageVerifier.DefaultRoles);
            Require(result.IsPassed == (result.Message.Length == 0), "a verdict without a reason");
            PackageVerifier.Verify(entry, [], []);
        }

        Require(Package.Decode(package.Encode(), "again.esp").Entries.Count == package.Entries.Count, "a package is another one after writing and reading");
    }
}
