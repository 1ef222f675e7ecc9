// Transmission: segmentation, obedience to BS, STmin and flow status, and the sender's times.
// ISO 15765-2:2016 §9.6.2 to §9.6.5, §9.7, §9.8.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

public sealed class CanTpTransmissionTests
{
    private const string Twenty = "00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13";

    [Theory]
    [InlineData("7E", "01 7E CC CC CC CC CC CC")]
    [InlineData("50 03 00 32 01 F4 00", "07 50 03 00 32 01 F4 00")]
    public void Up_to_seven_bytes_are_a_single_frame_padded_to_eight(string message, string frame)
    {
        new TpStory().Transmits(message).Sends(frame).Confirms(CanTpResult.Ok);
    }

    [Fact]
    public void The_padding_is_the_configured_one()
    {
        new TpStory(new CanTpConfig { Padding = 0x55 }).Transmits("7E").Sends("01 7E 55 55 55 55 55 55")
            .Hears("10 08 01 02 03 04 05 06").Sends("30 00 00 55 55 55 55 55");
    }

    [Fact]
    public void The_first_frame_leaves_at_once()
    {
        TpStory story = new();
        story.CanTp.Transmit([0x7E], 0, 1);
        story.Sends("01 7E").ConfirmsNothing();
    }

    [Fact]
    public void A_longer_message_waits_for_flow_control()
    {
        new TpStory()
            .Transmits(Twenty).Sends("10 14 00 01 02 03 04 05").After(10).Sends()
            .Hears("30 00 00").Sends("21 06 07 08 09 0A 0B 0C", "22 0D 0E 0F 10 11 12 13")
            .Cycle().Confirms(CanTpResult.Ok);
    }

    [Fact]
    public void The_last_frame_is_padded()
    {
        new TpStory()
            .Transmits("00 01 02 03 04 05 06 07 08").Sends("10 09 00 01 02 03 04 05")
            .Hears("30 00 00").Sends("21 06 07 08 CC CC CC CC");
    }

    [Fact]
    public void More_than_4095_bytes_have_a_length_of_32_bits()
    {
        TpStory story = new();
        byte[] data = new byte[5000];
        data[4999] = 0xEE;
        Assert.Equal(StdReturn.Ok, story.CanTp.Transmit(data, 1, 4096));
        story.Sends("10 00 00 00 10 00 00 00").Hears("30 00 00");
        Assert.Equal(1 + 585, story.Can.Sent.Count); // ⌈(4096 − 2) ÷ 7⌉ consecutive frames
        Assert.Equal(StdReturn.NotOk, story.CanTp.Transmit(data, 0, 1));
        story.Cycle().Confirms(CanTpResult.Ok);
        story.CanTp.Transmit(data, 4000, 1000);
        story.Cycle().Hears("30 00 00");
        Assert.Equal("7E8#2E000000000000EE", story.Can.Sent[^1]);
    }

    [Fact]
    public void What_is_outside_the_array_or_nothing_is_not_sent()
    {
        TpStory story = new();
        byte[] data = new byte[10];
        Assert.Equal(StdReturn.NotOk, story.CanTp.Transmit(data, 0, 0));
        Assert.Equal(StdReturn.NotOk, story.CanTp.Transmit(data, 0, 11));
        Assert.Equal(StdReturn.NotOk, story.CanTp.Transmit(data, 9, 2));
        Assert.Equal(StdReturn.NotOk, story.CanTp.Transmit(data, -1, 1));
        Assert.Equal(StdReturn.NotOk, story.CanTp.Transmit(data, 5, uint.MaxValue));
        story.Sends();
        Assert.False(story.CanTp.IsTransmitting);
    }

    [Fact]
    public void The_next_message_may_start_from_within_the_confirmation()
    {
        TpStory story = new();
        story.WhenConfirmed = () =>
        {
            story.WhenConfirmed = null;
            Assert.Equal(StdReturn.Ok, story.CanTp.Transmit([0x7E], 0, 1));
        };
        story.Transmits("50").Cycle().Sends("01 50", "01 7E");
    }

    [Fact]
    public void After_a_block_the_sender_waits_again_and_obeys_the_new_values()
    {
        new TpStory()
            .Transmits(Twenty + Twenty + "14 15").Sends("10 2A 00 01 02 03 04 05")
            .Hears("30 01 00").Sends("21 06 07 08 09 0A 0B 0C").After(20).Sends()
            .Hears("30 02 00").Sends("22 0D 0E 0F 10 11 12 13", "23 00 01 02 03 04 05 06").After(20).Sends()
            .Hears("30 00 00").Sends("24 07 08 09 0A 0B 0C 0D", "25 0E 0F 10 11 12 13 14", "26 15");
    }

    [Fact]
    public void Waiting_starts_N_Bs_anew_up_to_WFTmax_in_a_row()
    {
        TpStory story = new TpStory(new CanTpConfig { NBsMs = 100, WaitFrameMax = 2 }).Transmits(Twenty);
        story.After(99).Hears("31 00 00").After(99).Hears("31 00 00").After(99).ConfirmsNothing()
            .Hears("30 01 00").Sends("10 14 00 01 02 03 04 05", "21 06 07 08 09 0A 0B 0C")
            .Hears("31 00 00").Hears("31 00 00").ConfirmsNothing()
            .Hears("31 00 00").Confirms(CanTpResult.WftOverrun);
    }

