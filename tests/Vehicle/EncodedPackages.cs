// Packages with several entries for the virtual ECU of a rig, over images that compress and differ like releases of one
// application do. The scripted loader of the rig reads from an image how to behave.
using System.Security.Cryptography;
using EsyncSim.Config;
using EsyncSim.Delta;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Vehicle;

internal static class EncodedPackages
{
    private const int WindowBits = 8;

    /// <summary>An application bundle; versions share all but every 50th line or so.</summary>
    internal static byte[] Image(string version, int length, string behaviour = "good")
    {
        byte[] assembly = new byte[length - 256];
        System.Text.Encoding.ASCII.GetBytes(behaviour.PadRight(16)).CopyTo(assembly, 0);
        Random lines = new(5);
        for (int i = 16; i < assembly.Length; i++)
        {
            assembly[i] = (byte)(i % 16 < 10 ? i / 256 : lines.Next(256));
        }

        Random changes = new(version.Aggregate(17, (sum, c) => (sum * 31) + c));
        for (int i = 16; i < assembly.Length; i += changes.Next(600, 1000))
        {
            assembly[i] = (byte)changes.Next(256);
        }

        return new ApplicationBundle
        {
            Runtime = BundleRuntime.Net10,
            ContractVersion = 1,
            Version = version,
            EntryClass = "Rig.Application",
            Assemblies = [assembly],
        }.Build();
    }

    /// <summary>A package with the whole image only.</summary>
    internal static Package Full(EcuDefinition ecu, uint sequence, byte[] image) => PackageBuilder.Build(Request(ecu, sequence, image), Signers());

    /// <summary>A package with a delta from each base, a compressed image and the whole one, whose number is one higher.</summary>
    internal static Package Encoded(EcuDefinition ecu, uint sequence, byte[] image, params (Package Package, byte[] Image)[] bases)
    {
        List<PackageEntry> entries = [.. Full(ecu, sequence + 1, image).Entries, Entry(ecu, sequence, image, 0x10, Compress(image))];
        foreach ((Package old, byte[] oldImage) in bases)
        {
            byte[] patch = DeltaMaker.Make(oldImage, image, WindowBits).Bytes;
            entries.AddRange(old.Entries.Select(entry => Entry(ecu, sequence, image, 0x20, patch, DigestOf(entry))));
        }

        return new Package { Name = "rig", Hardware = ecu.Name, Entries = entries };
    }

    /// <summary>One signed entry.</summary>
    internal static PackageEntry Entry(EcuDefinition ecu, uint sequence, byte[] image, byte encoding, byte[] payload, byte[]? baseDigest = null)
    {
        SuitManifest plain = PackageBuilder.ToManifest(Request(ecu, sequence, image));
        SuitManifest manifest = plain with
        {
            Encoding = encoding,
            TransferLength = (uint)payload.Length,
            TransferTable = ChunkTable.Build(plain.Salt, payload),
            BaseDigest = baseDigest,
        };
        byte[] envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), Signers()).Encode();
        return new PackageEntry { Encoding = encoding, Envelope = envelope, Payload = payload, BaseDigest = baseDigest };
    }

    /// <summary>Manifest digest of an entry.</summary>
    internal static byte[] DigestOf(PackageEntry entry) => SuitEnvelope.Decode(entry.Envelope).Digest;

    /// <summary>Name by which a campaign knows the package file.</summary>
    internal static string Sha256(Package package) => Convert.ToHexStringLower(SHA256.HashData(package.Encode()));

    private static byte[] Compress(byte[] image)
    {
        HeatshrinkParameters parameters = new(WindowBits, 5);
        return [parameters.Header, .. new HeatshrinkEncoder(image).Encode(parameters)];
    }

    private static ISigner[] Signers() => [.. TestImage.MakeKeys("rig").Select(key => new MemorySigner(key))];

    private static PackageRequest Request(EcuDefinition ecu, uint sequence, byte[] image) => new()
    {
        Name = "rig",
        Hardware = ecu.Name,
        Image = image,
        Sequence = sequence,
        SecurityVersion = 1,
        VendorId = ecu.Config.Fota.VendorId,
        ClassId = ecu.Config.Fota.ClassId,
    };
}
