// slcan, line by line, as an adapter answers it.
using EsyncSim.Bus;
using EsyncSim.Bus.Serve;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class SlcanConversationTests
{
    private readonly TestSide _side = new();
    private readonly SlcanConversation _slcan;

    public SlcanConversationTests() => _slcan = new SlcanConversation(_side, 500_000);

    [Fact]
    public void What_python_can_sends_opens_the_channel()
    {
        Assert.Equal("\r\r\r\r", Tell("C\rS6\rO\r\r"));
        Assert.True(_slcan.IsListening);
        Assert.Equal("\a", Tell("O\r")); // open already, as its second O finds it
        Assert.Equal("\r", Tell("C\r"));
        Assert.False(_slcan.IsListening);
    }

    [Theory]
    [InlineData("t7E0802103ECCCCCCCC\r", "\a", null)]
    [InlineData("t7E08023E00CCCCCCCCCC\r", "z\r", "7E0#023E00CCCCCCCCCC")]
    [InlineData("t7e03023e00\r", "z\r", "7E0#023E00")]
    [InlineData("t0010\r", "z\r", "001#")]
    [InlineData("T18DA10F123E00\r", "Z\r", "18DA10F1#3E00")]
    [InlineData("r7E08\r", "z\r", null)]
    [InlineData("R18DA10F10\r", "Z\r", null)]
    [InlineData("t8001FF\r", "\a", null)]
    [InlineData("T200000000\r", "\a", null)]
    [InlineData("t7E09\r", "\a", null)]
    [InlineData("t7E0\r", "\a", null)]
    [InlineData("t\r", "\a", null)]
    [InlineData("t7E01G0\r", "\a", null)]
    [InlineData("t7E0111\r", "z\r", "7E0#11")]
    [InlineData("t7E011\r", "\a", null)]
    public void A_frame_is_acknowledged_or_refused(string line, string answer, string? frame)
    {
        Tell("O\r");
        Assert.Equal(answer, Tell(line));
        Assert.Equal(frame is null ? [] : [frame], _side.Sent);
    }

    [Theory]
    [InlineData("V\r", "V1010\r")]
    [InlineData("N\r", "NESYN\r")]
    [InlineData("Z0\r", "\r")]
    [InlineData("Z1\r", "\a")]
    [InlineData("S8\r", "\r")]
    [InlineData("S9\r", "\a")]
    [InlineData("t7E00\r", "\a")]
    [InlineData("F\r", "\a")]
    [InlineData("X\r", "\a")]
    [InlineData("\r", "\r")]
    [InlineData("\n\r\n", "\r")]
    public void A_closed_channel_answers_too(string line, string answer) => Assert.Equal(answer, Tell(line));

    [Fact]
    public void A_channel_that_only_listens_sends_nothing()
    {
        Assert.Equal("\r", Tell("L\r"));
        Assert.True(_slcan.IsListening);
        Assert.Equal("\a", Tell("t7E00\r"));
        Assert.Empty(_side.Sent);
        Assert.Equal("\a", Tell("S6\r"));
    }

    [Fact]
    public void A_channel_of_another_bit_rate_stays_closed_and_the_user_is_told()
    {
        Assert.Equal("\r\a\a", Tell("S5\rO\rt7E00\r"));
        Assert.Contains("wants 250000 bit/s, and the bus has 500000", Assert.Single(_side.Notes));
        Assert.Equal("\r\r", Tell("S6\rO\r"));
    }

    [Fact]
    public void Frames_come_as_lines_and_a_loss_is_in_the_flags_once()
    {
        Tell("O\r");
        _slcan.Hear(new BusFrame(0x7E8, false, [0x02, 0x7E, 0x00]));
        _slcan.Hear(new BusFrame(0x18DAF110, true, [1, 2, 3, 4, 5, 6, 7, 8]));
        _slcan.Hear(new BusFrame(1, false, []));
        Assert.Equal(["\r", "t7E83027E00\r", "T18DAF11080102030405060708\r", "t0010\r"], _side.Said);
        Assert.Equal("F00\r", Tell("F\r"));
        _side.IsFull = true;
        _slcan.Hear(new BusFrame(1, false, []));
        Assert.Equal("F01\r", Tell("F\r"));
        Assert.Equal("F00\r", Tell("F\r"));
    }

    [Fact]
    public void A_line_without_end_is_passed_over_and_answered_once()
    {
        Tell("O\r");
        Assert.Empty(Tell("t" + new string('7', 100_000)));
        Assert.Equal("\az\r", Tell("\rt7E00\r"));
        Assert.Equal(["7E0#"], _side.Sent);
    }

    private string Tell(string text) => _side.Tell(_slcan, text);
}
