// What a module implements that wants to know of each change of a DTC status within an operation cycle: by the outcome of a
// test or by a clear. The changes that a start makes (DemStatus.AtCycleStart, ageing) are not told.
// Invariant: called from Dem's own cyclic function, or from the call that clears; it must only note.
// Tests: tests/agent-firmware/Dem/DemListenerTests.cs.
namespace EsyncAgent;

/// <summary>Hears of changed DTC status bytes.</summary>
public interface IDemListener
{
    /// <summary>The status byte of an event changed.</summary>
    void StatusChanged(byte eventNumber, uint dtc, byte before, byte now);
}
