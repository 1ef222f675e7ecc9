// What a sweep counts against an agent, and how a scenario says that it has found it.
// Invariant: anything else that is thrown after a cut (a broken flash rule, an agent that does not come up, an update that
// cannot be finished) counts as a brick: nobody in the field would get such an ECU going again.
// Tests: tests/host-sim/Sweep.
namespace EsyncSim.Sweep;

/// <summary>Faults.</summary>
public enum SweepFault
{
    /// <summary>No image runs, or the ECU takes its update no more.</summary>
    Brick,

    /// <summary>What runs is no signed image, or none that may run at this moment.</summary>
    WrongImage,

    /// <summary>Bytes of whole sectors that were recorded have to be sent again, or more of a transfer than may be.</summary>
    ResentInFull,

    /// <summary>A confirmed image, the floor, or a stored block is gone.</summary>
    LostConfirmedState,
}

/// <summary>A scenario has found a fault.</summary>
public sealed class SweepFaultException(SweepFault fault, string message) : Exception(message)
{
    /// <summary>What it is.</summary>
    public SweepFault Fault { get; } = fault;

    /// <summary>What an exception counts as.</summary>
    public static SweepFault Of(Exception error) => error is SweepFaultException found ? found.Fault : SweepFault.Brick;
}
