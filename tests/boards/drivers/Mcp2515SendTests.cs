// Sending through the three buffers of an MCP2515, SPI byte by byte: order by buffer number and priority, and no
// question that is not needed.
// Microchip DS20001801J §3, §12.6 to §12.8.
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class Mcp2515SendTests
{
    [Fact]
    public void The_first_three_frames_fill_buffers_2_1_0_and_nobody_is_asked()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi
            .Then("02 50 03 FD 00 00 00 08 01 02 03 04 05 06 07 08").Then("84")
            .Then("02 40 03 FD 00 00 00 08 11 12 13 14 15 16 17 18").Then("82")
            .Then("02 30 03 FD 00 00 00 08 21 22 23 24 25 26 27 28").Then("81");
        story.Sends(0x7E8, 1, 2, 3, 4, 5, 6, 7, 8)
            .Sends(0x7E8, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18)
            .Sends(0x7E8, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28)
            .Spi.Done();
    }

    [Fact]
    public void A_buffer_that_has_identifier_and_length_already_gets_the_data_only()
    {
        Mcp2515Story story = Filled();
        story.Spi.Then("A0 00", "-- A8")                  // all three have been sent
            .Then("45 AA BB 00 00 00 00 00 00").Then("84")
            .Then("43 CC DD 00 00 00 00 00 00").Then("82");
        story.Sends(0x7E8, 0xAA, 0xBB).Sends(0x7E8, 0xCC, 0xDD).Spi.Done();
    }

    [Fact]
    public void Another_identifier_or_length_is_written_whole()
    {
        Mcp2515Story story = Filled();
        story.Spi.Then("A0 00", "-- A8")
            .Then("02 50 03 FD 00 00 00 01 AA 00 00 00 00 00 00 00").Then("84")
            .Then("02 40 03 C7 CA F1 10 02 3E 80 00 00 00 00 00 00").Then("82");
        story.Sends(0x7E8, 0xAA);
        Assert.True(story.TrySend(0x18FAF110, true, 0x3E, 0x80));
        story.Spi.Done();
    }

    [Fact]
    public void While_an_older_frame_waits_the_next_round_has_a_lower_priority()
    {
        Mcp2515Story story = Filled();
        story.Spi.Then("A0 00", "-- 04")                  // buffer 0 waits, 1 and 2 are empty
            .Then("02 50 02 FD 00 00 00 02 0A 00 00 00 00 00 00 00").Then("84")
            .Then("02 40 02 FD 00 00 00 02 0B 00 00 00 00 00 00 00").Then("82")
            .Then("A0 00", "-- 54");                      // now all three wait
        story.Sends(0x7E8, 0x0A, 0).Sends(0x7E8, 0x0B, 0);
        Assert.False(story.TrySend(0x7E8, false, 0x0C, 0));
        story.Spi.Then("A0 00", "-- 40")                  // buffer 2 waits still: buffer 0 is the next in order
            .Then("02 30 02 FD 00 00 00 02 0C 00 00 00 00 00 00 00").Then("81");
        story.Sends(0x7E8, 0x0C, 0).Spi.Done();
    }

    [Fact]
    public void A_new_round_needs_buffer_2_whatever_else_is_free()
    {
        Mcp2515Story story = Filled();
        story.Spi.Then("A0 00", "-- 40");
        Assert.False(story.TrySend(0x7E8, false, 1, 2));
        story.Spi.Then("A0 00", "-- 50");
        Assert.False(story.TrySend(0x7E8, false, 1, 2));
        story.Spi.Done();
    }

    [Fact]
    public void After_the_lowest_priority_all_buffers_must_be_empty_once()
    {
        Mcp2515Story story = Filled();
        for (int priority = 2; priority >= 0; priority--)
        {
            story.Spi.Then("A0 00", "-- 04")
                .Then($"02 50 0{priority} FD 00 00 00 02 00 00 00 00 00 00 00 00").Then("84")
                .Then($"02 40 0{priority} FD 00 00 00 02 00 00 00 00 00 00 00 00").Then("82")
                .Then("A0 00", "-- 50")
                .Then($"02 30 0{priority} FD 00 00 00 02 00 00 00 00 00 00 00 00").Then("81");
            story.Sends(0x7E8, 0, 0).Sends(0x7E8, 0, 0).Sends(0x7E8, 0, 0);
        }

        story.Spi.Then("A0 00", "-- 04");
        Assert.False(story.TrySend(0x7E8, false, 1, 2));
        story.Spi.Then("A0 00", "-- 00").Then("02 50 03 FD 00 00 00 02 01 02 00 00 00 00 00 00").Then("84");
        story.Sends(0x7E8, 1, 2).Spi.Done();
    }

    [Fact]
    public void When_all_buffers_are_found_empty_in_the_middle_of_a_round_a_new_one_begins()
    {
        Mcp2515Story story = Filled();
        story.Spi.Then("A0 00", "-- 14")                  // 0 and 1 wait
            .Then("02 50 02 FD 00 00 00 02 01 01 00 00 00 00 00 00").Then("84")
            .Then("A0 00", "-- 00")
            .Then("02 50 03 FD 00 00 00 02 02 02 00 00 00 00 00 00").Then("84");
        story.Sends(0x7E8, 1, 1).Sends(0x7E8, 2, 2).Spi.Done();
    }

    private static Mcp2515Story Filled()
    {
        Mcp2515Story story = Mcp2515Story.Started();
        story.Spi.Then("02 50 03 FD 00 00 00 02 00 00 00 00 00 00 00 00").Then("84")
            .Then("02 40 03 FD 00 00 00 02 00 00 00 00 00 00 00 00").Then("82")
            .Then("02 30 03 FD 00 00 00 02 00 00 00 00 00 00 00 00").Then("81");
        return story.Sends(0x7E8, 0, 0).Sends(0x7E8, 0, 0).Sends(0x7E8, 0, 0);
    }
}
