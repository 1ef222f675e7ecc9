// Evaluates the rules in force: looks at triggers, takes samples, keeps and hands on what was before a trigger.
// Invariants: a due time follows from the one before and never from when it was met, so nothing drifts; after a stall the
// times that were missed give one sample, late by what is noted, and no burst; a turn spends a part of the set's cost, which
// has a bound, and goes on in the next one; nothing is sampled twice for one rule and moment.
// Must not know where records go, nor what a value means.
// Clause: PROTOCOL.md, "Collection rules". Tests: tests/agent-firmware/Data/RuleEngineTests, RuleModelTests, RuleWindowTests.
namespace EsyncAgent;

/// <summary>Engine of the collection rules.</summary>
public sealed class RuleEngine
{
    /// <summary>Kind of a sample's record.</summary>
    public const byte SampleKind = 1;

    // Causes beside those of RuleTrigger.
    private const byte CauseBefore = 4;
    private const byte CauseAfter = 5;

    // How often changes and conditions are looked at, and how long an engine without any rule that is due sleeps.
    private const uint PollMs = RuleReader.PeriodMsMin;
    private const uint SleepMsMax = 60000;

    private const int SignalRecordLengthMax = 5;

    // A turn ends after this part of what an evaluation may cost.
    private const int TurnsPerRound = 4;

    private readonly SignalTable _signals;
    private readonly IReportSink _sink;
    private readonly RuleHistory _history;
    private readonly int _turnBudget;
    private readonly byte[] _body;
    private readonly uint[] _dueMs;
    private readonly uint[] _firedMs;
    private readonly bool[] _isHeld;
    private readonly int[] _reference;
    private readonly byte[] _referenceQuality;
    private readonly bool[] _isArmed;
    private readonly bool[] _isDtcNoted;
    private readonly ushort[] _triggerCount;
    private readonly uint[] _windowDueMs;
    private readonly uint[] _windowEndMs;
    private readonly bool[] _isWindowOpen;
    private RuleSet _set;
    private int _next;
    private int _count;
    private int _spent;
    private uint _roundDueMs;
    private bool _isUrgent;
    private uint _nextDueMs;

    /// <summary>An engine over these signals; no rules are in force yet.</summary>
    public RuleEngine(DataConfig config, SignalTable signals, IReportSink sink)
    {
        _signals = signals;
        _sink = sink;
        _history = new RuleHistory(config, sink);
        _turnBudget = config.IlPerTurnMax / TurnsPerRound;
        int rules = config.RuleCountMax;
        _body = new byte[BodyLengthMax(config)];
        _dueMs = new uint[rules];
        _firedMs = new uint[rules];
        _isHeld = new bool[rules];
        _reference = new int[rules];
        _referenceQuality = new byte[rules];
        _isArmed = new bool[rules];
        _isDtcNoted = new bool[rules];
        _triggerCount = new ushort[rules];
        _windowDueMs = new uint[rules];
        _windowEndMs = new uint[rules];
        _isWindowOpen = new bool[rules];
    }

    /// <summary>The longest time in milliseconds by which a sample came after it was due, since the rules are in force.</summary>
    public uint WorstLatenessMs { get; private set; }

    /// <summary>IL instructions that the evaluations so far cost at the most, by the constants of <see cref="RuleCost"/>; wraps.</summary>
    public uint SpentInstructions { get; private set; }

    /// <summary>Longest body of a record that rules may bring about, in bytes.</summary>
    public static int BodyLengthMax(DataConfig config)
    {
        return RuleReader.BodyHeadLength + config.RuleSignalsMax * (2 + SignalRecordLengthMax);
    }

    /// <summary>Puts rules in force, from now on and without a past; what was kept of the former ones is dropped.</summary>
    public void Load(RuleSet set, uint nowMs)
    {
        _set = set;
        _count = set.Count;
        _next = _count;
        _roundDueMs = nowMs;
        _isUrgent = false;
        WorstLatenessMs = 0;
        _history.Clear(set, _count);
        for (int rule = 0; rule < _count; rule++)
        {
            _dueMs[rule] = nowMs + set.IntervalMs[rule];
            _isHeld[rule] = false;
            _reference[rule] = _signals.Value(set.Watched[rule]);
            _referenceQuality[rule] = _signals.QualityOf(set.Watched[rule]);
            _isArmed[rule] = true;
            _isDtcNoted[rule] = false;
            _triggerCount[rule] = 0;
            _windowDueMs[rule] = nowMs + set.SamplePeriodMs[rule];
            _isWindowOpen[rule] = false;
        }
    }

