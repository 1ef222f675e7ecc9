// How the MCP2515 model joins the bus, and that a wrong bit time leaves it deaf and silent.
// Microchip DS20001801J §5, §10.
using EsyncSim.Bus;
using EsyncSim.Devices;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class Mcp2515BusTests
{
    [Fact]
    public void Normal_mode_comes_after_eleven_recessive_bits()
    {
        Mcp2515Bench bench = Configured(new Mcp2515Bench(), Mcp2515Bench.Timing500);
        bench.Spi("02 0F 00");
        bench.Time.RunFor(21_000);
        Assert.Equal("80", bench.Register(0x0E));
        bench.Time.RunFor(1_000);
        Assert.Equal("00", bench.Register(0x0E));
    }

    [Fact]
    public void On_a_busy_bus_it_joins_between_two_frames()
    {
        Mcp2515Bench bench = Configured(new Mcp2515Bench(), Mcp2515Bench.Timing500);
        TrafficNode babbler = new(bench.Bench.Bus, "babbler");
        babbler.Start(new BusFrame(0x100, false, [1, 2, 3, 4, 5, 6, 7, 8]), 0);
        bench.Time.RunFor(100_000);
        bench.Spi("02 0F 00");
        bench.Time.RunFor(100_000);
        Assert.Equal("80", bench.Register(0x0E));
        bench.Time.RunFor(100_000);
        Assert.Equal("00", bench.Register(0x0E));
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("01", (Convert.ToInt32(bench.Register(0x2C), 16) & 1).ToString("X2"));
    }

    [Fact]
    public void Before_that_it_neither_hears_nor_sends()
    {
        Mcp2515Bench bench = Configured(new Mcp2515Bench(), Mcp2515Bench.Timing500);
        bench.Spi("40 FD 00 00 00 01 11");
        bench.Spi("81");
        bench.Hear(0x100, 1);
        Assert.Equal("00", bench.Register(0x2C));
        Assert.Empty(bench.Bench.Drain(bench.Tester));
    }

    [Theory]
    [InlineData("02 A6 01")] // half the rate
    [InlineData("02 A5 00")] // 15 quanta instead of 16
    [InlineData("02 26 00")] // BTLMODE is missing: CNF3 does not count
    public void With_a_wrong_bit_time_everything_is_an_error_and_nothing_is_sent(string timing)
    {
        Mcp2515Bench bench = Mcp2515Bench.OnBus(timing: timing);
        bench.Spi("40 FD 00 00 00 01 11");
        bench.Spi("81");
        bench.Hear(0x100, 1);
        bench.Hear(0x200, 1);
        Assert.Equal("80", bench.Register(0x2C));
        Assert.Equal("02", bench.Register(0x1D));
        Assert.Equal("04", bench.Spi("A0 00"));
        Assert.Empty(bench.Bench.Drain(bench.Tester));
    }

    [Fact]
    public void A_module_with_another_crystal_is_deaf_with_the_same_registers()
    {
        Mcp2515Bench bench = Configured(new Mcp2515Bench(crystalHz: 8_000_000), Mcp2515Bench.Timing500);
        bench.Spi("02 0F 00");
        bench.Time.RunFor(VirtualTime.NsPerMs);
        bench.Hear(0x100, 1);
        Assert.Equal("80", bench.Register(0x2C));
    }

    [Fact]
    public void In_listen_only_mode_it_hears_and_does_not_send()
    {
        Mcp2515Bench bench = Configured(new Mcp2515Bench(), Mcp2515Bench.Timing500);
        bench.Spi("05 60 60 60");
        bench.Spi("02 0F 60");
        bench.Time.RunFor(VirtualTime.NsPerMs);
        bench.Spi("40 FD 00 00 00 01 11");
        bench.Spi("81");
        bench.Hear(0x100, 1);
        Assert.Equal("01", bench.Register(0x2C));
        Assert.Empty(bench.Bench.Drain(bench.Tester));
    }

    [Theory]
    [InlineData(0x00, 0xA6, 0x02, 500_000, 16_000_000, true)]
    [InlineData(0x00, 0x91, 0x01, 500_000, 8_000_000, true)]
    [InlineData(0x01, 0xA6, 0x02, 250_000, 16_000_000, true)]
    [InlineData(0x00, 0xA6, 0x02, 500_000, 8_000_000, false)]
    [InlineData(0x03, 0xB5, 0x81, 125_000, 16_000_000, true)]
    public void A_bit_lasts_so_many_quanta_of_two_crystal_periods(byte cnf1, byte cnf2, byte cnf3, int bitRate, int crystalHz, bool isRight) =>
        Assert.Equal(isRight, new Mcp2515BitTime(cnf1, cnf2, cnf3).Gives(bitRate, crystalHz));

    [Theory]
    [InlineData(0x00, 0xA6, 0x02, true)]
    [InlineData(0x80, 0xA6, 0x02, false)] // jump width 3, phase segment 2 of 3
    [InlineData(0x00, 0x80, 0x02, false)] // 1 + 1 before the sample point, 3 after it
    [InlineData(0x00, 0xA6, 0x00, false)] // phase segment 2 of 1
    public void The_rules_between_the_segments_are_those_of_the_data_sheet(byte cnf1, byte cnf2, byte cnf3, bool isAllowed) =>
        Assert.Equal(isAllowed, new Mcp2515BitTime(cnf1, cnf2, cnf3).IsAllowed);

    private static Mcp2515Bench Configured(Mcp2515Bench bench, string timing)
    {
        bench.Spi("02 20 00 00 00 00 00 00 00 00 " + timing);
        return bench;
    }
}
