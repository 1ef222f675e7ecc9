// A rule as PROTOCOL.md tells it, in the plainest way: called every ten milliseconds, it keeps all that it saw.
using EsyncAgent;
using EsyncSim.Rules;

namespace EsyncTests.AgentFirmware.Data;

/// <summary>What one rule has to sample.</summary>
internal sealed class RuleModel(CollectionRule rule, SignalTable signals, uint startMs)
{
    private readonly List<(uint TimeMs, string Signals)> _past = [];
    private (int Value, byte Quality) _reported = rule.Trigger is ChangeTrigger change ? Of(signals, change.Did) : default;
    private bool _wasFalse = true;
    private uint? _firedMs;
    private int _count;

    /// <summary>The samples so far, written as records are.</summary>
    public List<string> Samples { get; } = [];

    /// <summary>What the rule does at this moment, at which this DTC has failed (0: none).</summary>
    public void Look(uint nowMs, uint dtc)
    {
        if (IsFiring(nowMs, dtc))
        {
            _count++;
            uint beforeMs = rule.Window?.BeforeMs ?? 0;
            foreach ((uint timeMs, string was) in _past.Where(sample => nowMs - sample.TimeMs <= beforeMs))
            {
                Add(timeMs, 4, was);
            }

            _past.Clear();
            Add(nowMs, Cause(rule.Trigger), Now());
            _firedMs = nowMs;
            _wasFalse = false;
            _reported = rule.Trigger is ChangeTrigger change ? Of(signals, change.Did) : default;
        }

        uint gridMs = _firedMs ?? startMs;
        if (rule.Window is not { } window || nowMs == gridMs || (nowMs - gridMs) % window.PeriodMs != 0)
        {
            return;
        }

        if (_firedMs is not null && nowMs - gridMs <= window.AfterMs)
        {
            Add(nowMs, 5, Now());
        }
        else if (window.BeforeMs != 0)
        {
            _past.Add((nowMs, Now()));
        }
    }

    private static (int Value, byte Quality) Of(SignalTable signals, ushort did) => (signals.Value(signals.IndexOf(did)), signals.QualityOf(signals.IndexOf(did)));

    private static int Cause(EsyncSim.Rules.RuleTrigger trigger) => trigger switch { PeriodTrigger => 0, ChangeTrigger => 1, ConditionTrigger => 2, _ => 3 };

    private bool IsFiring(uint nowMs, uint dtc)
    {
        switch (rule.Trigger)
        {
            case PeriodTrigger period:
                return (nowMs - startMs) % period.PeriodMs == 0;
            case DtcTrigger wanted:
                return dtc != 0 && (wanted.Dtc == 0 || wanted.Dtc == dtc);
            case ChangeTrigger change:
                (int value, byte quality) = Of(signals, change.Did);
                bool isFar = Math.Abs(Number(change.Did, value) - Number(change.Did, _reported.Value)) > change.Threshold;
                return (isFar || quality != _reported.Quality) && IsLater(nowMs, change.IntervalMsMin);
            default:
                ConditionTrigger condition = (ConditionTrigger)rule.Trigger;
                bool isTrue = condition.IsAny ? condition.Terms.Any(IsTrue) : condition.Terms.All(IsTrue);
                _wasFalse |= !isTrue;
                return isTrue && _wasFalse && IsLater(nowMs, condition.IntervalMsMin);
        }
    }

    private bool IsLater(uint nowMs, uint intervalMs) => _firedMs is not { } fired || nowMs - fired >= intervalMs;

    private bool IsTrue(RuleTerm term)
    {
        (int left, byte quality) = Of(signals, term.Did);
        (int right, byte rightQuality) = term.IsSignal ? Of(signals, (ushort)term.Right) : ((int)term.Right, SignalQuality.Valid);
        int order = Number(term.Did, left).CompareTo(term.IsSignal ? Number((ushort)term.Right, right) : term.Right);
        return quality == SignalQuality.Valid && rightQuality == SignalQuality.Valid && term.Comparison switch
        {
            Comparison.Equal => order == 0,
            Comparison.NotEqual => order != 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private long Number(ushort did, int raw) => signals.IsUnsigned(signals.IndexOf(did)) ? (uint)raw : raw;

    private string Now()
    {
        byte[] record = new byte[7];
        return string.Concat(rule.Signals.Select(did =>
        {
            BigEndian.WriteU16(record, 0, did);
            return Convert.ToHexString(record, 0, 2 + signals.WriteRecord(signals.IndexOf(did), record, 2));
        }));
    }

    private void Add(uint timeMs, int cause, string what) => Samples.Add($"{timeMs}: rule {rule.Id} cause {cause} #{_count} {what}");
}
