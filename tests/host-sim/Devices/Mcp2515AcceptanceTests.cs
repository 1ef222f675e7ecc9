// Which frames the MCP2515 model lets in, into which buffer, and what happens when there is no room.
// Microchip DS20001801J §4.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Devices;

public sealed class Mcp2515AcceptanceTests
{
    private const string OurMasks = "FF E0 00 00 FF E0 00 00";
    private const string OurFilters = "FC 00 00 00 FB E0 00 00 FC 00 00 00"; // 7E0, 7DF, 7E0

    [Fact]
    public void A_frame_lands_in_RXB0_with_identifier_length_data_flag_and_filter()
    {
        Mcp2515Bench bench = Ours();
        bench.Hear(0x7DF, 0x02, 0x3E, 0x80);
        Assert.True(bench.Chip.IsActive);
        Assert.Equal("01 00", bench.Read(0x2C, 2));
        Assert.Equal("07", bench.Register(0x60)); // BUKT, BUKT1, FILHIT0
        Assert.Equal("FB E0", bench.Read(0x61, 2));
        Assert.Equal("03 02 3E 80", bench.Read(0x65, 4));
        Assert.Equal("0C", bench.Register(0x0E)); // ICOD 6
    }

    [Fact]
    public void READ_RX_BUFFER_gives_the_frame_and_frees_its_buffer()
    {
        Mcp2515Bench bench = Ours();
        bench.Hear(0x7E0, 1, 2, 3, 4, 5, 6, 7, 8);
        Assert.StartsWith("FC 00 ", bench.Spi("90 00 00 00 00 00 00 00 00 00 00 00 00 00"), StringComparison.Ordinal);
        Assert.False(bench.Chip.IsActive);
        bench.Hear(0x7E0, 8, 7, 6, 5, 4, 3, 2, 1);
        Assert.Equal("08 07 06 05 04 03 02 01", bench.Spi("92 00 00 00 00 00 00 00 00"));
        Assert.Equal("00", bench.Register(0x2C));
    }

    [Fact]
    public void Plain_READ_frees_nothing()
    {
        Mcp2515Bench bench = Ours();
        bench.Hear(0x7E0, 1);
        bench.Read(0x61, 13);
        Assert.Equal("01", bench.Register(0x2C));
        bench.Spi("05 2C 01 00");
        Assert.Equal("00", bench.Register(0x2C));
    }

    [Fact]
    public void Other_identifiers_do_not_come_in()
    {
        Mcp2515Bench bench = Ours();
        bench.Hear(0x7E1, 1);
        bench.Hear(0x3E0, 1);
        bench.Hear(0x7E0 << 18, true, 1);
        Assert.False(bench.Chip.IsActive);
        Assert.Equal(0u, bench.Chip.LostCount);
    }

    [Fact]
    public void Filters_for_29_bits_compare_all_of_them_and_refuse_11_bits()
    {
        const string Physical = "C6 CA 10 F1";
        Mcp2515Bench bench = Mcp2515Bench.OnBus("FF E3 FF FF FF E3 FF FF", $"{Physical} C6 CB 33 F1 {Physical}", $"{Physical} {Physical} {Physical}");
        bench.Hear(0x18DA10F2, true, 1);
        bench.Hear(0x18DA11F1, true, 1);
        bench.Hear(0x08DA10F1, true, 1);
        bench.Hear(0x636, 1);
        Assert.False(bench.Chip.IsActive);
        bench.Hear(0x18DA10F1, true, 1);
        Assert.Equal("C6 CA 10 F1 01 01", bench.Read(0x61, 6));
        Assert.Equal("50", bench.Spi("B0 00")); // one extended data frame in RXB0, filter 0
    }

    [Fact]
    public void With_11_bits_the_masks_last_two_bytes_compare_the_first_two_data_bytes()
    {
        Mcp2515Bench bench = Mcp2515Bench.OnBus("FF E0 FF 0F FF E0 FF FF", "FC 00 3E 02 FC 00 3E 02 FC 00 3E 02", "FC 00 3E 02 FC 00 3E 02 FC 00 3E 02");
        bench.Hear(0x7E0, 0x3E, 0x03);
        bench.Hear(0x7E0, 0x3F, 0x02);
        Assert.False(bench.Chip.IsActive);
        bench.Hear(0x7E0, 0x3E, 0xF2);
        Assert.True(bench.Chip.IsActive);
    }

