// Lets a virtual bus run in step with the wall clock for clients outside, who may say something at any moment.
// Invariants: events happen at their own moment of virtual time; the clock runs ahead by a millisecond at most, and what is posted
// ends a wait at once. Who was stopped for long does not race after the time that is lost.
// Without limit of speed the clock jumps only while those on the bus are at work; while nobody is, it goes on with the wall clock, so
// that a client which thinks loses no session: S3, N_Cr and their like run off in real time.
// It must not know what the events are, nor what "at work" means.
// Tests: tests/host-sim/Bus/LivePaceTests.cs.
namespace EsyncSim.Bus;

/// <summary>The pace of a bus with clients outside.</summary>
public sealed class LivePace : IPace, IDisposable
{
    private const int WaitMsMax = 20;
    private const long AheadNsMax = VirtualTime.NsPerMs;
    private const long BehindNsMax = VirtualTime.NsPerSecond;
    private const long JumpNsMax = VirtualTime.NsPerSecond;
    private readonly TimeProvider _clock;
    private readonly double _speed;
    private readonly Func<bool>? _isAtWork;
    private readonly Action<int> _waitMs;
    private readonly AutoResetEvent _wake = new(false);
    private readonly long _startTimestamp;
    private long _offsetNs;

    /// <summary>Ties a clock to the wall clock from now on.</summary>
    /// <param name="clock">The wall clock.</param>
    /// <param name="startNs">What virtual time is now, in nanoseconds.</param>
    /// <param name="speed">Seconds of virtual time in one of the wall clock.</param>
    /// <param name="isAtWork">True while time may jump; null: it never does.</param>
    /// <param name="waitMs">Lets the wall clock go on; null waits for it, or for <see cref="Wake"/>.</param>
    public LivePace(TimeProvider clock, long startNs, double speed, Func<bool>? isAtWork = null, Action<int>? waitMs = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(speed);
        _clock = clock;
        _speed = speed;
        _isAtWork = isAtWork;
        _waitMs = waitMs ?? (ms => _wake.WaitOne(ms));
        _startTimestamp = clock.GetTimestamp();
        _offsetNs = startNs;
        NowNs = startNs;
    }

    /// <summary>Ends whatever runs, by <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Stop { get; set; }

    /// <inheritdoc/>
    public long NowNs { get; private set; }

    private long DueNs => _offsetNs + (long)(_clock.GetElapsedTime(_startTimestamp).TotalNanoseconds * _speed);

    /// <inheritdoc/>
    public void Wait(long untilNs)
    {
        Stop.ThrowIfCancellationRequested();
        long leftNs = untilNs - DueNs;
        if (leftNs < -BehindNsMax || (leftNs is > 0 and < JumpNsMax && _isAtWork?.Invoke() == true))
        {
            _offsetNs += leftNs;
            leftNs = 0;
        }

        if (leftNs <= AheadNsMax)
        {
            NowNs = Math.Max(NowNs, untilNs);
            return;
        }

        _waitMs((int)Math.Clamp(leftNs / _speed / VirtualTime.NsPerMs, 1, WaitMsMax));
        NowNs = Math.Max(NowNs, Math.Min(DueNs, untilNs));
    }

    /// <inheritdoc/>
    public void TakeIn()
    {
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Set();

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();
}
