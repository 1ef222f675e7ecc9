// Faults of the bus, by name and under a seed.
// Invariants: each rule draws from a sequence of its own, made from the seed and its name, so that to add or remove one
// rule does not change where the others strike; a rule draws once for each frame that matches it, struck or not.
// Tests: tests/host-sim/Bus/BusFaultsTests.cs.
namespace EsyncSim.Bus;

/// <summary>What a fault does to a frame.</summary>
public enum BusFaultKind
{
    /// <summary>The frame is on the wire, and no receiver gets it.</summary>
    Drop,

    /// <summary>A bit is destroyed: error frame and automatic retransmission, each at the price of its exact bits.</summary>
    Corrupt,

    /// <summary>An error in the last bit of EOF: receivers have the frame, the sender repeats it.</summary>
    Duplicate,

    /// <summary>Receivers get the frame later; later frames of the same identifier do not overtake it.</summary>
    Delay,
}

/// <summary>One fault: what it does, to which frames, and how often.</summary>
public sealed class BusFaultRule
{
    /// <summary>Name for reports; with the seed it decides where the fault strikes.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required BusFaultKind Kind { get; init; }

    /// <summary>Probability for each matching frame (or attempt, when it corrupts), 0 to 1.</summary>
    public double Probability { get; init; }

    /// <summary>Strikes the matching frame with this number, counted from 0; −1: the probability decides.</summary>
    public long FrameIndex { get; init; } = -1;

    /// <summary>Identifier that it strikes; null: every one.</summary>
    public uint? Identifier { get; init; }

    /// <summary>Moment from which it strikes, in nanoseconds.</summary>
    public long FromNs { get; init; }

    /// <summary>Moment up to which (excluded) it strikes, in nanoseconds.</summary>
    public long UntilNs { get; init; } = long.MaxValue;

    /// <summary>How often it strikes at most.</summary>
    public long CountMax { get; init; } = long.MaxValue;

    /// <summary>How much later a delayed frame arrives at most, in nanoseconds; the least is one nanosecond.</summary>
    public long DelayNsMax { get; init; } = 1_000_000;

    /// <summary>Frames that matched so far.</summary>
    public long MatchCount { get; internal set; }

    /// <summary>Times that it struck so far.</summary>
    public long StrikeCount { get; internal set; }

    internal SeededRandom Random { get; set; } = null!;
}

/// <summary>The faults of one bus.</summary>
public sealed class BusFaults
{
    private readonly ulong _seed;
    private readonly List<BusFaultRule> _rules = [];

    internal BusFaults(ulong seed) => _seed = seed;

    /// <summary>The rules, in the order in which they were added.</summary>
    public IReadOnlyList<BusFaultRule> Rules => _rules;

    internal bool HasAny { get; private set; }

    internal bool HasCorruption { get; private set; }

    /// <summary>Adds a rule; returns it, for its figures.</summary>
    public BusFaultRule Add(BusFaultRule rule)
    {
        rule.Random = new SeededRandom(_seed, rule.Name);
        _rules.Add(rule);
        HasAny = true;
        HasCorruption |= rule.Kind == BusFaultKind.Corrupt;
        return rule;
    }

    /// <summary>Removes every rule: the bus is sound from now on.</summary>
    public void Clear()
    {
        _rules.Clear();
        HasAny = false;
        HasCorruption = false;
    }

    /// <summary>The rule of this kind that strikes the frame; null when none does.</summary>
    internal BusFaultRule? Strike(BusFaultKind kind, in BusFrame frame, long nowNs)
    {
        BusFaultRule? striking = null;
        foreach (BusFaultRule rule in _rules)
        {
            if (rule.Kind != kind || nowNs < rule.FromNs || nowNs >= rule.UntilNs
                || (rule.Identifier is { } identifier && identifier != frame.Identifier))
            {
                continue;
            }

            long index = rule.MatchCount++;
            bool isDrawn = rule.FrameIndex >= 0 ? index == rule.FrameIndex : rule.Random.Chance(rule.Probability);
            if (isDrawn && striking == null && rule.StrikeCount < rule.CountMax)
            {
                rule.StrikeCount++;
                striking = rule;
            }
        }

        return striking;
    }
}
