// What the report log knows of time: marks that say "all records up to this number were made before that second of UTC".
// Invariants: numbers and seconds of the marks ascend; of two that say the same only the stronger is kept; when there is no
// room, the mark goes that is missed least, measured by its age. So an age is never taken for longer than it is.
// Must not know records. Tests: tests/agent-firmware/Data.
using System;

namespace EsyncAgent;

/// <summary>Ages of records.</summary>
public sealed class ReportClock
{
    /// <summary>Marks that are kept.</summary>
    public const int MarksMax = 32;

    private const uint MsPerSecond = 1000;
    private const uint SecondsPerHour = 3600;
    private const uint TickMs = SecondsPerHour * MsPerSecond;

    // A client's clock may wander so far without being taken for another one.
    private const long ToleranceMs = 60_000;

    private readonly uint[] _number = new uint[MarksMax];
    private readonly uint[] _second = new uint[MarksMax];
    private int _count;
    private long _utcMs;
    private uint _utcAtMs;
    private uint _firstOfStart = uint.MaxValue;

    /// <summary>True when UTC was given in this start.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Says which number begins this start: marks from there on were made by its own clock.</summary>
    public void Begin(uint firstNumber)
    {
        _firstOfStart = firstNumber;
    }

    /// <summary>UTC now, in milliseconds since 1970; all records up to a number were made before. What 32 bits of seconds do not hold is not taken.</summary>
    public void Set(uint nowMs, long utcMs, uint upTo)
    {
        if (utcMs < 0 || utcMs / MsPerSecond >= uint.MaxValue)
        {
            return;
        }

        long ahead = utcMs - NowMs(nowMs);
        if (IsSet && (ahead > ToleranceMs || ahead < -ToleranceMs))
        {
            // The marks of this start were made by a clock that was wrong.
            while (_count > 0 && _number[_count - 1] >= _firstOfStart)
            {
                _count--;
            }
        }

        IsSet = true;
        Mark(nowMs, utcMs, upTo);
    }

    /// <summary>Makes a mark every hour.</summary>
    public void MainFunction(uint nowMs, uint upTo)
    {
        if (IsSet && nowMs - _utcAtMs >= TickMs)
        {
            Mark(nowMs, NowMs(nowMs), upTo);
        }
    }

    /// <summary>Takes a mark: all records up to a number were made before a second. Number 0 is none.</summary>
    public void Note(uint upTo, uint second)
    {
        int at = _count;
        while (at > 0 && _number[at - 1] > upTo)
        {
            at--;
        }

        if (upTo == 0 || (at < _count && _second[at] <= second))
        {
            return;
        }

        // What the new mark says better goes.
        int from = at;
        while (from > 0 && (_second[from - 1] >= second || _number[from - 1] == upTo))
        {
            if (_second[from - 1] < second)
            {
                return;
            }

            from--;
        }

        Move(at, from);
        if (_count == MarksMax)
        {
            int thinned = Thin();
            from -= thinned < from ? 1 : 0;
        }

        Move(from, from + 1);
        _number[from] = upTo;
        _second[from] = second;
    }

    /// <summary>Number up to which records of this retention have expired; 0 when none is known to have.</summary>
    public uint ExpiredUpTo(uint nowMs, ushort retentionHours)
    {
        if (!IsSet || retentionHours == 0)
        {
            return 0;
        }

        long before = (NowMs(nowMs) / MsPerSecond) - (retentionHours * (long)SecondsPerHour);
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_second[i] <= before)
            {
                return _number[i];
            }
        }

        return 0;
    }

    /// <summary>Writes the newest mark: number, second; zeros for none.</summary>
    public void WriteNewest(byte[] into, int offset)
    {
        BigEndian.WriteU32(into, offset, _count > 0 ? _number[_count - 1] : 0);
        BigEndian.WriteU32(into, offset + 4, _count > 0 ? _second[_count - 1] : 0);
    }

    private long NowMs(uint nowMs)
    {
        return _utcMs + (nowMs - _utcAtMs);
    }

    private void Mark(uint nowMs, long utcMs, uint upTo)
    {
        _utcMs = utcMs;
        _utcAtMs = nowMs;
        Note(upTo, (uint)(utcMs / MsPerSecond) + 1);
    }

    // Moves the marks from one index on to another one.
    private void Move(int from, int to)
    {
        if (from != to)
        {
            Array.Copy(_number, from, _number, to, _count - from);
            Array.Copy(_second, from, _second, to, _count - from);
            _count += to - from;
        }
    }

    // Drops the mark whose neighbours are nearest to each other for their age; returns its index.
    private int Thin()
    {
        long newest = _second[_count - 1];
        int best = 1;
        long bestGap = long.MaxValue;
        for (int i = 1; i < _count - 1; i++)
        {
            long gap = (long)(_second[i + 1] - _second[i - 1]) * MsPerSecond / (newest - _second[i] + SecondsPerHour);
            if (gap < bestGap)
            {
                bestGap = gap;
                best = i;
            }
        }

        Move(best + 1, best);
        return best;
    }
}
