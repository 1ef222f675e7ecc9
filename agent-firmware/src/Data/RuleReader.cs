// Reads a set of collection rules from bytes: head, signal table, then one rule with each call.
// Invariants: exactly one encoding of each content is accepted; whatever the bytes are, a verdict comes after as many calls
// as the set has rules and two; nothing is written outside the set's arrays; the first reason for a refusal counts.
// Must not know who signed the set nor whom it is for.
// Clause: PROTOCOL.md, "Collection rules".
// Tests: tests/agent-firmware/Data/RuleReaderTests.
namespace EsyncAgent;

/// <summary>Parser of rule sets.</summary>
public sealed class RuleReader
{
    /// <summary>Shortest period in milliseconds: conditions are looked at as often.</summary>
    public const uint PeriodMsMin = 10;

    /// <summary>Longest time of any kind in milliseconds: a day.</summary>
    public const uint TimeMsMax = 86400000;

    /// <summary>What stands in front of the signals in the body of a sample: rule, cause, trigger count.</summary>
    internal const int BodyHeadLength = 4;

    /// <summary>What stands in front of the body in the history: its time.</summary>
    internal const int HistoryHeadLength = 4;

    private const uint MemberCountMin = 6;
    private const uint RuleMemberCountMin = 5;
    private const int PriorityMax = 2;

    private enum Step : byte
    {
        Head,
        Table,
        Rules,
    }

    private readonly DataConfig _config;
    private readonly SignalTable _signals;
    private readonly RuleCursor _cursor;
    private readonly CanonicalCborReader _reader;
    private RuleSet _set;
    private Step _step;
    private uint _end;
    private uint _tableId;
    private uint _ruleCount;
    private int _signalCount;
    private int _termCount;
    private int _historyLength;
    private StdReturn _result = StdReturn.NotOk;

    /// <summary>A reader for the signals of this ECU, within its bounds.</summary>
    public RuleReader(DataConfig config, SignalTable signals)
    {
        _config = config;
        _signals = signals;
        _cursor = new RuleCursor(signals);
        _reader = _cursor.Reader;
    }

    /// <summary>Why the set was refused; None as long as it was not.</summary>
    public RuleError Error
    {
        get { return _cursor.Error; }
    }

    /// <summary>Detail of <see cref="Error"/>.</summary>
    public uint ErrorDetail
    {
        get { return _cursor.ErrorDetail; }
    }

    /// <summary>True once whom the set is for is known.</summary>
    public bool IsHeadRead
    {
        get { return _step != Step.Head && Error == RuleError.None; }
    }

    /// <summary>Begins with <paramref name="count"/> bytes; the first has the number <paramref name="position"/> in messages.</summary>
    public void Begin(RuleSet into, byte[] data, int offset, int count, uint position)
    {
        _set = into;
        _set.Count = 0;
        _set.Cost = RuleCost.Round;
        _set.SignalFirst[0] = 0;
        _set.TermFirst[0] = 0;
        _cursor.Open(data, offset, count, position);
        _end = position + (uint)count;
        _step = Step.Head;
        _signalCount = 0;
        _termCount = 0;
        _historyLength = 0;
        if (count > _config.RulesLengthMax)
        {
            _cursor.RefuseBound(RuleBound.Length, 0);
        }

        _result = _cursor.IsGood() ? StdReturn.Pending : StdReturn.NotOk;
    }

    /// <summary>Reads one rule. NotOk: see <see cref="Error"/>.</summary>
    public StdReturn MainFunction()
    {
        if (_result != StdReturn.Pending)
        {
            return _result;
        }

        switch (_step)
        {
            case Step.Head:
                ReadHead();
                _step = Step.Table;
                break;
            case Step.Table:
                if (_tableId != _signals.Id)
                {
                    _cursor.Refuse(RuleError.TableMismatch, 0);
                }

                _step = Step.Rules;
                break;
            default:
                ReadRule();
                break;
        }

        bool isLast = _step == Step.Rules && (uint)_set.Count == _ruleCount;
        if (isLast)
        {
            _reader.ExpectEnd(_end);
        }

        _result = !_cursor.IsGood() ? StdReturn.NotOk : isLast ? StdReturn.Ok : StdReturn.Pending;
        return _result;
    }

