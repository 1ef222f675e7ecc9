// The ideal driver: room, overflow, the moment of sending; and the node that babbles.
using EsyncAgent;
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class CanDriverTests
{
    [Fact]
    public void The_virtual_driver_keeps_64_frames_and_counts_what_it_loses()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        VirtualCan receiver = bench.Node("ecu");
        Burst(bench, sender, 70);
        Assert.Equal(6u, receiver.OverrunCount);
        List<string> frames = bench.Drain(receiver);
        Assert.Equal(64, frames.Count);
        Assert.Equal("100#00", frames[0]);
        Assert.Equal("100#3F", frames[^1]);
    }

    [Fact]
    public void A_frame_asks_for_the_bus_when_the_processor_has_come_so_far()
    {
        (BusBench bench, VirtualCan other) = Bench();
        VirtualCan ecu = bench.Node("ecu");
        long elapsed = 100_000;
        ecu.ElapsedNs = () => elapsed;
        bench.Send(ecu, 0x100, 1);
        elapsed = 150_000;
        bench.Send(ecu, 0x100, 2);
        bench.Send(other, 0x700, 3);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["700", "100", "100"], bench.Records.Select(r => r.Frame.Identifier.ToString("X3")));
        Assert.True(bench.Records[1].StartNs >= 100_000);
        Assert.Equal(["100#01", "100#02"], bench.Drain(other));
    }

    [Fact]
    public void Switching_off_empties_the_driver()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        VirtualCan receiver = bench.Node("ecu");
        Burst(bench, sender, 70);
        bench.Send(receiver, 0x200, 1);
        receiver.PowerOff();
        receiver.PowerOn();
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Empty(bench.Drain(receiver));
        Assert.Equal(0, receiver.TransmitCount);
        Assert.Equal(0u, receiver.OverrunCount);
    }

    [Fact]
    public void A_babbling_node_of_high_priority_starves_the_others_until_it_stops()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        VirtualCan receiver = bench.Node("ecu");
        receiver.SetFilter((0x100, false));
        TrafficNode babbler = new(bench.Bus, "babbler");
        babbler.Start(new BusFrame(0x000, false, [0]), 0);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        bench.Send(sender, 0x100, 1);
        bench.Time.RunFor(50 * VirtualTime.NsPerMs);
        Assert.Empty(bench.Drain(receiver));
        Assert.Equal(51 * VirtualTime.NsPerMs, bench.Bus.BusyNs);
        babbler.Stop();
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#01"], bench.Drain(receiver));
    }

    [Fact]
    public void Periodic_traffic_keeps_its_period()
    {
        (BusBench bench, _) = Bench();
        TrafficNode traffic = new(bench.Bus, "traffic");
        traffic.Start(new BusFrame(0x50, false, [1, 2, 3, 4]), 10 * VirtualTime.NsPerMs);
        bench.Time.RunFor(95 * VirtualTime.NsPerMs);
        Assert.Equal(10, traffic.SentCount);
    }

    private static (BusBench Bench, VirtualCan Sender) Bench()
    {
        BusBench bench = new();
        return (bench, bench.Node("tester"));
    }

    private static void Burst(BusBench bench, VirtualCan sender, int count)
    {
        int number = 1;
        sender.FrameSent = () =>
        {
            if (number < count)
            {
                bench.Send(sender, 0x100, (byte)number++);
            }
        };
        bench.Send(sender, 0x100, 0);
        bench.Time.RunFor(count * VirtualTime.NsPerMs);
        sender.FrameSent = null;
    }
}
