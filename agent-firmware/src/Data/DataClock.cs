// UTC in an ECU that has no clock of its own: the client says it once in a while (routine 0232), from then on it is counted.
// It leaves a mark in the report log (kind 03), by which records are dated, earlier ones too: when UTC is first known in a start, when
// what the client says differs from what was counted, and at least every 12 days, so that the wrap of the milliseconds stays plain.
// Invariants: a mark's UTC is that of the mark's own milliseconds, whenever there was room for it; a mark for which there is no room
// yet is not forgotten. Differences only, so that the wrap after 49.7 days is harmless.
// Tests: tests/agent-firmware/Data/DataClockTests.cs.
namespace EsyncAgent;

/// <summary>UTC of this start.</summary>
public sealed class DataClock
{
    /// <summary>Length of a mark's body.</summary>
    public const int MarkLength = 8;

    /// <summary>UTC that the client says may differ by this from what was counted without leaving a mark.</summary>
    public const int ToleranceMs = 100;

    /// <summary>Longest time between two marks: a quarter of what 32 bits count.</summary>
    public const uint MarkEveryMs = 1u << 30;

    private const long MsPerSecond = 1000;

    private readonly ReportLog _log;
    private readonly IReportSink _sink;
    private readonly byte[] _mark = new byte[MarkLength];

    // What is looked at in each millisecond stands in fields: a property would cost an interpreter as much again.
    private uint _nowMs;
    private bool _isSet;
    private long _utcMs;
    private uint _utcAtMs;
    private bool _isMarkDue;
    private bool _isLogToBeTold;

    /// <summary>A clock that does not know the time; <paramref name="log"/> is told of it for the ages of its records. Its marks go to <paramref name="sink"/>, nowhere when that is null.</summary>
    public DataClock(ReportLog log, IReportSink sink)
    {
        _log = log;
        _sink = sink ?? log;
    }

    /// <summary>Milliseconds of this start, as of this turn.</summary>
    public uint NowMs
    {
        get { return _nowMs; }
    }

    /// <summary>True once UTC was said in this start.</summary>
    public bool IsSet
    {
        get { return _isSet; }
    }

    /// <summary>UTC now, in milliseconds since 1970; 0 while it is not known.</summary>
    public long UtcMs
    {
        get { return _isSet ? _utcMs + (_nowMs - _utcAtMs) : 0; }
    }

    /// <summary>True for a UTC that 32 bits of seconds hold, without the beginning of 1970 itself, which means that it is not known.</summary>
    public static bool IsPossible(long utcMs)
    {
        return utcMs > 0 && utcMs / MsPerSecond < uint.MaxValue;
    }

    /// <summary>UTC of this turn, in milliseconds since 1970.</summary>
    public void Set(long utcMs)
    {
        long ahead = utcMs - UtcMs;
        _isMarkDue = _isMarkDue || !_isSet || ahead > ToleranceMs || ahead < -ToleranceMs;
        _isLogToBeTold = true;
        _isSet = true;
        _utcMs = utcMs;
        _utcAtMs = _nowMs;
    }

    /// <summary>Counts on, and hands the log what it has to know.</summary>
    public void MainFunction(uint nowMs)
    {
        _nowMs = nowMs;
        if (!_isSet)
        {
            return;
        }

        if (nowMs - _utcAtMs >= MarkEveryMs)
        {
            _utcMs += nowMs - _utcAtMs;
            _utcAtMs = nowMs;
            _isMarkDue = true;
        }

        if (_isLogToBeTold && _log.IsReady)
        {
            _log.SetUtc(nowMs, UtcMs);
            _isLogToBeTold = false;
        }

        if (_isMarkDue && _sink.RoomFor(ReportPriority.High) >= MarkLength)
        {
            BigEndian.WriteI64(_mark, 0, UtcMs);
            _isMarkDue = !_sink.Append(ReportKind.Time, ReportPriority.High, 0, nowMs, _mark, 0, MarkLength);
        }
    }
}
