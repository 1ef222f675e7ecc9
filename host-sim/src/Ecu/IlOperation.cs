// The operations by which a virtual ECU charges its own work: the rows of il-costs.json.
// Each can be seen from outside the agent, at its ports, so that the agent needs no hook for it.
// Tests: tests/host-sim/Ecu/IlCostsTests.cs; measured by tests/IlCounter.
namespace EsyncSim.Ecu;

/// <summary>What costs IL instructions. The name in the table is given by <see cref="IlCosts.NameOf"/>.</summary>
public enum IlOperation
{
    /// <summary>One turn of the cyclic functions with nothing to do.</summary>
    Loop,

    /// <summary>One turn of the start-up, before requests are served.</summary>
    StartUpLoop,

    /// <summary>A single frame received, its request served included unless the request has a row of its own.</summary>
    ReceiveSingle,

    /// <summary>A first frame received.</summary>
    ReceiveFirst,

    /// <summary>A consecutive frame received, its bytes in the buffer.</summary>
    ReceiveConsecutive,

    /// <summary>A flow control received.</summary>
    ReceiveFlowControl,

    /// <summary>A frame with somebody else's identifier, dropped by CanIf.</summary>
    ReceiveForeign,

    /// <summary>A single frame sent.</summary>
    SendSingle,

    /// <summary>A first frame sent.</summary>
    SendFirst,

    /// <summary>A consecutive frame sent.</summary>
    SendConsecutive,

    /// <summary>A flow control sent.</summary>
    SendFlowControl,

    /// <summary>A request of several frames served, up to its response (TransferData for the most part).</summary>
    ServeLongRequest,

    /// <summary>One SHA-256 compression in managed code.</summary>
    ShaCompression,

    /// <summary>What surrounds a native HMAC: the chunk that it authenticates, the key that it derives.</summary>
    Hmac,

    /// <summary>A sector erase, from the wish to the result.</summary>
    FlashErase,

    /// <summary>A program job, from the wish to the result.</summary>
    FlashProgram,

    /// <summary>A read job and the use of what was read.</summary>
    FlashRead,

    /// <summary>A compare job.</summary>
    FlashCompare,

    /// <summary>A question to the flash that was answered "busy".</summary>
    FlashBusy,
}
