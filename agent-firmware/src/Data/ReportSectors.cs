// The sectors of the report log in RAM, five bytes each: first number and priority of what is in it. And which of them are
// open, one for each priority at the most, and which are given up.
// Invariants: the newest sector carries the whole log's state and is not free before there is a newer one; no two sectors in use have the same first number, so that it stands for the sector; a sector that is given up
// is read no more; the oldest declared is opened first, for whatever became of a header in a power cut, the header before
// it declared that one too.
// Must not know what is in a record. Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>Index of the log's sectors.</summary>
public sealed class ReportSectors
{
    /// <summary>No sector.</summary>
    public const int None = -1;

    private const byte Free = 0;
    private const byte PriorityMask = 3;
    private const byte GivenUpFlag = 4;
    private const byte BadFlag = 8;

    private readonly Fls _fls;
    private readonly FlsArea _area;
    private readonly uint[] _first;
    private readonly byte[] _flags;
    private readonly uint _evenLength;
    private readonly int[] _givenUp = { None, None, None };
    private readonly int[] _open = { None, None, None };
    private readonly uint[] _end = new uint[ReportPriority.Count];
    private readonly uint[] _last = new uint[ReportPriority.Count];
    private int _newest = None;

    /// <summary>The sectors of the area ReportLog of the map.</summary>
    public ReportSectors(Fls fls)
    {
        _fls = fls;
        _area = fls.Map.ReportLog;
        int count = 0;
        bool isEven = true;
        uint length = _area.Length == 0 ? 0 : fls.SectorLength(_area.Start);
        for (uint at = 0; at < _area.Length; at += fls.SectorLength(_area.Start + at))
        {
            uint one = fls.SectorLength(_area.Start + at);
            count++;
            isEven = isEven && one == length;
            LengthMin = LengthMin == 0 || one < LengthMin ? one : LengthMin;
        }

        _evenLength = isEven ? length : 0;
        _first = new uint[count];
        _flags = new byte[count];
    }

    /// <summary>Length of the shortest sector in bytes; 0 when there is none.</summary>
    public uint LengthMin { get; }

    /// <summary>Number of sectors.</summary>
    public int Count
    {
        get { return _flags.Length; }
    }

    /// <summary>Address of a sector.</summary>
    public uint AddressOf(int sector)
    {
        if (_evenLength != 0)
        {
            return _area.Start + ((uint)sector * _evenLength);
        }

        uint address = _area.Start;
        for (int i = 0; i < sector; i++)
        {
            address += _fls.SectorLength(address);
        }

        return address;
    }

    /// <summary>Bytes of a sector that may hold records: of an open one those that were read back.</summary>
    public uint LimitOf(int sector)
    {
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            if (_open[priority] == sector)
            {
                return _end[priority];
            }
        }

