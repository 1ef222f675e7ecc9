// One flash job of one client: made once, in the client's constructor, and used again and again.
// Invariant: while Result is Pending the job belongs to Fls, and the client's array to the driver; its bytes must stay
// untouched until then. What the fields mean is Fls's business alone.
// Tests: tests/agent-firmware/Fls.
namespace EsyncAgent;

/// <summary>A job that a client queues at <see cref="Fls"/>, and its result.</summary>
public sealed class FlsJob
{
    internal readonly FlsPriority Priority;
    internal FlsJobKind Kind;
    internal uint Address;
    internal uint Remaining;
    internal byte[] Data;
    internal int Offset;
    internal StdReturn State;
    internal FlsJob Next;

    /// <summary>A job without work: its result is Ok.</summary>
    public FlsJob(FlsPriority priority)
    {
        Priority = priority;
    }

    /// <summary>Pending while queued or under way; then Ok, or NotOk when the part failed, refused, or a compare found a difference.</summary>
    public StdReturn Result
    {
        get { return State; }
    }

    /// <summary>True when the last job was a compare that found a difference.</summary>
    public bool IsMismatch
    {
        get { return Kind == FlsJobKind.Difference; }
    }

    /// <summary>After NotOk: address of the piece (sector, page or range) that failed.</summary>
    public uint FailedAddress
    {
        get { return Address; }
    }

    /// <summary>True when the job may be queued.</summary>
    public bool IsIdle
    {
        get { return State != StdReturn.Pending; }
    }
}

/// <summary>What a job does.</summary>
internal enum FlsJobKind : byte
{
    Erase,
    Program,
    Read,
    Compare,

    /// <summary>Done: a compare that found a difference.</summary>
    Difference,
}
