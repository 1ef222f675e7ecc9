// Reception: single frames, first frames of both lengths, consecutive frames, our flow controls, and the receiver's times.
// ISO 15765-2:2016 §9.6.2 to §9.6.5, §9.8.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

public sealed class CanTpReceptionTests
{
    [Theory]
    [InlineData("01 3E", "3E")]
    [InlineData("07 22 F1 86 F1 87 F1 88", "22 F1 86 F1 87 F1 88")]
    public void When_a_single_frame_arrives_Then_its_bytes(string frame, string message)
    {
        new TpStory().Hears(frame).Got(message).Sends();
    }

    [Theory]
    [InlineData("00 3E 00")] // SF_DL 0 (§9.6.2.2)
    [InlineData("08 01 02 03 04 05 06 07")] // more than seven
    [InlineData("0F 01 02 03 04 05 06 07")]
    [InlineData("40 01 02")] // reserved N_PCI types (§9.6.1)
    [InlineData("F0 01 02")]
    public void A_single_frame_that_cannot_be_is_ignored(string frame)
    {
        new TpStory().Hears(frame).GotNothing().Sends();
    }

    [Fact]
    public void A_short_single_frame_counts_when_it_holds_what_it_announces()
    {
        new TpStory()
            .HearsShort("02 3E").GotNothing()
            .HearsShort("02 3E 00").Got("3E 00");
    }

    [Fact]
    public void A_message_of_several_frames()
    {
        new TpStory()
            .Hears("10 14 36 01 02 03 04 05").Sends("30 00 00")
            .Hears("21 06 07 08 09 0A 0B 0C").GotNothing()
            .Hears("22 0D 0E 0F 10 11 12 13").Got("36 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13")
            .Sends();
    }

    [Fact]
    public void A_message_of_eight_bytes_is_the_shortest_of_two_frames()
    {
        new TpStory()
            .Hears("10 08 01 02 03 04 05 06").Sends("30 00 00")
            .Hears("21 07 08").Got("01 02 03 04 05 06 07 08");
    }

    [Fact]
    public void All_frames_of_a_message_may_wait_for_one_cycle()
    {
        new TpStory()
            .HearsTogether("10 0A 01 02 03 04 05 06").Sends("30 00 00")
            .HearsTogether("21 07 08 09 0A", "02 3E 00")
            .Got("01 02 03 04 05 06 07 08 09 0A").Got("3E 00");
    }

    [Fact]
    public void The_sequence_number_goes_from_F_to_0()
    {
        TpStory story = new TpStory().Hears("10 8F 00 00 00 00 00 00").Sends("30 00 00");
        for (int i = 1; i <= 19; i++)
        {
            story.Hears($"2{i & 15:X} {i:X2} {i:X2} {i:X2} {i:X2} {i:X2} {i:X2} {i:X2}").GotNothing();
        }

        story.Hears("24 14 14 14 14").Got(new string('0', 12)
            + string.Concat(Enumerable.Range(1, 19).Select(i => string.Concat(Enumerable.Repeat($"{i:X2}", 7)))) + "14141414");
    }

    [Fact]
    public void A_length_of_32_bits_begins_at_4096()
    {
        TpStory story = new TpStory().Hears("10 00 00 00 10 00 AA BB").Sends("30 00 00");
        for (int i = 0; i < 584; i++)
        {
            story.Hears($"2{(i + 1) & 15:X} 01 02 03 04 05 06 07").GotNothing();
        }

        story.Hears("29 01 02 03 04 05 06").Got("AABB" + string.Concat(Enumerable.Repeat("01020304050607", 584)) + "010203040506");
    }

    [Theory]
    [InlineData("10 07 01 02 03 04 05 06")] // a single frame would hold it (§9.6.3.2)
    [InlineData("10 01 01 02 03 04 05 06")]
    [InlineData("10 00 00 00 0F FF 05 06")] // 12 bits would hold it
    [InlineData("10 00 00 00 00 00 05 06")]
    public void A_first_frame_with_a_length_that_cannot_be_is_ignored(string frame)
    {
        new TpStory().Hears(frame).GotNothing().Sends();
    }

