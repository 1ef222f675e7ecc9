// Envelopes and signatures that others made: examples of the SUIT draft with HSS signatures by two implementations, and
// the COSE working group's HSS example. Structure and signatures must pass; their manifests are not of our profile and
// must be refused for that, not for their form.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.Vectors;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class SuitVectorTests
{
    [Theory]
    [InlineData("suit-example0-hss.hex")]
    [InlineData("suit-example0-hss-two.hex")]
    [InlineData("suit-example3-hss-two.hex")]
    public void Every_signature_of_the_envelope_verifies_with_its_key(string file)
    {
        byte[][] lines = VectorFile.Read(file);
        SuitEnvelope envelope = SuitEnvelope.Decode(lines[^1]);

        Assert.Equal(lines.Length - 1, envelope.Signatures.Count);
        Assert.Equal(envelope.Digest, envelope.ManifestDigest);
        foreach ((byte[] key, CoseSign1 block) in lines.Zip(envelope.Signatures))
        {
            Assert.Equal(TrustAnchor.KeyIdOf(key), block.KeyId);
            Assert.True(HssSignatures.Verify(key, envelope.ToBeSigned, block.Signature));
        }

        Assert.Equal(lines[^1], envelope.Encode());
    }

    [Theory]
    [InlineData("suit-example0-hss.hex")]
    [InlineData("suit-example3-hss-two.hex")]
    public void A_manifest_that_is_not_of_our_profile_is_refused_for_that(string file)
    {
        SuitEnvelope envelope = SuitEnvelope.Decode(VectorFile.Read(file)[^1]);
        Assert.Equal(FotaError.ManifestUnsupported, Assert.Throws<SuitException>(() => ManifestDecoder.Decode(envelope.ManifestBytes)).Reason);
    }

    [Fact]
    public void An_envelope_with_another_algorithm_is_refused() =>
        Assert.Equal(FotaError.EnvelopeMalformed, Assert.Throws<SuitException>(() => SuitEnvelope.Decode(VectorFile.Read("suit-example3-es256.hex")[0])).Reason);

    [Fact]
    public void What_is_signed_is_what_RFC_8778_signs()
    {
        byte[][] lines = VectorFile.Read("cose-hss-sign1.hex");
        CborReader reader = new(lines[1], CborConformanceMode.Canonical);
        CoseSign1 block = CoseSign1.Read(reader);

        Assert.Equal(0, reader.BytesRemaining);
        Assert.Equal("This is the content."u8.ToArray(), block.Payload);
        Assert.True(HssSignatures.Verify(lines[0], CoseSign1.ToBeSigned(block.ProtectedHeader, block.Payload!), block.Signature));
        Assert.False(HssSignatures.Verify(lines[0], CoseSign1.ToBeSigned(block.ProtectedHeader, [.. block.Payload!, 0]), block.Signature));
    }
}
