// A bus in step with the wall clock and its clients: what is posted ends a wait, work passes at once where speed is unlimited, and
// waiting does not. The wall clock is the test's; nobody sleeps here.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class LivePaceTests : TimeProvider, IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly List<int> _waitedMs = [];
    private readonly List<long> _happenedMs = [];
    private LivePace? _pace;
    private bool _isAtWork;
    private long _wallNs;

    public override long TimestampFrequency => VirtualTime.NsPerSecond;

    public override long GetTimestamp() => _wallNs;

    public void Dispose() => _pace?.Dispose();

    [Fact]
    public void In_real_time_events_wait_for_the_wall_clock()
    {
        Begin(1);
        At(1, 2, 3, 50);
        _time.RunUntil(60 * VirtualTime.NsPerMs);
        Assert.Equal([1, 2, 3, 50], _happenedMs);
        Assert.InRange(_waitedMs.Sum(), 58, 60);
        Assert.All(_waitedMs, ms => Assert.InRange(ms, 1, 20));
    }

    [Fact]
    public void Ten_times_as_fast_they_wait_for_a_tenth()
    {
        Begin(10);
        At(100, 500);
        _time.RunUntil(1000 * VirtualTime.NsPerMs);
        Assert.Equal([100, 500], _happenedMs);
        Assert.InRange(_waitedMs.Sum(), 95, 101);
    }

    [Fact]
    public void Without_limit_work_passes_at_once_and_waiting_as_it_does()
    {
        Begin(1, () => _isAtWork);
        _isAtWork = true;
        At(100, 200, 900);
        _time.After(950 * VirtualTime.NsPerMs, () => _isAtWork = false);
        At(1000);
        _time.RunUntil(1000 * VirtualTime.NsPerMs);
        Assert.Equal([100, 200, 900, 1000], _happenedMs);
        Assert.InRange(_waitedMs.Sum(), 48, 50);
    }

    [Fact]
    public void Who_was_stopped_for_long_does_not_race_after_the_time_that_is_lost()
    {
        Begin(1);
        At(10, 500);
        _wallNs = 3600 * VirtualTime.NsPerSecond;
        _time.RunUntil(600 * VirtualTime.NsPerMs);
        Assert.Equal([10, 500], _happenedMs);
        Assert.InRange(_waitedMs.Sum(), 570, 600);
    }

    [Fact]
    public void A_stop_ends_what_runs()
    {
        Begin(1);
        using CancellationTokenSource stop = new();
        _pace!.Stop = stop.Token;
        _time.After(10 * VirtualTime.NsPerMs, stop.Cancel);
        Assert.Throws<OperationCanceledException>(() => _time.Run(async () => await _time.DelayMs(1000)));
        Assert.InRange(_time.NowNs, 10 * VirtualTime.NsPerMs, 30 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void What_is_posted_ends_the_wait()
    {
        // The real wait, for once: its event is set already, so that it ends at once, and the hour would not.
        _pace = new LivePace(this, 0, 1) { Stop = TestContext.Current.CancellationToken };
        _time.Pace = _pace;
        SimSignal posted = new(_time);
        _time.Post(posted.Set);
        _time.Run(async () => Assert.True(await posted.Wait(3600 * VirtualTime.NsPerSecond)));
    }

    private void Begin(double speed, Func<bool>? isAtWork = null)
    {
        _pace = new LivePace(this, 0, speed, isAtWork, Wait);
        _time.Pace = _pace;
    }

    private void At(params int[] momentsMs)
    {
        foreach (int ms in momentsMs)
        {
            _time.After(ms * VirtualTime.NsPerMs, () => _happenedMs.Add(_time.NowNs / VirtualTime.NsPerMs));
        }
    }

    private void Wait(int ms)
    {
        _waitedMs.Add(ms);
        _wallNs += ms * VirtualTime.NsPerMs;
    }
}
