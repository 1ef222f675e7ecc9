// The model of nanoFramework's native CAN on STM32: what a subscriber gets, what is lost without a word, what is written
// behind the ring, what sending costs.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;
using EsyncSim.Devices;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class StockCanModelTests
{
    private readonly BusBench _bench = new();
    private readonly VirtualCan _tester;
    private readonly StockCanModel _can;
    private readonly Listener _listener = new();

    public StockCanModelTests()
    {
        _tester = _bench.Node("tester");
        _can = new StockCanModel(_bench.Bus, "ecu");
        _can.PowerOn();
    }

    [Fact]
    public void Without_a_subscriber_nothing_is_kept()
    {
        Hear(0x100, 1);
        Assert.Empty(Drain());
        Assert.Equal(1u, _can.LostCount);
        _can.Subscribe(_listener);
        Hear(0x100, 2);
        Assert.Equal(["100#0200000000000000"], Drain());
    }

    [Fact]
    public void Each_frame_posts_an_event_that_comes_with_the_next_turn()
    {
        _can.Subscribe(_listener);
        Hear(0x100, 1);
        Hear(0x200, 2);
        Assert.Equal(0, _listener.Count);
        _can.Dispatch();
        Assert.Equal(2, _listener.Count);
        _can.Dispatch();
        Assert.Equal(2, _listener.Count);
    }

    [Fact]
    public void The_ring_takes_16_frames_of_anybody_and_says_nothing_of_the_rest()
    {
        _can.Subscribe(_listener);
        for (byte i = 0; i < 20; i++)
        {
            Hear(0x100u + i, i);
        }

        Assert.Equal((16, 4u), (_can.RingCount, _can.LostCount));
        List<string> frames = Drain();
        Assert.Equal(("100#0000000000000000", "10F#0F00000000000000"), (frames[0], frames[^1]));
        _can.Dispatch();
        Assert.Equal(20, _listener.Count); // the events are posted all the same
    }

    [Fact]
    public void The_length_is_lost_and_what_was_not_sent_is_left_over()
    {
        _can.Subscribe(_listener);
        Hear(0x100, 1, 2, 3, 4, 5, 6, 7, 8);
        Hear(0x100, 9);
        Assert.Equal(["100#0102030405060708", "100#0902030405060708"], Drain());
    }

    [Fact]
    public void Only_frames_that_enter_an_empty_ring_stay_inside_its_memory()
    {
        _can.Subscribe(_listener);
        for (byte i = 0; i < 3; i++)
        {
            Hear(0x100, i);
            Drain();
        }

        Assert.Equal(0u, _can.StrayWriteCount);
        Hear(0x100, 1);
        Hear(0x100, 2);
        Hear(0x100, 3);
        Assert.Equal(2u, _can.StrayWriteCount);
        CanFrame frame = new();
        for (byte i = 0; i < 14; i++)
        {
            Assert.True(_can.TryGetMessage(frame));
            Hear(0x100, i); // the ring never runs empty: after 16 places the first one comes again
        }

        Assert.Equal(2u + 13, _can.StrayWriteCount);
    }

    [Fact]
    public void A_frame_that_is_taken_later_in_the_turn_still_has_its_place_before()
    {
        _can.Subscribe(_listener);
        for (byte i = 0; i < 16; i++)
        {
            Hear(0x100, i);
        }

        long elapsed = 0;
        _can.ElapsedNs = () => elapsed;
        _can.Charge = ns => elapsed += ns;
        elapsed = 200_000;
        Assert.True(_can.TryGetMessage(new CanFrame()));
        Assert.Equal(225_000, elapsed);
        _can.ElapsedNs = null;
        _bench.Send(_tester, 0x100, 16);
        _bench.Time.RunFor(200_000);
        Assert.Equal((15, 1u), (_can.RingCount, _can.LostCount));
        Hear(0x100, 17);
        Assert.Equal((16, 1u), (_can.RingCount, _can.LostCount));
    }

    [Fact]
    public void Three_mailboxes_keep_the_order_of_request()
    {
        _can.Subscribe(_listener);
        Write(0x300);
        Write(0x200);
        Write(0x100);
        Assert.Equal(0u, _can.BlockedCount);
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["300", "200", "100"], _bench.Drain(_tester).Select(f => f[..3]));
    }

    [Fact]
    public void A_fourth_frame_would_stop_the_runtime_until_a_mailbox_is_free()
    {
        _can.Subscribe(_listener);
        for (uint i = 0; i < 3; i++)
        {
            Write(0x100 + i);
        }

        long before = _can.CpuNs;
        Write(0x103);
        Assert.Equal(1u, _can.BlockedCount);
        Assert.Equal(20_000 + 260_000, _can.CpuNs - before);
        _bench.Time.RunFor(2 * VirtualTime.NsPerMs);
        Assert.Equal(4, _bench.Drain(_tester).Count);
        Assert.Equal(0u, _can.UnsentCount);
    }

    [Fact]
    public void After_100_ms_it_is_given_up_in_silence()
    {
        _can.Subscribe(_listener);
        TrafficNode babbler = new(_bench.Bus, "babbler");
        _tester.SetFilter((0x100, false), (0x101, false), (0x102, false), (0x103, false), (0x104, false));
        babbler.Start(new BusFrame(0x000, false, [0]), 0);
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        for (uint i = 0; i < 5; i++)
        {
            Write(0x100 + i);
        }

        _bench.Time.RunFor(101 * VirtualTime.NsPerMs);
        babbler.Stop();
        _bench.Time.RunFor(5 * VirtualTime.NsPerMs);
        Assert.Equal(["100", "101", "102"], _bench.Drain(_tester).Select(f => f[..3]));
        Assert.Equal((2u, 2u), (_can.BlockedCount, _can.UnsentCount));
    }

    [Fact]
    public void What_is_no_frame_of_eight_bytes_is_refused_by_the_model_and_crashes_a_board()
    {
        Assert.Throws<ArgumentNullException>(() => _can.WriteMessage(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => _can.WriteMessage(new CanFrame { Length = 3 }));
    }

    [Fact]
    public void Subscribing_restarts_the_peripheral_and_power_off_forgets_the_subscriber()
    {
        _can.Subscribe(_listener);
        Hear(0x100, 1);
        _can.Subscribe(_listener);
        Assert.Empty(Drain());
        _can.PowerOff();
        _can.PowerOn();
        Hear(0x100, 1);
        _can.Dispatch();
        Assert.Equal((0, 1u, 0L), (_listener.Count, _can.LostCount, _can.CpuNs));
    }

    private void Hear(uint identifier, params byte[] data)
    {
        Assert.True(_bench.Send(_tester, identifier, data));
        _bench.Time.RunFor(VirtualTime.NsPerMs);
    }

    private void Write(uint identifier) => _can.WriteMessage(new CanFrame { Identifier = identifier, Length = 8 });

    private List<string> Drain()
    {
        List<string> frames = [];
        CanFrame frame = new();
        while (_can.TryGetMessage(frame))
        {
            frames.Add(BusFrame.From(frame).ToString());
        }

        return frames;
    }

    private sealed class Listener : IStockCanListener
    {
        internal int Count { get; private set; }

        public void OnMessageReceived() => Count++;
    }
}
