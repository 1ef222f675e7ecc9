// The examples of draft-ietf-suit-manifest-37 and of the COSE working group, signed by two other implementations of
// HSS/LMS: our verifier finds their digests and signatures right. Their manifests are not of our profile, so that it
// gets exactly as far as the manifest and refuses there.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncTests.AgentFirmware.Csm;
using EsyncTests.Vectors;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class SuitExampleTests
{
    [Theory]
    [InlineData("suit-example0-hss-two.hex")]
    [InlineData("suit-example3-hss-two.hex")]
    public void Envelopes_of_the_draft_are_authenticated_and_then_refused_for_their_manifest(string file)
    {
        byte[][] vector = VectorFile.Read(file);
        var bench = new VerifierBench([(TrustRole.Author, vector[0]), (TrustRole.Oem, vector[1])]);
        bench.Refuses(FotaError.ManifestMalformed, vector[2]);

        // With one of the keys wrong, or missing, it does not get that far.
        byte[] otherRoot = [.. vector[1][..59], (byte)(vector[1][59] ^ 1)];
        new VerifierBench([(TrustRole.Author, vector[0]), (TrustRole.Oem, otherRoot)]).Refuses(FotaError.SignatureInvalid, vector[2]);
        new VerifierBench([(TrustRole.Author, vector[0])]).Refuses(FotaError.RoleMissing, vector[2]);
    }

    [Fact]
    public void An_envelope_with_ES256_is_not_ours()
    {
        new VerifierBench().Refuses(FotaError.EnvelopeMalformed, VectorFile.Read("suit-example3-es256.hex")[0]);
    }

    [Fact]
    public void The_COSE_example_of_RFC_8778_verifies()
    {
        byte[][] vector = VectorFile.Read("cose-hss-sign1.hex");
        var reader = new CborReader(vector[1]);
        reader.ReadTag();
        reader.ReadStartArray();
        byte[] header = reader.ReadByteString();
        reader.SkipValue();
        byte[] payload = reader.ReadByteString();
        byte[] signature = reader.ReadByteString();
        byte[] message = Cbor.Array(Cbor.Text("Signature1"), Cbor.Bytes(header), Cbor.Bytes(), Cbor.Bytes(payload));
        Assert.True(new HssBench().Verify(vector[0], message, signature));
    }
}
