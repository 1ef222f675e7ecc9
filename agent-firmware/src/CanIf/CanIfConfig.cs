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

    /// <summary>Value of <see cref="PeriodicTxId"/> of an ECU that sends no periodic data.</summary>
    public const uint NoIdentifier = 0xFFFFFFFF;

    /// <summary>Bit of <see cref="SignalRxIds"/> that marks an identifier of 29 bits, as DBC files have it.</summary>
    public const uint ExtendedBit = 0x80000000;

    /// <summary>Identifier of the frames of service 2A, in the format of the others; <see cref="NoIdentifier"/>: the ECU sends none.</summary>
    public uint PeriodicTxId = NoIdentifier;

    /// <summary>Identifiers of frames that signals are read from, ascending; 29-bit ones with <see cref="ExtendedBit"/>. None of them is a diagnostic one.</summary>
    public uint[] SignalRxIds = new uint[0];

    /// <summary>Frames that may wait for the controller, 1 to 64.</summary>
    public int TransmitQueueLength = 8;

    /// <summary>Frames taken from the driver in one cycle at most, 1 to 255; bounds the work of a cycle.</summary>
    public int ReceivePerCycleMax = 64;
}
