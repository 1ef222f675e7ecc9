// The report log: a ring of flash sectors with records that wait to be fetched by the vehicle's client, and a queue before it.
// Invariants: Append never waits; what was appended is handed out once it stands in flash, or counted as dropped or expired;
// numbers ascend for the life of the log and stand for one record each; a sector holds records of one priority; after a
// reset no sector is appended to, since FF is no proof of an erase; what is given up is counted and declared in the newest
// header before it is erased, and the newest sector is never erased before another carries all of it on.
// Must not know what records mean. PROTOCOL.md "Report log". Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>The report log.</summary>
public sealed class ReportLog : IReportSink
{
    /// <summary>Sectors that the area has at least: one open for each priority, as many of the start before, two spares.</summary>
    public const uint SectorsMin = 8;

    /// <summary>First openings of a sector in a start that are let through at once, over resets: 32 starts that report in each priority.</summary>
    public const int OpeningsAtOnce = 96;

    private readonly int _lengthMax;
    private readonly IMcu _mcu;
    private readonly ReportState _state;
    private readonly uint[] _early;
    private readonly ReportClock _clock;
    private readonly ReportBuffer _queue;
    private readonly ReportMount _mount;
    private readonly ReportReader _reader;
    private readonly ReportWriter _writer;
    private bool _hasWork = true;

    /// <summary>A log in the area ReportLog of the map, with a queue of so many bytes, for records of at most so many with head and CRC. Without an area it takes nothing.</summary>
    public ReportLog(Fls fls, IMcu mcu, int queueLength, int recordLengthMax)
    {
        IsPresent = fls.Map.ReportLog.Length != 0;
        if (!IsPresent)
        {
            return;
        }

        _mcu = mcu;
        _state = new ReportState();
        _early = new uint[ReportPriority.Count];
        ReportSectors sectors = new ReportSectors(fls);
        int longest = (int)sectors.LengthMin - ReportSectorHeader.Length;
        recordLengthMax = recordLengthMax < longest ? recordLengthMax : longest;
        _lengthMax = recordLengthMax;
        _clock = new ReportClock();
        _queue = new ReportBuffer(queueLength);
        ReportWalk walk = new ReportWalk(fls, recordLengthMax);
        _mount = new ReportMount(fls, sectors, _state, _clock, walk);
        ReportReclaim reclaim = new ReportReclaim(sectors, _state, _clock, walk);
        _writer = new ReportWriter(fls, sectors, _state, _clock, _queue, reclaim, recordLengthMax);
        _reader = new ReportReader(fls, sectors, _state, _clock, recordLengthMax);
    }

    /// <summary>True when the flash map has room for a log.</summary>
    public bool IsPresent { get; }

    /// <summary>True when the log was found; until then records wait in the queue.</summary>
    public bool IsReady { get; private set; }

    /// <summary>True while what waits is held back, since there were too many starts in a short time; a reset loses it.</summary>
    public bool IsHeldBack
    {
        get { return IsReady && _writer.IsHeldBack; }
    }

    /// <summary>True when nothing is under way to the flash: a reset would lose nothing but what is held back.</summary>
    public bool IsIdle
    {
        get { return !IsPresent || (IsReady ? _writer.IsIdle : _queue.IsEmpty); }
    }

    /// <summary>True when a turn would find something to do that does not depend on the time of day.</summary>
    public bool HasWork
    {
        get { return _hasWork; }
    }

    /// <summary>Name of the log's life; 0 when it is not ready.</summary>
    public uint Epoch
    {
        get { return IsReady ? _state.Epoch : 0; }
    }

    /// <summary>Number of the next record; 0 when it is not ready.</summary>
    public uint NextSequence
    {
        get { return IsReady ? _state.Next : 0; }
    }

    /// <summary>The client has everything up to this number.</summary>
    public uint AcknowledgedUpTo
    {
        get { return IsReady ? _state.AcknowledgedUpTo : 0; }
    }

    /// <summary>Number of this start; 0 when it is not ready.</summary>
    public ushort BootNumber
    {
        get { return IsPresent ? _state.BootNumber : (ushort)0; }
    }

    /// <summary>Records of which nobody will fetch anything, for they had expired.</summary>
    public uint ExpiredCount
    {
        get { return IsPresent ? _state.Expired : 0; }
    }

