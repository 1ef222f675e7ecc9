// Faults by name and under a seed: what those of a bus and those of a message network have in common.
// Invariants: each rule draws from a sequence of its own, made from the seed and its name, so that to add or remove one
// rule does not change where the others strike; a rule draws once for whatever matches it, struck or not.
// Must not know what a fault does.
// Tests: tests/host-sim/Bus/BusFaultsTests.cs, tests/host-sim/Server/MessageNetworkTests.cs.
namespace EsyncSim.Bus;

/// <summary>One fault: what it does, to what, and how often.</summary>
/// <typeparam name="TKind">What it does.</typeparam>
/// <typeparam name="TTarget">What it is told of a frame or message, to say whether it matches.</typeparam>
public abstract class FaultRule<TKind, TTarget>
    where TKind : struct, Enum
{
    /// <summary>Name for reports; with the seed it decides where the fault strikes.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required TKind Kind { get; init; }

    /// <summary>Probability for each match, 0 to 1; of a frame that is to be corrupted for each attempt.</summary>
    public double Probability { get; init; }

    /// <summary>Strikes the match with this number, counted from 0; −1: the probability decides.</summary>
    public long MatchIndex { get; init; } = -1;

    /// <summary>Moment from which it strikes, in nanoseconds.</summary>
    public long FromNs { get; init; }

    /// <summary>Moment up to which (excluded) it strikes, in nanoseconds.</summary>
    public long UntilNs { get; init; } = long.MaxValue;

    /// <summary>How often it strikes at most.</summary>
    public long CountMax { get; init; } = long.MaxValue;

    /// <summary>Frames or messages that matched so far.</summary>
    public long MatchCount { get; private set; }

    /// <summary>Times that it struck so far.</summary>
    public long StrikeCount { get; private set; }

    internal SeededRandom Random { get; set; } = null!;

    internal bool Is(TKind kind) => EqualityComparer<TKind>.Default.Equals(Kind, kind);

    /// <summary>True for what it is meant for, apart from kind and time.</summary>
    internal abstract bool Matches(TTarget target);

    /// <summary>Counts a match and draws; true when it is to be struck.</summary>
    internal bool Draw()
    {
        long index = MatchCount++;
        bool isDrawn = MatchIndex >= 0 ? index == MatchIndex : Random.Chance(Probability);
        return isDrawn && StrikeCount < CountMax;
    }

    internal void NoteStrike() => StrikeCount++;
}

/// <summary>The faults of one bus or network.</summary>
/// <typeparam name="TRule">Its rules.</typeparam>
/// <typeparam name="TKind">What they do.</typeparam>
/// <typeparam name="TTarget">What they are told.</typeparam>
public abstract class FaultRules<TRule, TKind, TTarget>
    where TRule : FaultRule<TKind, TTarget>
    where TKind : struct, Enum
{
    private readonly ulong _seed;
    private readonly List<TRule> _rules = [];

    private protected FaultRules(ulong seed) => _seed = seed;

    /// <summary>The rules, in the order in which they were added.</summary>
    public IReadOnlyList<TRule> Rules => _rules;

    internal bool HasAny => _rules.Count > 0;

    /// <summary>Adds a rule; returns it, for its figures.</summary>
    public TRule Add(TRule rule)
    {
        rule.Random = new SeededRandom(_seed, rule.Name);
        _rules.Add(rule);
        return rule;
    }

    /// <summary>Removes a rule; the others strike where they would have struck.</summary>
    public void Remove(TRule rule) => _rules.Remove(rule);

    /// <summary>Removes every rule: all is sound from now on.</summary>
    public void Clear() => _rules.Clear();

    internal bool Has(TKind kind)
    {
        foreach (TRule rule in _rules)
        {
            if (rule.Is(kind))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The rule of this kind that strikes the target; null when none does.</summary>
    internal TRule? Strike(TKind kind, TTarget target, long nowNs)
    {
        TRule? striking = null;
        foreach (TRule rule in _rules)
        {
            bool isMeant = rule.Is(kind) && nowNs >= rule.FromNs && nowNs < rule.UntilNs && rule.Matches(target);
            if (isMeant && rule.Draw() && striking == null)
            {
                rule.NoteStrike();
                striking = rule;
            }
        }

        return striking;
    }
}
