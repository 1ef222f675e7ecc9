// Points of curves, and the load of a bus as one.
using EsyncSim.Bus;
using EsyncSim.Web;
using Xunit;

namespace EsyncTests.HostSim.Web;

public class PointRingTests
{
    [Fact]
    public void The_last_points_are_kept_and_a_reader_goes_on_behind_those_it_has()
    {
        PointRing ring = new(3);
        Assert.Null(ring.Newest);
        for (int i = 1; i <= 5; i++)
        {
            ring.Add(new CurvePoint(i, i * 10));
        }

        Assert.Equal([3L, 4, 5], ring.After(0).Select(point => point.UtcMs));
        Assert.Equal([5L], ring.After(4).Select(point => point.UtcMs));
        Assert.Empty(ring.After(5));
        Assert.Equal(new CurvePoint(5, 50), ring.Newest);
    }
}

public class BusLoadMeterTests
{
    [Fact]
    public void A_babbling_node_takes_the_whole_bus_and_silence_nothing()
    {
        VirtualTime time = new();
        VirtualBus bus = new(time, 500_000);
        BusLoadMeter meter = new(bus);
        TrafficNode node = new(bus, "babble");
        node.Start(new BusFrame(1, false, [0x55]), 0);
        time.RunFor(100 * VirtualTime.NsPerMs);
        Assert.InRange(meter.Sample(), 99, 100);

        node.Stop();
        time.RunFor(VirtualTime.NsPerMs);
        meter.Sample();
        time.RunFor(100 * VirtualTime.NsPerMs);
        Assert.Equal(0, meter.Sample());
        Assert.Equal(0, meter.Sample());
    }

    [Fact]
    public void A_frame_each_millisecond_is_its_bits_in_that_time()
    {
        VirtualTime time = new();
        VirtualBus bus = new(time, 500_000);
        BusLoadMeter meter = new(bus);
        BusFrame frame = new(0x123, false, [1, 2, 3, 4, 5, 6, 7, 8]);
        new TrafficNode(bus, "steady").Start(frame, VirtualTime.NsPerMs);
        time.RunFor(VirtualTime.NsPerSecond);

        long bits = bus.StatisticsOf(0x123).Bits / bus.StatisticsOf(0x123).Frames;
        Assert.InRange(meter.Sample(), bits * 0.2 - 0.1, bits * 0.2 + 0.1); // a bit is 2 µs
    }
}
