// How far a vehicle's world may run when its server is outside, where time is the wall clock's: as fast as it can while its ECUs are at
// work, and with the wall clock while it waits for others. So nobody waits for a transfer that takes a minute on the bus and a tenth of a
// second here, and no patience in the vehicle ends before somebody outside could have answered.
// Invariant: without a frame on the bus the world is ahead of the wall clock by WorkNs at the most, once.
// Tests: tests/host-sim/Scale/WorkPaceTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Scale;

/// <summary>The pace of one vehicle.</summary>
/// <param name="bus">Its bus.</param>
/// <param name="wallNs">The wall clock now, in nanoseconds.</param>
public sealed class WorkPace(VirtualBus bus, long wallNs)
{
    /// <summary>Silence on the bus that still is work, in nanoseconds: more than the pause between two tester presents.</summary>
    public const long WorkNs = 2_500 * VirtualTime.NsPerMs;

    private const long SliceNs = 50 * VirtualTime.NsPerMs;
    private const long IdleStepNs = 20 * VirtualTime.NsPerMs;

    private long _wallNs = wallNs;
    private long _frames = bus.FrameCount;
    private long _workUntilNs;

    /// <summary>True when ECUs were at work when it was asked last.</summary>
    public bool IsAtWork { get; private set; }

    /// <summary>The moment up to which the world may run now, in nanoseconds of its clock; its present when nothing is to be done yet.</summary>
    public long Next(long wallNs)
    {
        long nowNs = bus.Time.NowNs, passedNs = wallNs - _wallNs;
        if (bus.FrameCount != _frames)
        {
            _frames = bus.FrameCount;
            _workUntilNs = nowNs + WorkNs;
        }

        IsAtWork = nowNs < _workUntilNs;
        if (!IsAtWork && passedNs < IdleStepNs)
        {
            return nowNs;
        }

        _wallNs = wallNs;
        return nowNs + (IsAtWork ? Math.Max(passedNs, SliceNs) : passedNs);
    }
}
