// The decoders' parts one by one, at the edges that no whole transfer reaches: pieces and bits, heatshrink at any byte, numbers,
// and what is remembered of a patch.
using EsyncAgent;
using EsyncSim.Delta;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Fota;

public sealed class DecoderPartTests
{
    private const int WindowBitsMax = 12;
    private static readonly HeatshrinkParameters[] AllParameters = [.. HeatshrinkParameters.UpTo(WindowBitsMax)];
    private static readonly Gen<int> Seeds = Gen.Choose(0, int.MaxValue - 1);

    [Fact]
    public void A_piece_whose_tag_is_wrong_is_never_readable()
    {
        byte[] signed = DecoderStreams.Noise(1, 10_000);
        byte[] sent = [.. signed];
        sent[5_000] ^= 1;
        PieceFeed feed = new(sent, 0, signed);
        PieceBits bits = new(feed.Pieces);
        bits.Begin(0);
        List<byte> read = [];
        for (int turn = 0; turn < 200; turn++)
        {
            feed.Turn();
            for (int next = bits.TakeByte(); next >= 0; next = bits.TakeByte())
            {
                read.Add((byte)next);
            }
        }

        Assert.Equal(signed[..ChunkBuffers.Length], read);
        Assert.Equal((FotaError.PieceMismatch, 1u), (feed.Pieces.Error, feed.Pieces.ErrorDetail));
        Assert.False(feed.Pieces.IsReady);
        Assert.Equal(StdReturn.NotOk, feed.Pieces.Accept(sent, 0, 1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4_096)]
    [InlineData(4_097)]
    [InlineData(9_000)]
    public void Bits_go_on_at_any_place_of_the_transfer_and_across_pieces(int length)
    {
        byte[] transfer = DecoderStreams.Noise(length, length);
        foreach (uint position in new[] { 0, 1, 7, 8, 4_095 * 8, (4_095 * 8) + 7, 4_096 * 8, (4_096 * 8) + 3, (length * 8) - 1, length * 8 }.Where(at => at <= length * 8).Select(at => (uint)at))
        {
            PieceFeed feed = new(transfer, Math.Min((int)position / 8, length - 1));
            PieceBits bits = new(feed.Pieces);
            bits.Begin(position);
            Assert.Equal(position, bits.Position);
            uint at = position;
            for (int turn = 0; turn < 200 && at + 8 <= length * 8; turn++)
            {
                feed.Turn();
                for (int next = bits.TakeByte(); next >= 0; next = bits.TakeByte())
                {
                    Assert.Equal(Expected(transfer, at), (uint)next);
                    at += 8;
                    Assert.Equal(at, bits.Position);
                }
            }

            for (int turn = 0; turn < 20; turn++)
            {
                feed.Turn();
                Assert.Equal(-1, bits.TakeByte());
            }

            uint left = ((uint)length * 8) - at;
            Assert.InRange(left, 0u, 7u);
            Assert.Equal((transfer[^1] & ((1 << (int)left) - 1)) == 0, bits.IsAtEnd);
        }
    }

    [Fact]
    public void A_stream_comes_out_the_same_in_portions_of_any_length_and_goes_on_at_any_byte() => Properties.Hold(
        Seeds,
        seed =>
        {
            Random random = new(seed);
            HeatshrinkParameters parameters = AllParameters[random.Next(AllParameters.Length)];
            byte[] data = [.. DecoderStreams.Text(seed, random.Next(1, 3_000)), .. new byte[random.Next(600)]];
            byte[] stream = DecoderStreams.Compress(data, parameters);
            int cut = random.Next(data.Length + 1);
            PieceFeed feed = new(stream);
            PieceBits bits = new(feed.Pieces);
            HeatshrinkReader reader = new(bits, WindowBitsMax);
            bits.Begin(8);
            Assert.True(reader.Begin(parameters.Header));
            Assert.Equal(data[..cut], feed.Drain(reader, cut, random.Next(1, 300)));

            PieceFeed rest = new(stream, Math.Min((int)bits.Position / 8, stream.Length - 1));
            PieceBits restBits = new(rest.Pieces);
            HeatshrinkReader again = new(restBits, WindowBitsMax);
            restBits.Begin(bits.Position);
            Assert.True(again.Begin(reader.Header));
            again.Resume(reader.Position, reader.MatchLeft, reader.Distance);
            reader.Window.AsSpan(0, (int)reader.WindowLength).CopyTo(again.Window);
            Assert.Equal(data[cut..], rest.Drain(again, data.Length - cut, random.Next(1, 300)));
        },
        150);

    [Theory]
    [InlineData(0x00, 4, true)]
    [InlineData(0x01, 12, false)]
    [InlineData(0x10, 4, false)]
    [InlineData(0x88, 12, true)]
    [InlineData(0x89, 12, false)]
    [InlineData(0x90, 12, false)]
    [InlineData(0xFF, 12, false)]
    public void A_stream_begins_with_a_window_that_fits_and_a_shorter_lookahead(byte header, int windowBitsMax, bool isTaken)
    {
        HeatshrinkReader reader = new(new PieceBits(new PieceFeed([1]).Pieces), windowBitsMax);
        Assert.Equal(isTaken, reader.Begin(header));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(-64)]
    [InlineData(8_191)]
    [InlineData(8_192)]
    [InlineData(int.MaxValue)]
    [InlineData(-int.MaxValue)]
    public void A_number_is_read_in_all_its_lengths(int value)
    {
        for (int lengthMin = 1; lengthMin <= 5; lengthMin++)
        {
            (PatchNumber number, int taken, int length) = Read(DecoderStreams.Number(value, lengthMin));
            Assert.Equal((value, false, length), (number.Value, number.IsTooLong, taken));
        }
    }

    [Fact]
    public void Every_number_is_read_as_the_host_reads_it() => Properties.Hold(Properties.Bytes(8, 1), bytes =>
    {
        int at = 0;
        int? expected = null;
        try
        {
            expected = SequentialPatch.ReadNumber(bytes, ref at);
        }
        catch (EsyncSim.UserErrorException)
        {
            at = -1;
        }

        (PatchNumber number, int taken, _) = Read(bytes);
        Assert.Equal(expected, taken < 0 || number.IsTooLong ? null : number.Value);
        Assert.True(expected is null || at == taken, $"{taken} bytes taken, not {at}");
    });

    [Fact]
    public void A_history_keeps_the_last_segments_and_where_the_first_of_them_begins() => Properties.Hold(
        Seeds,
        seed =>
        {
            Random random = new(seed);
            PatchHistory history = new();
            history.Begin(1, 0, 0);
            List<(int Length, uint Stream, uint Image, int Base)> starts = [(0, 1, 0, 0)];
            for (int i = random.Next(1, 120); i > 0; i--)
            {
                int difference = random.Next(200), own = random.Next(100), move = random.Next(-500, 500);
                byte[] numbers = [.. DecoderStreams.Number(difference), .. DecoderStreams.Number(own), .. DecoderStreams.Number(move, random.Next(1, 6))];
                Array.ForEach(numbers, history.Append);
                (int length, uint stream, uint image, int from) = starts[^1];
                starts.Add((length + numbers.Length, stream + (uint)(numbers.Length + difference + own), image + (uint)(difference + own), from + difference + move));
            }

            history.DropBefore((uint)random.Next(1, (int)starts[^1].Stream + 100));
            Assert.InRange(history.Count, 0, PatchHistory.Capacity);
            Assert.Contains((starts[^1].Length - history.Count, history.Stream, history.Image, history.Base), starts);

            byte[] state = new byte[PatchHistory.HeadLength + PatchHistory.Capacity + 1];
            int saved = history.Save(state, 1);
            PatchHistory loaded = new();
            Assert.True(loaded.Load(state, 1, saved));
            Assert.Equal((history.Count, history.Stream, history.Image, history.Base), (loaded.Count, loaded.Stream, loaded.Image, loaded.Base));
            Assert.All(Enumerable.Range(0, history.Count), i => Assert.Equal(history[i], loaded[i]));
        });

    [Theory]
    [InlineData(PatchHistory.HeadLength - 1)]
    [InlineData(PatchHistory.HeadLength + PatchHistory.Capacity + 1)]
    public void A_state_of_another_length_is_no_history(int length) =>
        Assert.False(new PatchHistory().Load(new byte[PatchHistory.HeadLength + PatchHistory.Capacity + 1], 0, length));

    // Taken is −1 when the bytes end within the number.
    private static (PatchNumber Number, int Taken, int Length) Read(byte[] bytes)
    {
        PatchNumber number = new();
        number.Begin();
        int last = Array.FindIndex(bytes, number.Take);
        return (number, last < 0 ? -1 : last + 1, bytes.Length);
    }

    private static uint Expected(byte[] transfer, uint position)
    {
        uint bits = 0;
        for (uint at = position; at < position + 8; at++)
        {
            bits = (bits << 1) | (uint)((transfer[at / 8] >> (int)(7 - (at % 8))) & 1);
        }

        return bits;
    }
}
