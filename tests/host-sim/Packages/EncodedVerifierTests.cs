// Encoded entries are verified to the image, and where the means are missing the verifier says so; each kind of tampering is
// refused with the reason that an ECU gives for it.
using EsyncAgent;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class EncodedVerifierTests
{
    private static readonly byte[] OldCode = [.. TestPackages.Code(9000), .. new byte[6000]];
    private static readonly byte[] NewCode = [.. OldCode.AsSpan(0, 4000), .. TestPackages.Code(6000, 2), .. OldCode.AsSpan(4000)];
    private static readonly PackageRequest Request = TestPackages.Request() with { Image = TestPackages.ImageOf("2.0.0", NewCode) };
    private static readonly DeltaBase Old = DeltaBase.Of(TestPackages.Build(Request with { Image = TestPackages.ImageOf("1.0.0", OldCode), Sequence = 3 }), "old.esp");
    private static readonly Package Good = TestPackages.Build(Request, new EncodingRequest { IsCompressed = true, Bases = [Old] });
    private static readonly PackageEntry Compressed = Good.Entries[1];
    private static readonly PackageEntry Patch = Good.Entries[2];

    [Fact]
    public void Every_entry_is_checked_down_to_the_image()
    {
        Assert.All(Good.Entries, entry =>
        {
            VerificationResult result = Verify(entry);
            Assert.True(result.IsPassed && result.IsImageChecked, result.Message);
            Assert.Equal(["image digest", "bundle"], result.Steps.TakeLast(2).Select(step => step.Name));
        });
        Assert.Contains("from motor 1.0.0 (old.esp)", Assert.Single(Verify(Patch).Steps, step => step.Name == "payload").Detail);
        Assert.Null(PackageVerifier.FindContradiction(Good));
    }

    [Fact]
    public void Without_its_base_a_patch_is_checked_but_for_the_image_and_the_verifier_says_so()
    {
        VerificationResult result = PackageVerifier.Verify(Patch, TestPackages.Anchors, PackageVerifier.DefaultRoles);

        Assert.True(result.IsPassed);
        Assert.False(result.IsImageChecked);
        Assert.Contains(result.Steps, step => step.Name == "transfer table");
        Assert.Contains(Convert.ToHexStringLower(Old.Digests[0]), result.Steps[^1].Detail);
        Assert.StartsWith("not checked", result.Steps[^1].Detail);
    }

    [Fact]
    public void A_changed_payload_is_named_by_its_piece()
    {
        Assert.True(Patch.Payload.Length > ChunkTable.ChunkLength);
        foreach (PackageEntry entry in new[] { Compressed, Patch })
        {
            byte[] flipped = [.. entry.Payload];
            flipped[4500] ^= 1;
            VerificationResult result = Verify(entry with { Payload = flipped });

            Assert.Equal(FotaError.PieceMismatch, result.Error);
            Assert.Contains("piece 1 ", result.Message);
            Assert.Equal(FotaError.TransferTableInvalid, Verify(entry with { Payload = entry.Payload[..^1] }).Error);
            Assert.Equal(FotaError.TransferTableInvalid, Verify(entry with { Payload = [.. entry.Payload, 0] }).Error);
        }
    }

    [Fact]
    public void What_the_package_says_of_an_entry_is_held_against_its_manifest()
    {
        Assert.Equal(FotaError.EncodingUnsupported, Verify(Compressed with { Encoding = 0x20 }).Error);
        Assert.Equal(FotaError.WrongBase, Verify(Patch with { BaseDigest = new byte[32] }).Error);
        Assert.Equal(FotaError.WrongBase, Verify(Patch with { BaseDigest = null }).Error);
        Assert.Equal(FotaError.WrongBase, Verify(Compressed with { BaseDigest = new byte[32] }).Error);
        Assert.Equal(FotaError.EncodingUnsupported, Verify(Signed(Compressed, Compressed.Payload, manifest => manifest with { Encoding = 0x30 }) with { Encoding = 0x30 }).Error);
    }

    // Signed, and yet wrong: the signer's tool made it, so that an ECU finds it out in the middle of the transfer.
    [Fact]
    public void A_signed_payload_that_does_not_make_the_image_is_refused()
    {
        byte[] other = EncodedPayload.Compress(TestPackages.ImageOf("2.0.0", [.. NewCode.Reverse()]), 11).Bytes;

        Assert.Equal(FotaError.StreamMalformed, Verify(Signed(Compressed, [.. Compressed.Payload, 0])).Error);
        Assert.Equal(FotaError.StreamMalformed, Verify(Signed(Compressed, Compressed.Payload[..^1])).Error);
        Assert.Equal(FotaError.StreamMalformed, Verify(Signed(Patch, [.. Patch.Payload, 0])).Error);
        Assert.Equal(FotaError.StreamMalformed, Verify(Signed(Patch, Compressed.Payload)).Error);
        Assert.Equal(FotaError.ChunkMismatch, Verify(Signed(Compressed, other)).Error);
        Assert.Equal(FotaError.ImageDigestMismatch, Verify(Signed(Compressed, Compressed.Payload, manifest => manifest with { ImageDigest = new byte[32] })).Error);
    }

    [Fact]
    public void Entries_of_two_images_contradict_each_other()
    {
        Package other = TestPackages.Build(Request with { SecurityVersion = 9 });

        Assert.Contains("security version 3 here, 9 there", PackageVerifier.FindContradiction(Good with { Entries = [.. Good.Entries, .. other.Entries] }));
        Assert.Contains("image ", PackageVerifier.FindContradiction(Good with { Entries = [Compressed, TestPackages.Build().Full!] }));
    }

    [Fact]
    public void An_inspection_shows_what_an_entry_is_made_of()
    {
        string[] lines = [.. PackageInspector.Inspect(Good).SelectMany(section => section.Lines.Select(line => $"{line.Field}: {line.Value}").Prepend(section.Title))];

        Assert.Contains("Entry, encoding 10 (heatshrink)", lines);
        Assert.Contains("Entry, encoding 20 (delta + heatshrink)", lines);
        Assert.Equal(2, lines.Count(line => line.StartsWith("window/lookahead: ", StringComparison.Ordinal)));
        Assert.Contains($"patch makes: {Request.Image.Length} bytes", lines);
        Assert.Contains($"base manifest: {Convert.ToHexStringLower(Old.Digests[0])}", lines);
        Package spoilt = Good with { Entries = [Compressed with { Payload = [] }, Patch with { Payload = [9] }] };
        Assert.Equal(2, PackageInspector.Inspect(spoilt).Sum(section => section.Lines.Count(line => line.Value.StartsWith("unreadable: ", StringComparison.Ordinal))));
    }

    private static VerificationResult Verify(PackageEntry entry) =>
        PackageVerifier.Verify(entry, TestPackages.Anchors, PackageVerifier.DefaultRoles, new VerificationMeans { Bases = [Old] });

    private static PackageEntry Signed(PackageEntry entry, byte[] payload, Func<SuitManifest, SuitManifest>? change = null)
    {
        SuitManifest good = ManifestDecoder.Decode(SuitEnvelope.Decode(entry.Envelope).ManifestBytes);
        SuitManifest manifest = (change ?? (same => same))(good with { TransferLength = (uint)payload.Length, TransferTable = ChunkTable.Build(good.Salt, payload) });
        return entry with { Payload = payload, Envelope = SuitEnvelope.Sign(ManifestEncoder.Encode(manifest), TestPackages.Signers()).Encode() };
    }
}
