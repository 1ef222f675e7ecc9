// How long a response of an ECU may be, since a buffer of that length is kept in RAM all the time.
// With a report log as long as a request: routine 0230 hands out as many records as a response holds. Without one only what the ECU's
// records, DTCs and reports need, and room for several of them at once.
// Tests: tests/host-sim/Config/ResponseLengthTests.cs.
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>Sizes the response buffer.</summary>
public static class ResponseLength
{
    /// <summary>Longest response of an ECU without a report log that needs no longer one: all that the agent itself reports, and several records in one service 22.</summary>
    public const int Common = 512;

    // SID, sub-function, DTCStatusAvailabilityMask, and four bytes of each DTC (19 0A); SID and identifier before a record (22); SID, sub-function,
    // DTC, status, record number and count before a snapshot (19 04).
    private const int DtcListHead = 3;
    private const int DtcLength = 4;
    private const int RecordHead = 3;
    private const int SnapshotHead = 8;

    /// <summary>Longest response in bytes, never beyond the longest request.</summary>
    public static ushort LengthMax(EcuConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Fls.ReportLog.Length != 0)
        {
            return config.Dcm.MessageLengthMax;
        }

        int dtcs = DtcListHead + (config.Dem.Dtcs.Length * DtcLength);
        int record = RecordHead + config.Dcm.ConstantRecords.Select(constant => constant.Length).DefaultIfEmpty().Max();
        int snapshot = SnapshotHead + config.Dem.SnapshotLengthMax();
        return (ushort)Math.Min(config.Dcm.MessageLengthMax, new[] { Common, dtcs, record, snapshot }.Max());
    }
}
