// Whether an ECU can keep to a set of rules, and what they cost it: asked of the agent's own reader, so that nobody signs what an
// ECU would refuse.
// Tests: tests/host-sim/Rules.
using EsyncAgent;

namespace EsyncSim.Rules;

/// <summary>A set as the agent reads it.</summary>
/// <param name="Set">What the agent has of it; complete when there is no problem.</param>
/// <param name="Reason">What an ECU would answer; None when it takes the set.</param>
/// <param name="Problem">What is wrong, in words; null when nothing is.</param>
internal sealed record RuleLimits(RuleSet Set, FotaError Reason, string? Problem)
{
    /// <summary>Reads a payload within the bounds of an ECU.</summary>
    public static RuleLimits Of(byte[] payload, DataConfig data)
    {
        RuleReader reader = new(data, new SignalTable(data));
        RuleSet set = new(data);
        reader.Begin(set, payload, 0, payload.Length, 0);
        StdReturn result = StdReturn.Pending;
        while (result == StdReturn.Pending)
        {
            result = reader.MainFunction();
        }

        return reader.Error switch
        {
            RuleError.None => new RuleLimits(set, FotaError.None, null),
            RuleError.BoundExceeded => new RuleLimits(set, FotaError.RulesExceedLimits, BoundText(reader.ErrorDetail, data, set.Cost)),
            RuleError.SignalUnknown => new RuleLimits(set, FotaError.SignalUnknown, $"the ECU has no signal 0x{reader.ErrorDetail:X4}"),
            RuleError.TableMismatch => new RuleLimits(set, FotaError.SignalTableMismatch, $"the rules are made for other signals than the ECU has (table 0x{data.SignalTableId:X8}); make them again"),
            RuleError.VersionUnknown => new RuleLimits(set, FotaError.ManifestVersionUnknown, "the rules have another version than this ECU knows"),
            _ => new RuleLimits(set, FotaError.ManifestMalformed, $"the rules are malformed at byte {reader.ErrorDetail}"),
        };
    }

    /// <summary>Why an ECU would refuse a payload; null when it would not.</summary>
    public static string? ProblemOf(byte[] payload, DataConfig data) => Of(payload, data).Problem;

    /// <summary>The detail of RulesExceedLimits in words.</summary>
    public static string BoundText(uint detail)
    {
        uint rule = (detail >> 16) & 0xFF;
        string where = rule == 0 ? "" : $"rule {rule}: ";
        return where + (detail >> 24) switch
        {
            RuleBound.Length => "the document is too long",
            RuleBound.Rules => "there are too many rules",
            RuleBound.Signals => "the rules name too many signals together",
            RuleBound.Terms => "the conditions have too many comparisons together",
            RuleBound.History => "the samples before triggers need too much memory",
            RuleBound.Cost => "the rules cost too much in one evaluation",
            RuleBound.Period => "a period is too short",
            _ => $"bound {detail >> 24} is exceeded",
        };
    }

    private static string BoundText(uint detail, DataConfig data, int cost) => BoundText(detail) + (detail >> 24) switch
    {
        RuleBound.Length => $"; the ECU has room for {data.RulesLengthMax} bytes (nvm.rulesLengthMax, with 16 of a digest)",
        RuleBound.Rules => $"; the ECU takes {data.RuleCountMax} (data.ruleCountMax)",
        RuleBound.Signals => $"; the ECU takes {data.RuleSignalsMax} (data.ruleSignalsMax)",
        RuleBound.Terms => $"; the ECU takes {data.RuleTermsMax} (data.ruleTermsMax)",
        RuleBound.History => $"; the ECU has {data.HistoryLength} bytes for them (data.historyLength). Take fewer signals, a longer sample period or less time before",
        RuleBound.Cost => $": {cost} IL instructions with this one; the ECU spends {data.IlPerTurnMax} at the most (data.ilPerTurnMax). Take fewer rules, signals or comparisons",
        _ => $"; the shortest is {RuleReader.PeriodMsMin} ms",
    };
}
