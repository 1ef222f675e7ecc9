// socketcand, message by message: what its clients send and compare.
using EsyncSim.Bus;
using EsyncSim.Bus.Serve;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class SocketcandConversationTests
{
    private readonly TestSide _side = new();
    private readonly SocketcandConversation _socketcand;

    public SocketcandConversationTests() => _socketcand = new SocketcandConversation(_side, "can0", () => 1_700_000_000_123_456_789);

    [Fact]
    public void Greeting_and_acknowledgements_are_packets_of_their_own()
    {
        _socketcand.Greet();
        Assert.Equal("|< ok >|< ok >", Tell("< open can0 >< rawmode >"));
        Assert.Equal(["|< hi >", "|< ok >", "|< ok >"], _side.Said);
        Assert.True(_socketcand.IsListening);
    }

    [Theory]
    [InlineData("< send 7E0 8 2 10 3 cc cc cc cc cc >", "7E0#021003CCCCCCCCCC")]
    [InlineData("<send 7e0 3 02 3E 00>", "7E0#023E00")]
    [InlineData("< send 123 0 >", "123#")]
    [InlineData("< send 123 0  >", "123#")]
    [InlineData("< send 7F 1 a >", "07F#0A")]
    [InlineData("< send 18DA10F1 2 3E 0 >", "18DA10F1#3E00")]
    [InlineData("< send 00000123 1 1 >", "00000123#01")]
    [InlineData("< send 8DA10F1 1 1 >", "08DA10F1#01")]
    [InlineData("noise\r\n< send 7E0 1 1\n>", "7E0#01")]
    public void A_frame_is_sent(string command, string frame)
    {
        Open();
        Assert.Empty(Tell(command));
        Assert.Equal([frame], _side.Sent);
    }

    [Theory]
    [InlineData("< send 7E0 2 1 >", "2 bytes are announced and 1 given")]
    [InlineData("< send 7E0 9 1 2 3 4 5 6 7 8 9 >", "0 to 8 can be sent")]
    [InlineData("< send 7E0 -1 >", "0 to 8 can be sent")]
    [InlineData("< send 7E0 1 100 >", "a byte is no hexadecimal number")]
    [InlineData("< send 7E0 1 xy >", "a byte is no hexadecimal number")]
    [InlineData("< send 20000000 0 >", "the identifier")]
    [InlineData("< send 0000007E0 0 >", "the identifier")]
    [InlineData("< send 7G0 0 >", "the identifier")]
    [InlineData("< send 7E0 >", "unknown command")]
    [InlineData("< add 1 0 123 1 11 >", "broadcast manager, which is not here; use < rawmode >")]
    [InlineData("< subscribe 0 0 123 >", "broadcast manager")]
    [InlineData("< controlmode >", "controlmode is not here")]
    [InlineData("< open can0 >", "open already")]
    [InlineData("< fly >", "unknown command")]
    [InlineData("<>", "unknown command")]
    public void What_cannot_be_done_is_answered_and_the_next_command_is_taken(string command, string error)
    {
        Open();
        string answer = Tell(command);
        Assert.StartsWith("|< error ", answer);
        Assert.Contains(error, answer);
        Assert.Empty(_side.Sent);
        Assert.Equal("|< echo >", Tell("< echo >"));
        Assert.Null(_side.Closed);
    }

    [Fact]
    public void A_bus_that_is_not_there_ends_the_conversation()
    {
        Assert.Contains("error could not open bus vcan7, this server has can0", Tell("< open vcan7 >< echo >"));
        Assert.NotNull(_side.Closed);
        Assert.Single(_side.Said);
    }

    [Fact]
    public void Nothing_is_sent_or_heard_before_a_bus_is_open()
    {
        Assert.Contains("error no bus is open", Tell("< send 7E0 1 1 >"));
        Assert.Contains("error no bus is open", Tell("< rawmode >"));
        Tell("< open can0 >");
        Assert.False(_socketcand.IsListening);
        Assert.Empty(Tell("< send 7E0 1 1 >"));
        Assert.Equal(["7E0#01"], _side.Sent);
    }

    [Fact]
    public void Frames_come_with_three_digits_or_eight_and_the_time()
    {
        _socketcand.Hear(new BusFrame(0x7E8, false, [0x02, 0x7E, 0x00, 0xCC]));
        _socketcand.Hear(new BusFrame(0x1, false, []));
        _socketcand.Hear(new BusFrame(0x1, true, [0xAB]));
        Assert.Equal(
            [
                "\n< frame 7E8 1700000000.123456 027E00CC >",
                "\n< frame 001 1700000000.123456  >",
                "\n< frame 00000001 1700000000.123456 AB >",
            ],
            _side.Said);
    }

    [Fact]
    public void Broadcast_mode_silences_the_bus_again()
    {
        Open();
        Assert.Equal("|< ok >", Tell("< bcmmode >"));
        Assert.False(_socketcand.IsListening);
    }

    [Fact]
    public void A_command_without_end_is_refused()
    {
        Open();
        Assert.Contains("no end after 256 characters", Tell("< send " + new string('1', 10_000)));
        Assert.NotNull(_side.Closed);
        Assert.False(_socketcand.IsListening);
        Assert.Empty(Tell("< echo >"));
    }

    private void Open() => Assert.Equal("|< ok >|< ok >", Tell("< open can0 >< rawmode >"));

    private string Tell(string text) => _side.Tell(_socketcand, text);
}
