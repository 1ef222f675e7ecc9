// Builds trust manifests for tests piece by piece, so that any single piece can be wrong.
using System.Security.Cryptography;
using EsyncAgent;
using EsyncTests.AgentFirmware.Csm;

namespace EsyncTests.AgentFirmware.Fota;

/// <summary>One trust manifest with its envelope.</summary>
public sealed class TrustForge
{
    public const ulong TrustTag = 0x4553544D;

    private byte[]? _manifest;

    public ulong Tag { get; set; } = TrustTag;

    public string Label { get; set; } = "esync/v1/trust-manifest";

    public uint Sequence { get; set; } = 1;

    public byte[]? Device { get; set; }

    public List<(ulong Role, byte[] Key)> Anchors { get; } = [(TrustRole.Author, Key(201)), (TrustRole.Oem, Key(202))];

    public List<LmsForge> Signers { get; } = [VerifierBench.Author, VerifierBench.Oem];

    /// <summary>Members of the map, for tests that change them.</summary>
    public List<(long Key, byte[] Value)> Members =>
    [
        (1, Cbor.Uint(1)),
        (2, Cbor.Uint(Sequence)),
        (3, Cbor.Bytes(EnvelopeForge.VendorId)),
        (4, Cbor.Bytes(EnvelopeForge.ClassId)),
        .. Device is null ? Array.Empty<(long, byte[])>() : [(5, Cbor.Bytes(Device))],
        (6, Cbor.Array([.. Anchors.Select(anchor => Cbor.Array(Cbor.Uint(anchor.Role), Cbor.Bytes(anchor.Key)))])),
    ];

    public byte[] Manifest
    {
        get => _manifest ?? Cbor.Map([.. Members]);
        set => _manifest = value;
    }

    public static byte[] Key(int seed) => LmsForge.OneLevel(new LmsForge(seed, 5, 2, 0), []).Key;

    /// <summary>The members with one of them replaced.</summary>
    public TrustForge With(long key, byte[] value)
    {
        Manifest = Cbor.Map([.. Members.Select(member => member.Key == key ? (key, value) : member)]);
        return this;
    }

    public byte[] Build()
    {
        byte[] digest = EnvelopeForge.Digest(SHA256.HashData(Cbor.Bytes(Manifest)));
        byte[] toBeSigned = Cbor.Array(Cbor.Text("Signature1"), Cbor.Bytes(EnvelopeForge.ProtectedHeader), Cbor.Bytes(System.Text.Encoding.ASCII.GetBytes(Label)), Cbor.Bytes(digest));
        byte[] authentication = Cbor.Array([Cbor.Bytes(digest), .. Signers.Select(signer => Cbor.Bytes(EnvelopeForge.Sign1(LmsForge.OneLevel(signer, toBeSigned))))]);
        return Cbor.Tag(Tag, Cbor.Map((2, Cbor.Bytes(authentication)), (3, Cbor.Bytes(Manifest))));
    }
}
