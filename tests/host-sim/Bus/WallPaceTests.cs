// A simulation in step with the wall clock: not early by more than a little, never late by its own clock, and not in a hurry after a
// long stop. The wall clock is the test's; nobody sleeps here.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class WallPaceTests : TimeProvider
{
    private readonly VirtualTime _time = new();
    private readonly List<int> _sleptMs = [];
    private readonly List<long> _happenedMs = [];
    private readonly CancellationTokenSource _stop = new();
    private long _wallNs;

    public WallPaceTests() => _time.Pace = new WallPace(this, 0, Sleep) { Stop = _stop.Token };

    public override long TimestampFrequency => VirtualTime.NsPerSecond;

    public override long GetTimestamp() => _wallNs;

    [Fact]
    public void What_is_near_happens_at_once_and_what_is_far_waits_for_the_wall_clock()
    {
        At(1, 2, 5, 50);
        _time.RunUntil(60 * VirtualTime.NsPerMs);

        Assert.Equal([1, 2, 5, 50], _happenedMs);
        Assert.Equal([20, 20, 10, 10], _sleptMs);
        Assert.Equal(60 * VirtualTime.NsPerMs, _time.NowNs);
    }

    [Fact]
    public void Who_is_late_sees_each_event_at_its_moment()
    {
        At(10, 11, 12);
        _wallNs = 500 * VirtualTime.NsPerMs;
        _time.RunUntil(400 * VirtualTime.NsPerMs);

        Assert.Equal([10, 11, 12], _happenedMs);
        Assert.Empty(_sleptMs);
    }

    [Fact]
    public void Who_was_stopped_for_long_does_not_race_after_the_time_that_is_lost()
    {
        At(10, 500);
        _wallNs = 3600 * VirtualTime.NsPerSecond;
        _time.RunUntil(600 * VirtualTime.NsPerMs);

        Assert.Equal([10, 500], _happenedMs);
        Assert.InRange(_sleptMs.Sum(), 570, 600);
    }

    [Fact]
    public void A_stop_ends_what_runs()
    {
        _time.After(10 * VirtualTime.NsPerMs, _stop.Cancel);
        Assert.Throws<OperationCanceledException>(() => _time.Run(async () => await _time.DelayMs(1000)));
        Assert.InRange(_time.NowNs, 10 * VirtualTime.NsPerMs, 30 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void What_another_thread_posts_runs_between_two_events()
    {
        SimSignal posted = new(_time);
        _time.Post(posted.Set);
        _time.Run(async () => Assert.True(await posted.Wait(VirtualTime.NsPerSecond)));
    }

    private void At(params int[] momentsMs)
    {
        foreach (int ms in momentsMs)
        {
            _time.After(ms * VirtualTime.NsPerMs, () => _happenedMs.Add(_time.NowNs / VirtualTime.NsPerMs));
        }
    }

    private void Sleep(int ms)
    {
        _sleptMs.Add(ms);
        _wallNs += ms * VirtualTime.NsPerMs;
    }
}
