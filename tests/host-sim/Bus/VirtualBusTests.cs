// Arbitration, timing, load, filters, nodes that come and go.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class VirtualBusTests
{
    private const int BitNs = 2000; // at 500 kbit/s

    [Fact]
    public void A_frame_reaches_the_others_at_the_end_of_its_last_bit_and_not_its_sender()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        long arrived = -1;
        b.FrameArrived = () => arrived = bench.Time.NowNs;
        bench.Time.RunUntil(1234);
        Assert.True(bench.Send(a, 0x7E0, 0x02, 0x10, 0x03));
        bench.Time.RunFor(VirtualTime.NsPerMs);
        BusFrame frame = new(0x7E0, false, [0x02, 0x10, 0x03]);
        Assert.Equal(1234 + (FrameBits.Count(frame) * BitNs), arrived);
        Assert.Equal(["7E0#021003"], bench.Drain(b));
        Assert.Empty(bench.Drain(a));
    }

    [Fact]
    public void Frames_follow_each_other_after_three_bits_of_interframe_space()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        bench.Send(a, 0x100, 1);
        bench.Send(a, 0x100, 2);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(bench.Records[0].EndNs + (3 * BitNs), bench.Records[1].StartNs);
    }

    [Fact]
    public void The_smallest_identifier_wins_when_several_wait()
    {
        BusBench bench = new();
        VirtualCan[] nodes = [bench.Node("a"), bench.Node("b"), bench.Node("c")];
        bench.Send(nodes[0], 0x300);
        bench.Time.RunFor(10 * BitNs); // on the bus: it cannot be displaced
        bench.Send(nodes[1], 0x200);
        bench.Send(nodes[2], 0x100);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal([0x300u, 0x100u, 0x200u], bench.Records.Select(r => r.Frame.Identifier));
    }

    [Fact]
    public void A_standard_frame_wins_against_an_extended_one_with_the_same_first_eleven_bits()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Send(a, 0x123u << 18, true, 1);
        bench.Send(b, 0x123, 2); // at the same moment
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.False(bench.Records[0].Frame.IsExtended);
        Assert.True(bench.Records[1].Frame.IsExtended);
        bench.Send(a, 0x122u << 18, true, 1);
        bench.Send(b, 0x123, 2);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.True(bench.Records[2].Frame.IsExtended);
    }

    [Fact]
    public void A_request_within_the_interframe_space_takes_part_in_the_next_arbitration()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Send(a, 0x300, 1);
        bench.Send(a, 0x300, 2);
        a.FrameSent = () =>
        {
            a.FrameSent = null;
            bench.Time.After(BitNs, () => bench.Send(b, 0x200));
        };
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal([0x300u, 0x200u, 0x300u], bench.Records.Select(r => r.Frame.Identifier));
        Assert.Equal(bench.Records[0].EndNs + (3 * BitNs), bench.Records[1].StartNs);
    }

    [Fact]
    public void A_full_bus_has_load_one_and_an_idle_one_has_none()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        a.FrameSent = () => bench.Send(a, 0x123, 1, 2, 3);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(0, bench.Bus.BusyNs);
        bench.Send(a, 0x123, 1, 2, 3);
        bench.Time.RunFor(10 * VirtualTime.NsPerMs);
        Assert.Equal(10 * VirtualTime.NsPerMs, bench.Bus.BusyNs);
        a.FrameSent = null;
        bench.Time.RunFor(VirtualTime.NsPerMs);
        long busy = bench.Bus.BusyNs;
        bench.Time.RunFor(10 * VirtualTime.NsPerMs);
        Assert.Equal(busy, bench.Bus.BusyNs);
        Assert.Equal(bench.Bus.BitsToNs(bench.Records.Sum(r => r.Bits)), busy);
    }

    [Fact]
    public void Load_counts_the_part_of_a_frame_that_has_passed()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        bench.Send(a, 0x123, 1, 2, 3);
        bench.Time.RunFor(40 * BitNs);
        Assert.Equal(40 * BitNs, bench.Bus.BusyNs);
    }

    [Fact]
    public void Statistics_count_frames_bytes_and_bits_by_identifier()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        bench.Send(a, 0x123, 1, 2, 3);
        bench.Send(a, 0x124, 1);
        bench.Send(a, 0x123, 4);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        IdentifierStatistics statistics = bench.Bus.StatisticsOf(0x123);
        Assert.Equal((2, 4), (statistics.Frames, statistics.DataBytes));
        Assert.Equal(bench.Records[0].Bits + bench.Records[2].Bits, statistics.Bits);
        Assert.Equal(3, bench.Bus.FrameCount);
    }

    [Fact]
    public void A_filter_lets_only_its_identifiers_through()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        b.SetFilter((0x7E0, false), (0x18DA10F1, true));
        bench.Send(a, 0x7E0, 1);
        bench.Send(a, 0x7E1, 2);
        bench.Send(a, 0x18DA10F1, true, 3);
        bench.Send(a, 0x7DF, 4);
        bench.Time.RunFor(5 * VirtualTime.NsPerMs);
        b.SetFilter((0x7DF, false));
        bench.Send(a, 0x7DF, 5);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["7E0#01", "18DA10F1#03", "7DF#05"], bench.Drain(b));
    }

    [Fact]
    public void A_node_that_is_switched_off_while_sending_leaves_a_torn_frame_and_the_others_go_on()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        VirtualCan c = bench.Node("c");
        bench.Send(a, 0x100, 1, 2, 3, 4);
        bench.Send(b, 0x200, 5);
        bench.Time.RunFor(50 * BitNs);
        a.PowerOff();
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal([BusFate.Torn, BusFate.Delivered], bench.Records.Select(r => r.Fate));
        Assert.Equal(["200#05"], bench.Drain(c));
        // 51 bits, six until the silence is noticed, six of error flag, eight of delimiter, three of space.
        Assert.Equal((51 + 6 + 6 + 8 + 3) * BitNs, bench.Records[1].StartNs);
    }

    [Fact]
    public void A_node_that_is_off_neither_receives_nor_sends()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        b.PowerOff();
        Assert.False(bench.Send(b, 0x100));
        bench.Send(a, 0x200);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        b.PowerOn();
        Assert.Empty(bench.Drain(b));
    }

    [Fact]
    public void A_node_that_went_bus_off_comes_back_after_128_times_11_bits_and_sends_what_waited()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Send(a, 0x100, 1);
        a.ForceBusOff();
        Assert.False(a.IsOnline);
        bench.Time.RunFor(10 * VirtualTime.NsPerMs);
        Assert.Equal(1u, a.BusOffCount);
        Assert.Equal(["100#01"], bench.Drain(b));
        Assert.Equal(128 * 11 * BitNs, bench.Records[^1].StartNs);
    }
}
