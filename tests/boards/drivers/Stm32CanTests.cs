// The driver of the native CAN of STM32 boards: one subscription, a bounded queue of what is for us, eight bytes always,
// and never more frames on their way than there are mailboxes.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using EsyncSim.Devices;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class Stm32CanTests
{
    private readonly FakeNative _native = new();
    private readonly FakeClock _clock = new();
    private readonly CanFrame _frame = new();

    [Fact]
    public void It_subscribes_once_and_asks_the_ring_in_events_only()
    {
        Stm32Can driver = Make();
        Assert.Equal(1, _native.SubscribeCount);
        _native.Arrive("7E0#0210030000000000");
        Assert.False(driver.TryReceive(_frame));
        Assert.Equal(0, _native.AskedCount);
        driver.OnMessageReceived();
        Assert.Equal(["7E0#0210030000000000"], Drain(driver));
        Assert.Equal((1, 1), (_native.SubscribeCount, _native.AskedCount));
    }

    [Fact]
    public void Each_event_takes_one_frame_and_asks_no_second_time()
    {
        Stm32Can driver = Make();
        for (int i = 0; i < 5; i++)
        {
            _native.Arrive($"7E0#0{i}00000000000000");
        }

        driver.OnMessageReceived();
        Assert.Equal(["00"], Drain(driver).Select(f => f[4..6]));
        Events(driver, 4);
        Assert.Equal(["01", "02", "03", "04"], Drain(driver).Select(f => f[4..6]));
        driver.OnMessageReceived();
        Assert.Empty(Drain(driver));
        Assert.Equal(6, _native.AskedCount);
    }

    [Fact]
    public void Frames_that_no_event_told_of_are_found_after_64_looks_in_vain_foreign_ones_counted()
    {
        Stm32Can driver = Make();
        foreach (string frame in new[] { "123#00", "7E0#01", "7DF#02", "124#03" })
        {
            _native.Arrive(frame);
        }

        Assert.Equal(0, Looks(driver, 63));
        Assert.Equal(0, _native.AskedCount);
        Assert.Equal(["7E0#01", "7DF#02"], Drain(driver).Select(f => f[..6]));
        Assert.Equal((2u, 5), (driver.ForeignCount, _native.AskedCount));
        Assert.Equal(0, Looks(driver, 63));
        Assert.Equal(5, _native.AskedCount);
    }

    [Fact]
    public void While_frames_come_the_ring_is_not_asked_without_an_event()
    {
        Stm32Can driver = Make();
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(0, Looks(driver, 63));
            _native.Arrive("7E0#00");
            driver.OnMessageReceived();
            Assert.True(driver.TryReceive(_frame));
        }

        Assert.Equal(10, _native.AskedCount);
    }

    [Fact]
    public void A_frame_that_stayed_behind_does_not_hold_up_those_after_it_for_good()
    {
        Stm32Can driver = Make();
        _native.Arrive("7E0#01");
        _native.Arrive("7E0#02");
        driver.OnMessageReceived();
        Assert.Equal(["01"], Drain(driver).Select(f => f[4..6]));
        Assert.Equal(1, Looks(driver, 64));
        _native.Arrive("7E0#03");
        driver.OnMessageReceived();
        Assert.Equal(["03"], Drain(driver).Select(f => f[4..6]));
    }

    [Fact]
    public void Frames_of_signals_are_ours_too()
    {
        Stm32Can driver = Make(identifiers: new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8, SignalRxIds = [0x123, 0x800007E0] });
        foreach (string frame in new[] { "123#00", "00000123#01", "000007E0#02", "124#03" })
        {
            _native.Arrive(frame);
        }

        Events(driver, 4);
        Assert.Equal(["123#00", "000007E0#02"], Drain(driver).Select(f => f[..^14]));
        Assert.Equal(2u, driver.ForeignCount);
    }

    [Fact]
    public void Only_our_identifiers_take_room_in_the_queue_and_the_others_are_counted()
    {
        Stm32Can driver = Make();
        foreach (string frame in new[] { "123#00", "7E0#01", "7E1#02", "7DF#03", "000007E0#04" })
        {
            _native.Arrive(frame);
        }

        Events(driver, 5);
        Assert.Equal(["7E0#01", "7DF#03"], Drain(driver).Select(f => f[..6]));
        Assert.Equal((3u, 0u), (driver.ForeignCount, driver.OverrunCount));
    }

    [Fact]
    public void Identifiers_of_29_bits_are_told_from_those_of_11()
    {
        Stm32Can driver = Make(Mcp2515Story.Extended());
        _native.Arrive("18DA10F1#01");
        _native.Arrive("18DB33F1#02");
        _native.Arrive("18DA11F1#03");
        _native.Arrive("7E0#04");
        Events(driver, 4);
        Assert.Equal(["18DA10F1#01", "18DB33F1#02"], Drain(driver).Select(f => f[..11]));
    }

    [Fact]
    public void A_full_queue_keeps_the_oldest_frames_and_counts_the_rest()
    {
        Stm32Can driver = Make(capacity: 4);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 6; i++)
            {
                _native.Arrive($"7E0#0{i}00000000000000");
            }

            Events(driver, 6);
            Assert.Equal(["00", "01", "02", "03"], Drain(driver).Select(f => f[4..6]));
            Assert.Equal(2u * (uint)(round + 1), driver.OverrunCount);
        }
    }

    [Fact]
    public void Three_frames_may_be_on_their_way_and_the_next_waits_until_the_first_has_surely_left()
    {
        Stm32Can driver = Make();
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(i => Send(driver, 0x7E8, (byte)i)));
        _clock.NowMs++; // the clock may have been about to step
        Assert.False(Send(driver, 0x7E8, 3));
        _clock.NowMs++;
        Assert.Equal([true, true, true, false], Enumerable.Range(3, 4).Select(i => Send(driver, 0x7E8, (byte)i)));
        Assert.Equal(6, _native.Sent.Count);
    }

    [Theory]
    [InlineData(160, 2)]
    [InlineData(320, 2)]
    [InlineData(640, 3)]
    [InlineData(1280, 5)]
    public void Slower_buses_have_longer_to_wait(ushort frameTimeUs, int milliseconds)
    {
        Stm32Can driver = Make(frameTimeUs: frameTimeUs);
        for (int i = 0; i < 3; i++)
        {
            Assert.True(Send(driver, 0x7E8, 0));
        }

        for (int i = 0; i < milliseconds; i++)
        {
            Assert.False(Send(driver, 0x7E8, 0));
            _clock.NowMs++;
        }

        Assert.True(Send(driver, 0x7E8, 0));
    }

    [Fact]
    public void A_frame_goes_as_it_is_and_a_short_one_is_filled_up()
    {
        Stm32Can driver = Make();
        Assert.True(Send(driver, 0x7E8, 1, 2, 3, 4, 5, 6, 7, 8));
        new BusFrame(0x18DAF110, true, [9, 8]).CopyTo(_frame);
        _frame.Data[5] = 0xEE;
        Assert.True(driver.TrySend(_frame));
        Assert.Equal(["7E8#0102030405060708", "18DAF110#0908000000000000"], _native.Sent);
    }

    [Fact]
    public void Nothing_is_told_of_bus_off_and_flow_control_is_what_the_board_said()
    {
        Stm32Can driver = Make();
        Assert.Equal((0u, 8, 0), (driver.BusOffCount, driver.BlockSizeMax, driver.SeparationTimeMin));
    }

    [Fact]
    public void On_the_model_a_burst_at_full_speed_arrives_whole_when_turns_are_short()
    {
        BusBench bench = new();
        StockCanModel can = new(bench.Bus, "ecu");
        can.PowerOn();
        Stm32Can driver = new(can, _clock, Mcp2515Story.Identifiers(), 64, 320, 8, 0);
        TrafficNode sender = new(bench.Bus, "sender");
        sender.Start(new BusFrame(0x7E0, false, [1, 2, 3, 4, 5, 6, 7, 8]), 0);
        int count = 0;
        for (int i = 0; i < 500; i++)
        {
            can.Dispatch();
            count += Drain(driver).Count;
            bench.Time.RunFor(200_000);
        }

        can.Dispatch();
        count += Drain(driver).Count;
        Assert.Equal(sender.SentCount, count);
        Assert.Equal((0u, 0u), (can.LostCount, can.StrayWriteCount));
    }

    [Fact]
    public void On_the_model_the_runtime_never_stands_still_on_a_free_bus()
    {
        BusBench bench = new();
        VirtualCan tester = bench.Node("tester");
        StockCanModel can = new(bench.Bus, "ecu");
        can.PowerOn();
        Stm32Can driver = new(can, _clock, Mcp2515Story.Extended(), 64, 320, 8, 0);
        int sent = 0;
        List<string> heard = [];
        for (int us = 0; us < 100_000; us += 50)
        {
            _clock.NowMs = (uint)(us / 1000);
            sent += bench.Send(driver, 0x18DAF110, true, (byte)sent, 0, 0, 0, 0, 0, 0, 0) ? 1 : 0;
            bench.Time.RunFor(50_000);
            heard.AddRange(bench.Drain(tester));
        }

        Assert.True(sent > 140, $"{sent} sent");
        bench.Time.RunFor(VirtualTime.NsPerMs);
        heard.AddRange(bench.Drain(tester));
        Assert.Equal(Enumerable.Range(0, sent).Select(i => ((byte)i).ToString("X2")), heard.Select(f => f[9..11]));
        Assert.Equal(0u, can.BlockedCount);
    }

    [Fact]
    public void Nothing_is_allocated_once_it_is_made()
    {
        Stm32Can driver = Make();
        _frame.Length = 8;
        CanFrame received = new();
        _native.IsEndless = true;
        long allocated = 0;
        int count = 0;
        for (int round = 0; round < 40; round++)
        {
            _clock.NowMs += 5;
            _native.Left = 5;
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 5; i++)
            {
                driver.OnMessageReceived();
            }

            while (driver.TryReceive(received))
            {
                count++;
            }

            driver.TrySend(_frame);
            long after = GC.GetAllocatedBytesForCurrentThread() - before;
            allocated += round < 20 ? 0 : after;
        }

        Assert.Equal((200, 0L), (count, allocated));
    }

    private Stm32Can Make(CanIfConfig? identifiers = null, int capacity = 64, ushort frameTimeUs = 320) =>
        new(_native, _clock, identifiers ?? Mcp2515Story.Identifiers(), capacity, frameTimeUs, 8, 0);

    private bool Send(Stm32Can driver, uint identifier, params byte[] data)
    {
        new BusFrame(identifier, false, data.Length == 8 ? data : [data[0], 0, 0, 0, 0, 0, 0, 0]).CopyTo(_frame);
        return driver.TrySend(_frame);
    }

    private static void Events(Stm32Can driver, int count)
    {
        for (int i = 0; i < count; i++)
        {
            driver.OnMessageReceived();
        }
    }

    // How many of so many looks found a frame.
    private int Looks(Stm32Can driver, int count) => Enumerable.Range(0, count).Count(_ => driver.TryReceive(_frame));

    private List<string> Drain(Stm32Can driver)
    {
        List<string> frames = [];
        while (driver.TryReceive(_frame))
        {
            frames.Add(BusFrame.From(_frame).ToString());
        }

        return frames;
    }

    private sealed class FakeClock : IMcu
    {
        public McuResetCause ResetCause => McuResetCause.PowerOn;

        public uint NowMs { get; set; } = 0xFFFFFFFE;

        public int ReadUniqueId(byte[] into) => 0;

        public void ReadEntropy(byte[] into) => Array.Clear(into);

        public void Reset() => throw new InvalidOperationException("nobody wished a reset");
    }

    private sealed class FakeNative : IStockCan
    {
        private readonly Queue<string> _ring = new();

        internal int SubscribeCount { get; private set; }

        internal int AskedCount { get; private set; }

        internal bool IsEndless { get; set; }

        internal int Left { get; set; }

        internal List<string> Sent { get; } = [];

        internal void Arrive(string frame) => _ring.Enqueue(frame);

        public void Subscribe(IStockCanListener listener) => SubscribeCount++;

        public bool TryGetMessage(CanFrame into)
        {
            AskedCount++;
            if (IsEndless)
            {
                into.Identifier = 0x7E0;
                into.Length = 8;
                return Left-- > 0;
            }

            if (!_ring.TryDequeue(out string? text))
            {
                return false;
            }

            string[] parts = text.Split('#');
            new BusFrame(Convert.ToUInt32(parts[0], 16), parts[0].Length > 3, Convert.FromHexString(parts[1].PadRight(16, '0'))).CopyTo(into);
            return true;
        }

        public void WriteMessage(CanFrame frame)
        {
            if (!IsEndless)
            {
                Assert.NotNull(frame);
                Assert.Equal(8, frame.Length);
                Sent.Add(BusFrame.From(frame).ToString());
            }
        }
    }
}
