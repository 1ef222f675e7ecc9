// Frames as a listener sees them: kinds, words, messages put together, and what does not fit.
// Clause: ISO 15765-2:2016 §9.6.
using EsyncSim.Bus;
using EsyncSim.Decode;
using Xunit;

namespace EsyncTests.HostSim.Decode;

public class IsoTpTraceTests
{
    private readonly IsoTpTrace _trace = new();
    private long _ns;

    [Fact]
    public void A_single_frame_is_a_message_without_its_padding()
    {
        IsoTpSight sight = Take("02 10 03 CC CC CC CC CC");

        Assert.Equal("SF, 2 bytes", sight.Text);
        Assert.Equal([0x10, 0x03], sight.Message!.Bytes);
    }

    [Fact]
    public void A_long_message_is_whole_with_its_last_consecutive_frame()
    {
        Assert.Equal("FF, 10 bytes follow", Take("10 0A 01 02 03 04 05 06").Text);
        IsoTpSight last = Take("21 07 08 09 0A CC CC CC");

        Assert.Equal("CF 1", last.Text);
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], last.Message!.Bytes);
        Assert.Equal((0, 200, 2), (last.Message.StartNs, last.Message.EndNs, last.Message.FrameCount));
    }

    [Fact]
    public void Numbers_of_consecutive_frames_wrap_from_15_to_0()
    {
        byte[] content = [.. Enumerable.Range(0, 6 + (7 * 16)).Select(i => (byte)i)];
        Take($"10 76 {Hex(content[..6])}");
        IsoTpSight sight = default;
        for (int i = 0; i < 16; i++)
        {
            sight = Take($"2{(i + 1) & 15:X} {Hex(content[(6 + (7 * i))..(13 + (7 * i))])}");
        }

        Assert.Equal("CF 0", sight.Text);
        Assert.Equal(content, sight.Message!.Bytes);
    }

    [Theory]
    [InlineData("30 20 00", "FC continue, BS 32, STmin 0 ms", false)]
    [InlineData("30 00 F3", "FC continue, BS unlimited, STmin 300 µs", false)]
    [InlineData("30 08 80", "FC continue, BS 8, STmin reserved", false)]
    [InlineData("31 00 00", "FC wait", false)]
    [InlineData("32 00 00", "FC overflow", true)]
    [InlineData("40 00 00", "no ISO-TP frame", true)]
    [InlineData("00 00 00", "SF of 0 bytes, which it cannot hold", true)]
    [InlineData("07 01 02", "SF of 7 bytes, which it cannot hold", true)]
    [InlineData("10 05 01 02 03 04 05 06", "FF without a length that needs one", true)]
    [InlineData("21 01 02", "CF 1 without a first frame", true)]
    public void Frames_are_said_in_words(string frame, string text, bool isWrong)
    {
        IsoTpSight sight = Take(frame);

        Assert.Equal((text, isWrong), (sight.Text, sight.IsWrong));
        Assert.Null(sight.Message);
    }

    [Fact]
    public void A_missing_frame_ends_the_message_and_the_next_one_is_whole_again()
    {
        Take("10 14 01 02 03 04 05 06");
        IsoTpSight wrong = Take("22 07 08 09 0A 0B 0C 0D");
        Assert.Equal(("CF 2 in place of 1", true), (wrong.Text, wrong.IsWrong));
        Assert.Equal("CF 3 without a first frame", Take("23 07 08 09 0A 0B 0C 0D").Text);

        Take("10 08 01 02 03 04 05 06");
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Take("21 07 08").Message!.Bytes);
    }

    [Fact]
    public void A_message_within_another_is_said()
    {
        Take("10 14 01 02 03 04 05 06");

        IsoTpSight single = Take("02 3E 00");
        Assert.Equal(("SF, 2 bytes, in the middle of another message", true), (single.Text, single.IsWrong));
        Assert.Equal([0x3E, 0x00], single.Message!.Bytes);
    }

    private static string Hex(byte[] bytes) => string.Join(' ', bytes.Select(value => value.ToString("X2")));

    private IsoTpSight Take(string hex)
    {
        long start = _ns;
        _ns += 100;
        return _trace.Take(new BusFrame(0x7E0, false, Convert.FromHexString(hex.Replace(" ", string.Empty))), start, _ns);
    }
}
