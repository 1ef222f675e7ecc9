// A serial adapter from the client's side: opening, acknowledgements, refusals, lines cut anywhere.
using System.Text;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Bus.Serve;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class SlcanChannelTests
{
    private static readonly BusFrame Request = new(0x7E0, false, [0x02, 0x3E, 0x00]);
    private static readonly BusFrame Response = new(0x7E8, false, [0x02, 0x7E, 0x00]);
    private readonly ConversationLink _link = new(side => new SlcanConversation(side, 500_000));

    [Fact]
    public void Opening_closes_sets_the_bit_rate_and_opens()
    {
        using (SlcanChannel channel = Open(500_000))
        {
            Assert.Equal("\rC\rV\rS6\rO\r", Encoding.ASCII.GetString([.. _link.Written]));
            Assert.Equal("adapter", channel.Name);
        }

        Assert.EndsWith("\rC\r", Encoding.ASCII.GetString([.. _link.Written]));
        Assert.True(_link.IsDisposed);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(1)]
    public void Frames_go_and_come_through_the_filter_and_own_ones_come_back(int pieceMax)
    {
        using SlcanChannel channel = Open();
        channel.SetFilter([(0x7E0, false), (0x7E8, false), (0x18DAF110, true)]);
        _link.PieceMax = pieceMax;
        Assert.True(channel.TryWrite(Request));
        _link.Hear(new BusFrame(0x123, false, [1]));
        _link.Hear(Response);
        _link.Hear(new BusFrame(0x18DAF110, true, []));
        Assert.Equal([Request, Response, new BusFrame(0x18DAF110, true, [])], ReadAll(channel, 3));
        Assert.Equal(["7E0#023E00"], _link.Sent);
    }

    [Fact]
    public void Four_frames_may_wait_for_their_acknowledgement()
    {
        bool isTold = true;
        ConversationLink link = new(side => new Acknowledging(side, () => isTold));
        using SlcanChannel channel = new(link, "slcan:x", "x", null, link);
        isTold = false;
        Assert.All(Enumerable.Range(0, 4), _ => Assert.True(channel.TryWrite(Request)));
        Assert.False(channel.TryWrite(Request));
        link.Come("z\r"u8);
        ReadAll(channel, 4);
        channel.TryRead(out _);
        Assert.True(channel.TryWrite(Request));
        Assert.False(channel.TryWrite(Request));
    }

    [Fact]
    public void An_adapter_that_acknowledges_nothing_is_taken_as_it_is()
    {
        ConversationLink link = new(side => new Acknowledging(side, () => false));
        using SlcanChannel channel = new(link, "slcan:x", "x", 500_000, link);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.True(channel.TryWrite(Request)));
        link.Come("t7E83027E00\r"u8);
        Assert.Equal(Response, ReadAll(channel, 51)[^1]);
    }

    [Fact]
    public void Lines_with_the_adapters_time_are_read_and_what_is_no_frame_is_passed_over()
    {
        using SlcanChannel channel = Open();
        _link.Come("t7E83027E001A2B\rnonsense\r\rF00\rt7E8302\r"u8);
        Assert.Equal([Response], ReadAll(channel, 1));
        Assert.False(channel.TryRead(out _));
    }

    [Fact]
    public void A_full_line_is_not_now_and_nothing_is_torn()
    {
        using SlcanChannel channel = Open();
        _link.IsFull = true;
        Assert.True(channel.TryWrite(Request)); // it waits here
        Assert.False(channel.TryWrite(Request));
        _link.IsFull = false;
        _link.PieceMax = 3;
        ReadAll(channel, 1);
        Assert.False(channel.TryRead(out _));
        Assert.Equal(["7E0#023E00"], _link.Sent);
    }

    [Fact]
    public void A_refused_frame_ends_the_use_of_the_bus()
    {
        using SlcanChannel channel = Open();
        _link.Come("\a"u8);
        AssertUnusable(Assert.Throws<UserErrorException>(() => channel.TryRead(out _)), "slcan:/dev/adapter: the adapter refuses a frame (BEL)");
    }

    [Theory]
    [InlineData("\a", 500_000, "refuses the bit rate 500000")]
    [InlineData("\a", null, "refuses to open its channel")]
    [InlineData("", 500_000, "nothing answers within 1000 ms")]
    [InlineData("", null, "nothing answers within 1000 ms")]
    public void What_does_not_open_is_one_line(string answer, int? bitRate, string text)
    {
        ConversationLink link = new(side => new Mute(side, answer: answer));
        AssertUnusable(Assert.Throws<UserErrorException>(() => new SlcanChannel(link, "slcan:/dev/adapter", "adapter", bitRate, link)), text);
        Assert.True(link.IsDisposed);
    }

    [Fact]
    public void An_adapter_that_is_gone_ends_reading_and_writing()
    {
        SlcanChannel channel = Open();
        _link.IsGone = true;
        Assert.Throws<UserErrorException>(() => channel.TryRead(out _));
        Assert.Throws<UserErrorException>(() => channel.TryWrite(Request));
        channel.Dispose();
        Assert.True(_link.IsDisposed);
    }

    private static BusFrame[] ReadAll(SlcanChannel channel, int count)
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

    private SlcanChannel Open(int? bitRate = null) => new(_link, "slcan:/dev/adapter", "adapter", bitRate, _link);

    /// <summary>An adapter that acknowledges or does not.</summary>
    private sealed class Acknowledging(IClientSide side, Func<bool> isTold) : Conversation
    {
        public override void Take(ReadOnlySpan<byte> bytes)
        {
            foreach (byte one in bytes)
            {
                if (one == 'V')
                {
                    side.Reply("V1013\r"u8);
                }
                else if (one == '\r' && isTold())
                {
                    side.Reply("\r"u8);
                }
            }
        }
    }
}
