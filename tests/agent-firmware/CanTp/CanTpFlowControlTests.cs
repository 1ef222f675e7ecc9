// What we ask of the peer: the stricter of nf.config and driver, and stricter still when frames are lost.
// ISO 15765-2:2016 §9.6.5.3, §9.6.5.4.
using EsyncAgent;
using EsyncTests.AgentFirmware.CanIf;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

public sealed class CanTpFlowControlTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 8, 8)]
    [InlineData(4, 0, 4)]
    [InlineData(4, 8, 4)]
    [InlineData(16, 8, 8)]
    public void The_smaller_block_size_counts(byte configured, byte driver, byte expected)
    {
        TpStory story = new(new CanTpConfig { BlockSize = configured }, new ScriptedCan { BlockSizeMax = driver });
        Assert.Equal(expected, story.CanTp.BlockSize);
    }

    [Theory]
    [InlineData(0x00, 0xF3, 0xF3)]
    [InlineData(0x01, 0xF9, 0x01)] // a millisecond is more than 900 µs
    [InlineData(0xF2, 0xF3, 0xF3)]
    [InlineData(0x05, 0x00, 0x05)]
    public void The_longer_separation_time_counts(byte configured, byte driver, byte expected)
    {
        TpStory story = new(new CanTpConfig { SeparationTimeMin = configured }, new ScriptedCan { SeparationTimeMin = driver });
        Assert.Equal(expected, story.CanTp.SeparationTimeMin);
    }

    [Fact]
    public void Each_step_is_stricter_and_the_last_one_stays()
    {
        TpStory story = new();
        string[] steps = ["08 00", "04 00", "02 00", "02 F3", "02 F6", "02 01", "02 02", "02 02"];
        foreach (string step in steps)
        {
            story.CanTp.TightenFlowControl();
            Assert.Equal(step, $"{story.CanTp.BlockSize:X2} {story.CanTp.SeparationTimeMin:X2}");
        }

        story.CanTp.RestoreFlowControl();
        story.Hears("10 08 10 11 12 13 14 15").Sends("30 00 00");
    }

    [Fact]
    public void A_step_never_loosens()
    {
        TpStory story = new(new CanTpConfig { BlockSize = 1, SeparationTimeMin = 0x0A });
        story.CanTp.TightenFlowControl();
        Assert.Equal((1, 0x0A), (story.CanTp.BlockSize, story.CanTp.SeparationTimeMin));
    }

    [Fact]
    public void A_stricter_value_holds_from_the_next_flow_control_of_the_same_message()
    {
        TpStory story = new(new CanTpConfig { BlockSize = 2 });
        story.Hears("10 30 10 11 12 13 14 15").Sends("30 02 00")
            .Hears("21 00 00 00 00 00 00 00");
        story.CanTp.TightenFlowControl();
        story.Hears("22 00 00 00 00 00 00 00").Sends("30 02 F3");
    }

    [Fact]
    public void The_turn_in_which_a_flow_control_leaves_is_told_and_no_other_one()
    {
        TpStory story = new(new CanTpConfig { BlockSize = 2 });
        Assert.False(story.Cycle().HasAsked);
        Assert.True(story.Hears("10 1E 10 11 12 13 14 15").Sends("30 02 00").HasAsked);
        Assert.False(story.After(1).HasAsked);
        Assert.False(story.Hears("21 00 00 00 00 00 00 00").HasAsked);
        Assert.True(story.Hears("22 00 00 00 00 00 00 00").Sends("30 02 00").HasAsked);
        Assert.False(story.Hears("23 00 00 00 00 00 00 00").HasAsked);
        Assert.False(story.Hears("24 00 00 00 00 00 00 00").HasAsked);
        Assert.False(story.Transmits("62 F1 90").HasAsked);
    }

    [Fact]
    public void An_overrun_that_the_driver_counts_tightens_the_next_flow_control()
    {
        TpStory story = new(null, new ScriptedCan { OverrunCount = 7 });
        story.Hears("10 08 10 11 12 13 14 15").Sends("30 00 00").Hears("21 16 17");
        story.Can.OverrunCount = 9;
        story.Hears("10 08 10 11 12 13 14 15").Sends("30 08 00").Hears("21 16 17")
            .Hears("10 08 10 11 12 13 14 15").Sends("30 08 00");
    }

    [Theory]
    [InlineData(0, "30 00 00")]
    [InlineData(8, "30 08 00")]
    public void A_frame_that_nobody_has_counted_as_lost_changes_nothing(byte driver, string flow)
    {
        TpStory story = new(null, new ScriptedCan { BlockSizeMax = driver });
        Whole(Lost(story, flow), flow);
        Whole(Late(story, flow), flow);
    }

    [Fact]
    public void A_driver_that_stands_any_number_of_frames_in_a_row_has_not_lost_them()
    {
        TpStory story = new();
        for (int i = 0; i < 5; i++)
        {
            Lost(story, "30 00 00");
        }

        Whole(story, "30 00 00");
    }

    [Fact]
    public void Where_the_driver_may_have_lost_them_the_second_message_in_a_row_is_a_step_and_each_further_one()
    {
        TpStory story = Limited();
        Lost(Late(story, "30 08 00"), "30 08 00");
        Lost(story, "30 04 00");
        Whole(story, "30 02 00");
    }

    [Fact]
    public void Each_whole_message_takes_back_one_step_that_nobody_counted()
    {
        TpStory story = Limited();
        Lost(Lost(Lost(Lost(story, "30 08 00"), "30 08 00"), "30 04 00"), "30 02 00");
        Whole(story, "30 02 F3");
        Whole(story, "30 02 00");
        Whole(story, "30 04 00");
        Whole(story, "30 08 00");
        Whole(story, "30 08 00");
    }

    [Fact]
    public void A_loss_after_a_whole_message_is_a_first_one_again()
    {
        TpStory story = Limited();
        for (int i = 0; i < 4; i++)
        {
            Whole(Lost(story, "30 08 00"), "30 08 00");
        }
    }

    [Fact]
    public void What_the_driver_has_counted_is_not_taken_back()
    {
        TpStory story = Limited();
        story.Can.OverrunCount = 1;
        Lost(Lost(Lost(story, "30 04 00"), "30 04 00"), "30 02 00");
        Whole(story, "30 02 F3");
        Whole(story, "30 02 00");
        Whole(story, "30 04 00");
        Whole(story, "30 04 00");
    }

    [Fact]
    public void Steps_that_could_not_get_stricter_need_no_taking_back()
    {
        TpStory story = Limited();
        string[] flows = ["30 08 00", "30 08 00", "30 04 00", "30 02 00", "30 02 F3", "30 02 F6", "30 02 01", "30 02 02", "30 02 02", "30 02 02"];
        foreach (string flow in flows)
        {
            Lost(story, flow);
        }

        Whole(story, "30 02 02");
        Whole(story, "30 02 01");
    }

    [Fact]
    public void A_message_that_another_one_replaces_does_not()
    {
        new TpStory().Hears("10 14 10 11 12 13 14 15").Sends("30 00 00")
            .Hears("10 14 10 11 12 13 14 15").Lost(CanTpResult.UnexpectedPdu, 6).Sends("30 00 00");
    }

    [Fact]
    public void A_loss_that_the_driver_tells_first_and_the_sequence_number_after_is_one_step()
    {
        TpStory story = new TpStory().Hears("10 14 10 11 12 13 14 15").Sends("30 00 00");
        story.Can.OverrunCount = 1;
        story.Hears("22 00 00 00 00 00 00 00").Lost(CanTpResult.WrongSn, 6);
        Whole(story, "30 08 00");
        Whole(story, "30 08 00");
    }

    [Fact]
    public void A_loss_that_the_sequence_number_tells_first_and_the_driver_after_is_one_step()
    {
        TpStory story = Lost(new TpStory(), "30 00 00");
        story.Can.OverrunCount = 1;
        Whole(story, "30 08 00");
        Whole(story, "30 08 00");
    }

    [Fact]
    public void A_step_that_was_inferred_first_and_that_the_driver_tells_of_after_is_one_step_and_stays()
    {
        TpStory story = Lost(Lost(Limited(), "30 08 00"), "30 08 00");
        story.Can.OverrunCount = 1;
        Whole(story, "30 04 00");
        Whole(story, "30 04 00");
    }

    [Fact]
    public void A_loss_that_N_Cr_tells_is_the_same_that_the_driver_told()
    {
        TpStory story = new TpStory().Hears("10 14 10 11 12 13 14 15").Sends("30 00 00");
        story.Can.OverrunCount = 1;
        story.After(1000).Lost(CanTpResult.TimeoutCr, 6);
        Whole(story, "30 08 00");
    }

    [Fact]
    public void The_next_loss_that_the_driver_counts_is_the_next_step_whoever_tells_it()
    {
        TpStory story = Limited();
        story.Can.OverrunCount = 1;
        story.Hears("10 14 10 11 12 13 14 15").Sends("30 04 00");
        story.Can.OverrunCount = 2;
        story.Hears("23 00 00 00 00 00 00 00").Lost(CanTpResult.WrongSn, 6);
        Whole(story, "30 02 00");
    }

    [Fact]
    public void A_restored_flow_control_begins_with_the_losses_of_before_behind_it()
    {
        TpStory story = Lost(Limited(), "30 08 00");
        story.Can.OverrunCount = 1;
        story.CanTp.RestoreFlowControl();
        Whole(Lost(story, "30 08 00"), "30 08 00");
        Lost(Lost(story, "30 08 00"), "30 08 00");
        story.CanTp.RestoreFlowControl();
        Whole(story, "30 08 00");
    }

    private static TpStory Limited() => new(null, new ScriptedCan { BlockSizeMax = 8 });

    private static TpStory Lost(TpStory story, string flow) => story.Hears("10 14 10 11 12 13 14 15").Sends(flow)
        .Hears("22 00 00 00 00 00 00 00").Lost(CanTpResult.WrongSn, 6);

    private static TpStory Late(TpStory story, string flow) => story.Hears("10 14 10 11 12 13 14 15").Sends(flow)
        .After(1000).Lost(CanTpResult.TimeoutCr, 6);

    private static void Whole(TpStory story, string flow) => story.Hears("10 08 10 11 12 13 14 15").Sends(flow)
        .Hears("21 16 17").Got("10 11 12 13 14 15 16 17");
}
