// The parts of a payload phase: each nanosecond has one, and the one that its definition names.
using EsyncSim.Measure;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class LineBreakdownTests
{
    [Fact]
    public void Time_between_two_frames_belongs_to_whoever_sends_the_second_one()
    {
        LineBreakdown seen = new();
        seen.AddFrame(new LineSpan(10, 20, LinePart.OtherFrames), LineSender.Tester);
        seen.AddFrame(new LineSpan(25, 35, LinePart.OtherFrames), LineSender.Ecu);
        seen.AddFrame(new LineSpan(42, 50, LinePart.ConsecutiveFrames), LineSender.Tester);

        long[] parts = seen.PartsOf(0, 60);

        Assert.Equal(20, parts[(int)LinePart.OtherFrames]);
        Assert.Equal(8, parts[(int)LinePart.ConsecutiveFrames]);
        Assert.Equal(10 + 7 + 10, parts[(int)LinePart.TesterTurnaround]);
        Assert.Equal(5, parts[(int)LinePart.EcuTurnaround]);
        Assert.Equal(60, parts.Sum());
    }

    [Fact]
    public void A_foreign_frame_takes_its_own_time_and_changes_nothing_of_who_is_waited_for()
    {
        LineBreakdown seen = new();
        seen.AddFrame(new LineSpan(0, 10, LinePart.OtherFrames), LineSender.Tester);
        seen.AddFrame(new LineSpan(14, 20, LinePart.ForeignFrames), LineSender.Foreign);
        seen.AddFrame(new LineSpan(23, 30, LinePart.OtherFrames), LineSender.Ecu);

        long[] parts = seen.PartsOf(0, 30);

        Assert.Equal(6, parts[(int)LinePart.ForeignFrames]);
        Assert.Equal(4 + 3, parts[(int)LinePart.EcuTurnaround]);
        Assert.Equal(0, parts[(int)LinePart.TesterTurnaround]);
    }

    [Fact]
    public void In_the_ECUs_time_its_processor_comes_before_its_flash_and_both_before_idling()
    {
        LineBreakdown seen = new();
        seen.AddFrame(new LineSpan(0, 10, LinePart.ConsecutiveFrames), LineSender.Tester);
        seen.AddFrame(new LineSpan(100, 110, LinePart.OtherFrames), LineSender.Ecu);
        seen.AddTurn(new LineSpan(5, 20, LinePart.Processor));
        seen.AddTurn(new LineSpan(30, 45, LinePart.Verify));
        seen.AddFlash(new LineSpan(0, 25, LinePart.Erase));
        seen.AddFlash(new LineSpan(40, 60, LinePart.Program));

        long[] parts = seen.PartsOf(0, 110);

        Assert.Equal(10, parts[(int)LinePart.Processor]);
        Assert.Equal(5, parts[(int)LinePart.Erase]);
        Assert.Equal(15, parts[(int)LinePart.Verify]);
        Assert.Equal(15, parts[(int)LinePart.Program]);
        Assert.Equal(5 + 40, parts[(int)LinePart.EcuTurnaround]);
        Assert.Equal(110, parts.Sum());
    }

    [Fact]
    public void What_runs_beside_the_bus_or_in_the_testers_time_costs_nothing()
    {
        LineBreakdown seen = new();
        seen.AddFrame(new LineSpan(0, 50, LinePart.ConsecutiveFrames), LineSender.Tester);
        seen.AddFrame(new LineSpan(60, 100, LinePart.ConsecutiveFrames), LineSender.Tester);
        seen.AddTurn(new LineSpan(0, 100, LinePart.Processor));
        seen.AddFlash(new LineSpan(0, 100, LinePart.Erase));

        long[] parts = seen.PartsOf(0, 100);

        Assert.Equal(90, parts[(int)LinePart.ConsecutiveFrames]);
        Assert.Equal(10, parts[(int)LinePart.TesterTurnaround]);
    }

    [Fact]
    public void After_response_pending_idle_time_is_its_own_until_the_answer()
    {
        LineBreakdown seen = new();
        seen.AddFrame(new LineSpan(0, 10, LinePart.OtherFrames), LineSender.Tester);
        seen.AddFrame(new LineSpan(20, 30, LinePart.ResponsePending), LineSender.Ecu);
        seen.AddFrame(new LineSpan(50, 60, LinePart.OtherFrames), LineSender.Ecu);
        seen.AddFrame(new LineSpan(60, 70, LinePart.OtherFrames), LineSender.Tester);
        seen.AddFrame(new LineSpan(75, 80, LinePart.OtherFrames), LineSender.Ecu);
        seen.AddTurn(new LineSpan(35, 40, LinePart.Processor));

        long[] parts = seen.PartsOf(0, 80);

        Assert.Equal(10 + 15, parts[(int)LinePart.ResponsePending]);
        Assert.Equal(5, parts[(int)LinePart.Processor]);
        Assert.Equal(10 + 5, parts[(int)LinePart.EcuTurnaround]);
    }

    [Fact]
    public void Frames_that_reach_beyond_the_phase_count_as_far_as_they_are_in_it()
    {
        LineBreakdown seen = new();
        seen.AddFrame(new LineSpan(0, 20, LinePart.OtherFrames), LineSender.Tester);
        seen.AddFrame(new LineSpan(30, 50, LinePart.OtherFrames), LineSender.Ecu);

        long[] parts = seen.PartsOf(10, 40);

        Assert.Equal(10 + 10, parts[(int)LinePart.OtherFrames]);
        Assert.Equal(30, parts.Sum());
    }
}
