// Streams and patches that are signed and still none: each ends the transfer with its reason, the base runs on, and what is good is
// taken afterwards.
using EsyncAgent;
using EsyncSim.Delta;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class DecoderMalformedTests
{
    private const int BaseLength = 5_000;
    private const int Length = 6_000;
    private const int Far = int.MaxValue;
    private static readonly byte[] Base = DecoderStreams.Text(1, BaseLength);
    private static readonly DeltaSegment[] Segments = [new(100, 3_000, 500), new(2_500, 2_000, 500)];
    private static readonly byte[] Image = [.. Base[100..3_100], .. DecoderStreams.Noise(1, 500), .. Base[2_500..4_500], .. DecoderStreams.Noise(2, 500)];
    private static readonly byte[] Body = SequentialPatch.Body(Base, Image, Segments);
    private static readonly byte[] Good = DecoderStreams.Patch(Length, Body);
    private static readonly byte[] GoodStream = DecoderStreams.Compress(Image, DecoderStreams.Usual);
    private static readonly byte[] Ones = [.. Enumerable.Repeat((byte)1, Length)];

    private static readonly Dictionary<string, byte[]> Deltas = new()
    {
        ["another type of patch"] = [0x14, .. Good[1..]],
        ["another compression of a patch"] = [0x05, .. Good[1..]],
        ["an image that is a byte longer"] = DecoderStreams.Patch(Length + 1, Body),
        ["an image that is a byte shorter"] = DecoderStreams.Patch(Length - 1, Body),
        ["an image of less than nothing"] = DecoderStreams.Patch(-Length, Body),
        ["an image length in six bytes"] = [0x04, .. DecoderStreams.Number(Length, 6), .. Good[3..]],
        ["data of a data format"] = Patch(DecoderStreams.Number(1), Body[1..]),
        ["a number of six bytes"] = Patch([0], DecoderStreams.Number(Length, 6), Ones, [0], [0]),
        ["a number of 32 bits"] = Patch([0], DecoderStreams.Number(0x80000000L), Ones, [0], [0]),
        ["a negative number of differences"] = Patch([0], DecoderStreams.Number(-1), Ones),
        ["a negative number of own bytes"] = Patch([0], [0], DecoderStreams.Number(-1), Ones),
        ["differences past the image's end"] = Patch([0], DecoderStreams.Number(4_000), Ones[..4_000], [0], DecoderStreams.Number(-3_000), DecoderStreams.Number(2_001), Ones[..2_001], [0], [0]),
        ["own bytes past the image's end"] = Patch([0], [0], DecoderStreams.Number(Length + 1), Ones, [1], [0]),
        ["own bytes past the image's end after differences"] = Patch([0], DecoderStreams.Number(10), Ones[..10], DecoderStreams.Number(Length - 9), Ones, [0]),
        ["the longest number of own bytes"] = Patch([0], [0], DecoderStreams.Number(Far), Ones, [0]),
        ["the base before its beginning"] = Patch([0], [0], [0], DecoderStreams.Number(-1), DecoderStreams.Number(1), [0], DecoderStreams.Number(Length - 1), Ones[..^1], [0]),
        ["the base past its end"] = Patch([0], DecoderStreams.Number(BaseLength + 1), Ones[..(BaseLength + 1)], DecoderStreams.Number(Length - BaseLength - 1), Ones[(BaseLength + 1)..], [0]),
        ["the base beyond its end"] = Patch([0], [0], [0], DecoderStreams.Number(BaseLength), DecoderStreams.Number(1), [0], DecoderStreams.Number(Length - 1), Ones[..^1], [0]),
        ["the base as far as numbers go"] = Patch([0], [0], [0], DecoderStreams.Number(Far), DecoderStreams.Number(1), [0], DecoderStreams.Number(Length - 1), Ones[..^1], [0]),
        ["moves that add up to no number"] = Patch([0], [0], [0], DecoderStreams.Number(Far), [0], [0], DecoderStreams.Number(Far), [0], DecoderStreams.Number(Length), Ones, [0]),
        ["moves back that add up to no number"] = Patch([0], [0], [0], DecoderStreams.Number(-Far), [0], [0], DecoderStreams.Number(-Far), [0], DecoderStreams.Number(Length), Ones, [0]),
        ["nine segments of nothing"] = Patch([[0], .. Enumerable.Repeat<byte[]>([0, 0, 0], 9), [0], DecoderStreams.Number(Length), Ones, [0]]),
        ["segments of nothing without end"] = Patch([0], new byte[100_000]),
        ["no more than a type"] = [0x04],
        ["no stream"] = Good[..3],
        ["a header and no stream"] = Good[..4],
        ["half a patch"] = Good[..(Good.Length / 2)],
        ["a patch without its last byte"] = Good[..^1],
        ["a patch without its last move"] = DecoderStreams.Patch(Length, Body[..^1]),
        ["half a number at the end"] = DecoderStreams.Patch(Length, Body[..^1], [0x80]),
        ["one more byte of zeros"] = [.. Good, 0],
        ["one more byte"] = [.. Good, 0xFF],
        ["one more piece"] = [.. Good, .. new byte[ChunkBuffers.Length]],
        ["two more pieces of noise"] = [.. Good, .. DecoderStreams.Noise(1, 2 * ChunkBuffers.Length)],
        ["a bit in what fills up the last byte"] = WithABitAtTheEnd(Length, Body),
        ["one more byte in the patch"] = DecoderStreams.Patch(Length, Body, [0]),
        ["a negative zero for the data format"] = Patch([0x40], Body[1..]),
        ["a long zero for the data format"] = Patch([0x80, 0], Body[1..]),
    };

    private static readonly Dictionary<string, byte[]> Streams = new()
    {
        ["a header and no stream"] = GoodStream[..1],
        ["half a stream"] = GoodStream[..(GoodStream.Length / 2)],
        ["a stream without its last byte"] = GoodStream[..^1],
        ["one more byte of zeros"] = [.. GoodStream, 0],
        ["one more byte"] = [.. GoodStream, 0xFF],
        ["one more piece"] = [.. GoodStream, .. new byte[ChunkBuffers.Length]],
        ["a stream of an image that is a byte longer"] = DecoderStreams.Compress([.. Image, 1], DecoderStreams.Usual),
        ["a stream of an image that is a byte shorter"] = DecoderStreams.Compress(Image[..^1], DecoderStreams.Usual),
        ["a match that goes past the image's end"] = DecoderStreams.Compress([.. Image, .. Image[^4..]], DecoderStreams.Usual),
        ["a megabyte in two kilobytes"] = DecoderStreams.Compress([.. Image, .. new byte[1_000_000]], new HeatshrinkParameters(12, 11)),
        ["another stream"] = [GoodStream[0], .. DecoderStreams.Noise(1, 300)],
    };

    public static TheoryData<string> DeltaNames => [.. Deltas.Keys];

    public static TheoryData<string> StreamNames => [.. Streams.Keys];

    [Fact]
    public void What_the_malformed_ones_are_made_of_is_good()
    {
        DecoderBench bench = new(Base);
        bench.Install(bench.Sign(Image, DecoderBench.Delta, Good));
        bench.Install(bench.Sign(Image, DecoderBench.Compressed, GoodStream));
        bench.RequireGoodAfterwards();
    }

    [Theory]
    [MemberData(nameof(DeltaNames))]
    public void A_patch_that_is_none_ends_the_transfer(string name)
    {
        DecoderBench bench = new(Base);
        RequireMalformed(bench, bench.Sign(Image, DecoderBench.Delta, Deltas[name]));
        RequireMalformed(bench, bench.SignEncrypted(Image, DecoderBench.Delta + DecoderBench.Encrypted, Deltas[name]));
        bench.RequireGoodAfterwards();
    }

    [Theory]
    [MemberData(nameof(StreamNames))]
    public void A_stream_that_is_none_ends_the_transfer(string name)
    {
        DecoderBench bench = new(Base);
        RequireMalformed(bench, bench.Sign(Image, DecoderBench.Compressed, Streams[name]));
        bench.RequireGoodAfterwards();
    }

    [Fact]
    public void A_match_that_goes_past_the_end_of_a_patch_ends_the_transfer()
    {
        DecoderBench bench = new(Base);
        byte[] image = [.. Base, .. new byte[1_000]];
        byte[][] body = [[0], DecoderStreams.Number(BaseLength), new byte[BaseLength], DecoderStreams.Number(1_000), new byte[1_000], [0]];
        RequireMalformed(bench, bench.Sign(image, DecoderBench.Delta, DecoderStreams.Patch(image.Length, [.. body, [0, 0, 0]])));
        bench.Install(bench.Sign(image, DecoderBench.Delta, DecoderStreams.Patch(image.Length, body)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4_096)]
    [InlineData(5_999)]
    public void A_stream_that_gives_more_than_was_signed_ends_where_the_image_does(int length)
    {
        DecoderBench bench = new(Base);
        RequireMalformed(bench, bench.Sign(Image[..length], DecoderBench.Compressed, GoodStream));
        RequireMalformed(bench, bench.Sign(Image[..length], DecoderBench.Delta, Good));
        RequireMalformed(bench, bench.Sign(Image[..length], DecoderBench.Delta, DecoderStreams.Patch(length, Body)));
        bench.RequireGoodAfterwards();
    }

    [Theory]
    [InlineData(0x01, 12)]
    [InlineData(0x08, 12)]
    [InlineData(0x1F, 12)]
    [InlineData(0x90, 12)]
    [InlineData(0xF3, 12)]
    [InlineData(0x80, 11)]
    [InlineData(0x51, 8)]
    public void A_window_beyond_the_ECUs_or_no_longer_than_its_lookahead_is_not_supported(byte header, byte windowBitsMax)
    {
        DecoderBench bench = new(Base, windowBitsMax: windowBitsMax);
        Assert.Equal(FotaError.EncodingUnsupported, bench.Send(bench.Sign(Image, DecoderBench.Compressed, [header, .. GoodStream[1..]])));
        Assert.Equal(header, bench.Detail);
        Assert.Equal(FotaError.EncodingUnsupported, bench.Send(bench.Sign(Image, DecoderBench.Delta, [.. Good[..3], header, .. Good[4..]])));
        Assert.Equal(header, bench.Detail);
        bench.RequireGoodAfterwards();
    }

    [Fact]
    public void Eight_segments_of_nothing_and_moves_to_anywhere_at_the_end_are_good()
    {
        DecoderBench bench = new(Base);
        byte[] back = DecoderStreams.Number(-(long)Far);
        bench.Install(bench.Sign(Ones, DecoderBench.Delta, Patch([[0], .. Enumerable.Repeat<byte[]>([0, 0, 0], 8), [0], DecoderStreams.Number(Length, 5), Ones, back])));
        byte[] far = DecoderStreams.Number(Far);
        bench.Install(bench.Sign(Ones, DecoderBench.Delta, Patch([0], [0], [0], far, [0], [0], back, [0], DecoderStreams.Number(Length), Ones, far)));
    }

    private static void RequireMalformed(DecoderBench bench, TestImage image)
    {
        Assert.Equal(FotaError.StreamMalformed, bench.Send(image));
        Assert.InRange(bench.Detail, 0u, (uint)image.Transfer.Length);
        Assert.False(bench.Rig.Agent.Fota.IsTransferActive);
    }

    private static byte[] Patch(params byte[][] body) => DecoderStreams.Patch(Length, body);

    // Encoded with the first window and lookahead that leave a bit of the last byte free.
    private static byte[] WithABitAtTheEnd(int length, byte[] body)
    {
        foreach (HeatshrinkParameters parameters in HeatshrinkParameters.UpTo(12))
        {
            byte[] patch = DecoderStreams.Patch(parameters, length, body);
            patch[^1] ^= 1;
            if (HeatshrinkDecoder.Decode(patch.AsSpan(4), parameters).AsSpan().SequenceEqual(body))
            {
                return patch;
            }
        }

        throw new InvalidOperationException("no encoding of this body leaves a bit free");
    }
}
