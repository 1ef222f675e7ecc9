// Lets a simulation run in step with the wall clock: for virtual ECUs whose server is another process, and for a server without a bus.
// Invariants: events happen at their own moment of virtual time, be the process late or not, so that a virtual bus never sees a late
// event; the clock runs ahead by a few milliseconds at most, since a sleep for each frame would be longer than the frame. Who was
// stopped for long does not race after the time that is lost.
// It must not know what the events are.
// Tests: tests/host-sim/Bus/WallPaceTests.cs.
namespace EsyncSim.Bus;

/// <summary>A clock that knows how it is waited for: not the wall clock, which is waited for by sleeping.</summary>
public abstract class WaitableClock : TimeProvider
{
    /// <summary>Returns when so many milliseconds of this clock have passed.</summary>
    public abstract void Sleep(int ms);
}

/// <summary>The pace of the wall clock.</summary>
/// <param name="clock">The wall clock.</param>
/// <param name="startNs">What virtual time is now, in nanoseconds.</param>
/// <param name="sleepMs">Lets the wall clock go on; null sleeps, or waits as a <see cref="WaitableClock"/> wants.</param>
public sealed class WallPace(TimeProvider clock, long startNs, Action<int>? sleepMs = null) : IPace
{
    // What comes from outside (Ctrl-C, a message of a broker) is seen at the latest after this.
    private const int SleepMsMax = 20;
    private const long AheadNsMax = 5 * VirtualTime.NsPerMs;
    private const long BehindNsMax = VirtualTime.NsPerSecond;

    private readonly long _startNs = startNs;
    private readonly Action<int> _sleepMs = sleepMs ?? (clock is WaitableClock waitable ? waitable.Sleep : Thread.Sleep);
    private readonly long _startTimestamp = clock.GetTimestamp();
    private long _lostNs;

    /// <summary>Ends whatever runs, by <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Stop { get; set; }

    /// <inheritdoc/>
    public long NowNs { get; private set; } = startNs;

    /// <inheritdoc/>
    public void Wait(long untilNs)
    {
        Stop.ThrowIfCancellationRequested();
        if (WallNs - untilNs > BehindNsMax)
        {
            _lostNs += WallNs - untilNs;
        }

        long leftNs = untilNs - WallNs;
        if (leftNs > AheadNsMax)
        {
            _sleepMs((int)Math.Min(leftNs / VirtualTime.NsPerMs, SleepMsMax));
            NowNs = Math.Max(NowNs, Math.Min(WallNs, untilNs));
        }
        else
        {
            NowNs = Math.Max(NowNs, untilNs);
        }
    }

    /// <inheritdoc/>
    public void TakeIn()
    {
    }

    private long WallNs => _startNs + (long)clock.GetElapsedTime(_startTimestamp).TotalNanoseconds - _lostNs;
}
