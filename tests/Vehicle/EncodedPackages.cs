// Packages with several entries for the virtual ECU of a rig, over images that compress and differ like releases of one
// application do. The scripted loader of the rig reads from an image how to behave.
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Vehicle;

internal static class EncodedPackages
{
    /// <summary>Largest window of what is made here; larger ones take longer to try.</summary>
    internal const int WindowBitsMax = 8;

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

    /// <summary>A package with the whole image, whose number is one higher, a compressed one, and a delta from each base.</summary>
    internal static Package Encoded(EcuDefinition ecu, uint sequence, byte[] image, params Package[] bases)
    {
        EncodingRequest encodings = new() { IsCompressed = true, Bases = [.. bases.Select(old => DeltaBase.Of(old, "old.esp"))], WindowBitsMax = WindowBitsMax };
        return PackagePlan.Make(Request(ecu, sequence, image), encodings).Sign(Signers());
    }

    /// <summary>One signed entry.</summary>
    internal static PackageEntry Entry(EcuDefinition ecu, uint sequence, byte[] image, byte encoding, byte[] payload, byte[]? baseDigest = null, EncryptionInfo? encryption = null)
    {
        SuitManifest plain = PackageBuilder.ToManifest(Request(ecu, sequence, image));
        SuitManifest manifest = plain with
        {
            Encoding = encoding,
            TransferLength = (uint)payload.Length,
            TransferTable = ChunkTable.Build(plain.Salt, payload),
            BaseDigest = baseDigest,
            EncryptionInfo = encryption,
        };
        byte[] envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), Signers()).Encode();
        return new PackageEntry { Encoding = encoding, Envelope = envelope, Payload = payload, BaseDigest = baseDigest };
    }

    /// <summary>An entry like an other one, encrypted for devices, each known by its identifier and by the rig's secret.</summary>
    internal static PackageEntry Encrypted(EcuDefinition ecu, uint sequence, byte[] image, PackageEntry entry, params byte[][] deviceIds)
    {
        DeviceFile[] devices = [.. deviceIds.Select(id => new DeviceFile(id, TestImage.DeviceSecret))];
        EncryptedContent content = ContentEncryption.Encrypt(entry.Payload, devices, [.. Enumerable.Repeat(entry.Encoding, 32)], new byte[16]);
        return Entry(ecu, sequence, image, (byte)(entry.Encoding | PayloadEncoding.Encrypted), content.Payload, entry.BaseDigest, content.Info);
    }

    /// <summary>Manifest digest of an entry.</summary>
    internal static byte[] DigestOf(PackageEntry entry) => SuitEnvelope.Decode(entry.Envelope).Digest;

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