    /// <summary>A DTC has another status: rules that wait for its failure sample in the next turn.</summary>
    public void NoteDtc(uint dtc, byte before, byte now)
    {
        if ((before & DemStatus.TestFailed) != 0 || (now & DemStatus.TestFailed) == 0)
        {
            return;
        }

        for (int rule = 0; rule < _count; rule++)
        {
            if (_set.Triggers[rule] == RuleTrigger.Dtc && (_set.Operands[rule] == 0 || _set.Operands[rule] == dtc))
            {
                _isDtcNoted[rule] = true;
                _isUrgent = true;
            }
        }
    }

    /// <summary>Goes on with an evaluation, or begins one when anything is due.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_next == _count)
        {
            if (_history.IsWaiting)
            {
                _history.HandOn();
                SpentInstructions += RuleCost.HandOn;
            }

            if (((int)(nowMs - _roundDueMs) < 0 && !_isUrgent) || _count == 0)
            {
                return;
            }

            _next = 0;
            _isUrgent = false;
            _nextDueMs = nowMs + SleepMsMax;
        }

        _spent = RuleCost.Turn;
        while (_next < _count && _spent < _turnBudget)
        {
            _spent += _set.CheckCosts[_next];
            Evaluate(_next, nowMs);
            _next++;
        }

