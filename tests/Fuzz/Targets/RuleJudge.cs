// What an ECU has to say of rules that are well formed: written apart from its reader, over the host's records in place of bytes.
// Tests: tests/Fuzz/Checks.
using EsyncAgent;
using EsyncSim.Rules;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>A second opinion.</summary>
internal static class RuleJudge
{
    /// <summary>The reason for which an ECU refuses a set, and its detail; None when it takes it. For Malformed the detail is not told.</summary>
    public static (RuleError Error, uint Detail) Of(RuleList list, int length, DataConfig config)
    {
        if (length > config.RulesLengthMax)
        {
            return Bound(RuleBound.Length, 0);
        }

        if (list.Rules.Count > config.RuleCountMax)
        {
            return Bound(RuleBound.Rules, 0);
        }

        if (list.TableId != config.SignalTableId)
        {
            return (RuleError.TableMismatch, 0);
        }

        Sums sums = new() { Cost = RuleCost.Round };
        return list.Rules.Select(rule => OfRule(rule, config, sums)).FirstOrDefault(verdict => verdict.Error != RuleError.None);
    }

    /// <summary>The rules that the agent has read, in the host's words.</summary>
    public static RuleList ListOf(RuleSet set, DataConfig config) => new()
    {
        Sequence = set.SequenceNumber,
        VendorId = set.VendorId,
        ClassId = set.ClassId,
        DeviceId = set.HasDeviceId ? set.DeviceId : null,
        TableId = config.SignalTableId,
        Rules = [.. Enumerable.Range(0, set.Count).Select(rule => RuleOf(set, rule, config))],
    };

    private static (RuleError Error, uint Detail) OfRule(CollectionRule rule, DataConfig config, Sums sums)
    {
        sums.Signals += rule.Signals.Count;
        if (sums.Signals > config.RuleSignalsMax)
        {
            return Bound(RuleBound.Signals, rule.Id);
        }

        if (Strangers(rule.Signals, config) is { Error: not RuleError.None } stranger)
        {
            return stranger;
        }

        int terms = rule.Trigger is ConditionTrigger { Terms.Count: int count } ? count : 0;
        sums.Terms += terms;
        (RuleError, uint) trigger = rule.Trigger switch
        {
            PeriodTrigger { PeriodMs: < 10 } => Bound(RuleBound.Period, rule.Id),
            ChangeTrigger change => Strangers([change.Did], config),
            ConditionTrigger when sums.Terms > config.RuleTermsMax => Bound(RuleBound.Terms, rule.Id),
            ConditionTrigger condition => condition.Terms.Select(term => OfTerm(term, config)).FirstOrDefault(verdict => verdict.Error != RuleError.None),
            _ => (RuleError.None, 0u),
        };
        if (trigger.Item1 != RuleError.None)
        {
            return trigger;
        }

        int body = 4 + rule.Signals.Sum(did => 3 + SignalType.Length(config.SignalTypes[Array.IndexOf(config.SignalDids, did)]));
        if (rule.Window is { } window)
        {
            if (window.PeriodMs < 10)
            {
                return Bound(RuleBound.Period, rule.Id);
            }

            sums.History += (long)Math.Ceiling(window.BeforeMs / (double)window.PeriodMs) * (4 + body);
            if (sums.History > config.HistoryLength)
            {
                return Bound(RuleBound.History, rule.Id);
            }
        }

        int samples = rule.Window is null ? 1 : 2;
        sums.Cost += RuleCost.Rule + (terms * RuleCost.Term) + (rule.Window is null ? 0 : RuleCost.Window) + (samples * (RuleCost.Sample + (rule.Signals.Count * RuleCost.Signal)));
        return sums.Cost > config.IlPerTurnMax ? Bound(RuleBound.Cost, rule.Id) : (RuleError.None, 0);
    }

    private static (RuleError Error, uint Detail) OfTerm(RuleTerm term, DataConfig config)
    {
        if (Strangers([term.Did], config) is { Error: not RuleError.None } stranger)
        {
            return stranger;
        }

        if (term.IsSignal)
        {
            return Strangers([(ushort)term.Right], config);
        }

        bool isUnsigned = SignalType.IsUnsigned(config.SignalTypes[Array.IndexOf(config.SignalDids, term.Did)]);
        return (isUnsigned ? term.Right >= 0 : term.Right <= int.MaxValue) ? (RuleError.None, 0u) : (RuleError.Malformed, 0u);
    }

    private static (RuleError Error, uint Detail) Strangers(IEnumerable<ushort> dids, DataConfig config) =>
        dids.Where(did => !config.SignalDids.Contains(did)).Select(did => (RuleError.SignalUnknown, (uint)did)).FirstOrDefault();

    private static (RuleError Error, uint Detail) Bound(byte bound, byte rule) => (RuleError.BoundExceeded, ((uint)bound << 24) | ((uint)rule << 16));

    private static CollectionRule RuleOf(RuleSet set, int rule, DataConfig config) => new()
    {
        Id = set.Ids[rule],
        Signals = [.. set.Signals[set.SignalFirst[rule]..set.SignalFirst[rule + 1]].Select(index => config.SignalDids[index])],
        Trigger = TriggerOf(set, rule, config),
        Priority = (RulePriority)set.Priorities[rule],
        RetentionHours = set.RetentionHours[rule],
        Window = set.SamplePeriodMs[rule] == 0 ? null : new RuleWindow(set.SamplePeriodMs[rule], set.BeforeMs[rule], set.AfterMs[rule]),
    };

    private static EsyncSim.Rules.RuleTrigger TriggerOf(RuleSet set, int rule, DataConfig config)
    {
        RuleTerm Term(int term)
        {
            ushort left = set.TermLeft[term];
            int right = set.TermRight[term];
            long value = set.TermIsSignal[term] ? config.SignalDids[right] : SignalType.IsUnsigned(config.SignalTypes[left]) ? (uint)right : right;
            return new RuleTerm(config.SignalDids[left], (Comparison)set.TermOperators[term], set.TermIsSignal[term], value);
        }

        return set.Triggers[rule] switch
        {
            EsyncAgent.RuleTrigger.Period => new PeriodTrigger(set.IntervalMs[rule]),
            EsyncAgent.RuleTrigger.Change => new ChangeTrigger(config.SignalDids[set.Watched[rule]], set.Operands[rule], set.IntervalMs[rule]),
            EsyncAgent.RuleTrigger.Condition => new ConditionTrigger(
                set.IsAny[rule], [.. Enumerable.Range(set.TermFirst[rule], set.TermFirst[rule + 1] - set.TermFirst[rule]).Select(Term)], set.IntervalMs[rule]),
            _ => new DtcTrigger(set.Operands[rule]),
        };
    }

    private sealed class Sums
    {
        public int Signals { get; set; }

        public int Terms { get; set; }

        public long History { get; set; }

        public int Cost { get; set; }
    }
}