    [Fact]
    public void Frames_that_are_too_short_for_what_they_are_do_not_exist()
    {
        new TpStory()
            .HearsShort("10 0F 01 02 03 04 05").Sends()
            .Hears("10 0F 01 02 03 04 05 06").Sends("30 00 00")
            .HearsShort("21 07 08 09 0A 0B 0C").GotNothing()
            .HearsShort("22 07 08 09 0A 0B 0C").GotNothing()
            .Hears("21 07 08 09 0A 0B 0C 0D").GotNothing()
            .HearsShort("22 0E").GotNothing()
            .HearsShort("22 0E 0F").Got("01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F");
    }

    [Fact]
    public void A_flow_control_follows_each_block()
    {
        new TpStory(new CanTpConfig { BlockSize = 2, SeparationTimeMin = 0xF3 })
            .Hears("10 29 00 00 00 00 00 00").Sends("30 02 F3")
            .Hears("21 01 01 01 01 01 01 01").Sends()
            .Hears("22 02 02 02 02 02 02 02").Sends("30 02 F3")
            .Hears("23 03 03 03 03 03 03 03").Sends()
            .Hears("24 04 04 04 04 04 04 04").Sends("30 02 F3")
            .Hears("25 05 05 05 05 05 05 05").Sends()
            .Got("00 00 00 00 00 00 01 01 01 01 01 01 01 02 02 02 02 02 02 02 03 03 03 03 03 03 03 04 04 04 04 04 04 04 05 05 05 05 05 05 05");
    }

    [Fact]
    public void No_flow_control_follows_a_block_that_ends_with_the_message()
    {
        new TpStory(new CanTpConfig { BlockSize = 1 })
            .Hears("10 0D 00 00 00 00 00 00").Sends("30 01 00")
            .Hears("21 01 01 01 01 01 01 01").Got("00 00 00 00 00 00 01 01 01 01 01 01 01").Sends();
    }

    [Fact]
    public void A_message_without_room_is_refused_and_its_frames_are_ignored()
    {
        TpStory story = new() { Buffer = length => length > 100 ? null : new byte[length] };
        story.Hears("11 00 01 02 03 04 05 06").Sends("32 00 00")
            .Hears("21 07 08 09 0A 0B 0C 0D").Sends().GotNothing()
            .Hears("02 3E 00").Got("3E 00");
        Assert.False(story.CanTp.IsReceiving);
    }

    [Fact]
    public void A_buffer_that_is_too_small_is_no_room()
    {
        TpStory story = new() { Buffer = _ => new byte[9] };
        story.Hears("10 0A 01 02 03 04 05 06").Sends("32 00 00");
        story.Buffer = _ => new byte[1];
        story.Hears("02 3E 00").GotNothing();
    }

    [Fact]
    public void The_longest_length_that_a_first_frame_can_say_is_refused_without_harm()
    {
        TpStory story = new() { Buffer = _ => new byte[4095] };
        story.Hears("10 00 FF FF FF FF 01 02").Sends("32 00 00").GotNothing();
    }

    [Fact]
    public void A_busy_upper_layer_lets_the_sender_wait()
    {
        TpStory story = new(new CanTpConfig { NBsMs = 100, WaitFrameMax = 3 }) { Buffer = _ => [] };
        story.Hears("10 08 01 02 03 04 05 06").Sends("31 00 00")
            .After(49).Sends()
            .After(1).Cycle().Sends("31 00 00");
        story.Buffer = length => new byte[length];
        story.After(50).Cycle().Sends("30 00 00")
            .Hears("21 07 08").Got("01 02 03 04 05 06 07 08");
    }

