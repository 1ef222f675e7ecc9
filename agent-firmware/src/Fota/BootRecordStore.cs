// Keeps the boot record as three copies in three sectors: loads the newest whole one, mends the others, writes changes.
// A sector has several places for its copy, used one after the other: the last one that is not blank counts. An erase takes
// as long as sixty records, so that only the first change of a start erases each sector; the later ones are appended.
// Invariants: a copy is programmed and read back before the next one is touched; a change has happened when one
// copy is whole; the last copy that is known to be good is never touched; nothing is appended to a sector that was not erased
// and read back since this start, for what an interrupted write has touched may read blank. Copies are written in the order
// 0 1 2 when the sequence is odd, 2 1 0 when it is even: a write begins with the copy that the one before it ended with, so a
// copy that an interrupted erase left unstable is the first to be made anew. Mending takes what is not whole first, then
// everything else, since a copy that reads well once may not do so twice.
// Must not know what the fields mean. PROTOCOL.md "Boot record". Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>The boot record in flash.</summary>
public sealed class BootRecordStore
{
    private const int Copies = 3;
    private const int AllCopies = 7;
    private const int TriesMax = 2;
    private const int ReadRoundsMax = 3;

    // A start reads as many heads and one more of each copy at the most; an update makes four changes in one start.
    private const int PlacesMax = 8;

    // Of a place that is not blank the first bytes are not: they are the magic.
    private const int HeadLength = 16;

    // A place lies in pages of its own, since an interrupted program may disturb the page.
    private const int PlaceLengthMin = 256;

    private readonly Fls _fls;
    private readonly FlsArea[] _areas;
    private readonly FlsWriter _writer;
    private readonly byte[] _image = new byte[BootRecord.Length];
    private readonly uint[] _sequences = new uint[Copies];

    // By copy: the place that the next record goes to; 0 when the sector has to be erased first.
    private readonly byte[] _freePlaces = new byte[Copies];
    private readonly BootRecord _record = new BootRecord();
    private State _state;
    private StdReturn _writeResult;
    private uint _lastSequence;
    private uint _orderSequence;
    private int _copy;
    private int _place;
    private int _round;
    private int _tries;
    private int _validMask;
    private int _blankMask;
    private int _todoMask;
    private int _urgentMask;
    private int _wholeMask;
    private int _failedMask;
    private bool _isLoaded;
    private bool _wasMended;

    /// <summary>A store over the three areas of the map; <see cref="MainFunction"/> loads it.</summary>
    public BootRecordStore(Fls fls)
    {
        _fls = fls;
        _writer = new FlsWriter(fls, FlsPriority.Fota);
        _areas = new FlsArea[] { fls.Map.BootRecord0, fls.Map.BootRecord1, fls.Map.BootRecord2 };
    }

    private enum State : byte
    {
        Look,
        Looking,
        Reading,
        Mending,
        Idle,
        Writing,
    }

    /// <summary>Records that an area of the map takes between two erases, 1 to 8, on a part of <paramref name="pageSize"/> bytes a page.</summary>
    public static int PlaceCount(FlsArea area, int pageSize)
    {
        uint count = area.Length / PlaceLength(pageSize);
        return count == 0 ? 1 : count < PlacesMax ? (int)count : PlacesMax;
    }

    /// <summary>The record as it stands in flash. Read only for others: change a copy of it and <see cref="Write"/> that.</summary>
    public BootRecord Record
    {
        get { return _record; }
    }

    /// <summary>True once the copies were read and mended, or none was found.</summary>
    public bool IsLoaded
    {
        get { return _isLoaded; }
    }

    /// <summary>True when none of the three copies held anything but FF at start.</summary>
    public bool IsBlank
    {
        get { return _isLoaded && _validMask == 0 && _blankMask == AllCopies; }
    }

    /// <summary>True when no copy was whole at start and not all were blank.</summary>
    public bool IsLost
    {
        get { return _isLoaded && _validMask == 0 && _blankMask != AllCopies; }
    }

    /// <summary>True when copies had to be made anew at start.</summary>
    public bool WasMended
    {
        get { return _wasMended; }
    }

    /// <summary>True when a copy could not be written in the last write or mending: the flash is failing there.</summary>
    public bool IsDegraded
    {
        get { return _failedMask != 0; }
    }

    /// <summary>True when nothing is being loaded or written.</summary>
    public bool IsIdle
    {
        get { return _state == State.Idle; }
    }

    /// <summary>
    /// Result of the last <see cref="Write"/>: Pending until every copy was tried, Ok when one is whole at least (then
    /// <see cref="Record"/> is the new one), NotOk when the flash took none of two and the old record stands in the third.
    /// </summary>
    public StdReturn WriteResult
    {
        get { return _writeResult; }
    }

    /// <summary>
    /// Begins to write a change; <paramref name="next"/> is copied, and its sequence set to one more than the newest known
    /// (its own, when it was rebuilt from marks and says more). False while not loaded or another write is under way.
    /// </summary>
    public bool Write(BootRecord next)
    {
        if (_state != State.Idle)
        {
            return false;
        }

        if ((int)(next.Sequence - _lastSequence) > 0)
        {
            _lastSequence = next.Sequence;
        }

        _lastSequence++;
        next.Sequence = _lastSequence;
        next.Serialize(_image, 0);
        _writeResult = StdReturn.Pending;

        // What failed last time comes first: the one copy that is left of a failed write must not be the first to be erased.
        StartCopies(State.Writing, _lastSequence, AllCopies, _failedMask);
        return true;
    }

