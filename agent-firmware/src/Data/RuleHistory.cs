// Samples before a trigger: a ring for each rule that wants them, in one piece of memory. A trigger releases what its ring
// holds; it is handed on one sample a turn, as long as the log has room, oldest first.
// Invariants: an entry is a complete body behind its time, ready for the log; a ring that is full forgets its oldest entry,
// which goes to the log before when it was released; what the log does not take, the log counts.
// Tests: tests/agent-firmware/Data/RuleWindowTests.
namespace EsyncAgent;

/// <summary>Bounded memory of what was before.</summary>
internal sealed class RuleHistory
{
    private readonly IReportSink _sink;
    private readonly byte[] _memory;
    private readonly ushort[] _oldest;
    private readonly ushort[] _filled;
    private readonly ushort[] _released;
    private readonly uint[] _fromMs;
    private RuleSet _set;
    private int _ruleCount;
    private int _turn;
    private int _waiting;

    internal RuleHistory(DataConfig config, IReportSink sink)
    {
        _sink = sink;
        _memory = new byte[config.HistoryLength];
        _oldest = new ushort[config.RuleCountMax];
        _filled = new ushort[config.RuleCountMax];
        _released = new ushort[config.RuleCountMax];
        _fromMs = new uint[config.RuleCountMax];
    }

    /// <summary>True while released samples wait for the log.</summary>
    internal bool IsWaiting
    {
        get { return _waiting != 0; }
    }

    /// <summary>Forgets everything; from now on these rules count.</summary>
    internal void Clear(RuleSet set, int ruleCount)
    {
        _set = set;
        _ruleCount = ruleCount;
        _turn = 0;
        _waiting = 0;
        for (int rule = 0; rule < ruleCount; rule++)
        {
            _oldest[rule] = 0;
            _filled[rule] = 0;
            _released[rule] = 0;
        }
    }

    /// <summary>Keeps a sample.</summary>
    internal void Keep(int rule, uint timeMs, byte[] body)
    {
        int capacity = _set.HistoryCount[rule];
        if (_filled[rule] == capacity)
        {
            if (_released[rule] != 0)
            {
                AppendOldest(rule);
            }
            else
            {
                Forget(rule);
            }
        }

        int slot = _oldest[rule] + _filled[rule];
        int at = EntryOffset(rule, slot < capacity ? slot : slot - capacity);
        BigEndian.WriteU32(_memory, at, timeMs);
        System.Array.Copy(body, 0, _memory, at + RuleReader.HistoryHeadLength, _set.BodyLengths[rule]);
        _filled[rule]++;
    }

    /// <summary>A trigger: all that is kept and not older than a time goes to the log.</summary>
    internal void Release(int rule, uint fromMs)
    {
        // What an earlier trigger has released keeps its own time.
        if (_released[rule] == 0)
        {
            _fromMs[rule] = fromMs;
        }

        _waiting += _filled[rule] - _released[rule];
        _released[rule] = _filled[rule];
    }

    /// <summary>Hands one released sample on, when there is room for it.</summary>
    internal void HandOn()
    {
        while (_released[_turn] == 0)
        {
            _turn = _turn + 1 < _ruleCount ? _turn + 1 : 0;
        }

        if (_sink.RoomFor(_set.Priorities[_turn]) >= _set.BodyLengths[_turn])
        {
            AppendOldest(_turn);
        }
    }

    private void AppendOldest(int rule)
    {
        int at = EntryOffset(rule, _oldest[rule]);
        uint timeMs = BigEndian.ReadU32(_memory, at);
        if ((int)(timeMs - _fromMs[rule]) >= 0)
        {
            int body = at + RuleReader.HistoryHeadLength;
            _sink.Append(RuleEngine.SampleKind, _set.Priorities[rule], _set.RetentionHours[rule], timeMs, _memory, body, _set.BodyLengths[rule]);
        }

        _released[rule]--;
        _waiting--;
        Forget(rule);
    }

    private void Forget(int rule)
    {
        int next = _oldest[rule] + 1;
        _oldest[rule] = (ushort)(next < _set.HistoryCount[rule] ? next : 0);
        _filled[rule]--;
    }

    private int EntryOffset(int rule, int slot)
    {
        return _set.HistoryStart[rule] + slot * (RuleReader.HistoryHeadLength + _set.BodyLengths[rule]);
    }
}
