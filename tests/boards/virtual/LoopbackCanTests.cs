// The bus of the emulator: what one end sends the other receives, in order, and nothing is lost when a ring is full.
using EsyncAgent;
using EsyncAgent.Emulator;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class LoopbackCanTests
{
    private readonly LoopbackCan _one = LoopbackCan.Create();

    [Fact]
    public void Frames_reach_the_other_end_whole_in_order_and_once()
    {
        var frame = new CanFrame { Identifier = 0x18DA98F1, IsExtended = true, Length = 3 };
        frame.Data[2] = 0xA5;
        Assert.True(_one.TrySend(frame));
        Assert.True(_one.TrySend(new CanFrame { Identifier = 0x7E0, Length = 8 }));
        frame.Data[2] = 0; // copied when it was sent

        var received = new CanFrame();
        Assert.True(_one.Other.TryReceive(received));
        Assert.Equal((0x18DA98F1u, true, 3, 0xA5), (received.Identifier, received.IsExtended, received.Length, received.Data[2]));
        Assert.True(_one.Other.TryReceive(received));
        Assert.Equal((0x7E0u, false, 8), (received.Identifier, received.IsExtended, received.Length));
        Assert.False(_one.Other.TryReceive(received));
        Assert.False(_one.TryReceive(received));
    }

    [Fact]
    public void A_full_ring_takes_no_frame_until_one_is_fetched()
    {
        var frame = new CanFrame { Length = 1 };
        uint sent = 0;
        while (_one.TrySend(frame))
        {
            frame.Identifier = ++sent;
        }

        Assert.Equal(64u, sent);
        var received = new CanFrame();
        for (uint i = 0; i < 200; i++)
        {
            Assert.True(_one.Other.TryReceive(received));
            Assert.Equal(i, received.Identifier);
            Assert.True(_one.TrySend(frame));
            frame.Identifier++;
        }
    }

    [Fact]
    public void A_node_without_power_has_received_nothing()
    {
        _one.TrySend(new CanFrame { Length = 1 });
        _one.Other.Clear();
        Assert.False(_one.Other.TryReceive(new CanFrame()));
    }
}
