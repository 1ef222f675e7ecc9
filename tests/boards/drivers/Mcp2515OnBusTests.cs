// The driver of the MCP2515 on the chip model on the virtual bus: start, bursts, order, overruns, bus-off, filters, and
// what it all costs in transactions.
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class Mcp2515OnBusTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_starts_without_breaking_a_rule_of_the_data_sheet_and_both_sides_hear_each_other(bool isExtended)
    {
        Mcp2515Rig rig = Mcp2515Rig.Started(isExtended ? Mcp2515Story.Extended() : null);
        rig.Bench.Send(rig.Tester, rig.Identifiers.PhysicalRxId, isExtended, 1);
        rig.Bench.Send(rig.Tester, rig.Identifiers.FunctionalRxId, isExtended, 2);
        rig.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(isExtended ? ["18DA10F1#01", "18DB33F1#02"] : ["7E0#01", "7DF#02"], rig.Drain());
        Assert.True(rig.Bench.Send(rig.Driver, rig.Identifiers.TxId, isExtended, 3));
        rig.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal([isExtended ? "18DAF110#03" : "7E8#03"], rig.Bench.Drain(rig.Tester));
        Assert.Empty(rig.Chip.Misuses);
    }

    [Fact]
    public void A_burst_at_full_bus_speed_arrives_whole_and_in_order_when_the_driver_is_asked_all_the_time()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        rig.Burst(200);
        List<string> frames = Until(rig, 60 * VirtualTime.NsPerMs, 5_000);
        Assert.Equal(Enumerable.Range(0, 200), Numbers(frames));
        Assert.Equal((0u, 0u), (rig.Driver.OverrunCount, rig.Chip.LostCount));
        Assert.Equal(400, rig.TransactionCount); // a look and a read each: no two frames were there together
    }

    [Fact]
    public void Two_frames_that_wait_share_a_look()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        rig.Burst(2);
        rig.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal([0, 1], Numbers(rig.Drain()));
        Assert.Equal((3, 4 + 14 + 14), (rig.TransactionCount, rig.ByteCount));
        rig.Drain();
        Assert.Equal(3, rig.TransactionCount);
    }

    [Fact]
    public void A_sent_frame_costs_two_transactions_of_ten_bytes_and_a_question_for_every_third()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        for (byte i = 0; i < 3; i++)
        {
            Assert.True(rig.Send(0x7E8, i, 0));
        }

        rig.Time.RunFor(VirtualTime.NsPerMs);
        rig.Forget();
        for (byte i = 3; i < 6; i++)
        {
            Assert.True(rig.Send(0x7E8, i, 0));
        }

        rig.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal((7, (3 * 10) + 2), (rig.TransactionCount, rig.ByteCount));
        Assert.Equal(Enumerable.Range(0, 6), Numbers(rig.Bench.Drain(rig.Tester)));
    }

    [Fact]
    public void What_finds_both_buffers_full_is_lost_and_the_next_look_counts_it()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        rig.Burst(5);
        rig.Time.RunFor(2 * VirtualTime.NsPerMs);
        Assert.Equal("7E0#0001020304050607", rig.Receive());
        Assert.Equal(1u, rig.Driver.OverrunCount); // a flag: three losses between two looks are one
        Assert.Equal(3u, rig.Chip.LostCount);
        Assert.Equal("7E0#0101020304050607", rig.Receive());
        Assert.Null(rig.Receive());
        Assert.False(rig.Chip.IsActive);
        rig.Burst(3);
        rig.Time.RunFor(2 * VirtualTime.NsPerMs);
        rig.Drain();
        Assert.Equal(2u, rig.Driver.OverrunCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void However_long_the_driver_is_not_asked_frames_come_in_order_and_losses_are_counted(ulong seed)
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        SeededRandom random = new(seed, "pauses");
        rig.Burst(250);
        List<string> frames = [];
        while (rig.Bench.Bus.FrameCount < 250 || rig.Chip.IsActive)
        {
            if (rig.Receive() is { } frame)
            {
                frames.Add(frame);
            }

            rig.Time.RunFor(random.Chance(0.2) ? random.Next(600_000) : random.Next(60_000));
        }

        int[] numbers = [.. Numbers(frames)];
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(250, numbers.Distinct().Count() + (int)rig.Chip.LostCount);
        Assert.Equal(rig.Chip.LostCount > 0, rig.Driver.OverrunCount > 0);
        Assert.InRange(rig.Driver.OverrunCount, 0u, rig.Chip.LostCount);
        Assert.True(rig.Chip.LostCount is > 0 and < 125, $"{rig.Chip.LostCount} lost: the pauses prove nothing");
        Assert.Empty(rig.Chip.Misuses);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Frames_leave_in_the_order_of_TrySend_however_busy_the_bus_is(ulong seed)
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        SeededRandom random = new(seed, "order");
        TrafficNode traffic = new(rig.Bench.Bus, "traffic");
        rig.Tester.SetFilter((0x7E8, false));
        List<string> heard = [];
        for (int sent = 0; sent < 250;)
        {
            if (random.Chance(0.1))
            {
                traffic.Start(new BusFrame(0x050, false, [0]), random.Chance(0.3) ? 0 : 120_000);
                rig.Time.RunFor(random.Next(700_000));
                traffic.Stop();
            }

            sent += rig.Send(0x7E8, (byte)sent, 9) ? 1 : 0;
            rig.Time.RunFor(random.Next(150_000));
            heard.AddRange(rig.Bench.Drain(rig.Tester));
        }

        rig.Time.RunFor(10 * VirtualTime.NsPerMs);
        heard.AddRange(rig.Bench.Drain(rig.Tester));
        Assert.Equal(Enumerable.Range(0, 250), Numbers(heard));
        Assert.Empty(rig.Chip.Misuses);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Foreign_traffic_at_full_load_never_reaches_the_buffers_and_costs_nothing(bool isExtended)
    {
        Mcp2515Rig rig = Mcp2515Rig.Started(isExtended ? Mcp2515Story.Extended() : null);
        TrafficNode one = new(rig.Bench.Bus, "one"), other = new(rig.Bench.Bus, "other");
        one.Start(new BusFrame(0x7E1, false, [1, 2, 3, 4, 5, 6, 7, 8]), 0);
        other.Start(new BusFrame(0x18DA11F1, true, [1, 2, 3, 4, 5, 6, 7, 8]), 0);
        long until = rig.Time.NowNs + (100 * VirtualTime.NsPerMs);
        while (rig.Time.NowNs < until)
        {
            Assert.Null(rig.Receive());
            rig.Time.RunFor(100_000);
        }

        Assert.True(one.SentCount + other.SentCount > 300);
        Assert.Equal((0, 0u), (rig.TransactionCount, rig.Chip.LostCount));
        one.Stop();
        other.Stop();
        rig.Bench.Send(rig.Tester, rig.Identifiers.PhysicalRxId, isExtended, 7);
        rig.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Single(rig.Drain());
    }

    [Fact]
    public void Bus_off_is_counted_the_chip_comes_back_and_what_waited_is_sent()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        rig.Bench.Bus.Faults.Add(new BusFaultRule { Name = "broken", Kind = BusFaultKind.Corrupt, Probability = 1, Identifier = 0x7E8, CountMax = 32 });
        Assert.True(rig.Send(0x7E8, 1));
        Assert.True(rig.Send(0x7E8, 2));
        while (!rig.Chip.IsBusOff)
        {
            Assert.Null(rig.Receive());
            rig.Time.RunFor(50_000);
        }

        Assert.Null(rig.Receive());
        Assert.True(rig.Driver.IsBusOff);
        Assert.Equal((1u, 255), (rig.Driver.BusOffCount, rig.Driver.TransmitErrorCounter));
        rig.Time.RunFor(4 * VirtualTime.NsPerMs);
        Assert.Null(rig.Receive());
        Assert.False(rig.Driver.IsBusOff);
        Assert.Equal((1u, 0), (rig.Driver.BusOffCount, rig.Driver.TransmitErrorCounter));
        Assert.Equal([1, 2], Numbers(rig.Bench.Drain(rig.Tester)));
        rig.Bench.Send(rig.Tester, 0x7E0, 3);
        rig.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["7E0#03"], rig.Drain());
        rig.Chip.ForceBusOff();
        Assert.Null(rig.Receive());
        Assert.Equal(2u, rig.Driver.BusOffCount);
    }

    [Fact]
    public void An_error_that_lasts_costs_a_bounded_number_of_transactions_and_frames_still_come()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        BusFaultRule noise = rig.Bench.Bus.Faults.Add(new BusFaultRule { Name = "noise", Kind = BusFaultKind.Corrupt, Probability = 1, Identifier = 0x123 });
        while (rig.Chip.ReadRegister(0x1D) < 130)
        {
            rig.Bench.Send(rig.Tester, 0x123, 1);
            Assert.Null(rig.Receive());
            rig.Time.RunFor(10_000);
        }

        rig.Bench.Bus.Faults.Clear();
        Assert.True(noise.StrikeCount >= 130);
        rig.Tester.PowerOff();
        rig.Tester.PowerOn();
        rig.Bench.Send(rig.Tester, 0x7E0, 3);
        rig.Time.RunFor(VirtualTime.NsPerMs);
        rig.Forget();
        Assert.Equal(["7E0#03"], rig.Drain());
        Assert.InRange(rig.TransactionCount, 2, 8);
    }

    [Fact]
    public void With_a_wrong_bit_timing_the_chip_hears_errors_only_and_sends_nothing()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started(timing: Mcp2515Story.Timing(prescaler: 2));
        Assert.True(rig.Send(0x7E8, 1));
        rig.Burst(20);
        rig.Time.RunFor(20 * VirtualTime.NsPerMs);
        Assert.Empty(rig.Drain());
        Assert.Empty(rig.Bench.Drain(rig.Tester));
        Assert.Equal(20, rig.Driver.ReceiveErrorCounter);
    }

    [Fact]
    public void A_processor_that_starts_again_finds_the_chip_as_it_was_and_resets_it()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        TrafficNode babbler = new(rig.Bench.Bus, "babbler");
        babbler.Start(new BusFrame(0x001, false, [0]), 0);
        Assert.True(rig.Send(0x7E8, 1));
        rig.Burst(3);
        rig.Time.RunFor(VirtualTime.NsPerMs);
        babbler.Stop();
        rig.Restart();
        rig.Start();
        rig.Time.RunFor(5 * VirtualTime.NsPerMs);
        Assert.DoesNotContain("7E8#01", rig.Bench.Drain(rig.Tester));
        rig.Drain();
        rig.Bench.Send(rig.Tester, 0x7E0, 9);
        rig.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["7E0#09"], rig.Drain());
        Assert.Empty(rig.Chip.Misuses);
    }

    [Fact]
    public void A_chip_without_power_is_a_fault_until_power_comes()
    {
        Mcp2515Rig rig = new();
        rig.Chip.PowerOff();
        for (int i = 0; i < 1100; i++)
        {
            Assert.Null(rig.Receive());
        }

        Assert.Equal(Mcp2515Fault.NoAnswer, rig.Driver.Fault);
        rig.Chip.PowerOn();
        rig.Time.RunFor(VirtualTime.NsPerMs);
        for (int i = 0; i < 1100 && !rig.Driver.IsStarted; i++)
        {
            Assert.Null(rig.Receive());
        }

        Assert.Equal((true, Mcp2515Fault.None), (rig.Driver.IsStarted, rig.Driver.Fault));
    }

    [Fact]
    public void Nothing_is_allocated_once_it_is_made()
    {
        Mcp2515Rig rig = Mcp2515Rig.Started();
        Mcp2515 driver = new(rig.Chip, rig.Chip, Mcp2515Story.Timing(), rig.Identifiers, 8, 0xF3);
        EsyncAgent.CanFrame frame = new() { Identifier = 0x7E8, Length = 8 }, received = new();
        long allocated = 0;
        int count = 0, sent = 0;
        for (int round = 0; round < 60; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            while (driver.TryReceive(received))
            {
                count++;
            }

            sent += driver.TrySend(frame) ? 1 : 0;
            long after = GC.GetAllocatedBytesForCurrentThread() - before;
            allocated = round < 30 ? 0 : allocated + after; // what a method costs when it runs first is not the driver's
            rig.Burst(round % 4);
            rig.Time.RunFor(2 * VirtualTime.NsPerMs);
        }

        Assert.True(count > 50 && sent > 50 && driver.OverrunCount > 5, $"{count} received, {sent} sent");
        Assert.Equal(0, allocated);
    }

    /// <summary>The driver is asked all the time, with a pause between calls, until a moment.</summary>
    private static List<string> Until(Mcp2515Rig rig, long durationNs, long pauseNs)
    {
        List<string> frames = [];
        long until = rig.Time.NowNs + durationNs;
        while (rig.Time.NowNs < until)
        {
            if (rig.Receive() is { } frame)
            {
                frames.Add(frame);
            }

            rig.Time.RunFor(pauseNs);
        }

        return frames;
    }

    private static IEnumerable<int> Numbers(IEnumerable<string> frames) =>
        frames.Select(frame => Convert.ToInt32(frame.Split('#')[1][..2], 16));
}