        return _fls.SectorLength(AddressOf(sector));
    }

    /// <summary>First number of a sector.</summary>
    public uint FirstOf(int sector)
    {
        return _first[sector];
    }

    /// <summary>Priority of a sector that is in use; −1 of another one.</summary>
    public int PriorityOf(int sector)
    {
        byte flags = _flags[sector];
        return (flags & (GivenUpFlag | BadFlag)) != 0 ? None : (flags & PriorityMask) - 1;
    }

    /// <summary>The open sector of a priority.</summary>
    public int OpenOf(int priority)
    {
        return _open[priority];
    }

    /// <summary>Where the next record of a priority goes in its open sector.</summary>
    public uint EndOf(int priority)
    {
        return _end[priority];
    }

    /// <summary>Highest number that a priority is known to have in flash.</summary>
    public uint LastOf(int priority)
    {
        return _last[priority];
    }

    /// <summary>Notes a sector that is in use.</summary>
    public void Use(int sector, uint first, int priority)
    {
        _first[sector] = first;
        _flags[sector] = (byte)(priority + 1);
    }

    /// <summary>Notes which sector is the newest: from there the ring goes on.</summary>
    public void NoteNewest(int sector)
    {
        _newest = sector;
    }

    /// <summary>Notes that a sector carries a whole header and takes records from now on.</summary>
    public void Open(int sector, uint first, int priority)
    {
        Use(sector, first, priority);
        _open[priority] = sector;
        _end[priority] = ReportSectorHeader.Length;
        _newest = sector;
    }

    /// <summary>Notes a record in the open sector; one without number is 0.</summary>
    public void Grow(int priority, uint length, uint number)
    {
        _end[priority] += length;
        NoteLast(priority, number);
    }

    /// <summary>Notes a number that a priority has in flash.</summary>
    public void NoteLast(int priority, uint number)
    {
        _last[priority] = ReportState.Larger(_last[priority], number);
    }

    /// <summary>The open sector of a priority takes no more.</summary>
    public void Close(int priority)
    {
        _open[priority] = None;
    }

    /// <summary>A sector did not take what it should: in this start it is not tried again.</summary>
    public void Avoid(int sector)
    {
        Withdraw(sector);
        _flags[sector] = BadFlag;
    }

    /// <summary>Nothing of a sector is wanted any more; it is about to be erased.</summary>
    public void Release(int sector)
    {
        Withdraw(sector);
        _flags[sector] = Free;
    }

    /// <summary>Declares a sector given up.</summary>
    public void GiveUp(int sector)
    {
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            if (_open[priority] == sector)
            {
                _open[priority] = None;
            }
        }

        _flags[sector] |= GivenUpFlag;
        int at = 0;
        while (_givenUp[at] != None)
        {
            at++;
        }

        _givenUp[at] = sector;
    }

    /// <summary>First number of the i-th sector that is given up; 0 for none.</summary>
    public uint FirstOfGivenUp(int i)
    {
        return _givenUp[i] == None ? 0 : _first[_givenUp[i]];
    }

    /// <summary>Sector in use with this first number.</summary>
    public int Find(uint first)
    {
        for (int i = 0; i < _flags.Length; i++)
        {
            if (_flags[i] != Free && _first[i] == first && PriorityOf(i) != None)
            {
                return i;
            }
        }

        return None;
    }

    /// <summary>Frees the sectors of which everything is acknowledged.</summary>
    public void ReleaseAcknowledged(uint acknowledgedUpTo)
    {
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            // A sector ends before the next one of its priority begins.
            int keep = Holding(priority, acknowledgedUpTo + 1);
            bool isAll = keep == Newest(priority) && _last[priority] <= acknowledgedUpTo;
            for (int i = 0; keep != None && i < _flags.Length; i++)
            {
                bool isDone = PriorityOf(i) == priority && (_first[i] < _first[keep] || (i == keep && isAll));
                if (isDone && i != _open[priority])
                {
                    _flags[i] = Free;
                }
            }
        }
    }

    /// <summary>Sectors that may be opened.</summary>
    public int CountFree()
    {
        int count = 0;
        for (int i = 0; i < _flags.Length; i++)
        {
            count += IsFree(i) ? 1 : 0;
        }

        return count;
    }

    /// <summary>The sector to open next: round the ring from the newest, but those that are given up last, oldest first.</summary>
    public int NextFree()
    {
        int sector = _newest;
        for (int i = 0; i < _flags.Length; i++)
        {
            sector = sector + 1 < _flags.Length ? sector + 1 : 0;
            if (_flags[sector] == Free && sector != _newest)
            {
                return sector;
            }
        }

        return _givenUp[0];
    }

    /// <summary>Sector of a priority with the lowest first number.</summary>
    public int Oldest(int priority)
    {
        return After(priority, 0);
    }

    /// <summary>Sector of a priority with the highest first number.</summary>
    public int Newest(int priority)
    {
        return Holding(priority, uint.MaxValue);
    }

    /// <summary>Sector of a priority with the lowest first number above a number.</summary>
    public int After(int priority, uint number)
    {
        int found = None;
        for (int i = 0; i < _flags.Length; i++)
        {
            if (_first[i] > number && PriorityOf(i) == priority && (found == None || _first[i] < _first[found]))
            {
                found = i;
            }
        }

        return found;
    }

    /// <summary>Sector of a priority that may hold a number: the one with the highest first number that is not above it.</summary>
    public int Holding(int priority, uint number)
    {
        int found = None;
        for (int i = 0; i < _flags.Length; i++)
        {
            if (_first[i] <= number && PriorityOf(i) == priority && (found == None || _first[i] > _first[found]))
            {
                found = i;
            }
        }

        return found;
    }

    private bool IsFree(int sector)
    {
        byte flags = _flags[sector];
        return (flags & GivenUpFlag) != 0 || (flags == Free && sector != _newest);
    }

    private void Withdraw(int sector)
    {
        for (int i = 0; i < _givenUp.Length; i++)
        {
            if (_givenUp[i] == sector)
            {
                for (; i + 1 < _givenUp.Length; i++)
                {
                    _givenUp[i] = _givenUp[i + 1];
                }

                _givenUp[i] = None;
            }
        }
    }
}
