// A socketcand from the client's side: the greeting, frames both ways, what it says when it will not.
using System.Text;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Bus.Serve;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class SocketcandChannelTests
{
    private static readonly BusFrame Request = new(0x7E0, false, [0x02, 0x3E, 0x00]);
    private static readonly BusFrame Response = new(0x7E8, false, [0x02, 0x7E, 0x00]);
    private readonly ConversationLink _link = new(side => new SocketcandConversation(side, "can0", () => 1_700_000_000_000_000_000));

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public void Frames_go_and_come_through_the_filter_and_own_ones_come_back(int pieceMax)
    {
        _link.PieceMax = pieceMax;
        using SocketcandChannel channel = Open();
        channel.SetFilter([(0x7E0, false), (0x7E8, false), (0x10, true)]);
        Assert.True(channel.TryWrite(Request));
        _link.Hear(new BusFrame(0x123, false, [1]));
        _link.Hear(new BusFrame(0x10, false, [1]));
        _link.Hear(Response);
        _link.Hear(new BusFrame(0x10, true, []));
        Assert.Equal([Request, Response, new BusFrame(0x10, true, [])], ReadAll(channel, 3));
        Assert.Equal(["7E0#023E00"], _link.Sent);
        Assert.Equal("can0", channel.Name);
    }

    [Fact]
    public void What_is_said_is_what_socketcand_takes()
    {
        using SocketcandChannel channel = Open();
        channel.TryWrite(Request);
        channel.TryWrite(new BusFrame(0x10, true, []));
        Assert.Equal("< open can0 >< rawmode >< send 7E0 3 2 3e 0 >< send 00000010 0 >", Encoding.ASCII.GetString([.. _link.Written]));
    }

    [Fact]
    public void Error_frames_of_the_bus_are_passed_over_and_the_servers_errors_are_not()
    {
        using SocketcandChannel channel = Open();
        _link.Come("< error 004 1700000000.000001 >< statistics 1 2 >< frame 7E8 1.1 027E00 >"u8);
        Assert.Equal([Response], ReadAll(channel, 1));
        _link.Come("< error the bus is down >"u8);
        AssertUnusable(Assert.Throws<UserErrorException>(() => channel.TryRead(out _)), "socketcand://h:1/can0: the server says: error the bus is down");
    }

    [Theory]
    [InlineData("< frame 7G8 1.1 00 >")]
    [InlineData("< frame 800 1.1 00 >")]
    [InlineData("< frame 7E8 1.1 0 >")]
    [InlineData("< frame 7E8 1.1 000102030405060708 >")]
    [InlineData("< frame FFFFFFFF 1.1 00 >")]
    public void A_frame_that_is_none_ends_the_use_of_the_bus(string text)
    {
        using SocketcandChannel channel = Open();
        _link.Come(Encoding.ASCII.GetBytes(text));
        AssertUnusable(Assert.Throws<UserErrorException>(() => channel.TryRead(out _)), "a frame that is none");
    }

    [Theory]
    [InlineData("", "", "no < hi > within 5 seconds")]
    [InlineData("< hi >", "", "no < ok > to < open can0 > within 5 seconds")]
    [InlineData("< hi >", "< error could not open bus >", "the server says: error could not open bus")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "", "no < hi >")]
    public void What_does_not_open_is_one_line(string greeting, string answer, string text)
    {
        ConversationLink link = new(side => new Mute(side, greeting, answer));
        AssertUnusable(Assert.Throws<UserErrorException>(() => new SocketcandChannel(link, "socketcand://h:1/can0", "can0", link)), text);
        Assert.True(link.IsDisposed);
    }

    [Fact]
    public void A_message_without_end_is_not_kept()
    {
        using SocketcandChannel channel = Open();
        _link.Come(Encoding.ASCII.GetBytes("<" + new string('x', 5000)));
        AssertUnusable(Assert.Throws<UserErrorException>(() => channel.TryRead(out _)), "a message has no end");
    }

    private static BusFrame[] ReadAll(SocketcandChannel channel, int count)
    {
        List<BusFrame> frames = [];
        for (int i = 0; i < 10_000 && frames.Count < count; i++)
        {
            if (channel.TryRead(out BusFrame frame))
            {
                frames.Add(frame);
            }
        }

        Assert.Equal(count, frames.Count);
        return [.. frames];
    }

    private static void AssertUnusable(UserErrorException error, string text)
    {
        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
        Assert.Contains(text, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    private SocketcandChannel Open() => new(_link, "socketcand://h:1/can0", "can0", _link);
}
