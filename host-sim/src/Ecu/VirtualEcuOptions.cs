// How a virtual ECU is built, as far as its configuration does not say.
// Plain data; the defaults are an ECU without faults on a board that is never in a hurry.
// Tests: tests/host-sim/Ecu/VirtualEcuTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Ecu;

/// <summary>Options of a virtual ECU.</summary>
public sealed record VirtualEcuOptions
{
    /// <summary>Decides entropy, unique identifier and what cut flash operations leave.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>What its work costs.</summary>
    public IlCosts Costs { get; init; } = IlCosts.Committed;

    /// <summary>Time from power-on or reset to the agent's first turn, in nanoseconds: the runtime starts, and CAN is silent.</summary>
    public long RebootNs { get; init; } = 500 * VirtualTime.NsPerMs;

    /// <summary>What the millisecond counter shows at the first start.</summary>
    public uint ClockOffsetMs { get; init; }

    /// <summary>True: no turn is ever skipped. Slow; for showing that skipping changes nothing.</summary>
    public bool IsAlwaysTurning { get; init; }

    /// <summary>
    /// Milliseconds that a processor with nothing to do sleeps at most before it looks at the clock again; a frame or the end
    /// of a flash job wakes it earlier. More than 1 makes long simulations cheap, and times of the agent coarser by as much.
    /// </summary>
    public int IdleMsMax { get; init; } = 1;

    /// <summary>Makes the application loader, anew at each start; null: an ECU without application.</summary>
    public Func<IApplicationLoader>? Loader { get; init; }

    /// <summary>Makes the program that runs on it, anew at each start; null: the agent.</summary>
    public Func<EcuConfig, EcuPorts, IAgent>? Program { get; init; }
}
