// Milliseconds from a fine clock that may be set, guarded by a coarse one that may not: an ESP32's time of day has
// microseconds, its tick counter steps by 10 ms.
// Invariants: the result never goes back; while the fine clock runs as the coarse one does it is followed to the
// millisecond, and when it jumps by more than both can differ the coarse one counts.
// Tests: tests/boards/drivers/SteadyClockTests.cs.
namespace EsyncAgent.Drivers;

/// <summary>One clock from two.</summary>
public sealed class SteadyClock
{
    private const long TicksPerMs = 10_000;

    // Two readings of a clock that steps by 10 ms may be 20 ms off.
    private const long DifferenceMsMax = 20;

    private bool _isStarted;
    private long _fineTicks;
    private long _coarseMs;
    private uint _nowMs;

    /// <summary>The time now; <paramref name="fineTicks"/> in units of 100 ns.</summary>
    public uint Read(long fineTicks, long coarseMs)
    {
        if (!_isStarted)
        {
            _isStarted = true;
            _fineTicks = fineTicks;
            _coarseMs = coarseMs;
            return _nowMs;
        }

        long passed = (fineTicks - _fineTicks) / TicksPerMs;
        long coarse = coarseMs - _coarseMs;
        if (passed - coarse > DifferenceMsMax || coarse - passed > DifferenceMsMax)
        {
            passed = coarse;
            _fineTicks = fineTicks;
            _coarseMs = coarseMs;
        }
        else if (passed > 0)
        {
            _fineTicks += passed * TicksPerMs; // what is left of a millisecond counts next time
            _coarseMs = coarseMs;
        }

        _nowMs += passed > 0 ? (uint)passed : 0;
        return _nowMs;
    }
}
