// Faults of the message network, by name and under a seed, as BusFaults are those of the bus.
// Invariants: each rule draws from a sequence of its own, made from the seed and its name, so that to add or remove one
// does not change where the others strike; a rule draws once for each message that matches it, struck or not.
// Tests: tests/host-sim/Server.
using EsyncSim.Bus;

namespace EsyncSim.Server;

/// <summary>What a fault does to a message.</summary>
public enum MessageFaultKind
{
    /// <summary>Nobody gets it.</summary>
    Drop,

    /// <summary>It arrives a second time, after up to <see cref="MessageFaultRule.DelayNsMax"/> more.</summary>
    Duplicate,

    /// <summary>It arrives up to <see cref="MessageFaultRule.DelayNsMax"/> later, and others overtake it.</summary>
    Delay,
}

/// <summary>One fault: what it does, to which messages, and how often.</summary>
public sealed class MessageFaultRule
{
    /// <summary>Name for reports; with the seed it decides where the fault strikes.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public required MessageFaultKind Kind { get; init; }

    /// <summary>Probability for each matching message, 0 to 1.</summary>
    public double Probability { get; init; }

    /// <summary>Strikes the matching message with this number, counted from 0; −1: the probability decides.</summary>
    public long MessageIndex { get; init; } = -1;

    /// <summary>Topics that it strikes (<see cref="TopicFilter"/>); all by default.</summary>
    public string Filter { get; init; } = "#";

    /// <summary>Moment from which it strikes, in nanoseconds.</summary>
    public long FromNs { get; init; }

    /// <summary>Moment up to which (excluded) it strikes, in nanoseconds.</summary>
    public long UntilNs { get; init; } = long.MaxValue;

    /// <summary>How often it strikes at most.</summary>
    public long CountMax { get; init; } = long.MaxValue;

    /// <summary>How much later a delayed message or a double arrives at most, in nanoseconds; the least is one nanosecond.</summary>
    public long DelayNsMax { get; init; } = 10 * VirtualTime.NsPerSecond;

    /// <summary>Messages that matched so far.</summary>
    public long MatchCount { get; internal set; }

    /// <summary>Times that it struck so far.</summary>
    public long StrikeCount { get; internal set; }

    internal SeededRandom Random { get; set; } = null!;

    /// <summary>Nanoseconds that a struck message is late.</summary>
    internal long NextDelayNs() => 1 + (long)(Random.NextU64() % (ulong)Math.Max(DelayNsMax, 1));
}

/// <summary>The faults of one network.</summary>
public sealed class MessageFaults
{
    private readonly ulong _seed;
    private readonly List<MessageFaultRule> _rules = [];

    internal MessageFaults(ulong seed) => _seed = seed;

    /// <summary>The rules, in the order in which they were added.</summary>
    public IReadOnlyList<MessageFaultRule> Rules => _rules;

    /// <summary>Adds a rule; returns it, for its figures.</summary>
    public MessageFaultRule Add(MessageFaultRule rule)
    {
        rule.Random = new SeededRandom(_seed, rule.Name);
        _rules.Add(rule);
        return rule;
    }

    /// <summary>Removes every rule: the network is sound from now on.</summary>
    public void Clear() => _rules.Clear();

    /// <summary>The rule of this kind that strikes the message; null when none does.</summary>
    internal MessageFaultRule? Strike(MessageFaultKind kind, string topic, long nowNs)
    {
        MessageFaultRule? striking = null;
        foreach (MessageFaultRule rule in _rules)
        {
            if (rule.Kind != kind || nowNs < rule.FromNs || nowNs >= rule.UntilNs || !TopicFilter.Matches(rule.Filter, topic))
            {
                continue;
            }

            long index = rule.MatchCount++;
            bool isDrawn = rule.MessageIndex >= 0 ? index == rule.MessageIndex : rule.Random.Chance(rule.Probability);
            if (isDrawn && striking == null && rule.StrikeCount < rule.CountMax)
            {
                rule.StrikeCount++;
                striking = rule;
            }
        }

        return striking;
    }
}
