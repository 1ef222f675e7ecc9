// A clock that follows the world: nothing happens early, what came in comes before what is late, and nobody sleeps here.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class PacedTimeTests : IPace
{
    private readonly VirtualTime _time = new();
    private readonly List<string> _happened = [];
    private readonly Queue<(long AtNs, string What)> _incoming = new();
    private long _pauseNs;

    public PacedTimeTests() => _time.Pace = this;

    private long NowNs { get; set; }

    long IPace.NowNs => NowNs;

    void IPace.Wait(long untilNs)
    {
        long arrivalNs = _incoming.TryPeek(out (long AtNs, string What) first) ? first.AtNs : long.MaxValue;
        NowNs = Math.Max(NowNs, Math.Min(Math.Min(untilNs, arrivalNs), NowNs + 1000)) + _pauseNs;
        _pauseNs = 0;
    }

    void IPace.TakeIn()
    {
        while (_incoming.TryPeek(out (long AtNs, string What) first) && first.AtNs <= NowNs)
        {
            _incoming.Dequeue();
            Note(first.What);
        }
    }

    [Fact]
    public void Events_wait_for_their_moment_and_for_what_comes_in_before()
    {
        _time.After(5000, () => Note("event"));
        _incoming.Enqueue((2500, "frame"));
        _time.RunUntil(6000);
        Assert.Equal(["2500 frame", "5000 event"], _happened);
        Assert.Equal((6000, 6000), (_time.NowNs, NowNs));
    }

    [Fact]
    public void After_a_pause_what_came_in_is_handled_before_what_is_late()
    {
        _time.After(100, () => Note("timeout"));
        _incoming.Enqueue((90, "answer"));
        _pauseNs = 700;
        _time.RunUntil(2000);
        Assert.Equal(["790 answer", "790 timeout"], _happened);
    }

    [Fact]
    public void With_nothing_to_do_a_script_waits_for_the_world()
    {
        SimSignal signal = new(_time);
        _incoming.Enqueue((50_000, "frame"));
        _time.After(50_001, signal.Set);
        _time.Run(async () => await signal);
        Assert.Equal(["50000 frame"], _happened);
        Assert.Equal(50_001, _time.NowNs);
    }

    [Fact]
    public void A_script_that_nothing_wakes_ends_at_its_limit()
    {
        SimSignal signal = new(_time);
        Assert.Throws<InvalidOperationException>(() => _time.Run(async () => await signal, limitNs: 10_000));
        Assert.Equal(10_000, NowNs);
    }

    [Fact]
    public void Work_outside_takes_real_time_and_the_clock_is_right_afterwards()
    {
        NowNs = 3000;
        _time.Hold(Task.CompletedTask);
        Assert.Equal(3000, _time.NowNs);
        Assert.False(_time.TryAdvanceTo(4000));
    }

    private void Note(string what) => _happened.Add($"{_time.NowNs} {what}");
}
