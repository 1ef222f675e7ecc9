// The moment at which the processor of a virtual ECU is: the world's time, and how far it has come in its present turn.
// Devices take it for when something was asked of them: a turn is one event of virtual time, and yet has a length.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Ecu;

/// <summary>Time as the processor sees it.</summary>
public sealed class ProcessorClock(VirtualTime time)
{
    /// <summary>Time since the present turn began, in nanoseconds; 0 outside of a turn.</summary>
    internal Func<long>? ElapsedInTurn { get; set; }

    /// <summary>Time since the present turn began, in nanoseconds.</summary>
    public long ElapsedNs => ElapsedInTurn?.Invoke() ?? 0;

    /// <summary>The processor's moment in nanoseconds.</summary>
    public long NowNs => time.NowNs + ElapsedNs;

    /// <summary>The processor's moment in microseconds, for flash models.</summary>
    public long NowUs => NowNs / VirtualTime.NsPerUs;
}
