// The testers of a PC: what their computer does to the time and order of frames, and to the gaps that an ECU asks for.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Measure;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class LineTesterTests
{
    private readonly VirtualTime _time = new();
    private readonly VirtualBus _bus;
    private readonly VirtualCan _peer;

    public LineTesterTests()
    {
        _bus = new VirtualBus(_time, 500_000);
        _peer = new VirtualCan(_bus, "peer");
        _peer.PowerOn();
    }

    [Fact]
    public void Frames_to_and_from_a_USB_adapter_wait_for_its_next_transfer_and_keep_their_order()
    {
        UsbAdapter adapter = Adapter(isAhead: true);
        List<(long Ns, byte Number)> seen = [];
        CanFrame into = new();
        _peer.FrameArrived = () =>
        {
            while (_peer.TryReceive(into))
            {
                seen.Add((_time.NowNs, into.Data[0]));
            }
        };
        for (byte i = 0; i < 20; i++)
        {
            Assert.True(adapter.TrySend(Frame(i)));
        }

        _time.RunFor(10 * VirtualTime.NsPerMs);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => (byte)i), seen.Select(frame => frame.Number));
        Assert.InRange(seen[0].Ns, VirtualTime.NsPerMs, 3 * VirtualTime.NsPerMs / 2);
        Assert.InRange(seen[^1].Ns - seen[0].Ns, 19 * 200_000, 19 * 300_000); // back to back once they are there
    }

    [Fact]
    public void What_the_adapter_receives_reaches_the_PC_after_its_next_transfer()
    {
        UsbAdapter adapter = Adapter(isAhead: true);
        long arrivedNs = 0;
        CanFrame into = new();
        adapter.FrameArrived = () => arrivedNs = _time.NowNs;
        Assert.True(_peer.TrySend(Frame(7)));

        _time.RunFor(VirtualTime.NsPerMs);
        Assert.False(adapter.TryReceive(into));
        _time.RunFor(VirtualTime.NsPerMs);

        Assert.True(adapter.TryReceive(into));
        Assert.Equal(7, into.Data[0]);
        Assert.InRange(arrivedNs, VirtualTime.NsPerMs + 50_000, VirtualTime.NsPerMs + 250_000);
    }

    [Theory]
    [InlineData(true, 0, 50_000)]
    [InlineData(false, 2_000_000, 3_500_000)]
    public void A_frame_counts_as_sent_when_it_is_handed_over_or_when_its_confirmation_is_back(bool isAhead, long minNs, long maxNs)
    {
        UsbAdapter adapter = Adapter(isAhead);
        long sentNs = -1;
        adapter.FrameSent = () => sentNs = _time.NowNs;
        Assert.True(adapter.TrySend(Frame(1)));

        _time.RunFor(10 * VirtualTime.NsPerMs);

        Assert.InRange(sentNs, minNs, maxNs);
    }

    [Fact]
    public void The_adapter_takes_no_more_frames_than_it_keeps()
    {
        UsbAdapter adapter = Adapter(isAhead: true);
        int taken = 0;
        while (taken < 100 && adapter.TrySend(Frame(1)))
        {
            taken++;
        }

        Assert.Equal(32, taken);
        _time.RunFor(20 * VirtualTime.NsPerMs);
        Assert.True(adapter.TrySend(Frame(1)));
    }

    [Theory]
    [InlineData(0x00, 0x00)]
    [InlineData(0x0A, 0x0A)]
    [InlineData(0xF1, 0x01)]
    [InlineData(0xF9, 0x01)]
    public void Gaps_below_a_millisecond_become_one_where_the_timer_knows_no_less(byte asked, byte kept)
    {
        VirtualCan can = new(_bus, "tester");
        can.PowerOn();
        WholeMillisecondsCan tester = new(can);
        CanFrame flowControl = Frame(0x30);
        flowControl.Data[2] = asked;
        Assert.True(_peer.TrySend(flowControl));
        _time.RunFor(VirtualTime.NsPerMs);
        CanFrame into = new();

        Assert.True(tester.TryReceive(into));

        Assert.Equal(kept, into.Data[2]);
    }

    private UsbAdapter Adapter(bool isAhead)
    {
        UsbAdapter adapter = new(new VirtualCan(_bus, "adapter"), new SeededRandom(1, "usb"), isAhead);
        adapter.PowerOn();
        return adapter;
    }

    private static CanFrame Frame(byte first)
    {
        CanFrame frame = new();
        new BusFrame(0x123, false, [first, 0, 0, 0, 0, 0, 0, 0]).CopyTo(frame);
        return frame;
    }
}
