// Good inputs that all targets begin from: keys, bundles, manifests, envelopes, packages. Made once, by the host's own encoders.
// Tests: tests/Fuzz/Checks.
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>Samples.</summary>
internal static class Samples
{
    public static readonly byte[] VendorId = [.. Enumerable.Repeat((byte)0x11, 16)];
    public static readonly byte[] ClassId = [.. Enumerable.Repeat((byte)0x22, 16)];
    public static readonly byte[] DeviceId = [.. Enumerable.Repeat((byte)0x33, 16)];
    public static readonly byte[] DeviceSecret = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];

    /// <summary>A key of the maker, always the same and always unused: outside of tests no index may sign twice.</summary>
    public static SigningKey Author => SigningKey.FromSeedText(SigningRole.Author, new SigningParameters(1, 5, 4), "fuzz author");

    /// <summary>A key of the vehicle's maker, with other chains.</summary>
    public static SigningKey Oem => SigningKey.FromSeedText(SigningRole.Oem, new SigningParameters(1, 5, 2), "fuzz oem");

    public static byte[] Provisioning => ProvisioningRecord.Build(DeviceId, DeviceSecret, [Author.Anchor, Oem.Anchor]);

    /// <summary>A bundle of some assemblies.</summary>
    public static byte[] Bundle(BundleRuntime runtime, params byte[][] assemblies) => new ApplicationBundle
    {
        Runtime = runtime,
        ContractVersion = 1,
        Version = "1.2.3",
        EntryClass = "Fan.Application",
        Assemblies = assemblies,
    }.Build();

    /// <summary>A package request for an image.</summary>
    public static PackageRequest Request(byte[] image, uint sequence = 7, byte[]? deviceId = null, byte slots = 3) => new()
    {
        Name = "fan",
        Hardware = "FAN-1",
        Image = image,
        Sequence = sequence,
        SecurityVersion = 3,
        VendorId = VendorId,
        ClassId = ClassId,
        DeviceId = deviceId,
        SlotMask = slots,
    };

    /// <summary>Manifests of each shape that the profile knows.</summary>
    public static IReadOnlyList<byte[]> Manifests()
    {
        byte[] image = Bundle(BundleRuntime.Net10, new byte[5000]);
        SuitManifest plain = PackageBuilder.ToManifest(Request(image));
        SuitManifest encoded = plain with { Encoding = 0x10, TransferLength = 4097, TransferTable = new byte[64] };
        SuitManifest[] all =
        [
            plain,
            PackageBuilder.ToManifest(Request(image, deviceId: DeviceId)),
            PackageBuilder.ToManifest(Request(image, slots: 2)),
            plain with { Uri = new string('u', SuitManifest.UriLengthMax), Version = new string('9', ApplicationBundle.VersionLengthMax) },
            encoded,
            encoded with { Encoding = 0x20, BaseDigest = new byte[32] },
            encoded with { Encoding = 0x11, EncryptionInfo = new EncryptionInfo(new byte[16], [new WrappedKey(DeviceId, new byte[40]), new WrappedKey([.. Enumerable.Repeat((byte)0x44, 16)], new byte[40])]) },
        ];
        return [.. all.Select(ManifestEncoder.Encode)];
    }

    /// <summary>An envelope with signatures that are good for its digest.</summary>
    public static byte[] Envelope(byte[] manifest, params SigningKey[] keys) =>
        SuitEnvelope.Sign(manifest, [.. keys.Select(key => new MemorySigner(key))]).Encode();

    /// <summary>Signed package of an image.</summary>
    public static Package Package(byte[] image) => PackageBuilder.Build(Request(image), [new MemorySigner(Author), new MemorySigner(Oem)]);
}
