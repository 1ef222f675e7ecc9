// Reads records from the log, ascending over all priorities: three cursors, of which the one with the lowest number goes on.
// Invariants: whole records only; none that was not settled when the read began, so that no lower number can follow a read;
// none that is acknowledged; none that has expired. A read that goes on where the last one ended begins where that one was.
// Tests: tests/agent-firmware/Data.
using System;

namespace EsyncAgent;

/// <summary>The reader.</summary>
public sealed class ReportReader
{
    private const int RecordsPerStep = 4;

    private readonly ReportState _state;
    private readonly ReportClock _clock;
    private readonly ReportCursor[] _cursors = new ReportCursor[ReportPriority.Count];
    private StdReturn _result;
    private byte[] _into;
    private int _offset;
    private int _room;
    private uint _from;
    private uint _below;

    /// <summary>A reader of records of at most so many bytes.</summary>
    public ReportReader(Fls fls, ReportSectors sectors, ReportState state, ReportClock clock, int lengthMax)
    {
        _state = state;
        _clock = clock;
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            _cursors[priority] = new ReportCursor(fls, sectors, priority, lengthMax);
        }
    }

    /// <summary>Bytes that the last read has written.</summary>
    public int Length { get; private set; }

    /// <summary>Begins to read from a number on, as many records as there is room for. A read under way is given up.</summary>
    public void Begin(uint from, byte[] into, int offset, int room)
    {
        from = from > _state.AcknowledgedUpTo ? from : _state.AcknowledgedUpTo + 1;
        if (from != _from || _result != StdReturn.Ok)
        {
            Reset();
        }

        _from = from;
        _below = _state.Next;
        _into = into;
        _offset = offset;
        _room = room;
        Length = 0;
        _result = StdReturn.Pending;
    }

    /// <summary>Goes on. Ok: done, see <see cref="Length"/>; NotOk: the flash could not be read.</summary>
    public StdReturn Advance(uint nowMs)
    {
        for (int i = 0; i < RecordsPerStep && _result == StdReturn.Pending; i++)
        {
            StdReturn result = SeekLowest(out ReportCursor lowest);
            if (result == StdReturn.Pending)
            {
                break;
            }

            if (result == StdReturn.NotOk)
            {
                End(StdReturn.NotOk);
            }
            else if (lowest == null)
            {
                End(StdReturn.Ok);
            }
            else
            {
                Take(lowest, nowMs);
            }
        }

        return _result;
    }

    // Ok with null: there are no more.
    private StdReturn SeekLowest(out ReportCursor lowest)
    {
        lowest = null;
        bool isPending = false;
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            ReportCursor cursor = _cursors[priority];
            StdReturn result = cursor.Seek(_from, _below);
            if (result == StdReturn.NotOk && cursor.Walk.IsFailed)
            {
                return StdReturn.NotOk;
            }

            isPending = isPending || result == StdReturn.Pending;
            if (result == StdReturn.Ok && (lowest == null || cursor.Walk.Number < lowest.Walk.Number))
            {
                lowest = cursor;
            }
        }

        return isPending ? StdReturn.Pending : StdReturn.Ok;
    }

    private void Take(ReportCursor cursor, uint nowMs)
    {
        ReportWalk walk = cursor.Walk;
        if (walk.Number <= _clock.ExpiredUpTo(nowMs, ReportLayout.RetentionOf(walk.Buffer, walk.Index)))
        {
            _state.Skip(walk.Number);
        }
        else if (walk.Length > _room - Length)
        {
            End(StdReturn.Ok);
            return;
        }
        else
        {
            Array.Copy(walk.Buffer, walk.Index, _into, _offset + Length, walk.Length);
            Length += walk.Length;
        }

        _from = walk.Number + 1;
        cursor.Pass();
    }

    private void End(StdReturn result)
    {
        _result = result;
        _into = null;
    }

    private void Reset()
    {
        for (int priority = 0; priority < ReportPriority.Count; priority++)
        {
            _cursors[priority].Reset();
        }
    }
}
