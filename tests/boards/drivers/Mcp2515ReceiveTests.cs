// Reception and errors of an MCP2515 as its driver handles them, SPI byte by byte: which buffer is older, what a look
// costs, what is counted, what is cleared.
// Microchip DS20001801J §4, §6, §7, §12.
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class Mcp2515ReceiveTests
{
    private const string Look = "03 2C 00 00";
    private static readonly string ReadRxb0 = "90 " + Mcp2515Story.Zeros(13);
    private static readonly string ReadRxb1 = "94 " + Mcp2515Story.Zeros(13);

    [Fact]
    public void A_frame_costs_a_look_and_a_read_and_a_quiet_pin_nothing()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Waits();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 01 00").Then(ReadRxb0, Frame("FC 00", "08", "02 10 03 CC CC CC CC CC"), pinAfter: false);
        story.Gets("7E0#021003CCCCCCCCCC").Waits().Spi.Done();
    }

    [Fact]
    public void Identifiers_of_29_bits_lengths_and_short_frames_come_out_as_they_were()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 01 00").Then(ReadRxb0, "-- C6 CA 10 F1 03 02 3E 80 00 00 00 00 00", pinAfter: false);
        story.Gets("18DA10F1#023E80");
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 01 00").Then(ReadRxb0, Frame("FB E0", "0F", "01 02 03 04 05 06 07 08"), pinAfter: false);
        story.Gets("7DF#0102030405060708").Spi.Done(); // a DLC of 9 to 15 is 8
    }

    [Theory]
    [InlineData("FC 10 00 00 08")] // SRR of an 11-bit frame
    [InlineData("C6 CA 10 F1 48")] // RTR of a 29-bit frame
    public void A_remote_frame_has_no_data(string head)
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 01 00").Then(ReadRxb0, $"-- {head} 01 02 03 04 05 06 07 08", pinAfter: false);
        EsyncAgent.CanFrame frame = new() { Length = 8 };
        Assert.True(story.Driver.TryReceive(frame));
        Assert.Equal(0, frame.Length);
    }

    [Fact]
    public void Two_frames_that_came_while_the_pin_was_quiet_are_RXB0_and_RXB1_in_this_order_for_one_look()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 03 00")
            .Then(ReadRxb0, Frame(1))
            .Then(ReadRxb1, Frame(2), pinAfter: false);
        story.Gets("7E0#01").Gets("7E0#02").Waits().Spi.Done();
    }

    [Fact]
    public void After_RXB0_was_read_what_stands_in_RXB1_is_older_than_what_RXB0_has_taken_since()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 01 00")
            .Then(ReadRxb0, Frame(1))            // frame 2 found RXB0 full meanwhile, frame 3 found it empty
            .Then(Look, "-- -- 03 00")
            .Then(ReadRxb1, Frame(2))
            .Then(ReadRxb0, Frame(3), pinAfter: false);
        story.Gets("7E0#01").Gets("7E0#02").Gets("7E0#03").Waits().Spi.Done();
    }

    [Fact]
    public void After_RXB1_was_read_RXB0_is_the_older_one()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 03 00")
            .Then(ReadRxb0, Frame(1))
            .Then(ReadRxb1, Frame(2))            // frame 3 went to RXB0, and frame 4 to RXB1 after it was read
            .Then(Look, "-- -- 03 00")
            .Then(ReadRxb0, Frame(3))
            .Then(ReadRxb1, Frame(4), pinAfter: false);
        story.Gets("7E0#01").Gets("7E0#02").Gets("7E0#03").Gets("7E0#04").Waits().Spi.Done();
    }

    [Theory]
    [InlineData("40", 1)]
    [InlineData("80", 1)]
    [InlineData("C0", 2)]
    public void An_overrun_is_counted_and_cleared_cause_first_before_the_frames_are_handed_up(string eflg, uint count)
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 23 " + eflg)
            .Then("05 2D C0 00").Then("05 2C 20 00")
            .Then(ReadRxb0, Frame(1)).Then(ReadRxb1, Frame(2), pinAfter: false);
        story.Gets("7E0#01");
        Assert.Equal(count, story.Driver.OverrunCount);
        story.Gets("7E0#02").Waits().Spi.Done();
        Assert.Equal(count, story.Driver.OverrunCount);
    }

    [Fact]
    public void An_error_without_a_frame_is_noted_once_and_a_message_error_ignored()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- A0 0B").Then("05 2C 20 00", pinAfter: false); // MERRF, ERRIF; warning, passive
        story.Waits().Waits().Spi.Done();
        Assert.Equal((0u, 0u), (story.Driver.OverrunCount, story.Driver.BusOffCount));
    }

    [Fact]
    public void Bus_off_is_counted_once_and_watched_until_it_is_over()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 20 35").Then("05 2C 20 00", pinAfter: false);
        story.Waits();
        Assert.True(story.Driver.IsBusOff);
        story.Spi.Then(Look, "-- -- 00 35");
        story.Waits().Spi.Done();
        Assert.Equal(1u, story.Driver.BusOffCount);
        story.Spi.Then(Look, "-- -- 00 00");
        story.Waits().Spi.Done();
        Assert.False(story.Driver.IsBusOff);
        story.Waits();
        story.Spi.IsActive = true;
        story.Spi.Then(Look, "-- -- 20 35").Then("05 2C 20 00", pinAfter: false);
        story.Waits().Spi.Done();
        Assert.Equal(2u, story.Driver.BusOffCount);
    }

    [Fact]
    public void Error_counters_are_read_from_the_chip()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.Then("03 1C 00", "-- -- 80").Then("03 1D 00", "-- -- 61");
        Assert.Equal((0x80, 0x61), (story.Driver.TransmitErrorCounter, story.Driver.ReceiveErrorCounter));
        story.Spi.Done();
    }

    [Fact]
    public void Flow_control_is_what_the_board_said()
    {
        Mcp2515Story story = new();
        Assert.Equal((8, 0xF3), (story.Driver.BlockSizeMax, story.Driver.SeparationTimeMin));
    }

    private static string Frame(int number) => $"-- FC 00 00 00 01 0{number}";

    private static string Frame(string identifier, string length, string data) => $"-- {identifier} 00 00 {length} {data}";
}
