// Lines and verdict of a run.
using EsyncAgent.Emulator;
using Xunit;

namespace EsyncTests.Boards.Virtual;

public sealed class StepsTests
{
    private readonly QuietHost _host = new();

    [Fact]
    public void A_step_is_one_line_with_number_what_result_and_milliseconds()
    {
        var steps = new Steps(_host) { Planned = 1 };
        steps.Begin("erase");
        steps.End("2 sectors");
        string line = Assert.Single(_host.Lines);
        Assert.Matches("^  1  erase +2 sectors +1 ms$", line);
        Assert.True(steps.Conclude());
        Assert.Equal("EMULATOR PASS 1/1", _host.Lines[^1]);
    }

    [Fact]
    public void A_failed_step_is_named_and_not_counted()
    {
        var steps = new Steps(_host) { Planned = 3 };
        steps.Begin("erase");
        steps.End("2 sectors");
        steps.Begin("download");
        steps.Fail("silence");
        Assert.Matches("^  2  download +FAILED: silence +1 ms$", _host.Lines[^1]);
        Assert.False(steps.Conclude());
        Assert.Equal("EMULATOR FAIL 1/3", _host.Lines[^1]);
    }

    [Fact]
    public void A_failure_between_two_steps_says_after_which()
    {
        var steps = new Steps(_host) { Planned = 2 };
        steps.Begin("erase");
        steps.End("2 sectors");
        steps.Fail("silence");
        Assert.Contains("after: erase", _host.Lines[^1]);
        Assert.False(steps.Conclude());
    }

    [Fact]
    public void Fewer_steps_than_planned_and_a_failure_before_the_plan_are_no_pass()
    {
        var steps = new Steps(_host) { Planned = 2 };
        steps.Begin("erase");
        steps.End("2 sectors");
        Assert.False(steps.Conclude());
        Assert.Equal("EMULATOR FAIL 1/2", _host.Lines[^1]);

        var none = new Steps(_host);
        none.Fail("out of memory");
        Assert.False(none.Conclude());
        Assert.Equal("EMULATOR FAIL 0/0", _host.Lines[^1]);
    }

    [Fact]
    public void The_largest_use_of_heap_is_kept()
    {
        var steps = new Steps(_host);
        foreach (int used in new[] { 10, 30, 20 })
        {
            _host.UsedBytes = used;
            steps.Begin("step");
            steps.End("done");
        }

        Assert.Equal(30, steps.UsedBytesMax);
    }
}
