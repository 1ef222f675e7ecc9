// Signed images for a rig, made once: small bundles whose content tells the scripted loader how to behave.
// The keys follow from texts and sign for nobody else.
// Tests: tests/agent-firmware/EcuM.
using System.Collections.Concurrent;
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncSim.Sweep;

/// <summary>A signed image.</summary>
/// <param name="Version">Application version.</param>
/// <param name="Envelope">Signed manifest.</param>
/// <param name="Payload">The image.</param>
/// <param name="Digest">Manifest digest.</param>
public sealed record SignedImage(string Version, byte[] Envelope, byte[] Payload, byte[] Digest)
{
    private readonly byte[]? _transfer;

    /// <summary>dataFormatIdentifier of its transfer.</summary>
    public byte Encoding { get; init; }

    /// <summary>What is transferred: the image itself, if nothing else was given.</summary>
    public byte[] Transfer
    {
        get => _transfer ?? Payload;
        init => _transfer = value;
    }

    public static readonly byte[] VendorId = Convert.FromHexString("00112233445566778899AABBCCDDEEFF");
    public static readonly byte[] ClassId = Convert.FromHexString("0102030405060708090A0B0C0D0E0F10");
    public static readonly byte[] DeviceId = Convert.FromHexString("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
    public static readonly byte[] DeviceSecret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    private static readonly ConcurrentDictionary<string, SignedImage> Made = new();
    private static readonly Lock Gate = new();
    private static readonly SigningKey[] Keys = MakeKeys("rig");

    /// <summary>Provisioning record with both anchors.</summary>
    public static byte[] Provisioning { get; } = ProvisioningRecord.Build(DeviceId, DeviceSecret, [.. Keys.Select(key => key.Anchor)]);

    /// <summary>An image of a given length; equal arguments give the same image.</summary>
    public static SignedImage Make(string version, uint sequence, int length, string behaviour = "good", uint securityVersion = 1) =>
        Made.GetOrAdd(
            $"{version} {sequence} {length} {behaviour} {securityVersion}",
            _ => Build(VendorId, ClassId, version, sequence, length, behaviour, securityVersion));

    /// <summary>An image for an ECU with other identifiers.</summary>
    public static SignedImage MakeFor(byte[] vendorId, byte[] classId, string version, uint sequence, int length, string behaviour) =>
        Made.GetOrAdd(
            $"{Convert.ToHexString(classId)} {version} {sequence} {length} {behaviour}",
            _ => Build(vendorId, classId, version, sequence, length, behaviour, securityVersion: 1));

    /// <summary>The keys of author and oem that follow from a text; they sign 32 images.</summary>
    public static SigningKey[] MakeKeys(string text) =>
    [
        SigningKey.FromSeedText(SigningRole.Author, new SigningParameters(1, 5, 4), $"{text} author"),
        SigningKey.FromSeedText(SigningRole.Oem, new SigningParameters(1, 5, 4), $"{text} oem"),
    ];

    /// <summary>An image signed by the caller's keys; each call uses up one signature of each.</summary>
    public static SignedImage MakeBy(IReadOnlyList<SigningKey> keys, string version, uint sequence, int length, string behaviour = "good") =>
        MakeBy(keys, version, sequence, Assembly(version, sequence, length, behaviour));

    /// <summary>The same around an assembly of the caller's.</summary>
    public static SignedImage MakeBy(IReadOnlyList<SigningKey> keys, string version, uint sequence, byte[] assembly) =>
        Sign(keys, VendorId, ClassId, Bundle(BundleRuntime.Net10, version, assembly), sequence, securityVersion: 1);

    /// <summary>An image around an assembly of the caller's, for a runtime of his; made anew with each call.</summary>
    public static SignedImage MakeOf(BundleRuntime runtime, byte[] assembly, string version, uint sequence) =>
        Sign(Keys, VendorId, ClassId, Bundle(runtime, version, assembly), sequence, securityVersion: 1);

    /// <summary>The same image in another envelope, for a transfer of another form.</summary>
    /// <param name="sequence">SUIT sequence number of the new envelope.</param>
    /// <param name="encoding">dataFormatIdentifier.</param>
    /// <param name="transfer">What is transferred.</param>
    /// <param name="baseDigest">Manifest digest of a delta's base.</param>
    public SignedImage Encoded(uint sequence, byte encoding, byte[] transfer, byte[]? baseDigest = null) =>
        EncodedBy(Keys, sequence, encoding, transfer, baseDigest, null);

    /// <summary>The same, signed by the caller's keys, and encrypted where <paramref name="encryption"/> is given.</summary>
    public SignedImage EncodedBy(IReadOnlyList<SigningKey> keys, uint sequence, byte encoding, byte[] transfer, byte[]? baseDigest, EncryptionInfo? encryption)
    {
        SuitManifest plain = ManifestDecoder.Decode(SuitEnvelope.Decode(Envelope).ManifestBytes);
        SuitManifest manifest = plain with
        {
            Sequence = sequence,
            Encoding = encoding,
            TransferLength = (uint)transfer.Length,
            TransferTable = ChunkTable.Build(plain.Salt, transfer),
            BaseDigest = baseDigest,
            EncryptionInfo = encryption,
        };
        lock (Gate)
        {
            SuitEnvelope envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), [.. keys.Select(key => new MemorySigner(key))]);
            return this with { Envelope = envelope.Encode(), Digest = envelope.ManifestDigest, Encoding = encoding, Transfer = transfer };
        }
    }

    /// <summary>What the loader shall do with an image.</summary>
    public static string BehaviourOf(byte[] image)
    {
        string reason = ApplicationBundle.TryParse(image, out ApplicationBundle? bundle) ?? string.Empty;
        return bundle == null ? $"throws ({reason})" : System.Text.Encoding.ASCII.GetString(bundle.Assemblies[0].AsSpan(0, 16)).Trim();
    }

    private static SignedImage Build(byte[] vendorId, byte[] classId, string version, uint sequence, int length, string behaviour, uint securityVersion) =>
        Sign(Keys, vendorId, classId, Bundle(BundleRuntime.Net10, version, Assembly(version, sequence, length, behaviour)), sequence, securityVersion);

    private static byte[] Assembly(string version, uint sequence, int length, string behaviour)
    {
        byte[] assembly = new byte[length - 256];
        new Random(version.Length + (int)sequence).NextBytes(assembly);
        System.Text.Encoding.ASCII.GetBytes(behaviour.PadRight(16)).CopyTo(assembly, 0);
        return assembly;
    }

    private static byte[] Bundle(BundleRuntime runtime, string version, byte[] assembly) => new ApplicationBundle
    {
        Runtime = runtime,
        ContractVersion = 2,
        Version = version,
        EntryClass = "Rig.Application",
        Assemblies = [assembly],
    }.Build();

    private static SignedImage Sign(IReadOnlyList<SigningKey> keys, byte[] vendorId, byte[] classId, byte[] image, uint sequence, uint securityVersion)
    {
        PackageRequest request = new()
        {
            Name = "rig",
            Hardware = "rig",
            Image = image,
            Sequence = sequence,
            SecurityVersion = securityVersion,
            VendorId = vendorId,
            ClassId = classId,
        };
        lock (Gate)
        {
            PackageEntry entry = PackageBuilder.Build(request, [.. keys.Select(key => new MemorySigner(key))]).Entries[0];
            string version = ApplicationBundle.TryParse(image, out ApplicationBundle? bundle) is null ? bundle!.Version : string.Empty;
            return new SignedImage(version, entry.Envelope, entry.Payload, SuitEnvelope.Decode(entry.Envelope).ManifestDigest);
        }
    }
}
