// Payloads: what is made gives the image again, whatever the pair, and what no ECU could decode is refused for one reason.
using EsyncAgent;
using EsyncSim.Delta;
using EsyncSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Packages;

public sealed class EncodedPayloadTests
{
    private static readonly byte[] Old = [.. TestPackages.Code(3000), .. new byte[3000]];
    private static readonly byte[] Image = [.. Old.AsSpan(0, 1000), .. TestPackages.Code(50, 2), .. Old.AsSpan(1000)];

    [Fact]
    public void Every_image_is_compressed_and_patched_and_comes_back()
    {
        Properties.Hold(ImagePairs.Any, pair =>
        {
            EncodedPayload compressed = EncodedPayload.Compress(pair.New, 11);
            EncodedPayload patch = EncodedPayload.Patch(BaseOf(pair.Old), pair.New, 11);

            Assert.Equal(pair.New, PayloadDecoder.Decode(PayloadEncoding.Heatshrink, compressed.Bytes, null, (uint)pair.New.Length));
            Assert.Equal(pair.New, PayloadDecoder.Decode(PayloadEncoding.Delta, patch.Bytes, pair.Old, (uint)pair.New.Length));
            Assert.Equal(compressed.Parameters!.Value.Header, compressed.Bytes[0]);
            Assert.InRange(compressed.Bytes.Length, 1, (pair.New.Length * 9 / 8) + 2);
        }, 80);
    }

    [Fact]
    public void The_smallest_of_all_windows_and_lookaheads_is_taken()
    {
        HeatshrinkEncoder encoder = new(Image);
        int least = HeatshrinkParameters.UpTo(11).Min(parameters => encoder.Measure(parameters));

        Assert.Equal(least + 1, EncodedPayload.Compress(Image, 11).Bytes.Length);
    }

    [Fact]
    public void A_compressed_payload_that_an_ECU_could_not_decode_is_refused()
    {
        byte[] good = EncodedPayload.Compress(Image, 11).Bytes;
        Malformed([], Image.Length);
        Malformed([.. good, 0], Image.Length);
        Malformed(good[..^1], Image.Length);
        Malformed(good, Image.Length - 1);
        Malformed(good, Image.Length + 1);
        Malformed([0x78, .. good.AsSpan(1)], Image.Length);
        Malformed([0x90, .. good.AsSpan(1)], Image.Length);

        static void Malformed(byte[] payload, int length) =>
            Assert.Equal(FotaError.StreamMalformed, Assert.Throws<SuitException>(() => PayloadDecoder.Decode(PayloadEncoding.Heatshrink, payload, null, (uint)length)).Reason);
    }

    [Fact]
    public void A_patch_that_an_ECU_could_not_apply_is_refused()
    {
        byte[] good = EncodedPayload.Patch(BaseOf(Old), Image, 11).Bytes;
        Malformed([], Old, Image.Length);
        Malformed([.. good, 0], Old, Image.Length);
        Malformed(good[..^1], Old, Image.Length);
        Malformed(good, Old, Image.Length + 1);
        Malformed(good, Old[..900], Image.Length);
        Malformed([0x14, .. good.AsSpan(1)], Old, Image.Length);

        static void Malformed(byte[] payload, byte[] from, int length) =>
            Assert.Equal(FotaError.StreamMalformed, Assert.Throws<SuitException>(() => PayloadDecoder.Decode(PayloadEncoding.Delta, payload, from, (uint)length)).Reason);
    }

    // Some kilobytes that would become a gigabyte.
    [Fact]
    public void A_bomb_is_refused_before_it_goes_off()
    {
        byte[] bomb = new byte[8000];
        SuitException compressed = Assert.Throws<SuitException>(() => PayloadDecoder.Decode(PayloadEncoding.Heatshrink, [0x88, .. bomb], null, 1000));
        SuitException patch = Assert.Throws<SuitException>(() => PayloadDecoder.Decode(PayloadEncoding.Delta, [0x04, 0x0A, 0x88, .. bomb], [], 10));

        Assert.Equal((FotaError.StreamMalformed, FotaError.StreamMalformed), (compressed.Reason, patch.Reason));
        Assert.Contains("more than 1424 bytes", patch.Message);
    }

    [Fact]
    public void Encodings_have_names_and_bits()
    {
        Assert.Equal(
            ["full image", "heatshrink", "delta + heatshrink", "full image, encrypted", "heatshrink, encrypted", "delta + heatshrink, encrypted", "unknown", "unknown"],
            new byte[] { 0x00, 0x10, 0x20, 0x01, 0x11, 0x21, 0x30, 0x02 }.Select(PayloadEncoding.Name));
        Assert.Equal([0x00, 0x20, 0x11], Enumerable.Range(0, 256).Where(encoding => PayloadEncoding.IsTaken(0x0205, (byte)encoding)).OrderBy(encoding => encoding & 15));
        Assert.Equal(6, Enumerable.Range(0, 256).Count(encoding => PayloadEncoding.IsTaken(EncodingRequest.AllEncodings, (byte)encoding)));
    }

    private static DeltaBase BaseOf(byte[] image) => new()
    {
        Path = "old.esp",
        Name = "motor",
        Manifest = PackageBuilder.ToManifest(TestPackages.Request()),
        Image = image,
        Digests = [new byte[32]],
        Sequence = 1,
    };
}
