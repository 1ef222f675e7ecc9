// Error counters, error flags and bus-off of the MCP2515 model.
// Microchip DS20001801J §6, §7.6, §7.7; ISO 11898-1:2015 §12.1.4.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class Mcp2515ErrorTests
{
    private readonly Mcp2515Bench _bench = Mcp2515Bench.OnBus();

    [Fact]
    public void Errors_of_others_count_up_in_REC_and_good_frames_count_down()
    {
        Corrupt(0x100, 3);
        _bench.Hear(0x100, 1);
        Assert.Equal("00 02", _bench.Read(0x1C, 2)); // three errors, one good frame
        Assert.Equal("81", _bench.Register(0x2C)); // MERRF, RX0IF; no ERRIF yet
        _bench.Hear(0x100, 1);
        _bench.Hear(0x100, 1);
        _bench.Hear(0x100, 1);
        Assert.Equal("00", _bench.Register(0x1D));
    }

    [Fact]
    public void Errors_while_sending_count_in_TEC_and_are_noted_in_the_buffer()
    {
        Corrupt(0x7E8, 2);
        _bench.Spi("40 FD 00 00 00 01 11");
        _bench.Spi("81");
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("0F 00", _bench.Read(0x1C, 2)); // 8 + 8 − 1
        Assert.Equal("10", _bench.Register(0x30)); // sent in the end; TXERR stays until the next request
        Assert.Equal(["7E8#11"], _bench.Bench.Drain(_bench.Tester));
        _bench.Spi("81");
        Assert.Equal("08", _bench.Register(0x30));
    }

    [Fact]
    public void A_receiver_that_hears_errors_only_reaches_warning_and_passive()
    {
        List<int> marks = [];
        Corrupt(0x100, 1000);
        for (int i = 0; marks.Count < 2 && i < 100_000; i++)
        {
            if (!_bench.Tester.HasOffer && !_bench.Tester.IsBusOff)
            {
                _bench.Bench.Send(_bench.Tester, 0x100, 1);
            }

            _bench.Time.RunNext();
            if (_bench.Chip.IsActive)
            {
                marks.Add(Convert.ToInt32(_bench.Register(0x1D), 16));
                Assert.Equal(marks.Count == 1 ? "03" : "0B", _bench.Register(0x2D));
                _bench.Spi("05 2C 20 00");
                Assert.True(_bench.Chip.IsActive); // not while the condition prevails
                _bench.Spi("02 2B 00");            // so look away until there is something new
                Assert.False(_bench.Chip.IsActive);
                while (marks.Count == 1 && _bench.Register(0x2D) == "03")
                {
                    _bench.Time.RunNext();
                }

                _bench.Spi("02 2B 20");
            }
        }

        Assert.Equal([96, 128], marks);
    }

    [Fact]
    public void Bus_off_is_flagged_and_the_chip_comes_back_by_itself_and_sends_what_waited()
    {
        Corrupt(0x7E8, 32);
        _bench.Spi("40 FD 00 00 00 01 11");
        _bench.Spi("81");
        while (!_bench.Chip.IsBusOff)
        {
            Assert.True(_bench.Time.RunNext());
        }

        Assert.Equal(32, _bench.Bench.Bus.ErrorFrameCount); // 8 each, and 255 is the limit
        Assert.Equal("35", _bench.Register(0x2D)); // TXBO, TXEP, TXWAR, EWARN
        Assert.Equal("FF", _bench.Register(0x1C));
        Assert.True(_bench.Chip.IsActive);
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.True(_bench.Chip.IsBusOff);
        Assert.Equal("04", _bench.Spi("A0 00"));
        _bench.Time.RunFor(3 * VirtualTime.NsPerMs); // 128 × 11 bits are 2.8 ms
        Assert.False(_bench.Chip.IsBusOff);
        Assert.Equal("00 00", _bench.Read(0x1C, 2));
        Assert.Equal(["7E8#11"], _bench.Bench.Drain(_bench.Tester));
        _bench.Spi("05 2C 20 00");
        Assert.False(_bench.Chip.IsActive);
    }

    [Fact]
    public void A_reset_ends_bus_off_at_once()
    {
        _bench.Chip.ForceBusOff();
        _bench.Spi("C0");
        _bench.Time.RunFor(20_000);
        _bench.Spi("02 28 " + Mcp2515Bench.Timing500);
        _bench.Spi("02 0F 00");
        _bench.Time.RunFor(30_000);
        Assert.Equal("00 00", $"{_bench.Register(0x0E)} {_bench.Register(0x2D)}");
        Assert.True(_bench.Chip.IsOnline);
    }

    private void Corrupt(uint identifier, int count) =>
        _bench.Bench.Bus.Faults.Add(new BusFaultRule { Name = "noise", Kind = BusFaultKind.Corrupt, Probability = 1, Identifier = identifier, CountMax = count });
}
