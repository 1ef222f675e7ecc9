// What stands before the report log for everybody who reports: the first record of a start tells under which signals and
// rules all others were made, and changes of DTCs become records with their snapshots.
// Invariants: the start's record comes before the first other one; a start in which nothing is reported leaves none; which
// bits of a status byte are worth a record is decided here and nowhere else; an event that flaps makes no more than a bounded number
// of records, and what is beyond it counts as dropped.
// Must not know how records are kept. Clause: PROTOCOL.md, "Report log".
// Tests: tests/agent-firmware/Data/ReportFeedTests.
namespace EsyncAgent;

/// <summary>The way of records to the report log.</summary>
public sealed class ReportFeed : IReportSink
{
    /// <summary>Length of the body of a start's record.</summary>
    public const int StartLength = 9;

    /// <summary>Length of the body of a DTC's record without its snapshot.</summary>
    public const int DtcHeadLength = 6;

    private const byte WorthARecord = DemStatus.TestFailed | DemStatus.Pending | DemStatus.Confirmed;
    private const int SnapshotLengthMax = 255;

    // Changes of DTCs in a start that become records and trigger rules: each event fails once.
    private const int DtcChangesAtOnce = 32;

    private readonly IReportSink _log;
    private readonly Dem _dem;
    private readonly IMcu _mcu;
    private readonly uint _signalTableId;
    private readonly byte[] _start = new byte[StartLength];
    private readonly MinuteBudget _changes = new MinuteBudget(DtcChangesAtOnce);
    private readonly byte[] _dtc = new byte[DtcHeadLength + SnapshotLengthMax];
    private bool _isStartTold;

    /// <summary>A feed of <paramref name="log"/>.</summary>
    public ReportFeed(IReportSink log, Dem dem, IMcu mcu, uint signalTableId)
    {
        _log = log;
        _dem = dem;
        _mcu = mcu;
        _signalTableId = signalTableId;
    }

    /// <summary>Sequence number of the rules in force; 0 for the built-in ones, and until they are known.</summary>
    public uint RulesSequence { get; set; }

    /// <inheritdoc/>
    public bool IsPresent
    {
        get { return _log.IsPresent; }
    }

    /// <inheritdoc/>
    public int RoomFor(byte priority)
    {
        return _log.RoomFor(priority);
    }

    /// <inheritdoc/>
    public bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count)
    {
        if (!_isStartTold && IsPresent)
        {
            TellStart(timeMs);
        }

        return _log.Append(kind, priority, retentionHours, timeMs, body, offset, count);
    }

    /// <summary>
    /// The status byte of a DTC changed; to be called while the snapshot that was captured with it can be copied. False: there were too
    /// many such changes, and nobody is to act on this one.
    /// </summary>
    public bool TellDtc(byte eventNumber, uint dtc, byte before, byte now, uint timeMs)
    {
        if (((before ^ now) & WorthARecord) == 0 || !IsPresent)
        {
            return true;
        }

        if (!_changes.IsLeft(timeMs))
        {
            _log.CountDropped(ReportPriority.High);
            return false;
        }

        _changes.Take(timeMs);
        BigEndian.WriteU24(_dtc, 0, dtc);
        _dtc[3] = before;
        _dtc[4] = now;
        _dtc[5] = eventNumber;
        int length = DtcHeadLength + _dem.CopyCapture(_dtc, DtcHeadLength);
        Append(ReportKind.Dtc, ReportPriority.High, 0, timeMs, _dtc, 0, length);
        return true;
    }

    /// <inheritdoc/>
    public void CountDropped(byte priority)
    {
        _log.CountDropped(priority);
    }

    private void TellStart(uint timeMs)
    {
        BigEndian.WriteU32(_start, 0, _signalTableId);
        BigEndian.WriteU32(_start, 4, RulesSequence);
        _start[8] = (byte)_mcu.ResetCause;
        _isStartTold = _log.Append(ReportKind.Start, ReportPriority.High, 0, timeMs, _start, 0, StartLength);
    }
}
