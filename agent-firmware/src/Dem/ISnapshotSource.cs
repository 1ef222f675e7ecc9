// Where the data of a snapshot comes from: one record for each data identifier, as service 22 would give it at this moment.
// Invariant: a record is there at once and has at most DemConfig.RecordLengthMax bytes; one that is not is left out.
// Tests: tests/agent-firmware/Dem/DemSnapshotTests.cs.
namespace EsyncAgent;

/// <summary>Gives the records of a snapshot.</summary>
public interface ISnapshotSource
{
    /// <summary>Writes the record of a data identifier; returns its length in bytes, −1 when there is none.</summary>
    int AppendRecord(ushort did, byte[] into, int offset);
}