    [Fact]
    public void With_WFTmax_0_the_first_wait_is_one_too_many()
    {
        new TpStory(new CanTpConfig { WaitFrameMax = 0 }).Transmits(Twenty).Hears("31 00 00").Confirms(CanTpResult.WftOverrun);
    }

    [Fact]
    public void A_receiver_without_room_ends_the_message()
    {
        new TpStory().Transmits(Twenty).Hears("32 00 00").Confirms(CanTpResult.BufferOverflow).After(10)
            .Sends("10 14 00 01 02 03 04 05");
    }

    [Theory]
    [InlineData("33 00 00")]
    [InlineData("3F 00 00")]
    public void A_reserved_flow_status_ends_the_message(string frame)
    {
        new TpStory().Transmits(Twenty).Hears(frame).Confirms(CanTpResult.InvalidFs);
    }

    [Fact]
    public void A_short_flow_control_does_not_exist()
    {
        new TpStory().Transmits(Twenty).Sends("10 14 00 01 02 03 04 05")
            .HearsShort("30 00").Sends()
            .HearsShort("30 01 00").Sends("21 06 07 08 09 0A 0B 0C");
    }

    [Fact]
    public void Without_flow_control_the_sender_gives_up_after_N_Bs()
    {
        new TpStory(new CanTpConfig { NBsMs = 150 })
            .Transmits(Twenty).After(149).ConfirmsNothing().After(1).Confirms(CanTpResult.TimeoutBs)
            .Hears("30 00 00").Sends("10 14 00 01 02 03 04 05");
    }

    [Fact]
    public void N_Bs_runs_from_the_last_frame_of_each_block()
    {
        new TpStory(new CanTpConfig { NBsMs = 150 })
            .Transmits(Twenty).After(149).Hears("30 01 00").After(149).ConfirmsNothing().After(1).Confirms(CanTpResult.TimeoutBs);
    }

    [Fact]
    public void N_Bs_begins_when_the_first_frame_has_left()
    {
        TpStory story = new(new CanTpConfig { NBsMs = 100, NAsMs = 300 });
        story.Can.FreeBuffers = 0;
        story.Transmits(Twenty).After(250);
        story.Can.FreeBuffers = 9;
        story.After(1).Sends("10 14 00 01 02 03 04 05").After(99).ConfirmsNothing().After(1).Confirms(CanTpResult.TimeoutBs);
    }

    [Fact]
    public void A_flow_control_for_a_first_frame_that_has_not_left_is_somebody_elses()
    {
        TpStory story = new();
        story.Can.FreeBuffers = 0;
        story.Transmits(Twenty).Hears("30 00 00");
        story.Can.FreeBuffers = 9;
        story.After(5).Sends("10 14 00 01 02 03 04 05");
    }

    [Theory]
    [InlineData("7E")]
    [InlineData(Twenty)]
    public void A_frame_that_does_not_leave_ends_the_message_after_N_As(string message)
    {
        TpStory story = new(new CanTpConfig { NAsMs = 100 });
        story.Can.FreeBuffers = 0;
        story.Transmits(message).After(99).ConfirmsNothing().After(1).Confirms(CanTpResult.TimeoutA);
        story.Can.FreeBuffers = 9;
        story.After(5).Sends();
    }

    [Fact]
    public void A_first_frame_for_which_the_queue_has_no_room_waits_up_to_N_As()
    {
        TpStory story = new(new CanTpConfig { NAsMs = 100 });
        story.Can.FreeBuffers = 0;
        story.CanIf.Transmit([1], 1);
        story.CanIf.Transmit([2], 1);
        story.Transmits("7E").After(99).ConfirmsNothing().After(1).Confirms(CanTpResult.TimeoutA);
    }

    [Fact]
    public void A_full_queue_pauses_the_sender_and_nothing_is_lost()
    {
        TpStory story = new TpStory().Transmits(Twenty + Twenty + Twenty);
        story.Can.FreeBuffers = 1;
        story.Hears("30 00 00").Sends("10 3C 00 01 02 03 04 05", "21 06 07 08 09 0A 0B 0C").After(5).Sends();
        story.Can.FreeBuffers = 4;
        story.After(2).Sends("22 0D 0E 0F 10 11 12 13", "23 00 01 02 03 04 05 06", "24 07 08 09 0A 0B 0C 0D", "25 0E 0F 10 11 12 13 00");
        story.Can.FreeBuffers = 9;
        story.After(2).Sends("26 01 02 03 04 05 06 07", "27 08 09 0A 0B 0C 0D 0E", "28 0F 10 11 12 13").Confirms(CanTpResult.Ok);
    }

    [Fact]
    public void N_As_runs_within_a_block_too()
    {
        TpStory story = new TpStory(new CanTpConfig { NAsMs = 100 }).Transmits(Twenty + Twenty + Twenty);
        story.Can.FreeBuffers = 1;
        story.Hears("30 00 00").After(99).ConfirmsNothing().After(1).Confirms(CanTpResult.TimeoutA);
    }
}
