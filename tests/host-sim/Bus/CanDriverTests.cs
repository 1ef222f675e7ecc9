// Driver models: room, overflow, lost lengths, order of sending, price; and the node that babbles.
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
        Assert.Equal(0, receiver.CpuNs);
    }

    [Fact]
    public void The_STM32_driver_keeps_16_frames_and_says_nothing_about_the_rest()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        Stm32CanModel receiver = new(bench.Bus, "ecu");
        receiver.PowerOn();
        Burst(bench, sender, 20);
        Assert.Equal(0u, receiver.OverrunCount);
        Assert.Equal(4u, receiver.LostCount);
        Assert.Equal(16, bench.Drain(receiver).Count);
    }

    [Fact]
    public void The_STM32_driver_loses_the_length_and_lets_everything_through()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        Stm32CanModel receiver = new(bench.Bus, "ecu");
        receiver.SetFilter((0x7E0, false));
        receiver.PowerOn();
        bench.Send(sender, 0x123, 1, 2);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["123#0102000000000000"], bench.Drain(receiver));
        Assert.True(receiver.CpuNs > 0);
    }

    [Fact]
    public void The_STM32_driver_has_three_mailboxes_and_no_word_about_bus_off()
    {
        (BusBench bench, VirtualCan other) = Bench();
        Stm32CanModel ecu = new(bench.Bus, "ecu");
        ecu.PowerOn();
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(i => bench.Send(ecu, (uint)(0x300 - i), (byte)i)));
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["300#00", "2FF#01", "2FE#02"], bench.Drain(other)); // order of request, not of identifier
        ecu.ForceBusOff();
        Assert.Equal(0u, ((ICan)ecu).BusOffCount);
        Assert.Equal(1u, ecu.BusOffCount);
    }

    [Fact]
    public void The_MCP2515_keeps_two_frames_and_flags_an_overrun_once_however_many_were_lost()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        Mcp2515Model receiver = Mcp(bench);
        Burst(bench, sender, 5);
        Assert.Equal(0u, receiver.OverrunCount); // nobody has looked at EFLG yet
        Assert.Equal(["100#00", "100#01"], bench.Drain(receiver));
        Assert.Equal(1u, receiver.OverrunCount);
        Assert.Equal(3u, receiver.LostCount);
    }

    [Fact]
    public void The_MCP2515_charges_for_SPI_and_nothing_when_its_interrupt_pin_is_quiet()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        Mcp2515Model receiver = Mcp(bench);
        Assert.Empty(bench.Drain(receiver));
        Assert.Equal(0, receiver.CpuNs);
        bench.Send(sender, 0x100, 1);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        bench.Drain(receiver);
        Assert.Equal((2 * 20_000) + (16 * 800), receiver.CpuNs); // READ STATUS, READ RX BUFFER
    }

    [Fact]
    public void The_MCP2515_filters_and_announces_what_it_can_stand()
    {
        (BusBench bench, VirtualCan sender) = Bench();
        Mcp2515Model receiver = Mcp(bench);
        receiver.SetFilter((0x7E0, false));
        bench.Send(sender, 0x100, 1);
        bench.Send(sender, 0x7E0, 2);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["7E0#02"], bench.Drain(receiver));
        Assert.Equal((2, 0xF3), (receiver.BlockSizeMax, receiver.SeparationTimeMin));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Mcp2515Model(bench.Bus, "x", 9));
    }

    [Fact]
    public void The_MCP2515_refills_its_transmit_buffers_only_when_all_three_are_empty()
    {
        (BusBench bench, VirtualCan other) = Bench();
        Mcp2515Model ecu = Mcp(bench);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(i => bench.Send(ecu, 0x100, (byte)i)));
        bool whenOneIsFree = true;
        ecu.FrameSent = () =>
        {
            ecu.FrameSent = null;
            whenOneIsFree = bench.Send(ecu, 0x100, 9);
        };
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.False(whenOneIsFree);
        Assert.True(bench.Send(ecu, 0x100, 3));
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#00", "100#01", "100#02", "100#03"], bench.Drain(other));
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

    private static Mcp2515Model Mcp(BusBench bench)
    {
        Mcp2515Model model = new(bench.Bus, "ecu");
        model.PowerOn();
        return model;
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