    private void ReadHead()
    {
        uint start = _reader.Position;
        uint count = _reader.ReadMap();
        _reader.ExpectKey(1);
        uint versionStart = _reader.Position;
        uint version = _reader.ReadUnsigned(uint.MaxValue);
        if (!_reader.IsFailed && version != 1)
        {
            _cursor.Refuse(RuleError.VersionUnknown, versionStart);
        }

        if (count < MemberCountMin || count > MemberCountMin + 1)
        {
            _reader.Fail(start);
        }

        _reader.ExpectKey(2);
        _set.SequenceNumber = _reader.ReadUnsigned(uint.MaxValue);
        _reader.ExpectKey(3);
        _reader.ReadBytes(_set.VendorId, _set.VendorId.Length);
        _reader.ExpectKey(4);
        _reader.ReadBytes(_set.ClassId, _set.ClassId.Length);
        _set.HasDeviceId = count != MemberCountMin;
        if (_set.HasDeviceId)
        {
            _reader.ExpectKey(5);
            _reader.ReadBytes(_set.DeviceId, _set.DeviceId.Length);
        }

        _reader.ExpectKey(6);
        _tableId = _reader.ReadUnsigned(uint.MaxValue);
        _reader.ExpectKey(7);
        _ruleCount = _reader.ReadArray();
        if (_ruleCount > _config.RuleCountMax)
        {
            _cursor.RefuseBound(RuleBound.Rules, 0);
        }
    }

    private void ReadRule()
    {
        int rule = _set.Count;
        uint start = _reader.Position;
        uint count = _reader.ReadMap();
        if (count < RuleMemberCountMin || count > RuleMemberCountMin + 1)
        {
            _reader.Fail(start);
        }

        _reader.ExpectKey(1);
        start = _reader.Position;
        byte id = (byte)_reader.ReadUnsigned(0xFF);
        if (id <= (rule == 0 ? 0 : _set.Ids[rule - 1]))
        {
            _reader.Fail(start);
        }

        _set.Ids[rule] = id;
        _reader.ExpectKey(2);
        ReadSignals(rule, id);
        _reader.ExpectKey(3);
        ReadTrigger(rule, id);
        _reader.ExpectKey(4);
        _set.Priorities[rule] = (byte)_reader.ReadUnsigned(PriorityMax);
        _reader.ExpectKey(5);
        _set.RetentionHours[rule] = (ushort)_reader.ReadUnsigned(0xFFFF);
        _set.SamplePeriodMs[rule] = 0;
        _set.HistoryCount[rule] = 0;
        if (count != RuleMemberCountMin)
        {
            _reader.ExpectKey(6);
            ReadWindow(rule, id);
        }

        if (!_reader.IsFailed)
        {
            Reckon(rule, id);
            _set.Count = rule + 1;
        }
    }

    // [DID, …], ascending.
    private void ReadSignals(int rule, byte id)
    {
        uint start = _reader.Position;
        uint count = _reader.ReadArray();
        if (count == 0)
        {
            _reader.Fail(start);
        }

        if (count > (uint)(_config.RuleSignalsMax - _signalCount))
        {
            _cursor.RefuseBound(RuleBound.Signals, id);
        }

        int length = BodyHeadLength;
        int previous = -1;
        for (uint i = 0; i < count && !_reader.IsFailed; i++)
        {
            start = _reader.Position;
            ushort signal = _cursor.ReadSignal();
            if (signal <= previous)
            {
                _reader.Fail(start);
            }

            if (!_reader.IsFailed)
            {
                previous = signal;
                length += 2 + _signals.RecordLength(signal);
                _set.Signals[_signalCount] = signal;
                _signalCount++;
            }
        }

        _set.BodyLengths[rule] = (ushort)length;
        _set.SignalFirst[rule + 1] = (ushort)_signalCount;
    }

