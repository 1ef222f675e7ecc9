// Status byte and counters of every event, and what failures, passes, cycles and clears do to them (ISO 14229-1:2020
// Annex D.2): the failed-cycle counter counts cycles with a failure, a passed cycle sets it to 0, and at its threshold
// confirmedDTC is set; the ageing counter counts passed cycles while confirmedDTC is set, which goes at its threshold.
// Invariants: the records lie in memory as in NvM, six bytes each (PROTOCOL.md, "NvM"); beside them stands what was
// stored last, so that what is worth a write is a comparison; starting a cycle from stored records twice gives the same.
// Must not know debouncing, snapshots or how NvM writes.
// Tests: tests/agent-firmware/Dem/DemCycleTests.cs, DemPropertyTests.cs.
using System;

namespace EsyncAgent;

/// <summary>Records of all events, by index.</summary>
internal sealed class DemEvents
{
    /// <summary>Length of the block before the records: format and number of records.</summary>
    internal const int HeaderLength = 2;

    /// <summary>Length of a record: number, status, failed cycles, ageing, occurrences, permanence.</summary>
    internal const int RecordLength = 6;

    /// <summary>Tested cycles without failure that end a permanent DTC.</summary>
    internal const int PermanentCycles = 3;

    private const int StatusAt = 1;
    private const int FailedCyclesAt = 2;
    private const int AgeingAt = 3;
    private const int OccurrencesAt = 4;
    private const int PermanentAt = 5;

    // Bit 7 of a record's last byte; the rest counts passed cycles in a row.
    private const byte Permanent = 0x80;

    private readonly DemConfig _config;
    private readonly byte[] _now;
    private readonly byte[] _stored;

    internal DemEvents(DemConfig config)
    {
        _config = config;
        Count = config.Events.Length;
        _now = new byte[Count * RecordLength];
        for (int i = 0; i < Count; i++)
        {
            _now[i * RecordLength] = config.Events[i];
            _now[(i * RecordLength) + StatusAt] = DemStatus.Initial;
        }

        _stored = new byte[_now.Length];
        Array.Copy(_now, 0, _stored, 0, _now.Length);
    }

    /// <summary>Number of events.</summary>
    internal int Count { get; }

    /// <summary>Status byte of an event.</summary>
    internal byte StatusOf(int index)
    {
        return _now[(index * RecordLength) + StatusAt];
    }

    /// <summary>Cycles with a failure since the last passed one, at most 255.</summary>
    internal byte FailedCyclesOf(int index)
    {
        return _now[(index * RecordLength) + FailedCyclesAt];
    }

    /// <summary>Passed cycles since the last failure, while confirmedDTC is set.</summary>
    internal byte AgeingOf(int index)
    {
        return _now[(index * RecordLength) + AgeingAt];
    }

    /// <summary>Times that testFailed was set since the last clear or the end of ageing, at most 255.</summary>
    internal byte OccurrencesOf(int index)
    {
        return _now[(index * RecordLength) + OccurrencesAt];
    }

    /// <summary>True while the event's DTC is permanent.</summary>
    internal bool IsPermanent(int index)
    {
        return (_now[(index * RecordLength) + PermanentAt] & Permanent) != 0;
    }

    /// <summary>A test failed. True when this is the first failure of the cycle.</summary>
    internal bool Fail(int index)
    {
        int at = index * RecordLength;
        byte before = _now[at + StatusAt];
        bool isFirst = (before & DemStatus.TestFailedThisOperationCycle) == 0;
        if (isFirst)
        {
            CountUp(at + FailedCyclesAt);
        }

        if ((before & DemStatus.TestFailed) == 0)
        {
            CountUp(at + OccurrencesAt);
        }

        _now[at + AgeingAt] = 0;
        byte status = DemStatus.AfterFailure(before, _now[at + FailedCyclesAt] >= _config.ConfirmCycles[index]);
        _now[at + StatusAt] = status;
        if ((status & DemStatus.Confirmed) != 0 && _config.IsPermanent(_now[at]))
        {
            _now[at + PermanentAt] = Permanent;
        }
        else
        {
            _now[at + PermanentAt] &= Permanent;
        }

        return isFirst;
    }

