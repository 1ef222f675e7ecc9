// How the driver brings an MCP2515 onto the bus, byte by byte, and which fault it names when the chip does not follow.
// Microchip DS20001801J §4.5, §5, §9, §10, §12.
using EsyncAgent;
using EsyncAgent.Drivers;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class Mcp2515StartTests
{
    private const int Polls = 1000;

    [Fact]
    public void A_chip_is_reset_configured_read_back_and_sent_onto_the_bus()
    {
        Mcp2515Story story = new();
        story.ExpectConfiguration().Spi
            .Then("03 0E 00 00", "-- -- 80 00") // still in configuration mode
            .Then("03 0E 00 00", "-- -- 00 00");
        story.Waits();
        Assert.False(story.TrySend(0x7E8, false, 1));
        story.Waits().Waits();
        Assert.False(story.Driver.IsStarted);
        story.Waits();
        Assert.True(story.Driver.IsStarted);
        Assert.Equal(Mcp2515Fault.None, story.Driver.Fault);
        story.Waits().Spi.Done(); // the pin is quiet: no transaction
    }

    [Fact]
    public void Each_call_takes_one_step_and_waits_for_nothing()
    {
        Mcp2515Story story = new();
        story.Spi.Then("C0").Then("03 0E 00 00", "-- -- FF FF").Then("03 0E 00 00", "-- -- 00 00");
        story.Waits().Waits().Waits().Spi.Done();
        Assert.Equal(Mcp2515Fault.None, story.Driver.Fault);
    }

    [Fact]
    public void Identifiers_of_29_bits_go_into_filters_and_masks_whole()
    {
        Mcp2515Story story = new(Mcp2515Story.Extended());
        const string Physical = "C6 CA 10 F1", Functional = "C6 CB 33 F1", Mask = "FF E3 FF FF";
        story.Spi.Then("C0").Then("03 0E 00 00", "-- -- 80 87");
        story.ExpectSetting(
            $"{Physical} {Functional} {Physical}", $"{Physical} {Physical} {Physical}", $"{Mask} {Mask} 02 A6 00 23 00 00");
        story.Waits().Waits().Spi.Done();
    }

    [Fact]
    public void Frames_of_signals_have_the_other_four_filters_and_a_mask_of_their_own_format()
    {
        CanIfConfig identifiers = Mcp2515Story.Extended();
        identifiers.SignalRxIds = [0x123, 0x456];
        Mcp2515Story story = new(identifiers);
        const string Physical = "C6 CA 10 F1", Functional = "C6 CB 33 F1", First = "24 60 00 00", Second = "8A C0 00 00";
        story.Spi.Then("C0").Then("03 0E 00 00", "-- -- 80 87");
        story.ExpectSetting($"{Physical} {Functional} {First}", $"{Second} {First} {First}", "FF E3 FF FF FF E0 00 00 02 A6 00 23 00 00");
        story.Waits().Waits().Spi.Done();
    }

    [Fact]
    public void Without_a_functional_identifier_only_the_physical_one_passes()
    {
        CanIfConfig identifiers = Mcp2515Story.Identifiers();
        identifiers.FunctionalRxId = uint.MaxValue;
        Mcp2515Story story = new(identifiers);
        story.Spi.Then("C0").Then("03 0E 00 00", "-- -- 80 87");
        const string Three = "FC 00 00 00 FC 00 00 00 FC 00 00 00";
        story.ExpectSetting(Three, Three, "FF E0 00 00 FF E0 00 00 02 A6 00 23 00 00");
        story.Waits().Waits().Spi.Done();
    }

    [Theory]
    [InlineData(1, 7, 5, 3, 1, "02 A6 00")] // 500 kbit/s from 16 MHz
    [InlineData(2, 8, 8, 8, 4, "07 BF C1")]
    [InlineData(64, 1, 1, 2, 1, "01 80 3F")]
    public void Bit_timing_becomes_CNF3_CNF2_CNF1(ushort prescaler, byte propagation, byte phase1, byte phase2, byte jump, string registers)
    {
        CanBitTiming timing = new()
        {
            Prescaler = prescaler, PropagationSegment = propagation, PhaseSegment1 = phase1, PhaseSegment2 = phase2, SyncJumpWidth = jump,
        };
        Mcp2515Story story = new(null, timing);
        story.Spi.Then("C0").Then("03 0E 00 00", "-- -- 80 87");
        story.ExpectSetting(
            "FC 00 00 00 FB E0 00 00 FC 00 00 00", "FC 00 00 00 FC 00 00 00 FC 00 00 00", $"FF E0 00 00 FF E0 00 00 {registers} 23 00 00");
        story.Waits().Waits().Spi.Done();
    }

    [Theory]
    [InlineData(0, 7, 5, 3, 1)]
    [InlineData(65, 7, 5, 3, 1)]
    [InlineData(1, 9, 5, 3, 1)]
    [InlineData(1, 7, 0, 3, 1)]
    [InlineData(1, 7, 5, 1, 1)]
    [InlineData(1, 7, 5, 3, 5)]
    public void Bit_timing_that_the_registers_cannot_hold_is_a_fault_and_the_chip_is_left_alone(
        ushort prescaler, byte propagation, byte phase1, byte phase2, byte jump)
    {
        Mcp2515Story story = new(null, new CanBitTiming
        {
            Prescaler = prescaler, PropagationSegment = propagation, PhaseSegment1 = phase1, PhaseSegment2 = phase2, SyncJumpWidth = jump,
        });
        story.Waits().Waits();
        Assert.Equal(Mcp2515Fault.BitTimingOutOfRange, story.Driver.Fault);
    }

    [Fact]
    public void A_chip_that_does_not_answer_is_a_fault_and_is_reset_again_until_it_does()
    {
        Mcp2515Story story = new();
        story.Spi.Then("C0");
        story.Waits();
        for (int i = 0; i < Polls; i++)
        {
            Assert.Equal(Mcp2515Fault.None, story.Driver.Fault);
            story.Spi.Then("03 0E 00 00", "FF FF FF FF");
            story.Waits();
        }

        Assert.Equal(Mcp2515Fault.NoAnswer, story.Driver.Fault);
        story.ExpectConfiguration().Spi.Then("03 0E 00 00", "-- -- 00 00");
        story.Waits().Waits();
        Assert.Equal(Mcp2515Fault.NoAnswer, story.Driver.Fault);
        story.Waits().Spi.Done();
        Assert.Equal(Mcp2515Fault.None, story.Driver.Fault);
    }

    [Fact]
    public void What_reads_back_otherwise_is_a_fault_and_everything_begins_again()
    {
        Mcp2515Story story = new();
        story.Spi.Then("C0").Then("03 0E 00 00", "-- -- 80 87")
            .Then("02 00 FC 00 00 00 FB E0 00 00 FC 00 00 00")
            .Then("02 10 FC 00 00 00 FC 00 00 00 FC 00 00 00")
            .Then("02 20 FF E0 00 00 FF E0 00 00 02 A6 00 23 00 00")
            .Then("03 00 " + Mcp2515Story.Zeros(12), "-- -- FC 00 00 00 FB E0 00 00 FC 00 00 01");
        story.Waits().Waits();
        Assert.Equal(Mcp2515Fault.Disagrees, story.Driver.Fault);
        story.Spi.Then("C0");
        story.Waits().Spi.Done();
    }

    [Fact]
    public void A_bus_that_is_never_recessive_is_a_fault()
    {
        Mcp2515Story story = new();
        story.ExpectConfiguration();
        story.Waits().Waits();
        for (int i = 0; i < Polls; i++)
        {
            story.Spi.Then("03 0E 00 00", "-- -- 80 00");
            story.Waits();
        }

        Assert.Equal(Mcp2515Fault.NotOnBus, story.Driver.Fault);
        story.Spi.Then("C0");
        story.Waits().Spi.Done();
    }
}
