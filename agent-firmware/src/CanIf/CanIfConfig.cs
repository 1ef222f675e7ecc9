// Configuration of CanIf: the identifiers of one ECU. Built from nf.config, never changed afterwards.
// Plain data: that identifiers fit their format and clash with nobody is checked before it gets here.
// Tests: tests/agent-firmware/CanIf.
namespace EsyncAgent;

/// <summary>CAN identifiers of one ECU (or, in host-sim, of one tester connection, where request and response are exchanged).</summary>
public sealed class CanIfConfig
{
    /// <summary>True: all identifiers have 29 bits (normal fixed addressing, ISO 15765-2:2016 §10.3.3).</summary>
    public bool IsExtended;

    /// <summary>Identifier received for physically addressed requests.</summary>
    public uint PhysicalRxId;

    /// <summary>Identifier received for functionally addressed requests; the value FFFFFFFF is none.</summary>
    public uint FunctionalRxId;

    /// <summary>Identifier sent.</summary>
    public uint TxId;

    /// <summary>Frames that may wait for the controller, 1 to 64.</summary>
    public int TransmitQueueLength = 8;

    /// <summary>Frames taken from the driver in one cycle at most, 1 to 255; bounds the work of a cycle.</summary>
    public int ReceivePerCycleMax = 64;
}