        SpentInstructions += (uint)_spent;
        _roundDueMs = _nextDueMs;
    }

    private void Evaluate(int rule, uint nowMs)
    {
        byte trigger = _set.Triggers[rule];
        bool isFiring;
        if (trigger == RuleTrigger.Period)
        {
            isFiring = (int)(nowMs - _dueMs[rule]) >= 0;
            if (isFiring)
            {
                _dueMs[rule] = NextDue(_dueMs[rule], _set.IntervalMs[rule], nowMs);
            }

            Want(_dueMs[rule]);
        }
        else if (trigger == RuleTrigger.Dtc)
        {
            isFiring = _isDtcNoted[rule];
        }
        else
        {
            Want(nowMs + PollMs);
            _isHeld[rule] &= nowMs - _firedMs[rule] < _set.IntervalMs[rule];
            isFiring = IsDetected(rule, trigger) && !_isHeld[rule];
        }

        if (isFiring)
        {
            Fire(rule, trigger, nowMs);
        }

        if (_set.SamplePeriodMs[rule] != 0)
        {
            AdvanceWindow(rule, nowMs);
        }
    }

    // True when the signal is away from what was sampled last, or the condition has become true since the rule fired.
    private bool IsDetected(int rule, byte trigger)
    {
        if (trigger == RuleTrigger.Condition)
        {
            bool isTrue = IsConditionTrue(rule);
            _isArmed[rule] |= !isTrue;
            return isTrue && _isArmed[rule];
        }

        int signal = _set.Watched[rule];
        if (_signals.QualityOf(signal) != _referenceQuality[rule])
        {
            return true;
        }

        // The distance of two 32-bit numbers is right as an unsigned one, whatever their signs are.
        int value = _signals.Value(signal);
        int reference = _reference[rule];
        bool isAbove = _signals.IsUnsigned(signal) ? (uint)value > (uint)reference : value > reference;
        return (isAbove ? (uint)(value - reference) : (uint)(reference - value)) > _set.Operands[rule];
    }

    private bool IsConditionTrue(int rule)
    {
        bool isAny = _set.IsAny[rule];
        int end = _set.TermFirst[rule + 1];
        for (int term = _set.TermFirst[rule]; term < end; term++)
        {
            if (IsTermTrue(term) == isAny)
            {
                return isAny;
            }
        }

        return !isAny;
    }

    private bool IsTermTrue(int term)
    {
        int left = _set.TermLeft[term];
        int right = _set.TermRight[term];
        bool isSignal = _set.TermIsSignal[term];
        if (_signals.QualityOf(left) != SignalQuality.Valid || (isSignal && _signals.QualityOf(right) != SignalQuality.Valid))
        {
            return false;
        }

        long a = Number(left, _signals.Value(left));
        long b = isSignal ? Number(right, _signals.Value(right)) : Number(left, right);
        switch (_set.TermOperators[term])
        {
            case RuleOperator.Equal:
                return a == b;
            case RuleOperator.NotEqual:
                return a != b;
            case RuleOperator.Less:
                return a < b;
            case RuleOperator.LessOrEqual:
                return a <= b;
            case RuleOperator.Greater:
                return a > b;
            default:
                return a >= b;
        }
    }

    private long Number(int signal, int raw)
    {
        return _signals.IsUnsigned(signal) ? (uint)raw : raw;
    }

    private void Fire(int rule, byte trigger, uint nowMs)
    {
        _triggerCount[rule]++;
        _firedMs[rule] = nowMs;
        _isHeld[rule] = true;
        _isArmed[rule] = false;
        _isDtcNoted[rule] = false;
        int watched = _set.Watched[rule];
        _reference[rule] = _signals.Value(watched);
        _referenceQuality[rule] = _signals.QualityOf(watched);
        Sample(rule, trigger, _triggerCount[rule]);
        _sink.Append(SampleKind, _set.Priorities[rule], _set.RetentionHours[rule], nowMs, _body, 0, _set.BodyLengths[rule]);
        if (_set.SamplePeriodMs[rule] == 0)
        {
            return;
        }

        _history.Release(rule, nowMs - _set.BeforeMs[rule]);
        _windowDueMs[rule] = nowMs + _set.SamplePeriodMs[rule];
        _windowEndMs[rule] = nowMs + _set.AfterMs[rule];
        _isWindowOpen[rule] = _set.AfterMs[rule] != 0;
    }

    // After a trigger samples go to the log; when its time is over they are kept for the next one.
    private void AdvanceWindow(int rule, uint nowMs)
    {
        uint dueMs = _windowDueMs[rule];
        _isWindowOpen[rule] &= (int)(dueMs - _windowEndMs[rule]) <= 0;
        if (!_isWindowOpen[rule] && _set.HistoryCount[rule] == 0)
        {
            return;
        }

        if ((int)(nowMs - dueMs) >= 0)
        {
            _windowDueMs[rule] = NextDue(dueMs, _set.SamplePeriodMs[rule], nowMs);
            if (_isWindowOpen[rule])
            {
                Sample(rule, CauseAfter, _triggerCount[rule]);
                _sink.Append(SampleKind, _set.Priorities[rule], _set.RetentionHours[rule], nowMs, _body, 0, _set.BodyLengths[rule]);
            }
            else
            {
                // What is kept before a trigger can only belong to the next one.
                Sample(rule, CauseBefore, _triggerCount[rule] + 1);
                _history.Keep(rule, nowMs, _body);
            }
        }

        Want(_windowDueMs[rule]);
    }

    // The first time of the row that is still to come; how late the missed one is counts.
    private uint NextDue(uint dueMs, uint periodMs, uint nowMs)
    {
        uint lateMs = nowMs - dueMs;
        WorstLatenessMs = lateMs > WorstLatenessMs ? lateMs : WorstLatenessMs;
        return lateMs < periodMs ? dueMs + periodMs : dueMs + (lateMs / periodMs + 1) * periodMs;
    }

    private void Want(uint ms)
    {
        if ((int)(ms - _nextDueMs) < 0)
        {
            _nextDueMs = ms;
        }
    }

    // rule ‖ cause ‖ trigger count ‖ n × (DID ‖ quality ‖ value)
    private void Sample(int rule, byte cause, int triggerCount)
    {
        _spent += _set.SampleCosts[rule];
        byte[] body = _body;
        body[0] = _set.Ids[rule];
        body[1] = cause;
        body[2] = (byte)(triggerCount >> 8);
        body[3] = (byte)triggerCount;
        int at = RuleReader.BodyHeadLength;
        int end = _set.SignalFirst[rule + 1];
        for (int i = _set.SignalFirst[rule]; i < end; i++)
        {
            int signal = _set.Signals[i];
            BigEndian.WriteU16(body, at, _signals.DidOf(signal));
            at += 2 + _signals.WriteRecord(signal, body, at + 2);
        }
    }
}
