// Brings the queue's records into the log: opens a sector where there is none with room, programs them one after the other,
// reads each back, and writes down from time to time what is acknowledged.
// Invariants: no write unit is programmed twice between erases, nothing is programmed into a sector that was not erased in
// this start; a number belongs to one record, taken or not; a record leaves the queue when it stands, or when it is counted
// as dropped; how often starts open their first sectors has a bound, however often there is a reset.
// Tests: tests/agent-firmware/Data.
using System;

namespace EsyncAgent;

/// <summary>The writer.</summary>
public sealed class ReportWriter
{
    private const int TriesMax = 3;
    private const uint AcknowledgeMsMin = 1000;
    private const uint CountersMsMin = 60000;

    private readonly Fls _fls;
    private readonly ReportSectors _sectors;
    private readonly ReportState _state;
    private readonly ReportClock _clock;
    private readonly ReportBuffer _queue;
    private readonly ReportReclaim _reclaim;
    private readonly FlsWriter _writer;
    private readonly MinuteBudget _openings = new MinuteBudget(ReportLog.OpeningsAtOnce);
    private readonly bool[] _isOpened = new bool[ReportPriority.Count];
    private readonly FlsJob _job = new FlsJob(FlsPriority.Data);
    private readonly byte[] _record;
    private readonly byte[] _header = new byte[ReportSectorHeader.Length];
    private readonly int _alignment;
    private Phase _phase;
    private uint _sequence;
    private uint _erases;
    private uint _erasesMax;
    private int _sector;
    private byte _priority;
    private int _tries;
    private uint _saved;
    private uint _savedUpTo;
    private uint _sumInHeader;
    private uint _acknowledgedMs;

    /// <summary>A writer of records of at most so many bytes.</summary>
    public ReportWriter(Fls fls, ReportSectors sectors, ReportState state, ReportClock clock, ReportBuffer queue, ReportReclaim reclaim, int lengthMax)
    {
        _fls = fls;
        _sectors = sectors;
        _state = state;
        _clock = clock;
        _queue = queue;
        _reclaim = reclaim;
        _writer = new FlsWriter(fls, FlsPriority.Data);
        _alignment = ReportLayout.Alignment(fls.WriteUnit);
        _record = new byte[Padded(lengthMax > ReportLayout.AcknowledgementLength ? lengthMax : ReportLayout.AcknowledgementLength)];
    }

    private enum Phase : byte
    {
        Idle,
        Reclaim,
        ReadOld,
        Erase,
        Header,
        HeaderAgain,
        Record,
        Acknowledgement,
    }

    /// <summary>True when nothing is under way and nothing waits.</summary>
    public bool IsIdle
    {
        get { return _phase == Phase.Idle && (_queue.IsEmpty || IsHeldBack); }
    }

    /// <summary>True while what waits may not open a sector yet, since there were too many starts in a short time.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>Records that were programmed so far, failed ones included; wraps.</summary>
    public uint WrittenCount { get; private set; }

    /// <summary>Their bytes, head and CRC included; wraps.</summary>
    public uint WrittenByteCount { get; private set; }

    /// <summary>Begins where the mount has found the log.</summary>
    public void Begin(uint sequence, uint erasesMax, uint nowMs)
    {
        _sequence = sequence;
        _erasesMax = erasesMax;
        _saved = _state.Sum;
        _savedUpTo = _state.AcknowledgedUpTo;
        _acknowledgedMs = nowMs - CountersMsMin;
        _openings.Begin(_state.Openings, nowMs);
    }

