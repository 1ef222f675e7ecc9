// Trust files: their bytes, what is refused before anybody signs, and that they read back.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Packages;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class TrustFileTests
{
    private static readonly SigningRole[] Roles = [SigningRole.Author, SigningRole.Oem];
    private static readonly TrustList List = TestTrust.List(0x0102, TestTrust.NewAuthor, TestTrust.NewOem);
    private static readonly ISigner[] Signers = [TestTrust.Author.Signer, TestTrust.Oem.Signer];

    [Fact]
    public void The_content_has_these_bytes()
    {
        byte[] expected =
        [
            0xA5, 0x01, 0x01, 0x02, 0x19, 0x01, 0x02, 0x03, 0x50, .. TestImage.VendorId, 0x04, 0x50, .. TestImage.ClassId, 0x06, 0x82,
            0x82, 0x01, 0x58, 0x3C, .. TestTrust.NewAuthor.Anchor.PublicKey, 0x82, 0x02, 0x58, 0x3C, .. TestTrust.NewOem.Anchor.PublicKey,
        ];
        Assert.Equal(expected, List.Encode());
        byte[] forOne = (List with { DeviceId = TestImage.DeviceId }).Encode();
        Assert.Equal([0xA6, .. expected[1..43], 0x05, 0x50, .. TestImage.DeviceId, .. expected[43..]], forOne);
    }

    [Fact]
    public void What_is_signed_has_a_label_of_its_own()
    {
        SuitEnvelope envelope = SuitEnvelope.Sign(List.Encode(), Signers, SignedDocument.TrustManifest);
        byte[] expected =
        [
            0x84, 0x6A, .. "Signature1"u8, 0x44, 0xA1, 0x01, 0x38, 0x2D, 0x57, .. "esync/v1/trust-manifest"u8, 0x58, 0x24, 0x82, 0x2F, 0x58, 0x20, .. envelope.ManifestDigest,
        ];
        Assert.Equal(expected, envelope.ToBeSigned);
        Assert.Equal([0xDA, .. "ESTM"u8, 0xA2, 0x02], envelope.Encode()[..7]);
    }

    [Fact]
    public void A_file_reads_back()
    {
        TrustFile made = TrustFile.Build(List with { DeviceId = TestImage.DeviceId }, Signers, Roles);
        Assert.True(TrustFile.IsTrustFile(made.Document));
        TrustFile read = TrustFile.Decode(made.Document, "a.trust");
        Assert.Equal(made.List.Encode(), read.List.Encode());
        Assert.Equal(0x0102u, read.List.Sequence);
        Assert.Equal(TestImage.DeviceId, read.List.DeviceId);
        Assert.Equal([SigningRole.Author, SigningRole.Oem], read.List.Anchors.Select(anchor => anchor.Role));
        Assert.True(HssSignatures.Verify(TestTrust.Oem.Anchor.PublicKey, read.Envelope.ToBeSigned, read.Envelope.Signatures[1].Signature));
    }

    [Fact]
    public void A_list_that_locks_out_is_not_signed()
    {
        string Refusal(uint sequence, params TestKey[] anchors) =>
            Assert.Throws<UserErrorException>(() => TrustFile.Build(TestTrust.List(sequence, anchors), Signers, Roles)).Message;

        Assert.Contains("have no oem key", Refusal(1, TestTrust.NewAuthor));
        Assert.Contains("have no author and oem key", Refusal(1, new TestKey(SigningRole.Fleet, "fleet")));
        Assert.Contains("not 0", Refusal(1));
        Assert.Contains("stands twice", Refusal(1, TestTrust.NewAuthor, TestTrust.NewOem, TestTrust.NewAuthor));
        Assert.Contains("count from sequence 1", Refusal(0, TestTrust.NewAuthor, TestTrust.NewOem));
        Assert.Contains("never be given other keys", Refusal(uint.MaxValue, TestTrust.NewAuthor, TestTrust.NewOem));
    }

    [Fact]
    public void Half_of_the_signatures_is_not_enough()
    {
        string message = Assert.Throws<UserErrorException>(() => TrustFile.Build(List, [Signers[0]], Roles)).Message;
        Assert.Contains("oem is missing", message);
    }

    [Fact]
    public void A_file_of_another_kind_or_a_damaged_one_is_refused()
    {
        byte[] image = SuitEnvelope.Sign([0xA0], Signers).Encode();
        Assert.Contains("WrongDocument", Assert.Throws<UserErrorException>(() => TrustFile.Decode(image, "a.trust")).Message);
        byte[] file = TrustFile.Build(List, Signers, Roles).Document;
        Assert.Equal(FotaError.WrongDocument, Assert.Throws<SuitException>(() => SuitEnvelope.Decode(file)).Reason);
        Assert.Throws<UserErrorException>(() => TrustFile.Decode(file[..^1], "a.trust"));
        Assert.Throws<UserErrorException>(() => TrustFile.Decode([.. file, 0], "a.trust"));
        Assert.Throws<UserErrorException>(() => TrustFile.Decode([], "a.trust"));
    }

    [Theory]
    [InlineData(0, 0xA4, FotaError.ManifestMalformed)]
    [InlineData(2, 0x02, FotaError.ManifestVersionUnknown)]
    [InlineData(46, 0x00, FotaError.AnchorsInvalid)]
    [InlineData(46, 0x05, FotaError.AnchorsInvalid)]
    [InlineData(52, 0x03, FotaError.AnchorsInvalid)]
    public void Content_that_the_ECU_refuses_is_refused_for_the_same_reason(int index, byte value, FotaError reason)
    {
        byte[] content = List.Encode();
        content[index] = value;
        Assert.Equal(reason, Assert.Throws<SuitException>(() => TrustList.Decode(content)).Reason);
    }
}