    [Fact]
    public void After_WFTmax_waits_the_receiver_gives_up()
    {
        TpStory story = new(new CanTpConfig { NBsMs = 100, WaitFrameMax = 2 }) { Buffer = _ => [] };
        story.Hears("10 08 01 02 03 04 05 06").After(500).Sends("31 00 00", "31 00 00").GotNothing();
        Assert.False(story.CanTp.IsReceiving);
    }

    [Fact]
    public void With_WFTmax_0_there_is_no_wait()
    {
        TpStory story = new(new CanTpConfig { WaitFrameMax = 0 }) { Buffer = _ => [] };
        story.Hears("10 08 01 02 03 04 05 06").Sends();
        Assert.False(story.CanTp.IsReceiving);
    }

    [Theory]
    [InlineData("22 07 08")] // one is missing
    [InlineData("20 07 08")]
    public void A_wrong_sequence_number_ends_the_message(string frame)
    {
        new TpStory()
            .Hears("10 0A 01 02 03 04 05 06").Sends("30 00 00")
            .Hears(frame).Lost(CanTpResult.WrongSn, 6)
            .Hears("21 07 08 09 0A").GotNothing().Sends();
    }

    [Fact]
    public void A_frame_that_comes_twice_has_a_wrong_sequence_number()
    {
        new TpStory()
            .Hears("10 14 01 02 03 04 05 06").Sends("30 00 00")
            .Hears("21 07 08 09 0A 0B 0C 0D")
            .Hears("21 07 08 09 0A 0B 0C 0D").Lost(CanTpResult.WrongSn, 13);
    }

    [Fact]
    public void A_consecutive_frame_before_our_flow_control_is_ignored()
    {
        new TpStory(new CanTpConfig { BlockSize = 1 })
            .Hears("10 14 01 02 03 04 05 06").Sends("30 01 00")
            .HearsTogether("21 07 08 09 0A 0B 0C 0D", "21 07 08 09 0A 0B 0C 0D").GotNothing().Sends("30 01 00")
            .Hears("22 0E 0F 10 11 12 13 14").Got("01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10 11 12 13 14");
    }

    [Fact]
    public void N_Cr_runs_from_our_flow_control_and_from_each_consecutive_frame()
    {
        new TpStory(new CanTpConfig { NCrMs = 150 })
            .Hears("10 14 01 02 03 04 05 06").Sends("30 00 00")
            .After(149)
            .Hears("21 07 08 09 0A 0B 0C 0D").After(150).GotNothing() // seen by the next millisecond's look
            .After(1).Lost(CanTpResult.TimeoutCr, 13)
            .Hears("22 0E 0F 10 11 12 13 14").GotNothing();
    }

    [Fact]
    public void N_Cr_begins_when_the_flow_control_has_left()
    {
        TpStory story = new(new CanTpConfig { NCrMs = 100, NAsMs = 300 });
        story.Can.FreeBuffers = 0;
        story.Hears("10 08 01 02 03 04 05 06").After(250);
        story.Can.FreeBuffers = 9;
        story.After(1).Sends("30 00 00").After(99).GotNothing()
            .Hears("21 07 08").Got("01 02 03 04 05 06 07 08");
    }

    [Fact]
    public void A_flow_control_that_does_not_leave_ends_the_message_after_N_Ar()
    {
        TpStory story = new(new CanTpConfig { NAsMs = 100 });
        story.Can.FreeBuffers = 0;
        story.Hears("10 08 01 02 03 04 05 06").After(99).GotNothing()
            .After(1).Lost(CanTpResult.TimeoutA, 6);
        story.Can.FreeBuffers = 9;
        story.After(5).Sends();
    }

    [Fact]
    public void A_flow_control_for_which_the_queue_has_no_room_ends_the_message_after_N_Ar()
    {
        TpStory story = new(new CanTpConfig { NAsMs = 100 });
        story.Can.FreeBuffers = 0;
        story.CanIf.Transmit([1], 1);
        story.CanIf.Transmit([2], 1);
        story.Hears("10 08 01 02 03 04 05 06").After(99).GotNothing()
            .After(1).Lost(CanTpResult.TimeoutA, 6);
    }
}
