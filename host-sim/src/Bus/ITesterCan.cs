// The CAN port of a tester on the host: the agent's port, and it calls back when something happened.
// Invariants: frames leave in the order in which TrySend took them; FrameSent comes once for each frame, when it has left
// the bus; both calls come on the pump's thread.
// Tests: tests/host-sim/Bus/CanDriverTests.cs, tests/host-sim/Bus/Real.
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>A controller with its driver, on a virtual bus or on a real one.</summary>
public interface ITesterCan : ICan
{
    /// <summary>Called when a frame has entered the receive buffer (or was lost there).</summary>
    Action? FrameArrived { get; set; }

    /// <summary>Called when a frame has been sent and its buffer is free.</summary>
    Action? FrameSent { get; set; }

    /// <summary>Lets only these identifiers through; without a call, everything passes.</summary>
    void SetFilter(params (uint Identifier, bool IsExtended)[] accepted);

    /// <summary>Switches the controller on, empty.</summary>
    void PowerOn();

    /// <summary>Switches the controller off; it receives nothing and takes no frame.</summary>
    void PowerOff();
}
