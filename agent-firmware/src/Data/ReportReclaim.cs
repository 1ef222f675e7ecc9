// Finds the sector that is opened next, and gives others up for it, so that two more stay free: what is given up is counted
// and declared in a header before any of it is erased.
// First goes what is acknowledged, then the oldest sector of a priority of which everything has expired, then the oldest of
// the lowest priority that is not above that of the new record.
// Invariant: what is given up is counted record by record, from flash, in bounded pieces.
// Tests: tests/agent-firmware/Data.
namespace EsyncAgent;

/// <summary>Makes room.</summary>
public sealed class ReportReclaim
{
    /// <summary>Free sectors beside the one that is opened. One is what the next header may be written to whatever becomes of this one in a power cut.</summary>
    public const int SparesMin = 2;

    private const int RecordsPerStep = 4;

    private readonly ReportSectors _sectors;
    private readonly ReportState _state;
    private readonly ReportClock _clock;
    private readonly ReportWalk _walk;
    private Phase _phase;
    private int _priority;
    private int _looked;
    private int _candidate;
    private uint _live;
    private uint _expired;

    /// <summary>A reclaimer that walks with the given walk, which is its own while it is at work.</summary>
    public ReportReclaim(ReportSectors sectors, ReportState state, ReportClock clock, ReportWalk walk)
    {
        _sectors = sectors;
        _state = state;
        _clock = clock;
        _walk = walk;
    }

    private enum Phase : byte
    {
        Plan,
        LookForExpired,
        WalkExpired,
        Count,
    }

    /// <summary>The sector to open, after Ok.</summary>
    public int Sector { get; private set; }

    /// <summary>Begins to make room for a record of this priority.</summary>
    public void Begin(int priority)
    {
        _priority = priority;
        _phase = Phase.Plan;
    }

    /// <summary>Goes on. Ok: see <see cref="Sector"/>; NotOk: nothing may be given up for this record.</summary>
    public StdReturn Step(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Plan:
                return Plan() ? StdReturn.Ok : StdReturn.Pending;
            case Phase.LookForExpired:
                return LookForExpired(nowMs);
            case Phase.WalkExpired:
                WalkExpired(nowMs);
                return StdReturn.Pending;
            default:
                return Count(nowMs);
        }
    }

    private bool Plan()
    {
        _sectors.ReleaseAcknowledged(_state.AcknowledgedUpTo);
        Sector = _sectors.NextFree();
        if (Sector != ReportSectors.None && _sectors.CountFree() > SparesMin)
        {
            return true;
        }

        _looked = 0;
        _phase = Phase.LookForExpired;
        return false;
    }

    private StdReturn LookForExpired(uint nowMs)
    {
        for (; _looked < ReportPriority.Count; _looked++)
        {
            int oldest = _sectors.Oldest(_looked);
            bool mayBe = oldest != ReportSectors.None && oldest != _sectors.OpenOf(_looked) && _sectors.FirstOf(oldest) <= _clock.ExpiredUpTo(nowMs, 1);
            if (mayBe)
            {
                BeginWalk(oldest, _looked);
                _phase = Phase.WalkExpired;
                return StdReturn.Pending;
            }
        }

        for (int priority = 0; priority <= _priority; priority++)
        {
            int oldest = _sectors.Oldest(priority);
            if (oldest != ReportSectors.None)
            {
                BeginWalk(oldest, priority);
                _phase = Phase.Count;
                return StdReturn.Pending;
            }
        }

        return StdReturn.NotOk;
    }

    private void BeginWalk(int sector, int priority)
    {
        _candidate = sector;
        _live = 0;
        _expired = 0;
        _walk.Begin(_sectors.AddressOf(sector), _sectors.LimitOf(sector), priority, _sectors.FirstOf(sector));
    }

    private void WalkExpired(uint nowMs)
    {
        StdReturn result = WalkOn(nowMs);
        if (_live != 0 || _walk.IsFailed)
        {
            _looked++;
            _phase = Phase.LookForExpired;
        }
        else if (result == StdReturn.NotOk)
        {
            GiveUp();
        }
    }

    private StdReturn Count(uint nowMs)
    {
        if (WalkOn(nowMs) != StdReturn.NotOk)
        {
            return StdReturn.Pending;
        }

        GiveUp();
        return StdReturn.Pending;
    }

    private void GiveUp()
    {
        _state.Dropped[_walk.Priority] += _live;
        _state.Expired += _expired;
        _sectors.GiveUp(_candidate);
        _phase = Phase.Plan;
    }

    // NotOk at the end of the sector, or where it can be read no more.
    private StdReturn WalkOn(uint nowMs)
    {
        for (int i = 0; i < RecordsPerStep; i++)
        {
            StdReturn result = _walk.Next();
            if (result != StdReturn.Ok)
            {
                return result;
            }

            if (_walk.Kind == ReportKind.Acknowledgement || _walk.Number <= _state.AcknowledgedUpTo)
            {
                continue;
            }

            if (_walk.Number > _clock.ExpiredUpTo(nowMs, ReportLayout.RetentionOf(_walk.Buffer, _walk.Index)))
            {
                _live++;
            }
            else if (!_state.IsSkipped(_walk.Number))
            {
                _expired++;
            }
        }

        return StdReturn.Pending;
    }
}
