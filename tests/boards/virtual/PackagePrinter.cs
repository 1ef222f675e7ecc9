// Prints what the emulator has compiled in: envelopes signed by author and oem, and their public keys, as C#. The keys follow
// from a text; each print starts them anew, so that the same input gives the same files. They protect nothing.
using EsyncAgent;
using EsyncAgent.Emulator;
using EsyncSim.Delta;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Boards.Virtual;

/// <summary>C# files of boards/virtual/src/Generated.</summary>
internal static class PackagePrinter
{
    /// <summary>Folder of the files, relative to the root.</summary>
    public const string Folder = "boards/virtual/src/Generated";

    private const string SeedText = "esync emulator";

    private static readonly PrintedSource Source = new("tests/boards/virtual/PackagePrinter.cs", "tests/boards/virtual/GeneratedPackageTests.cs", "EsyncAgent.Emulator");

    // In the order in which they are signed and installed: it gives the sequence numbers, from 1.
    private static readonly string[] Versions = [PackageShelf.First, PackageShelf.SelfTestFails, PackageShelf.Stalls, PackageShelf.Second, PackageShelf.Patched];

    private static readonly SigningParameters Parameters = new(1, 5, 4);

    /// <summary>All files: path and text.</summary>
    public static IReadOnlyDictionary<string, string> Print()
    {
        SigningKey author = SigningKey.FromSeedText(SigningRole.Author, Parameters, SeedText);
        SigningKey oem = SigningKey.FromSeedText(SigningRole.Oem, Parameters, SeedText);
        ISigner[] signers = [new MemorySigner(author), new MemorySigner(oem)];
        var files = new Dictionary<string, string>
        {
            [$"{Folder}/Anchors.cs"] = PrintedBytes.Class(
                Source,
                "Public keys that the emulated ECU is told to trust: HSS with one tree, H5/W4.",
                "Anchors",
                "Trust anchors as HSS public keys (60 bytes).",
                ("CreateAuthor", "The author's", author.PublicKey),
                ("CreateOem", "The vehicle maker's", oem.PublicKey)),
        };
        byte[] patch = Patch();
        files[$"{Folder}/Patch210.cs"] = PrintedBytes.Class(
            Source,
            $"Patch from the image of version {PackageShelf.First} to that of {PackageShelf.Patched}.",
            "Patch210",
            $"Patch to version {PackageShelf.Patched}.",
            ("Create", "The patch", patch));
        byte[] baseDigest = [];
        for (int i = 0; i < Versions.Length; i++)
        {
            string name = "Envelope" + Versions[i].Replace(".", "");
            byte[] envelope = Sign(Versions[i], (uint)i + 1, signers, patch, baseDigest);
            baseDigest = i == 0 ? SuitEnvelope.Decode(envelope).ManifestDigest : baseDigest;
            files[$"{Folder}/{name}.cs"] = PrintedBytes.Class(
                Source,
                $"SUIT envelope of version {Versions[i]}, sequence {i + 1}, signed by author and oem.",
                name,
                $"Envelope of version {Versions[i]}.",
                ("Create", "The envelope", envelope));
        }

        return files;
    }

    /// <summary>All bytes of an image.</summary>
    public static byte[] Bytes(EmulatorImage image)
    {
        byte[] all = new byte[image.Length];
        image.Seek(0);
        image.Read(all, 0, all.Length);
        return all;
    }

    private static byte[] Patch() =>
        DeltaMaker.Make(Bytes(PackageShelf.ImageOf(PackageShelf.First)), Bytes(PackageShelf.ImageOf(PackageShelf.Patched)), EncodingRequest.WindowBitsDefault).Bytes;

    private static byte[] Sign(string version, uint sequence, ISigner[] signers, byte[] patch, byte[] baseDigest)
    {
        FotaConfig target = EmulatorConfig.Create().Fota;
        SuitManifest manifest = PackageBuilder.ToManifest(new PackageRequest
        {
            Name = "emulator",
            Hardware = "the emulator's ECU in RAM",
            Image = Bytes(PackageShelf.ImageOf(version)),
            Sequence = sequence,
            SecurityVersion = 1,
            VendorId = target.VendorId,
            ClassId = target.ClassId,
        });
        if (version == PackageShelf.Patched)
        {
            manifest = manifest with
            {
                Encoding = PayloadEncoding.Delta << 4,
                TransferLength = (uint)patch.Length,
                TransferTable = ChunkTable.Build(manifest.Salt, patch),
                BaseDigest = baseDigest,
            };
        }

        return SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), signers).Encode();
    }
}
