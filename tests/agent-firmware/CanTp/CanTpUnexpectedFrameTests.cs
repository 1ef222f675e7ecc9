// Frames that come when nobody asked: the table of ISO 15765-2:2016 §9.8.3 for full duplex, cell by cell; functional
// addressing (§9.6.1: single frames only); and 29-bit normal fixed identifiers (§10.3.3).
using EsyncAgent;
using EsyncTests.AgentFirmware.CanIf;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

public sealed class CanTpUnexpectedFrameTests
{
    private const string Twelve = "00 01 02 03 04 05 06 07 08 09 0A 0B";

    // Row "segmented transmit in progress".

    [Fact]
    public void When_sending_and_a_single_frame_comes_Then_both()
    {
        new TpStory().Transmits(Twelve).Hears("02 3E 00").Got("3E 00")
            .Hears("30 00 00").Sends("10 0C 00 01 02 03 04 05", "21 06 07 08 09 0A 0B");
    }

    [Fact]
    public void When_sending_and_a_first_frame_comes_Then_both_go_on_at_once()
    {
        new TpStory().Transmits(Twelve).Sends("10 0C 00 01 02 03 04 05")
            .Hears("10 0C 10 11 12 13 14 15").Sends("30 00 00")
            .Hears("30 01 00").Sends("21 06 07 08 09 0A 0B")
            .Hears("21 16 17 18 19 1A 1B").Got("10 11 12 13 14 15 16 17 18 19 1A 1B").Confirms(CanTpResult.Ok);
    }

    [Fact]
    public void When_sending_and_a_consecutive_frame_comes_Then_it_is_ignored()
    {
        new TpStory().Transmits(Twelve).Sends("10 0C 00 01 02 03 04 05")
            .Hears("21 16 17 18").GotNothing().Sends().ConfirmsNothing()
            .Hears("30 00 00").Sends("21 06 07 08 09 0A 0B");
    }

    [Fact]
    public void When_sending_a_block_and_a_flow_control_comes_Then_it_is_ignored()
    {
        new TpStory().Transmits(Twelve + Twelve).Sends("10 18 00 01 02 03 04 05")
            .Hears("30 00 64").Sends("21 06 07 08 09 0A 0B 00")
            .Hears("32 00 00").ConfirmsNothing()
            .Hears("30 01 00").Sends()
            .After(110).Sends("22 01 02 03 04 05 06 07");
    }

    // Row "segmented receive in progress".

    [Fact]
    public void When_receiving_and_a_single_frame_comes_Then_the_old_message_is_lost_and_the_new_one_is_there()
    {
        new TpStory().Hears("10 0C 10 11 12 13 14 15").Sends("30 00 00")
            .Hears("02 3E 00").Lost(CanTpResult.UnexpectedPdu, 6).Got("3E 00")
            .Hears("21 16 17 18 19 1A 1B").GotNothing().Sends();
    }

    [Fact]
    public void When_receiving_and_a_first_frame_comes_Then_the_new_message_replaces_the_old_one()
    {
        new TpStory().Hears("10 20 00 00 00 00 00 00").Sends("30 00 00")
            .Hears("21 01 01 01 01 01 01 01")
            .Hears("10 08 10 11 12 13 14 15").Lost(CanTpResult.UnexpectedPdu, 13).Sends("30 00 00")
            .Hears("21 16 17").Got("10 11 12 13 14 15 16 17");
    }

    [Fact]
    public void When_receiving_and_a_frame_that_cannot_be_comes_Then_nothing_changes()
    {
        new TpStory().Hears("10 08 10 11 12 13 14 15").Sends("30 00 00")
            .Hears("00 11").Hears("10 03 11").HearsShort("07 11").Hears("50 00")
            .Hears("21 16 17").Got("10 11 12 13 14 15 16 17");
    }

    [Fact]
    public void When_receiving_and_a_flow_control_comes_Then_it_is_ignored()
    {
        new TpStory().Hears("10 08 10 11 12 13 14 15").Sends("30 00 00")
            .Hears("30 00 00").Hears("32 00 00").Sends()
            .Hears("21 16 17").Got("10 11 12 13 14 15 16 17");
    }

    [Fact]
    public void When_the_upper_layer_lets_wait_and_a_new_message_comes_Then_the_old_one_was_never_there()
    {
        TpStory story = new() { Buffer = _ => [] };
        story.Hears("10 08 10 11 12 13 14 15").Sends("31 00 00");
        story.Buffer = length => new byte[length];
        story.Hears("02 3E 00").Got("3E 00").After(2000).Sends();
    }

    // Row "idle".

    [Fact]
    public void When_idle_and_a_consecutive_frame_or_a_flow_control_comes_Then_it_is_ignored()
    {
        new TpStory().Hears("21 01 02 03 04 05 06 07").Hears("20 01").Hears("30 00 00").Hears("32 00 00")
            .After(2000).Sends().GotNothing().ConfirmsNothing();
    }

    // Functional addressing.

    [Fact]
    public void A_functional_single_frame_does_not_disturb_a_physical_message()
    {
        new TpStory().Hears("10 08 10 11 12 13 14 15").Sends("30 00 00")
            .HearsFunctional("02 3E 80").Got("3E 80", isFunctional: true)
            .Hears("21 16 17").Got("10 11 12 13 14 15 16 17");
    }

    [Fact]
    public void Only_single_frames_are_functional()
    {
        new TpStory()
            .HearsFunctional("10 08 10 11 12 13 14 15").Sends()
            .Hears("10 08 10 11 12 13 14 15").Sends("30 00 00")
            .HearsFunctional("21 FF FF").GotNothing()
            .HearsFunctional("22 FF FF").GotNothing()
            .Hears("21 16 17").Got("10 11 12 13 14 15 16 17")
            .Transmits(Twelve).Sends("10 0C 00 01 02 03 04 05")
            .HearsFunctional("30 00 00").Sends();
    }

    [Fact]
    public void With_normal_fixed_addressing_all_frames_have_29_bits()
    {
        ScriptedCan can = new();
        var canIf = new EsyncAgent.CanIf(new CanIfConfig { IsExtended = true, PhysicalRxId = 0x18DA10F1, FunctionalRxId = 0x18DB33F1, TxId = 0x18DAF110 }, can);
        var upper = new TpStory();
        var canTp = new EsyncAgent.CanTp(new CanTpConfig(), canIf);
        canTp.Attach(upper);
        can.Arrive("18DB33F1#013E");
        can.Arrive("18DA10F1#1008101112131415");
        canIf.MainFunction(0);
        canTp.MainFunction(0);
        can.Arrive("18DA10F1#211617");
        canIf.MainFunction(1);
        upper.Got("3E", isFunctional: true).Got("10 11 12 13 14 15 16 17");
        Assert.Equal(["18DAF110#300000CCCCCCCCCC"], can.Sent);
    }
}