    /// <summary>Bytes that the last read has written.</summary>
    public int ReadLength
    {
        get { return IsPresent ? _reader.Length : 0; }
    }

    /// <summary>Records that were brought into the flash in this start; wraps.</summary>
    public uint WrittenCount
    {
        get { return IsPresent ? _writer.WrittenCount : 0; }
    }

    /// <summary>Their bytes, head and CRC included; wraps.</summary>
    public uint WrittenByteCount
    {
        get { return IsPresent ? _writer.WrittenByteCount : 0; }
    }

    /// <summary>Records of a priority that were given up or found no room.</summary>
    public uint DroppedOf(byte priority)
    {
        return IsPresent ? _state.Dropped[priority] : 0;
    }

    /// <summary>Bytes of the longest body that a record of this priority may have now; 0 when there is no room.</summary>
    public int RoomFor(byte priority)
    {
        if (!IsPresent)
        {
            return 0;
        }

        int room = _queue.RoomFor(priority);
        int longest = _lengthMax - ReportLayout.Overhead;
        return room < 0 ? 0 : room < longest ? room : longest;
    }

    /// <summary>
    /// Copies a record into the queue: kind 1 to 5, priority 0 to 2, hours that it is of use (0 for ever), milliseconds of this
    /// start. False: there was no room, and it is counted as dropped, or there is no log.
    /// </summary>
    public bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count)
    {
        if (!IsPresent)
        {
            return false;
        }

        if (count > RoomFor(priority))
        {
            CountDropped(priority);
            return false;
        }

        _queue.Add(kind, priority, retentionHours, timeMs, body, offset, count);
        _hasWork = true;
        return true;
    }

    /// <inheritdoc/>
    public void CountDropped(byte priority)
    {
        if (IsPresent)
        {
            uint[] counts = IsReady ? _state.Dropped : _early;
            counts[priority]++;
        }
    }

    /// <summary>UTC now, in milliseconds since 1970: from then on records can expire.</summary>
    public void SetUtc(uint nowMs, long utcMs)
    {
        if (IsReady)
        {
            _clock.Set(nowMs, utcMs, _state.Next - 1);
        }
    }

    /// <summary>The client has everything up to a number. Pending: not ready, ask again; NotOk: there is no log, or this is not its life.</summary>
    public StdReturn Acknowledge(uint epoch, uint upTo)
    {
        if (!IsReady)
        {
            return IsPresent ? StdReturn.Pending : StdReturn.NotOk;
        }

        if (epoch != _state.Epoch)
        {
            return StdReturn.NotOk;
        }

        upTo = upTo < _state.Next ? upTo : _state.Next - 1;
        if (upTo > _state.AcknowledgedUpTo)
        {
            _state.Acknowledge(upTo);
        }

        return StdReturn.Ok;
    }

    /// <summary>
    /// Begins to read whole records, ascending from a number on, as many as there is room for, into an array that stays
    /// untouched until <see cref="AdvanceRead"/> has ended. False when not ready. A read under way is given up.
    /// </summary>
    public bool BeginRead(uint from, byte[] into, int offset, int room)
    {
        if (!IsReady)
        {
            return false;
        }

        _reader.Begin(from, into, offset, room);
        return true;
    }

    /// <summary>Goes on with the read. Ok: <see cref="ReadLength"/> bytes are there; NotOk: the flash could not be read.</summary>
    public StdReturn AdvanceRead(uint nowMs)
    {
        return IsReady ? _reader.Advance(nowMs) : StdReturn.NotOk;
    }

    /// <summary>Goes on with what is under way.</summary>
    public void MainFunction(uint nowMs)
    {
        if (!IsPresent)
        {
            _hasWork = false;
            return;
        }

        if (IsReady)
        {
            _clock.MainFunction(nowMs, _state.Next - 1);
            _writer.MainFunction(nowMs);
            _hasWork = !_writer.IsIdle;
        }
        else if (_mount.Step(_mcu) == StdReturn.Ok)
        {
            for (int priority = 0; priority < ReportPriority.Count; priority++)
            {
                _state.Dropped[priority] += _early[priority];
            }

            _writer.Begin(_mount.Sequence, _mount.ErasesMax, nowMs);
            IsReady = true;
        }
    }
}