    /// <summary>Goes on.</summary>
    public void MainFunction(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Idle:
                StartNext(nowMs);
                break;
            case Phase.Reclaim:
                Reclaim(nowMs);
                break;
            case Phase.ReadOld:
                ReadOld(nowMs);
                break;
            default:
                Advance(_writer.Step(), nowMs);
                break;
        }
    }

    private void StartNext(uint nowMs)
    {
        _phase = Phase.Idle;
        if (!_queue.IsEmpty)
        {
            _priority = _queue.Priority;
            if (_sectors.OpenOf(_priority) != ReportSectors.None && HasRoom(_queue.Length))
            {
                StartRecord();
                return;
            }

            IsHeldBack = !_isOpened[_priority] && !_openings.IsLeft(nowMs);
            if (!IsHeldBack)
            {
                _sectors.Close(_priority);
                _reclaim.Begin(_priority);
                _phase = Phase.Reclaim;
            }
        }
        else if (_saved != _state.Sum && nowMs - _acknowledgedMs >= (_savedUpTo != _state.AcknowledgedUpTo ? AcknowledgeMsMin : CountersMsMin))
        {
            StartAcknowledgement(nowMs);
        }
    }

    private bool HasRoom(int length)
    {
        uint sectorLength = _fls.SectorLength(_sectors.AddressOf(_sectors.OpenOf(_priority)));
        return _sectors.EndOf(_priority) + (uint)Padded(length) <= sectorLength;
    }

    private void StartRecord()
    {
        int length = _queue.Length;
        WrittenCount++;
        WrittenByteCount += (uint)length;
        Bytes.Fill(_record, length, Padded(length) - length, 0xFF);
        _queue.CopyTo(_record);
        ReportLayout.Finish(_record, _state.Next, _state.BootNumber);
        Program(length, Phase.Record);
    }

    // Into a sector that is open anyhow: an acknowledgement alone is not worth an erase, the next header has it.
    private void StartAcknowledgement(uint nowMs)
    {
        for (_priority = 0; _priority < ReportPriority.Count; _priority++)
        {
            if (_sectors.OpenOf(_priority) != ReportSectors.None && HasRoom(ReportLayout.AcknowledgementLength))
            {
                Bytes.Fill(_record, 0, _record.Length, 0xFF);
                ReportLayout.WriteAcknowledgement(_record, _priority, nowMs, _state);
                _saved = _state.Sum;
                _savedUpTo = _state.AcknowledgedUpTo;
                _acknowledgedMs = nowMs;
                Program(ReportLayout.AcknowledgementLength, Phase.Acknowledgement);
                return;
            }
        }
    }

    private void Program(int length, Phase phase)
    {
        _phase = phase;
        _writer.Program(_sectors.AddressOf(_sectors.OpenOf(_priority)) + _sectors.EndOf(_priority), _record, 0, Padded(length));
    }

    private void Reclaim(uint nowMs)
    {
        StdReturn result = _reclaim.Step(nowMs);
        if (result == StdReturn.Ok)
        {
            // The sector's own header knows how often it was erased.
            _sector = _reclaim.Sector;
            _phase = Phase.ReadOld;
            if (!_fls.Read(_job, _sectors.AddressOf(_sector), _header, 0, _header.Length))
            {
                Fail(nowMs);
            }
        }
        else if (result == StdReturn.NotOk)
        {
            Drop();
        }
    }

    private void ReadOld(uint nowMs)
    {
        if (_job.Result == StdReturn.Pending)
        {
            return;
        }

        int index = _job.Result == StdReturn.Ok ? ReportSectorHeader.Find(_header, 0) : -1;
        bool isBlank = index < 0 && Bytes.AreAll(_header, 0, _header.Length, 0xFF);
        _erases = (index >= 0 ? ReportSectorHeader.ErasesOf(_header, index) : isBlank ? 0 : _erasesMax) + 1;
        TakeOpening(nowMs);
        _sectors.Release(_sector);
        _phase = Phase.Erase;
        uint address = _sectors.AddressOf(_sector);
        _writer.Erase(address, _fls.SectorLength(address));
    }

    // What the next starts have to know stands in the header that this erase is for.
    private void TakeOpening(uint nowMs)
    {
        if (!_isOpened[_priority])
        {
            _isOpened[_priority] = true;
            _openings.Take(nowMs);
            _state.Openings++;
        }
    }

    private void Advance(StdReturn result, uint nowMs)
    {
        if (result == StdReturn.Pending)
        {
            return;
        }

        if (result == StdReturn.NotOk)
        {
            Fail(nowMs);
            return;
        }

        switch (_phase)
        {
            case Phase.Erase:
                _sumInHeader = _state.Sum;
                ReportSectorHeader.Write(_header, _priority, _sequence + 1, _erases, _state, _sectors, _clock);
                ProgramHeader(0, Phase.Header);
                break;
            case Phase.Header:
                ProgramHeader(ReportSectorHeader.CopyLength, Phase.HeaderAgain);
                break;
            case Phase.HeaderAgain:
                _sequence++;
                _erasesMax = ReportState.Larger(_erasesMax, _erases);
                _sectors.Open(_sector, _state.Next, _priority);
                _saved = _sumInHeader;
                StartRecord();
                break;
            case Phase.Record:
                _sectors.Grow(_priority, (uint)Padded(_queue.Length), _state.Next);
                _state.Next++;
                _queue.Remove();
                _tries = 0;
                StartNext(nowMs);
                break;
            default:
                _sectors.Grow(_priority, (uint)Padded(ReportLayout.AcknowledgementLength), 0);
                StartNext(nowMs);
                break;
        }
    }

    private void ProgramHeader(int offset, Phase phase)
    {
        _phase = phase;
        _writer.Program(_sectors.AddressOf(_sector) + (uint)offset, _header, 0, ReportSectorHeader.CopyLength);
    }

    // Something did not take: what is there is unknown, so that the sector is left as it is.
    private void Fail(uint nowMs)
    {
        if (_phase == Phase.Acknowledgement || _phase == Phase.Record)
        {
            _sectors.Close(_priority);
            _state.Next += _phase == Phase.Record ? 1u : 0;
        }
        else
        {
            _sectors.Avoid(_sector);
        }

        if (_phase == Phase.Acknowledgement)
        {
            _saved = _state.Sum - 1;
            StartNext(nowMs);
            return;
        }

        _tries++;
        if (_tries >= TriesMax)
        {
            Drop();
            return;
        }

        StartNext(nowMs);
    }

    private void Drop()
    {
        _state.Dropped[_priority]++;
        _queue.Remove();
        _tries = 0;
        _phase = Phase.Idle;
    }

    private int Padded(int length)
    {
        return (length + _alignment - 1) & ~(_alignment - 1);
    }
}
