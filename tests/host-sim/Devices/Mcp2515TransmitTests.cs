// Sending through the MCP2515 model: order by priority and number, moments within a turn, abort, flags.
// Microchip DS20001801J §3, §12.6 to §12.8.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class Mcp2515TransmitTests
{
    private readonly Mcp2515Bench _bench = Mcp2515Bench.OnBus();

    [Fact]
    public void A_loaded_buffer_leaves_on_RTS_and_its_flags_follow()
    {
        _bench.Spi("40 FD 00 00 00 03 11 22 33");
        Assert.Equal("00", _bench.Spi("A0 00"));
        _bench.Spi("81");
        Assert.Equal("04", _bench.Spi("A0 00"));
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["7E8#112233"], _bench.Bench.Drain(_bench.Tester));
        Assert.Equal("08", _bench.Spi("A0 00")); // TX0IF
        Assert.Equal("04", _bench.Register(0x2C));
        Assert.False(_bench.Chip.IsActive); // not enabled
    }

    [Fact]
    public void Identifiers_of_29_bits_leave_as_such()
    {
        _bench.Spi("42 C6 CB F1 10 02 3E 80");
        _bench.Spi("82");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["18DBF110#3E80"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void Of_equal_priorities_the_highest_buffer_number_goes_first()
    {
        Load();
        _bench.Spi("87");
        Assert.Equal("54", _bench.Spi("A0 00"));
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["102#02", "101#01", "100#00"], _bench.Bench.Drain(_bench.Tester));
        Assert.Equal("A8", _bench.Spi("A0 00"));
    }

    [Fact]
    public void TXP_comes_before_the_number()
    {
        Load();
        _bench.Spi("02 30 03");
        _bench.Spi("02 40 01");
        _bench.Spi("87");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#00", "101#01", "102#02"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void A_buffer_with_a_higher_priority_overtakes_one_that_has_not_begun()
    {
        Load();
        Busy();
        _bench.Spi("81");
        _bench.Spi("84");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["102#02", "100#00"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void A_frame_that_is_on_the_bus_is_finished_first()
    {
        Load();
        _bench.Spi("81");
        _bench.Time.RunFor(50_000);
        _bench.Spi("84");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#00", "102#02"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void A_request_within_a_turn_asks_for_the_bus_when_the_processor_has_come_so_far()
    {
        Load();
        _bench.Chip.ElapsedNs = () => 100_000;
        _bench.Spi("81");
        _bench.Chip.ElapsedNs = () => 150_000;
        _bench.Spi("84");
        long start = _bench.Time.NowNs;
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal([100_000L], _bench.Bench.Records.Take(1).Select(r => r.StartNs - start));
        Assert.Equal(["100#00", "102#02"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void A_pending_buffer_cannot_be_written()
    {
        Load();
        Busy();
        _bench.Spi("81");
        _bench.Spi("41 FF");
        Assert.Single(_bench.Chip.Misuses);
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#00"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void Clearing_TXREQ_aborts_what_has_not_begun()
    {
        Load();
        Busy();
        _bench.Spi("85");
        _bench.Spi("05 50 08 00"); // the one that is offered
        Assert.Equal("40", _bench.Register(0x50)); // ABTF
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#00"], _bench.Bench.Drain(_bench.Tester));
        _bench.Spi("84");
        Assert.Equal("08", _bench.Register(0x50)); // and ABTF is gone with the next request
    }

    [Fact]
    public void ABAT_aborts_all_and_holds_back_new_ones_until_it_is_cleared()
    {
        Load();
        Busy();
        _bench.Spi("87");
        _bench.Spi("05 0F 10 10");
        Assert.Equal("00", _bench.Spi("A0 00"));
        _bench.Spi("82");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Empty(_bench.Bench.Drain(_bench.Tester));
        _bench.Spi("05 0F 10 00");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["101#01"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void A_frame_on_the_bus_is_finished_in_spite_of_an_abort_unless_it_fails()
    {
        Load();
        _bench.Spi("81");
        _bench.Time.RunFor(50_000);
        _bench.Spi("05 30 08 00");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#00"], _bench.Bench.Drain(_bench.Tester));
        _bench.Bench.Bus.Faults.Add(new BusFaultRule { Name = "once", Kind = BusFaultKind.Corrupt, Probability = 1, CountMax = 1 });
        _bench.Spi("82");
        _bench.Time.RunFor(40_000);
        _bench.Spi("05 40 08 00");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Empty(_bench.Bench.Drain(_bench.Tester));
        Assert.Equal("50", _bench.Register(0x40)); // ABTF, TXERR
    }

    [Fact]
    public void A_change_of_mode_waits_for_what_is_pending()
    {
        Load();
        _bench.Spi("81");
        _bench.Spi("02 0F 80");
        Assert.Equal("00", _bench.Register(0x0E));
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("80", _bench.Register(0x0E));
        Assert.Equal(["100#00"], _bench.Bench.Drain(_bench.Tester));
    }

    [Fact]
    public void A_reset_forgets_what_waits()
    {
        Load();
        Busy();
        _bench.Spi("87");
        _bench.Spi("C0");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("00", _bench.Spi("A0 00"));
        Assert.Empty(_bench.Bench.Drain(_bench.Tester));
    }

    /// <summary>Identifiers 100, 101, 102 in the buffers 0, 1, 2.</summary>
    private void Load()
    {
        _bench.Spi("40 20 00 00 00 01 00");
        _bench.Spi("42 20 20 00 00 01 01");
        _bench.Spi("44 20 40 00 00 01 02");
    }

    /// <summary>A frame of somebody else is on the bus.</summary>
    private void Busy()
    {
        _bench.Bench.Node("other").TrySend(new EsyncAgent.CanFrame { Identifier = 0x700, Length = 8 });
        _bench.Time.RunFor(20_000);
        _bench.Tester.SetFilter((0x100, false), (0x101, false), (0x102, false));
    }
}
