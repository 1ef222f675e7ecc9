// Where collected records go: the report log, or whoever stands in for it in tests.
// Invariant: a record is taken as a whole or counted as dropped; nobody waits.
// Must not know what a body means (PROTOCOL.md, "Report log").
// Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>Takes records for the report log.</summary>
public interface IReportSink
{
    /// <summary>False where the ECU has no report log: nothing needs to be collected then.</summary>
    bool IsPresent { get; }

    /// <summary>Longest body of this priority that <see cref="Append"/> would take now, in bytes; 0 when nothing more fits.</summary>
    int RoomFor(byte priority);

    /// <summary>Counts a record of this priority as dropped, which its maker does not make since there were too many.</summary>
    void CountDropped(byte priority);

    /// <summary>Copies a record; false when there was no room, and then it counts as dropped.</summary>
    /// <param name="kind">Kind of the record.</param>
    /// <param name="priority">0 low, 1 normal, 2 high.</param>
    /// <param name="retentionHours">How long it is worth keeping, in hours; 0 for ever.</param>
    /// <param name="timeMs">When it was made, in milliseconds of this start.</param>
    /// <param name="body">Holds the body.</param>
    /// <param name="offset">Where it begins.</param>
    /// <param name="count">Its length in bytes.</param>
    bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count);
}