    [Fact]
    public void The_lowest_filter_decides_and_those_of_RXB1_lead_to_RXB1()
    {
        Mcp2515Bench bench = Mcp2515Bench.OnBus(OurMasks, "20 00 00 00 20 00 00 00 40 00 00 00", "40 00 00 00 60 00 00 00 60 00 00 00");
        bench.Hear(0x200, 1); // filters 2 and 3
        Assert.Equal("02", bench.Register(0x2C));
        Assert.Equal("02", bench.Register(0x70));
        bench.Spi("94 00");
        bench.Hear(0x300, 1); // filters 4 and 5
        Assert.Equal("04", bench.Register(0x70));
        Assert.Equal("84", bench.Spi("B0 00"));
    }

    [Fact]
    public void Without_masks_and_filters_everything_comes_in()
    {
        Mcp2515Bench bench = Ours();
        bench.Spi("05 60 60 60"); // RXM = 11
        bench.Hear(0x123, 1);
        Assert.Equal("01", bench.Register(0x2C));
    }

    [Fact]
    public void What_finds_RXB0_full_goes_to_RXB1_and_what_finds_both_full_is_lost_and_flagged()
    {
        Mcp2515Bench bench = Ours();
        bench.Hear(0x7E0, 1);
        bench.Hear(0x7DF, 2);
        Assert.Equal("03 00", bench.Read(0x2C, 2));
        Assert.Equal("01", bench.Register(0x70)); // FILHIT: filter 1, rolled over
        Assert.Equal("C0", bench.Spi("B0 00")); // both full, RXB0 by filter 0
        bench.Hear(0x7E0, 3);
        Assert.Equal("23 80", bench.Read(0x2C, 2));
        Assert.Equal(1u, bench.Chip.LostCount);
        Assert.Equal("02", bench.Register(0x0E)); // ICOD 1: errors come first
        bench.Spi("90 00");
        Assert.Equal("87", bench.Spi("B0 00")); // RXB1, filter 1 by rollover
        Assert.Equal("02", bench.Register(0x76)); // the frame that was there is untouched
    }

    [Fact]
    public void Without_rollover_the_overflow_is_RXB0s()
    {
        Mcp2515Bench bench = Ours();
        bench.Spi("02 60 00");
        bench.Hear(0x7E0, 1);
        bench.Hear(0x7E0, 2);
        Assert.Equal("21 40", bench.Read(0x2C, 2));
    }

    [Fact]
    public void An_overflow_stays_flagged_until_its_cause_is_cleared()
    {
        Mcp2515Bench bench = Ours();
        for (byte i = 0; i < 3; i++)
        {
            bench.Hear(0x7E0, i);
        }

        bench.Spi("05 2C 20 00");
        Assert.Equal("23 80", bench.Read(0x2C, 2));
        bench.Spi("05 2D C0 00");
        bench.Spi("05 2C 20 00");
        Assert.Equal("03 00", bench.Read(0x2C, 2));
    }

    [Fact]
    public void A_buffer_that_is_freed_later_in_the_turn_was_full_for_a_frame_that_ends_before()
    {
        Mcp2515Bench bench = Ours();
        bench.Hear(0x7E0, 1);
        bench.Hear(0x7E0, 2);
        bench.Chip.ElapsedNs = () => 300_000; // both are read 300 µs into a turn that begins now
        bench.Spi("90 00");
        bench.Spi("94 00");
        bench.Chip.ElapsedNs = null;
        Assert.True(bench.Bench.Send(bench.Tester, 0x7E0, 3));
        bench.Time.RunFor(200_000);
        Assert.Equal(1u, bench.Chip.LostCount);
        bench.Time.RunFor(200_000);
        bench.Hear(0x7E0, 4);
        Assert.Equal(1u, bench.Chip.LostCount);
        Assert.Equal("04", bench.Register(0x66));
    }

    [Fact]
    public void A_frame_that_had_the_other_buffer_meanwhile_lies_where_the_next_turn_looks_first()
    {
        Mcp2515Bench bench = Ours();
        bench.Hear(0x7E0, 1);
        bench.Chip.ElapsedNs = () => 300_000;
        bench.Spi("90 00");
        bench.Chip.ElapsedNs = null;
        bench.Hear(0x7E0, 2);
        bench.Hear(0x7E0, 3);
        Assert.Equal((0u, "02", "03"), (bench.Chip.LostCount, bench.Register(0x66), bench.Register(0x76)));
    }

    private static Mcp2515Bench Ours() => Mcp2515Bench.OnBus(OurMasks, OurFilters, "FC 00 00 00 FC 00 00 00 FC 00 00 00");
}
