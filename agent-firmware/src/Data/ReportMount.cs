// Reads the report log after a start: the header of each sector, one a turn, then the newest sector of each priority.
// Invariants: nothing is written; the newest header counts for what is given up, the largest counters count whichever copy
// they are in; the next number is one beyond all that may have been under way when the power failed; without any whole
// header a new life begins.
// Tests: tests/agent-firmware/Data.
using System;

namespace EsyncAgent;

/// <summary>The mount.</summary>
public sealed class ReportMount
{
    private const int TriesMax = 3;
    private const int RecordsPerStep = 4;
    private const int UtcOffset = ReportLayout.HeadLength;

    // More records than any sector holds that cannot be read: their numbers are not given again.
    private const uint UnreadNumbers = 0x10000;

    private readonly Fls _fls;
    private readonly ReportSectors _sectors;
    private readonly ReportState _state;
    private readonly ReportClock _clock;
    private readonly ReportWalk _walk;
    private readonly FlsJob _job = new FlsJob(FlsPriority.Data);
    private readonly byte[] _header = new byte[ReportSectorHeader.Length];
    private readonly byte[] _newest = new byte[ReportSectorHeader.CopyLength];
    private int _sector;
    private int _tries;
    private int _priority;
    private bool _isReading;
    private bool _isWalking;
    private bool _hasNewest;
    private bool _isTorn;
    private bool _isLastStart;
    private bool _hasTime;
    private uint _firstMs;
    private uint _lastMs;

    /// <summary>A mount that walks with the given walk, which is its own while it is at work.</summary>
    public ReportMount(Fls fls, ReportSectors sectors, ReportState state, ReportClock clock, ReportWalk walk)
    {
        _fls = fls;
        _sectors = sectors;
        _state = state;
        _clock = clock;
        _walk = walk;
    }

    /// <summary>Place of the newest sector in the order of openings.</summary>
    public uint Sequence
    {
        get { return _hasNewest ? ReportSectorHeader.SequenceOf(_newest, 0) : 0; }
    }

    /// <summary>Most erases that a header tells of.</summary>
    public uint ErasesMax { get; private set; }

    /// <summary>Goes on; Ok when all is known. <paramref name="entropy"/> names a new life.</summary>
    public StdReturn Step(IMcu entropy)
    {
        if (_sector < _sectors.Count)
        {
            ReadHeader();
            return StdReturn.Pending;
        }

        if (_priority < ReportPriority.Count)
        {
            WalkNewest();
            return StdReturn.Pending;
        }

        if (_hasNewest)
        {
            Resume();
        }
        else
        {
            byte[] epoch = new byte[4];
            entropy.ReadEntropy(epoch);
            _state.Epoch = BigEndian.ReadU32(epoch, 0);
            _state.BootNumber = 1;
        }

        _clock.Begin(_state.Next);
        return StdReturn.Ok;
    }

    private void ReadHeader()
    {
        if (!_isReading)
        {
            _isReading = _fls.Read(_job, _sectors.AddressOf(_sector), _header, 0, _header.Length);
            return;
        }

        if (_job.Result == StdReturn.Pending)
        {
            return;
        }

        _isReading = false;
        if (_job.Result == StdReturn.NotOk)
        {
            _tries++;
            if (_tries < TriesMax)
            {
                return;
            }

            _sectors.Avoid(_sector);
            _state.Next += UnreadNumbers;
        }
        else
        {
            TakeHeader(ReportSectorHeader.Find(_header, 0));
        }

        _tries = 0;
        _sector++;
    }

    private void TakeHeader(int index)
    {
        if (index < 0)
        {
            return;
        }

        if (_hasNewest && ReportSectorHeader.EpochOf(_header, index) != _state.Epoch)
        {
            // Left by a life before this one.
            return;
        }

        _state.Epoch = ReportSectorHeader.EpochOf(_header, index);
        ErasesMax = ReportState.Larger(ErasesMax, ReportSectorHeader.ErasesOf(_header, index));
        _sectors.Use(_sector, ReportSectorHeader.FirstOf(_header, index), ReportSectorHeader.PriorityOf(_header, index));
        ReportSectorHeader.Take(_header, index, _state, _clock);
        if (!_hasNewest || ReportSectorHeader.SequenceOf(_header, index) > Sequence)
        {
            _hasNewest = true;
            Array.Copy(_header, index, _newest, 0, _newest.Length);
            _sectors.NoteNewest(_sector);
        }
    }

