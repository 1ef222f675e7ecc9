// Walks over all records of one priority, sector by sector in ascending order, while sectors are added and taken away.
// Invariants: a record is handed out only while its sector is in use; what is under way when a sector is given up is not
// looked at; the record where the cursor is stays until it is passed.
// Must not know other priorities. Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>A cursor.</summary>
public sealed class ReportCursor
{
    private const int SectorsPerStep = 2;
    private const int RecordsPerStep = 4;

    private readonly ReportSectors _sectors;
    private readonly int _priority;
    private int _sector = ReportSectors.None;
    private uint _first;
    private bool _isAtRecord;

    /// <summary>A cursor over records of at most so many bytes.</summary>
    public ReportCursor(Fls fls, ReportSectors sectors, int priority, int lengthMax)
    {
        _sectors = sectors;
        _priority = priority;
        Walk = new ReportWalk(fls, lengthMax);
    }

    /// <summary>The record.</summary>
    public ReportWalk Walk { get; }

    /// <summary>Forgets where it was.</summary>
    public void Reset()
    {
        _sector = ReportSectors.None;
        _isAtRecord = false;
    }

    /// <summary>The record is done with.</summary>
    public void Pass()
    {
        _isAtRecord = false;
    }

    /// <summary>
    /// Goes to the first record from a number on that is below another one. Ok: it is there; NotOk: there is none, or the
    /// walk has failed; Pending: call again in a later cycle.
    /// </summary>
    public StdReturn Seek(uint from, uint below)
    {
        for (int i = 0; i < SectorsPerStep; i++)
        {
            if (!IsPlaced(from))
            {
                return StdReturn.NotOk;
            }

            StdReturn result = SeekInSector(from);
            if (result == StdReturn.Ok)
            {
                return Walk.Number < below ? StdReturn.Ok : StdReturn.NotOk;
            }

            if (result == StdReturn.Pending || Walk.IsFailed || !MoveOn())
            {
                return result;
            }
        }

        return StdReturn.Pending;
    }

    private bool IsPlaced(uint from)
    {
        if (_sector == ReportSectors.None)
        {
            int sector = _sectors.Holding(_priority, from);
            Enter(sector != ReportSectors.None ? sector : _sectors.After(_priority, from));
        }
        else if (_sectors.PriorityOf(_sector) != _priority || _sectors.FirstOf(_sector) != _first)
        {
            // It was given up: what is in it counts no more.
            Enter(_sectors.After(_priority, _first));
        }

        return _sector != ReportSectors.None;
    }

    private StdReturn SeekInSector(uint from)
    {
        for (int i = 0; i < RecordsPerStep; i++)
        {
            if (!_isAtRecord)
            {
                StdReturn result = Walk.Next();
                if (result != StdReturn.Ok)
                {
                    return result;
                }

                _isAtRecord = true;
            }

            if (Walk.Kind != ReportKind.Acknowledgement && Walk.Number >= from)
            {
                return StdReturn.Ok;
            }

            _isAtRecord = false;
        }

        return StdReturn.Pending;
    }

    // False when there is nothing more yet.
    private bool MoveOn()
    {
        uint limit = _sectors.LimitOf(_sector);
        if (limit > Walk.Limit)
        {
            Walk.Extend(limit);
            return true;
        }

        int next = _sectors.After(_priority, _first);
        if (next == ReportSectors.None)
        {
            return false;
        }

        Enter(next);
        return true;
    }

    private void Enter(int sector)
    {
        _sector = sector;
        _isAtRecord = false;
        if (sector != ReportSectors.None)
        {
            _first = _sectors.FirstOf(sector);
            Walk.Begin(_sectors.AddressOf(sector), _sectors.LimitOf(sector), _priority, _first);
        }
    }
}
