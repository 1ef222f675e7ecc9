// Walks over the records of one sector of the report log, whole ones only.
// Invariants: a damaged record costs itself: the walk finds the next whole one by its alignment, head, number and CRC; a
// sector ends at its limit, or where as much is blank as the longest record is long, since a torn record is the last of its
// sector; each call does a bounded piece of work.
// Must not know what a body means. Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>A walk, and the record where it is.</summary>
public sealed class ReportWalk
{
    private const int StepsMax = 32;
    private const int TriesMax = 3;
    private const uint Blank = 0xFFFFFFFF;

    private readonly FlsWindow _window;
    private readonly int _lengthMax;
    private readonly int _alignment;
    private uint _address;
    private uint _limit;
    private uint _position;
    private byte _priority;
    private uint _numberMin;
    private int _blank;
    private int _tries;
    private bool _isAtRecord;

    /// <summary>A walk for records of at most so many bytes.</summary>
    public ReportWalk(Fls fls, int lengthMax)
    {
        _alignment = ReportLayout.Alignment(fls.WriteUnit);
        _lengthMax = lengthMax;
        _window = new FlsWindow(fls, FlsPriority.Data, lengthMax);
    }

    /// <summary>True when something that is no whole record lies behind the last one.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>True when the walk ended since the flash could not be read.</summary>
    public bool IsFailed { get; private set; }

    /// <summary>Priority of the sector.</summary>
    public byte Priority
    {
        get { return _priority; }
    }

    /// <summary>Bytes of the sector that the walk knows to look at.</summary>
    public uint Limit
    {
        get { return _limit; }
    }

    /// <summary>Number of the record; of an acknowledgement, what it acknowledges.</summary>
    public uint Number { get; private set; }

    /// <summary>Kind of the record.</summary>
    public byte Kind { get; private set; }

    /// <summary>Its length, without padding.</summary>
    public int Length { get; private set; }

    /// <summary>Holds the record until the next <see cref="Next"/>.</summary>
    public byte[] Buffer
    {
        get { return _window.Buffer; }
    }

    /// <summary>Where the record begins in <see cref="Buffer"/>.</summary>
    public int Index
    {
        get { return _window.IndexOf(_position); }
    }

    /// <summary>Begins before the first record of a sector, of which so many bytes may hold records and no number is lower than the first.</summary>
    public void Begin(uint address, uint limit, int priority, uint first)
    {
        _address = address;
        _priority = (byte)priority;
        _numberMin = first;
        _position = ReportSectorHeader.Length;
        _isAtRecord = false;
        IsTorn = false;
        Extend(limit);
    }

    /// <summary>Goes on at the same place of the same sector, of which more may hold records by now.</summary>
    public void Extend(uint limit)
    {
        _limit = limit;
        _blank = 0;
        _tries = 0;
        IsFailed = false;
        _window.Open(_address, limit);
    }

    /// <summary>Goes to the next whole record. Ok: it is there; NotOk: there is none, or <see cref="IsFailed"/>; Pending: call again in a later cycle.</summary>
    public StdReturn Next()
    {
        if (_isAtRecord)
        {
            _isAtRecord = false;
            _position += (uint)((Length + _alignment - 1) & ~(_alignment - 1));
        }

        for (int step = 0; step < StepsMax; step++)
        {
            if (_position + ReportLayout.Overhead > _limit || _blank >= _lengthMax)
            {
                return StdReturn.NotOk;
            }

            StdReturn result = Look();
            if (result != StdReturn.NotOk)
            {
                return result;
            }

            if (IsFailed)
            {
                return StdReturn.NotOk;
            }

            IsTorn = IsTorn || _blank == 0;
            _position += (uint)_alignment;
        }

        return StdReturn.Pending;
    }

    // Ok: a record begins here. NotOk: none does, or the flash has failed.
    private StdReturn Look()
    {
        StdReturn result = Ensure(ReportLayout.HeadLength);
        if (result != StdReturn.Ok)
        {
            return result;
        }

        byte[] buffer = _window.Buffer;
        int index = _window.IndexOf(_position);
        if (BigEndian.ReadU32(buffer, index) == Blank)
        {
            _blank += _alignment;
            return StdReturn.NotOk;
        }

        _blank = 0;
        if (!ReportLayout.IsHead(buffer, index, _priority, _lengthMax) || _position + (uint)ReportLayout.LengthOf(buffer, index) > _limit)
        {
            return StdReturn.NotOk;
        }

        result = Ensure(ReportLayout.LengthOf(buffer, index));
        if (result != StdReturn.Ok)
        {
            return result;
        }

        return Take(buffer, _window.IndexOf(_position)) ? StdReturn.Ok : StdReturn.NotOk;
    }

    private bool Take(byte[] buffer, int index)
    {
        uint number = ReportLayout.NumberOf(buffer, index);
        byte kind = ReportLayout.KindOf(buffer, index);
        bool hasNumber = kind != ReportKind.Acknowledgement;
        if ((hasNumber && number < _numberMin) || !ReportLayout.IsWhole(buffer, index))
        {
            return false;
        }

        Number = number;
        Kind = kind;
        Length = ReportLayout.LengthOf(buffer, index);
        _numberMin = hasNumber ? number : _numberMin;
        _isAtRecord = true;
        IsTorn = false;
        return true;
    }

    private StdReturn Ensure(int count)
    {
        StdReturn result = _window.Ensure(_position, count);
        if (result == StdReturn.NotOk)
        {
            _tries++;
            IsFailed = _tries >= TriesMax;
            return IsFailed ? StdReturn.NotOk : StdReturn.Pending;
        }

        _tries = result == StdReturn.Ok ? 0 : _tries;
        return result;
    }
}
