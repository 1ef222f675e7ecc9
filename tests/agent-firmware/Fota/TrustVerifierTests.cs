// Trust manifests byte by byte: what is read, what is refused and why, and that whatever comes there is an end.
using EsyncAgent;
using EsyncTests.AgentFirmware.Csm;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class TrustVerifierTests
{
    private const int CyclesMax = 6000;
    private readonly VerifierBench _bench = new();
    private readonly byte[] _block = new byte[KeyStore.BlockLengthMax];
    private readonly TrustVerifier _verifier;

    public TrustVerifierTests()
    {
        FotaConfig config = new() { VendorId = EnvelopeForge.VendorId, ClassId = EnvelopeForge.ClassId, RequiredRoles = [TrustRole.Author, TrustRole.Oem] };
        _verifier = new TrustVerifier(config, _bench.Keys, _bench.Verifier, _block);
    }

    [Fact]
    public void A_good_one_is_read_and_its_anchors_lie_where_the_block_has_them()
    {
        TrustForge forge = new() { Sequence = 0xFFFF_FFFF, Device = EnvelopeForge.DeviceId };
        forge.Anchors.Add((TrustRole.Fleet, TrustForge.Key(203)));
        Assert.Equal(FotaError.None, Run(forge.Build()));
        Assert.False(_verifier.IsInForce);
        Assert.Equal(0xFFFF_FFFF, _verifier.Manifest.SequenceNumber);
        byte[] expected = [3, .. forge.Anchors.SelectMany(anchor => (byte[])[(byte)anchor.Role, .. anchor.Key])];
        Assert.Equal(expected, _block[48..(48 + expected.Length)]);
        Assert.Equal(new byte[48], _block[..48]);
    }

    [Fact]
    public void The_longest_list_fits_the_block()
    {
        TrustForge forge = new();
        for (int i = forge.Anchors.Count; i < 8; i++)
        {
            forge.Anchors.Add((TrustRole.Rules, TrustForge.Key(210 + i)));
        }

        Assert.Equal(FotaError.None, Run(forge.Build()));
        Assert.Equal(8, _block[48]);
        Assert.Equal(FotaError.None, _bench.Keys.ReplaceAnchors(_block, 1, _verifier.Manifest.Digest));
        Assert.Equal(new byte[48], _block[..48]);
        Assert.Equal(8, _bench.Keys.AnchorCount);
        Assert.Equal(1u, _bench.Keys.TrustSequence);
        Assert.True(_bench.Keys.IsInForce(_verifier.Manifest.Digest));
    }

    [Fact]
    public void The_digest_of_the_one_in_force_is_enough()
    {
        TrustForge forge = new();
        Assert.Equal(FotaError.None, Run(forge.Build()));
        Assert.Equal(FotaError.None, _bench.Keys.ReplaceAnchors(_block, 1, _verifier.Manifest.Digest));
        Assert.Equal(FotaError.None, Run(forge.Build()));
        Assert.True(_verifier.IsInForce);
        forge.Signers.Clear();
        forge.Signers.Add(VerifierBench.Stranger);
        Assert.Equal(FotaError.None, Run(forge.Build()));
        Assert.True(_verifier.IsInForce);
        forge.Sequence++;
        Assert.Equal(FotaError.RoleMissing, Run(forge.Build()));
        Assert.False(_verifier.IsInForce);
    }

    [Fact]
    public void The_label_and_the_tag_make_the_kind()
    {
        Assert.Equal(FotaError.SignatureInvalid, Run(new TrustForge { Label = "" }.Build()));
        Assert.Equal(FotaError.SignatureInvalid, Run(new TrustForge { Label = "esync/v1/trust-manifesT" }.Build()));
        Assert.Equal(FotaError.WrongDocument, Run(new TrustForge { Tag = 107 }.Build()));
        Assert.Equal(FotaError.EnvelopeMalformed, Run(new TrustForge { Tag = 106 }.Build()));
        Assert.Equal(StdReturn.NotOk, _bench.Run(new TrustForge().Build()));
        Assert.Equal(FotaError.WrongDocument, _bench.Verifier.Error);
        Assert.Equal(StdReturn.NotOk, _bench.Run(new TrustForge { Tag = 107 }.Build()));
        Assert.Equal(FotaError.SignatureInvalid, _bench.Verifier.Error);

        // Signed as an image's manifest, it is authentic there, and no manifest of an image.
        Assert.Equal(StdReturn.NotOk, _bench.Run(new TrustForge { Tag = 107, Label = "" }.Build()));
        Assert.Equal(FotaError.ManifestMalformed, _bench.Verifier.Error);
    }

    [Fact]
    public void What_is_not_signed_is_not_read()
    {
        TrustForge forge = new TrustForge().With(1, Cbor.Null);
        forge.Signers.RemoveAt(1);
        Assert.Equal(FotaError.RoleMissing, Run(forge.Build()));
        Assert.Equal(0, _block[48]);
    }

    public static TheoryData<string, FotaError, byte[]> Malformed
    {
        get
        {
            TrustForge good = new();
            byte[] manifest = good.Manifest;
            byte[] key = good.Anchors[0].Key;
            byte[] Anchor(byte[] role, byte[] publicKey) => Cbor.Array(Cbor.Array(role, Cbor.Bytes(publicKey)), Cbor.Array(Cbor.Uint(2), Cbor.Bytes(good.Anchors[1].Key)));
            byte[] Changed(int index, byte value)
            {
                byte[] changed = key.ToArray();
                changed[index] = value;
                return changed;
            }

            return new()
            {
                { "no map", FotaError.ManifestMalformed, Cbor.Array() },
                { "version 2", FotaError.ManifestVersionUnknown, new TrustForge().With(1, Cbor.Uint(2)).Manifest },
                { "version as text", FotaError.ManifestMalformed, new TrustForge().With(1, Cbor.Text("1")).Manifest },
                { "a member too few", FotaError.ManifestMalformed, Cbor.Map([.. good.Members.SkipLast(1)]) },
                { "a member too many", FotaError.ManifestUnsupported, Cbor.Map([.. good.Members, (7, Cbor.Uint(1)), (8, Cbor.Uint(1))]) },
                { "a member behind the anchors", FotaError.ManifestMalformed, Cbor.Map([.. good.Members, (7, Cbor.Uint(1))]) },
                { "a member before the anchors", FotaError.ManifestMalformed, Cbor.Map([.. good.Members, (-1, Cbor.Uint(1))]) },
                { "out of order", FotaError.ManifestMalformed, Cbor.Map([good.Members[1], good.Members[0], .. good.Members[2..]]) },
                { "a member twice", FotaError.ManifestMalformed, Cbor.Map([good.Members[0], good.Members[1], good.Members[1], .. good.Members[2..]]) },
                { "sequence of 33 bits", FotaError.ManifestMalformed, new TrustForge().With(2, Cbor.Uint(0x1_0000_0000)).Manifest },
                { "sequence below 0", FotaError.ManifestMalformed, new TrustForge().With(2, Cbor.Int(-1)).Manifest },
                { "sequence not shortest", FotaError.ManifestMalformed, new TrustForge().With(2, [0x18, 0x01]).Manifest },
                { "vendor too short", FotaError.ManifestMalformed, new TrustForge().With(3, Cbor.Bytes(new byte[15])).Manifest },
                { "class too long", FotaError.ManifestMalformed, new TrustForge().With(4, Cbor.Bytes(new byte[17])).Manifest },
                { "map of indefinite length", FotaError.ManifestMalformed, [0xBF, .. manifest[1..], 0xFF] },
                { "anchors of indefinite length", FotaError.ManifestMalformed, new TrustForge().With(6, [0x9F, 0xFF]).Manifest },
                { "bytes behind", FotaError.ManifestMalformed, [.. manifest, 0x00] },
                { "bytes missing", FotaError.ManifestMalformed, manifest[..^1] },
                { "no anchor", FotaError.AnchorsInvalid, new TrustForge().With(6, Cbor.Array()).Manifest },
                { "nine anchors announced", FotaError.AnchorsInvalid, new TrustForge().With(6, [0x89]).Manifest },
                { "anchors without end", FotaError.AnchorsInvalid, new TrustForge().With(6, [0x9A, 0xFF, 0xFF, 0xFF, 0xFF]).Manifest },
                { "an anchor of three", FotaError.ManifestMalformed, new TrustForge().With(6, Cbor.Array(Cbor.Array(Cbor.Uint(1), Cbor.Bytes(key), Cbor.Null))).Manifest },
                { "an anchor without array", FotaError.ManifestMalformed, new TrustForge().With(6, Cbor.Array(Cbor.Bytes(key))).Manifest },
                { "role 0", FotaError.AnchorsInvalid, new TrustForge().With(6, Anchor(Cbor.Uint(0), key)).Manifest },
                { "role 5", FotaError.AnchorsInvalid, new TrustForge().With(6, Anchor(Cbor.Uint(5), key)).Manifest },
                { "role 257", FotaError.AnchorsInvalid, new TrustForge().With(6, Anchor(Cbor.Uint(257), key)).Manifest },
                { "key too short", FotaError.ManifestMalformed, new TrustForge().With(6, Anchor(Cbor.Uint(1), key[..59])).Manifest },
                { "key of three levels", FotaError.AnchorsInvalid, new TrustForge().With(6, Anchor(Cbor.Uint(1), Changed(3, 3))).Manifest },
                { "key of an unknown type", FotaError.AnchorsInvalid, new TrustForge().With(6, Anchor(Cbor.Uint(1), Changed(7, 8))).Manifest },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Signed_and_malformed_it_is_refused(string what, FotaError expected, byte[] manifest)
    {
        FotaError error = Run(new TrustForge { Manifest = manifest }.Build());
        Assert.True(expected == error, $"{what}: {error} instead of {expected} at {_verifier.ErrorDetail}");
    }

    [Fact]
    public void A_key_twice_is_refused_when_the_list_is_taken()
    {
        TrustForge forge = new();
        forge.Anchors.Add((TrustRole.Oem, forge.Anchors[0].Key));
        Assert.Equal(FotaError.None, Run(forge.Build()));
        Assert.Equal(FotaError.AnchorsInvalid, _bench.Keys.ReplaceAnchors(_block, 1, _verifier.Manifest.Digest));
        Assert.Equal(4, _bench.Keys.AnchorCount);
        Assert.Equal(0u, _bench.Keys.TrustSequence);
    }

    [Fact]
    public void It_must_be_for_this_ECU_and_leave_both_roles_an_anchor()
    {
        Assert.Equal(FotaError.WrongVendor, Run(new TrustForge().With(3, Cbor.Bytes(new byte[16])).Build()));
        Assert.Equal(FotaError.WrongClass, Run(new TrustForge().With(4, Cbor.Bytes(new byte[16])).Build()));
        Assert.Equal(FotaError.WrongDevice, Run(new TrustForge { Device = new byte[16] }.Build()));
        TrustForge oneRole = new();
        oneRole.Anchors.RemoveAt(1);
        Assert.Equal(FotaError.AnchorRoleMissing, Run(oneRole.Build()));
    }

    [Fact]
    public void Cut_anywhere_it_is_refused()
    {
        byte[] document = new TrustForge().Build();
        for (int length = 1; length < document.Length; length += length < 64 ? 1 : 97)
        {
            Assert.NotEqual(FotaError.None, Run(document[..length]));
        }
    }

    [Fact]
    public void Any_flipped_bit_of_its_form_or_content_refuses_it()
    {
        byte[] document = new TrustForge().Build();
        int end = document.Length;
        int manifestStart = end - new TrustForge().Manifest.Length;
        foreach (int index in Enumerable.Range(0, 90).Concat(Enumerable.Range(manifestStart - 4, end - manifestStart + 4)))
        {
            byte[] changed = document.ToArray();
            changed[index] ^= (byte)(1 << (index % 8));
            Assert.True(Run(changed) != FotaError.None, $"accepted with bit {index % 8} of byte {index} flipped");
        }
    }

    [Fact]
    public void Before_provisioning_nothing_is_read()
    {
        VerifierBench bench = new(isProvisioned: false);
        TrustVerifier verifier = new(new FotaConfig { RequiredRoles = [1, 2] }, bench.Keys, bench.Verifier, _block);
        verifier.Begin(VerifierBench.Address, 100);
        Assert.Equal(StdReturn.NotOk, verifier.MainFunction(0));
        Assert.Equal(FotaError.NotProvisioned, verifier.Error);
    }

    private FotaError Run(byte[] document)
    {
        _bench.Shelf.Put(VerifierBench.Address, [.. document, 0x00, 0xF6, 0xA0]);
        _verifier.Begin(VerifierBench.Address, (uint)document.Length);
        StdReturn result = StdReturn.Pending;
        for (uint cycle = 0; result == StdReturn.Pending; cycle++)
        {
            Assert.True(cycle < CyclesMax, "no end");
            uint before = _bench.CompressionCount;
            result = _verifier.MainFunction(cycle);
            Assert.True(_bench.CompressionCount - before <= 8, "a cycle did too much");
            _bench.Shelf.Fls.MainFunction(cycle);
        }

        Assert.Equal(result, _verifier.MainFunction(0));
        Assert.Equal(result == StdReturn.Ok, _verifier.Error == FotaError.None);
        return _verifier.Error;
    }
}