    /// <summary>A test passed.</summary>
    internal void Pass(int index)
    {
        int at = (index * RecordLength) + StatusAt;
        _now[at] = DemStatus.AfterPass(_now[at]);
    }

    /// <summary>Forgets everything but that a DTC is permanent; a permanent one then waits for its passed cycles from 0.</summary>
    internal void Clear(int index)
    {
        int at = index * RecordLength;
        _now[at + StatusAt] = DemStatus.Initial;
        _now[at + FailedCyclesAt] = 0;
        _now[at + AgeingAt] = 0;
        _now[at + OccurrencesAt] = 0;
        _now[at + PermanentAt] &= Permanent;
    }

    /// <summary>True when a status bit other than testFailed differs from what was stored. That a test has passed which has never failed, and passes in each start, is not worth a write.</summary>
    internal bool IsStatusChanged(int index)
    {
        int at = index * RecordLength;
        int differing = (_now[at + StatusAt] ^ _stored[at + StatusAt]) & ~DemStatus.TestFailed;
        return differing != 0 && !(IsWithoutHistory(_now, at) && IsWithoutHistory(_stored, at) && DemEvent.IsTestedInEachStart(_now[at]));
    }

    /// <summary>True when a counter differs from what was stored; occurrences are written along with other changes only.</summary>
    internal bool IsCounterChanged(int index)
    {
        int at = index * RecordLength;
        return _now[at + FailedCyclesAt] != _stored[at + FailedCyclesAt] || _now[at + AgeingAt] != _stored[at + AgeingAt]
            || _now[at + PermanentAt] != _stored[at + PermanentAt];
    }

    /// <summary>Takes over a stored record, and starts a new operation cycle from it.</summary>
    internal void Load(int index, byte[] from, int offset)
    {
        int at = index * RecordLength;
        Array.Copy(from, offset, _now, at, RecordLength);
        Array.Copy(from, offset, _stored, at, RecordLength);
        if (!_config.IsPermanent(_now[at]))
        {
            _now[at + PermanentAt] = 0;
        }

        byte status = _now[at + StatusAt];
        if (DemStatus.IsPassedCycle(status))
        {
            _now[at + FailedCyclesAt] = 0;
            status = Age(at, index, status);
        }

        _now[at + StatusAt] = DemStatus.AtCycleStart(status);
    }

    /// <summary>Writes all records; they count as stored from now on. Returns their length.</summary>
    internal int Store(byte[] into, int offset)
    {
        Array.Copy(_now, 0, into, offset, _now.Length);
        Array.Copy(_now, 0, _stored, 0, _now.Length);
        return _now.Length;
    }

    // What a passed cycle does to confirmedDTC and to permanence; returns the status.
    private byte Age(int at, int index, byte status)
    {
        if (_now[at + PermanentAt] != 0)
        {
            _now[at + PermanentAt]++;
            if ((_now[at + PermanentAt] & ~Permanent) >= PermanentCycles)
            {
                _now[at + PermanentAt] = 0;
            }
        }

        byte ageingCycles = _config.AgeingCycles[index];
        if ((status & DemStatus.Confirmed) == 0 || ageingCycles == 0)
        {
            return status;
        }

        _now[at + AgeingAt]++;
        if (_now[at + AgeingAt] < ageingCycles)
        {
            return status;
        }

        _now[at + AgeingAt] = 0;
        _now[at + OccurrencesAt] = 0;
        return (byte)(status & ~DemStatus.Confirmed);
    }

    private static bool IsWithoutHistory(byte[] records, int at)
    {
        return (records[at + StatusAt] & ~DemStatus.Initial) == 0 && records[at + FailedCyclesAt] == 0 && records[at + PermanentAt] == 0;
    }

    private void CountUp(int at)
    {
        if (_now[at] != byte.MaxValue)
        {
            _now[at]++;
        }
    }
}