    /// <summary>Goes on with loading or writing.</summary>
    public void MainFunction(uint nowMs)
    {
        switch (_state)
        {
            case State.Idle:
                return;
            case State.Look:
                LookAtNextPlace();
                return;
            case State.Looking:
            case State.Reading:
                StdReturn read = _writer.Step();
                if (read != StdReturn.Pending)
                {
                    TakeRead(read == StdReturn.Ok);
                }

                return;
            default:
                WriteCopies();
                return;
        }
    }

    private static uint PlaceLength(int pageSize)
    {
        return pageSize > PlaceLengthMin ? (uint)pageSize : PlaceLengthMin;
    }

    // The place behind the one that is the newest so far: when nothing is there, that one is the copy.
    private void LookAtNextPlace()
    {
        bool isLast = _place + 1 == PlaceCount(_areas[_copy], _fls.PageSize);
        _state = isLast ? State.Reading : State.Looking;
        Read(isLast ? _place : _place + 1, isLast ? BootRecord.Length : HeadLength);
    }

    private void TakeRead(bool isRead)
    {
        if (_state == State.Reading || !isRead)
        {
            TakeCopy(isRead);
        }
        else if (Bytes.AreAll(_image, 0, HeadLength, 0xFF))
        {
            _state = State.Reading;
            Read(_place, BootRecord.Length);
        }
        else
        {
            _place++;
            LookAtNextPlace();
        }
    }

    private void Read(int place, int count)
    {
        _writer.Read(PlaceAddress(place), _image, 0, count);
    }

    private uint PlaceAddress(int place)
    {
        return _areas[_copy].Start + ((uint)place * PlaceLength(_fls.PageSize));
    }

    private void TakeCopy(bool isRead)
    {
        int bit = 1 << _copy;
        if (isRead && BootRecord.IsWhole(_image, 0))
        {
            uint sequence = BootRecord.SequenceOf(_image, 0);
            _sequences[_copy] = sequence;
            if (_validMask == 0 || (int)(sequence - _record.Sequence) > 0)
            {
                _record.Parse(_image, 0);
            }

            _validMask |= bit;
        }
        else if (isRead && Bytes.AreAll(_image, 0, BootRecord.Length, 0xFF))
        {
            _blankMask |= bit;
        }

        _copy++;
        _place = 0;
        _state = State.Look;
        if (_copy == Copies)
        {
            Select();
        }
    }

    private void Select()
    {
        if (_validMask == 0)
        {
            // Nobody calls a record lost after one look: the line to the part may have been disturbed.
            _round++;
            _copy = 0;
            if (_blankMask == AllCopies || _round == ReadRoundsMax)
            {
                FinishLoad();
            }

            return;
        }

        _lastSequence = _record.Sequence;
        bool isUneven = _validMask != AllCopies;
        for (int copy = 0; copy < Copies; copy++)
        {
            isUneven |= _sequences[copy] != _lastSequence;
        }

        if (!isUneven)
        {
            FinishLoad();
            return;
        }

        _wasMended = true;
        _record.Serialize(_image, 0);
        StartCopies(State.Mending, _lastSequence + 1, AllCopies, AllCopies & ~_validMask);
    }

    private void FinishLoad()
    {
        _isLoaded = true;
        _state = State.Idle;
    }

    private void StartCopies(State state, uint orderSequence, int todoMask, int urgentMask)
    {
        _state = state;
        _orderSequence = orderSequence;
        _todoMask = todoMask;
        _urgentMask = urgentMask;
        _wholeMask = 0;
        _failedMask = 0;
        StartNextCopy();
    }

    private void StartNextCopy()
    {
        int mask = _todoMask & _urgentMask;
        if (mask == 0)
        {
            mask = _todoMask;
        }

        _copy = (_orderSequence & 1) != 0 ? 0 : Copies - 1;
        int step = _copy == 0 ? 1 : -1;
        while ((mask & (1 << _copy)) == 0)
        {
            _copy += step;
        }

        _tries = 0;
        StartCopy();
    }

    private void StartCopy()
    {
        _tries++;
        _place = _freePlaces[_copy];

        // Until it has been read back nobody knows what this write has done to the sector.
        _freePlaces[_copy] = 0;
        if (_place == 0)
        {
            _writer.Rewrite(_areas[_copy], _image, 0, BootRecord.Length);
        }
        else
        {
            _writer.Program(PlaceAddress(_place), _image, 0, BootRecord.Length);
        }
    }

    private void WriteCopies()
    {
        StdReturn result = _writer.Step();
        if (result == StdReturn.Pending)
        {
            return;
        }

        if (result == StdReturn.NotOk && _tries < TriesMax)
        {
            StartCopy();
            return;
        }

        EndCopy(result == StdReturn.Ok);
    }

    private void EndCopy(bool isWhole)
    {
        int bit = 1 << _copy;
        _todoMask &= ~bit;
        if (isWhole)
        {
            if (_wholeMask == 0 && _state == State.Writing)
            {
                _record.Parse(_image, 0);
            }

            _wholeMask |= bit;
            _freePlaces[_copy] = (byte)((_place + 1) % PlaceCount(_areas[_copy], _fls.PageSize));
        }
        else
        {
            _failedMask |= bit;
        }

        if (_todoMask != 0 && MayTouchAnother())
        {
            StartNextCopy();
            return;
        }

        if (_state == State.Writing)
        {
            _writeResult = _wholeMask != 0 ? StdReturn.Ok : StdReturn.NotOk;
        }

        FinishLoad();
    }

    // A dead sector must not lead to the loss of the others: mending then stops at what needed it, and a write leaves
    // the third copy alone when two would not take the change.
    private bool MayTouchAnother()
    {
        if (_state == State.Mending)
        {
            return _failedMask == 0 || (_todoMask & _urgentMask) != 0;
        }

        return _wholeMask != 0 || (_failedMask & (_failedMask - 1)) == 0;
    }
}
