// STmin as our sender keeps it: never less than asked, whatever the step of its clock (ISO 15765-2:2016 §9.6.5.4, §9.6.5.5).
using EsyncAgent;
using EsyncTests.AgentFirmware.CanIf;
using Xunit;

namespace EsyncTests.AgentFirmware.CanTp;

public sealed class CanTpSeparationTimeTests
{
    private const int FrameUs = 270;

    [Theory]
    [InlineData("00", 0)]
    [InlineData("01", 1_000)]
    [InlineData("7F", 127_000)]
    [InlineData("80", 127_000)] // reserved
    [InlineData("F0", 127_000)] // reserved
    [InlineData("F1", 100)]
    [InlineData("F9", 900)]
    [InlineData("FA", 127_000)] // reserved
    [InlineData("FF", 127_000)] // reserved
    public void With_a_clock_of_microseconds_it_is_kept_exactly(string code, int separationTimeUs)
    {
        long[] leftUs = Send(code, stepUs: 10, hasFineClock: true);
        int gapUs = separationTimeUs == 0 ? 0 : separationTimeUs + FrameUs;
        Assert.All(Gaps(leftUs), gap => Assert.InRange(gap, gapUs, gapUs + 10));
    }

    [Theory]
    [InlineData("F1", 1_000)]
    [InlineData("F9", 1_000)]
    [InlineData("01", 1_000)]
    [InlineData("05", 5_000)]
    [InlineData("7F", 127_000)]
    [InlineData("80", 127_000)]
    public void With_a_clock_of_milliseconds_it_is_rounded_up_and_one_frame_leaves_in_a_cycle(string code, int separationTimeUs)
    {
        // Called every 70 µs, so that a step of the clock may lie anywhere between two calls.
        long[] leftUs = Send(code, stepUs: 70, hasFineClock: false);
        Assert.All(Gaps(leftUs), gap => Assert.InRange(gap, separationTimeUs, separationTimeUs + 2_500));
    }

    [Fact]
    public void Without_it_a_cycle_sends_as_much_as_the_queue_takes()
    {
        Assert.All(Gaps(Send("00", stepUs: 1000, hasFineClock: false)), gap => Assert.Equal(0, gap));
    }

    [Fact]
    public void It_counts_from_the_moment_at_which_a_frame_has_left_the_queue()
    {
        TpStory story = new(new CanTpConfig { FrameTimeUs = FrameUs });
        story.Transmits("00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D").Sends("10 0E 00 01 02 03 04 05");
        story.Can.FreeBuffers = 0;
        story.Hears("30 00 05").After(50).Sends();
        story.Can.FreeBuffers = 9;
        story.After(1).Sends("21 06 07 08 09 0A 0B 0C").After(5).Sends().After(2).Sends("22 0D");
    }

    [Fact]
    public void N_As_does_not_run_while_it_does()
    {
        TpStory story = new(new CanTpConfig { NAsMs = 50 });
        story.Transmits("00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D").Hears("30 00 7F").After(100);
        story.Can.FreeBuffers = 0;
        story.CanIf.Transmit([0x01], 1);
        story.CanIf.Transmit([0x02], 1);
        story.After(60).ConfirmsNothing();
        story.Can.FreeBuffers = 9;
        story.After(2).Confirms(CanTpResult.Ok);
    }

    /// <summary>Sends four consecutive frames; the moments at which they left, in microseconds.</summary>
    private static long[] Send(string code, int stepUs, bool hasFineClock)
    {
        long nowUs = 0xFFFF0000; // the microsecond counter wraps soon
        List<long> leftUs = [];
        ScriptedCan can = new() { FrameLeft = frame => { if (frame.Data[0] >> 4 == 2) { leftUs.Add(nowUs); } } };
        TpStory story = new(new CanTpConfig { FrameTimeUs = FrameUs }, can);
        story.CanTp.Transmit(new byte[30], 0, 30);
        can.Arrive($"7E0#3000{code}");
        for (int i = 0; i < 1_000_000 / stepUs && leftUs.Count < 4; i++, nowUs += stepUs)
        {
            uint nowMs = (uint)(nowUs / 1000);
            story.CanIf.MainFunction(nowMs);
            if (hasFineClock)
            {
                story.CanTp.MainFunction(nowMs, (uint)nowUs);
            }
            else
            {
                story.CanTp.MainFunction(nowMs);
            }
        }

        Assert.Equal(4, leftUs.Count);
        return [.. leftUs];
    }

    private static IEnumerable<long> Gaps(long[] momentsUs) => momentsUs.Skip(1).Zip(momentsUs, (after, before) => after - before);
}