    private void ReadTrigger(int rule, byte id)
    {
        uint start = _reader.Position;
        uint count = _reader.ReadArray();
        byte trigger = (byte)_reader.ReadUnsigned(RuleTrigger.Dtc);
        bool isPair = trigger == RuleTrigger.Period || trigger == RuleTrigger.Dtc;
        if (count != (isPair ? 2u : 4u))
        {
            _reader.Fail(start);
        }

        _set.Triggers[rule] = trigger;
        _set.IntervalMs[rule] = 0;
        _set.Watched[rule] = 0;
        switch (trigger)
        {
            case RuleTrigger.Period:
                _set.IntervalMs[rule] = ReadPeriod(id);
                break;
            case RuleTrigger.Change:
                _set.Watched[rule] = _cursor.ReadSignal();
                _set.Operands[rule] = _reader.ReadUnsigned(uint.MaxValue);
                _set.IntervalMs[rule] = _reader.ReadUnsigned(TimeMsMax);
                break;
            case RuleTrigger.Condition:
                _set.IsAny[rule] = _reader.ReadUnsigned(1) != 0;
                ReadTerms(id);
                _set.IntervalMs[rule] = _reader.ReadUnsigned(TimeMsMax);
                break;
            default:
                _set.Operands[rule] = _reader.ReadUnsigned(0xFFFFFF);
                break;
        }

        _set.TermFirst[rule + 1] = (ushort)_termCount;
    }

    private uint ReadPeriod(byte id)
    {
        uint periodMs = _reader.ReadUnsigned(TimeMsMax);
        if (periodMs < PeriodMsMin)
        {
            _cursor.RefuseBound(RuleBound.Period, id);
        }

        return periodMs;
    }

    // [[DID, operator, isSignal, right], …]
    private void ReadTerms(byte id)
    {
        uint start = _reader.Position;
        uint count = _reader.ReadArray();
        if (count == 0)
        {
            _reader.Fail(start);
        }

        if (count > (uint)(_config.RuleTermsMax - _termCount))
        {
            _cursor.RefuseBound(RuleBound.Terms, id);
        }

        for (uint i = 0; i < count && !_reader.IsFailed; i++)
        {
            _reader.ExpectArray(4);
            ushort left = _cursor.ReadSignal();
            byte comparison = (byte)_reader.ReadUnsigned(RuleOperator.GreaterOrEqual);
            bool isSignal = _reader.ReadUnsigned(1) != 0;
            int right = isSignal ? _cursor.ReadSignal() : _cursor.ReadRaw(left);
            if (!_reader.IsFailed)
            {
                _set.TermLeft[_termCount] = left;
                _set.TermOperators[_termCount] = comparison;
                _set.TermIsSignal[_termCount] = isSignal;
                _set.TermRight[_termCount] = right;
                _termCount++;
            }
        }
    }

    // [sample period, before, after]
    private void ReadWindow(int rule, byte id)
    {
        uint start = _reader.Position;
        _reader.ExpectArray(3);
        uint periodMs = ReadPeriod(id);
        uint beforeMs = _reader.ReadUnsigned(TimeMsMax);
        uint afterMs = _reader.ReadUnsigned(TimeMsMax);
        if (beforeMs == 0 && afterMs == 0)
        {
            _reader.Fail(start);
        }

        if (_reader.IsFailed)
        {
            return;
        }

        uint entries = (beforeMs + periodMs - 1) / periodMs;
        int entryLength = HistoryHeadLength + _set.BodyLengths[rule];
        if (entries > (uint)((_config.HistoryLength - _historyLength) / entryLength))
        {
            _cursor.RefuseBound(RuleBound.History, id);
            return;
        }

        _set.SamplePeriodMs[rule] = periodMs;
        _set.BeforeMs[rule] = beforeMs;
        _set.AfterMs[rule] = afterMs;
        _set.HistoryStart[rule] = (ushort)_historyLength;
        _set.HistoryCount[rule] = (ushort)entries;
        _historyLength += (int)entries * entryLength;
    }

    private void Reckon(int rule, byte id)
    {
        if (!RuleCost.Reckon(_set, rule, _config.IlPerTurnMax))
        {
            _cursor.RefuseBound(RuleBound.Cost, id);
        }
    }
}