    private void WalkNewest()
    {
        if (!_isWalking)
        {
            int sector = _sectors.Newest(_priority);
            if (sector == ReportSectors.None)
            {
                _priority++;
                return;
            }

            _walk.Begin(_sectors.AddressOf(sector), _sectors.LimitOf(sector), _priority, _sectors.FirstOf(sector));
            _isWalking = true;
            _isLastStart = true;
        }

        for (int i = 0; i < RecordsPerStep; i++)
        {
            StdReturn result = _walk.Next();
            if (result == StdReturn.Pending)
            {
                return;
            }

            if (result == StdReturn.NotOk)
            {
                _state.Next += _walk.IsFailed ? UnreadNumbers : 0;

                // A record that was torn in the last start may read well the next time: its number is not given again.
                _isTorn = _isTorn || (_walk.IsTorn && _isLastStart);
                _isWalking = false;
                _priority++;
                return;
            }

            TakeRecord();
        }
    }

    private void TakeRecord()
    {
        byte[] buffer = _walk.Buffer;
        int index = _walk.Index;
        bool isLastStart = ReportLayout.BootNumberOf(buffer, index) == ReportSectorHeader.BootNumberOf(_newest, 0);
        if (isLastStart)
        {
            TakeTime(ReportLayout.TimeOf(buffer, index));
        }

        if (_walk.Kind == ReportKind.Acknowledgement)
        {
            _state.AcknowledgedUpTo = ReportState.Larger(_state.AcknowledgedUpTo, _walk.Number);
            if (_walk.Length == ReportLayout.AcknowledgementLength)
            {
                _state.TakeCounters(buffer, index + ReportLayout.HeadLength);
            }

            return;
        }

        _isLastStart = isLastStart;
        _sectors.NoteLast(_priority, _walk.Number);
        _state.Next = ReportState.Larger(_state.Next, _walk.Number + 1);
        if (_walk.Kind == ReportKind.Time && _walk.Length == ReportLayout.Overhead + 8)
        {
            ulong second = (((ulong)BigEndian.ReadU32(buffer, index + UtcOffset) << 32) | BigEndian.ReadU32(buffer, index + UtcOffset + 4)) / 1000;
            _clock.Note(_walk.Number, second < uint.MaxValue ? (uint)second + 1 : uint.MaxValue);
        }
    }

    // How long the last start lasted at least.
    private void TakeTime(uint timeMs)
    {
        _firstMs = !_hasTime || (int)(timeMs - _firstMs) < 0 ? timeMs : _firstMs;
        _lastMs = !_hasTime || (int)(timeMs - _lastMs) > 0 ? timeMs : _lastMs;
        _hasTime = true;
    }

    private void Resume()
    {
        uint madeGood = (_lastMs - _firstMs) / MinuteBudget.DelayMs;
        byte openings = ReportSectorHeader.OpeningsOf(_newest, 0);
        openings = madeGood < openings ? (byte)(openings - madeGood) : (byte)0;
        _state.Openings = openings < ReportLog.OpeningsAtOnce ? openings : (byte)ReportLog.OpeningsAtOnce;
        // No second sector begins with the number of one that was opened and got no record.
        bool isBegun = _sectors.Find(_state.Next) != ReportSectors.None;
        _state.Next += _isTorn || isBegun ? 1u : 0;
        _state.BootNumber = (ushort)(ReportSectorHeader.BootNumberOf(_newest, 0) + 1);
        for (int i = 0; i < ReportSectorHeader.GivenUpMax; i++)
        {
            uint first = ReportSectorHeader.GivenUpOf(_newest, 0, i);
            int sector = first == 0 ? ReportSectors.None : _sectors.Find(first);
            if (sector != ReportSectors.None)
            {
                _sectors.GiveUp(sector);
            }
        }
    }
}
