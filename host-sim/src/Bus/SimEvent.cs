// Something that happens at one moment of virtual time; made once, scheduled as often as wanted.
// Invariant: an event stands in the queue at most once; to schedule it again moves it.
// Tests: tests/host-sim/Bus/VirtualTimeTests.cs.
namespace EsyncSim.Bus;

/// <summary>An entry of the event queue of <see cref="VirtualTime"/>, owned by whoever made it.</summary>
public sealed class SimEvent
{
    internal int Index = -1;
    internal readonly Action Action;

    internal SimEvent(VirtualTime time, Action action)
    {
        Time = time;
        Action = action;
    }

    /// <summary>The clock that the event belongs to.</summary>
    public VirtualTime Time { get; }

    /// <summary>True while it waits in the queue.</summary>
    public bool IsScheduled => Index >= 0;

    /// <summary>Moment that it was last scheduled for, in nanoseconds.</summary>
    public long TimeNs { get; internal set; }

    /// <summary>Schedules (or moves) the event; a moment in the past is now.</summary>
    public void At(long timeNs) => Time.Schedule(this, timeNs);

    /// <summary>Schedules (or moves) the event to so many nanoseconds from now.</summary>
    public void After(long delayNs) => Time.Schedule(this, Time.NowNs + delayNs);

    /// <summary>Takes it out of the queue; nothing happens when it is not in there.</summary>
    public void Cancel() => Time.Cancel(this);
}
