// Keys, trust manifests and images signed by any of them, for the rig. Each signature is made by a key that is grown anew:
// an index counts for nothing here, and no test uses up what another one needs.
using System.Collections.Concurrent;
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Signing;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed record TestKey(SigningRole Role, string Name)
{
    private static readonly ConcurrentDictionary<TestKey, TrustAnchor> Anchors = new();

    public TrustAnchor Anchor => Anchors.GetOrAdd(this, key => key.Grow().Anchor);

    public ISigner Signer => new MemorySigner(Grow());

    private SigningKey Grow() => SigningKey.FromSeedText(Role, new SigningParameters(1, 5, 4), Name);
}

public static class TestTrust
{
    public static readonly TestKey Author = new(SigningRole.Author, "first author");
    public static readonly TestKey Oem = new(SigningRole.Oem, "first oem");
    public static readonly TestKey NewAuthor = new(SigningRole.Author, "second author");
    public static readonly TestKey NewOem = new(SigningRole.Oem, "second oem");

    private static readonly ConcurrentDictionary<string, TestImage> Images = new();
    private static readonly ConcurrentDictionary<string, byte[]> Documents = new();

    /// <summary>Provisioning record with the first keys.</summary>
    public static byte[] Provisioning { get; } = ProvisioningRecord.Build(TestImage.DeviceId, TestImage.DeviceSecret, [Author.Anchor, Oem.Anchor]);

    public static TrustList List(uint sequence, params TestKey[] anchors) => new()
    {
        Sequence = sequence,
        VendorId = TestImage.VendorId,
        ClassId = TestImage.ClassId,
        Anchors = [.. anchors.Select(key => key.Anchor)],
    };

    /// <summary>A trust manifest as it goes to the ECU; nothing is checked before it is signed.</summary>
    public static byte[] Document(TrustList list, params TestKey[] signers) =>
        Documents.GetOrAdd(
            $"{Convert.ToHexString(list.Encode())} {string.Join(' ', signers.AsEnumerable())}",
            _ => SuitEnvelope.Sign(list.Encode(), [.. signers.Select(key => key.Signer)], SignedDocument.TrustManifest).Encode());

    /// <summary>An image signed by these keys; the same arguments give the same one.</summary>
    public static TestImage Image(string version, uint sequence, int length, params TestKey[] signers) =>
        Images.GetOrAdd($"{version} {sequence} {length} {string.Join(' ', signers.AsEnumerable())}", _ => SignedBy(TestImage.Make(version, sequence, length), signers));

    /// <summary>What an ECU says that it trusts after this manifest (DID FD09).</summary>
    public static byte[] StateOf(uint sequence, params TestKey[] anchors) =>
    [
        (byte)(sequence >> 24), (byte)(sequence >> 16), (byte)(sequence >> 8), (byte)sequence, (byte)anchors.Length,
        .. anchors.SelectMany(key => (byte[])[(byte)key.Role, .. key.Anchor.KeyId]),
    ];

    /// <summary>The same image, signed by these keys and nobody else.</summary>
    public static TestImage SignedBy(TestImage image, params TestKey[] signers)
    {
        byte[] manifest = SuitEnvelope.Decode(image.Envelope).ManifestBytes;
        return image with { Envelope = SuitEnvelope.Sign(manifest, [.. signers.Select(key => key.Signer)]).Encode() };
    }
}
