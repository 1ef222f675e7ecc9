// The outside of an envelope: PROTOCOL.md's one form, and every way to deviate from it.
using EsyncAgent;
using EsyncTests.AgentFirmware.Csm;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class EnvelopeTests
{
    private readonly VerifierBench _bench = new();

    [Fact]
    public void One_to_four_signatures_are_read()
    {
        EnvelopeForge forge = VerifierBench.Good();
        _bench.Accepts(forge);
        forge.Signers.AddRange([VerifierBench.Stranger, VerifierBench.Fleet]);
        _bench.Accepts(forge);
        forge.Signers.Add(VerifierBench.SecondOem);
        _bench.Refuses(FotaError.EnvelopeMalformed, forge);
        forge.Signers.Clear();
        _bench.Refuses(FotaError.EnvelopeMalformed, forge);
    }

    [Fact]
    public void Another_tag_or_none_is_refused()
    {
        byte[] body = VerifierBench.Good().Build()[2..];
        _bench.Refuses(FotaError.EnvelopeMalformed, body);
        _bench.Refuses(FotaError.EnvelopeMalformed, Cbor.Tag(106, body));
        _bench.Refuses(FotaError.EnvelopeMalformed, Cbor.Tag(107, Cbor.Tag(107, body)));
        Assert.Equal(2u, _bench.Verifier.ErrorDetail);
    }

    [Fact]
    public void Severed_members_and_integrated_payloads_are_refused()
    {
        EnvelopeForge forge = VerifierBench.Good();
        (long, byte[])[] members = [(2, Cbor.Bytes(forge.Authentication)), (3, Cbor.Bytes(forge.Manifest))];
        foreach (long key in new long[] { 16, 20, 23 })
        {
            _bench.Refuses(FotaError.EnvelopeMalformed, Cbor.Tag(107, Cbor.Map([.. members, (key, Cbor.Bytes(1))])));
        }

        byte[] withPayload = [0xD8, 107, 0xA3, .. members.SelectMany(member => (byte[])[.. Cbor.Int(member.Item1), .. member.Item2]), .. Cbor.Text("#app"), .. Cbor.Bytes(1)];
        _bench.Refuses(FotaError.EnvelopeMalformed, withPayload);
        _bench.Refuses(FotaError.EnvelopeMalformed, Cbor.Tag(107, Cbor.Map(members[0])));
        _bench.Refuses(FotaError.EnvelopeMalformed, Cbor.Tag(107, Cbor.Map(members[1], members[0])));
        _bench.Refuses(FotaError.EnvelopeMalformed, Cbor.Tag(107, Cbor.Map(members[0], members[0])));
        _bench.Accepts(forge);
    }

    [Fact]
    public void A_digest_of_another_algorithm_or_length_is_refused()
    {
        byte[] sha256 = new byte[32];
        foreach (byte[] digest in new[]
        {
            Cbor.Array(Cbor.Int(-43), Cbor.Bytes(sha256)),
            Cbor.Array(Cbor.Int(-16), Cbor.Bytes(new byte[31])),
            Cbor.Array(Cbor.Int(-16), Cbor.Bytes(new byte[33])),
            Cbor.Array(Cbor.Int(-16)),
            Cbor.Array(Cbor.Int(-16), Cbor.Bytes(sha256), Cbor.Null),
            [.. EnvelopeForge.Digest(sha256), 0],
        })
        {
            EnvelopeForge forge = VerifierBench.Good();
            forge.SignedDigest = digest;
            _bench.Refuses(FotaError.EnvelopeMalformed, forge);
        }
    }

    [Fact]
    public void A_COSE_block_of_any_other_form_is_refused()
    {
        byte[] kid = new byte[16], signature = new byte[100];
        byte[] header = EnvelopeForge.ProtectedHeader;
        byte[] Block(byte[] protectedHeader, byte[] unprotected, byte[] payload, byte[] last) => Cbor.Tag(18, Cbor.Array(protectedHeader, unprotected, payload, last));
        byte[] good = Block(Cbor.Bytes(header), Cbor.Map((4, Cbor.Bytes(kid))), Cbor.Null, Cbor.Bytes(signature));
        EnvelopeForge forge = VerifierBench.Good();
        forge.ExtraSignatures.Add(good);
        _bench.Accepts(forge);
        foreach (byte[] block in new[]
        {
            good[1..],
            Cbor.Tag(98, good[1..]),
            Block(Cbor.Bytes(0xA1, 0x01, 0x26), Cbor.Map((4, Cbor.Bytes(kid))), Cbor.Null, Cbor.Bytes(signature)),
            Block(Cbor.Bytes(), Cbor.Map((4, Cbor.Bytes(kid))), Cbor.Null, Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map(), Cbor.Null, Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map((5, Cbor.Bytes(kid))), Cbor.Null, Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map((4, Cbor.Bytes(kid)), (5, Cbor.Null)), Cbor.Null, Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map((4, Cbor.Bytes(kid[1..]))), Cbor.Null, Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map((4, Cbor.Text("0123456789abcdef"))), Cbor.Null, Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map((4, Cbor.Bytes(kid))), Cbor.Bytes(), Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map((4, Cbor.Bytes(kid))), [0xF7], Cbor.Bytes(signature)),
            Block(Cbor.Bytes(header), Cbor.Map((4, Cbor.Bytes(kid))), Cbor.Null, Cbor.Text("x")),
            Cbor.Tag(18, Cbor.Array(Cbor.Bytes(header), Cbor.Map((4, Cbor.Bytes(kid))), Cbor.Null)),
            [.. good, 0],
            good[..^1],
        })
        {
            forge.ExtraSignatures[0] = block;
            _bench.Refuses(FotaError.EnvelopeMalformed, forge);
        }
    }

    [Fact]
    public void Bytes_left_over_in_the_authentication_are_refused()
    {
        EnvelopeForge forge = VerifierBench.Good();
        forge.Authentication = [.. forge.Authentication, 0];
        _bench.Refuses(FotaError.EnvelopeMalformed, forge);
    }

    [Fact]
    public void Lengths_that_are_not_shortest_or_indefinite_are_refused_at_their_position()
    {
        EnvelopeForge forge = VerifierBench.Good();
        byte[] authentication = Cbor.Bytes(forge.Authentication), manifest = Cbor.Bytes(forge.Manifest);

        // 59 hhhh → 5A 0000 hhhh for the authentication, 5F … FF for the manifest.
        byte[] wide = [0xD8, 107, 0xA2, 2, 0x5A, 0, 0, .. authentication[1..], 3, .. manifest];
        _bench.Refuses(FotaError.EnvelopeMalformed, wide);
        Assert.Equal(4u, _bench.Verifier.ErrorDetail);
        byte[] indefinite = [0xD8, 107, 0xA2, 2, .. authentication, 3, 0x5F, .. manifest, 0xFF];
        _bench.Refuses(FotaError.EnvelopeMalformed, indefinite);
        Assert.Equal(5u + (uint)authentication.Length, _bench.Verifier.ErrorDetail);
        _bench.Refuses(FotaError.EnvelopeMalformed, [0xD8, 107, 0xBF, 2, .. authentication, 3, .. manifest, 0xFF]);
        _bench.Refuses(FotaError.EnvelopeMalformed, [0xD9, 0, 107, 0xA2, 2, .. authentication, 3, .. manifest]);
        Assert.Equal(0u, _bench.Verifier.ErrorDetail);
    }

    [Fact]
    public void Two_level_signatures_of_mixed_trees_are_accepted()
    {
        EnvelopeForge forge = VerifierBench.Good();
        (byte[] key, byte[] signature) = LmsForge.TwoLevels(new LmsForge(1, 6, 4, 900), new LmsForge(2, 5, 3, 1), forge.ToBeSigned);
        forge.ExtraSignatures.Add(EnvelopeForge.Sign1((key, signature)));
        _bench.Accepts(forge);
    }
}
