// Faults of the message network, by name and under a seed: FaultRules over topics.
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

/// <summary>One fault of the network.</summary>
public sealed class MessageFaultRule : FaultRule<MessageFaultKind, string>
{
    /// <summary>Topics that it strikes (<see cref="TopicFilter"/>); all by default.</summary>
    public string Filter { get; init; } = "#";

    /// <summary>How much later a delayed message or a double arrives at most, in nanoseconds; the least is one nanosecond.</summary>
    public long DelayNsMax { get; init; } = 10 * VirtualTime.NsPerSecond;

    internal override bool Matches(string topic) => TopicFilter.Matches(Filter, topic);

    /// <summary>Nanoseconds that a struck message is late.</summary>
    internal long NextDelayNs() => 1 + (long)(Random.NextU64() % (ulong)Math.Max(DelayNsMax, 1));
}

/// <summary>The faults of one network.</summary>
public sealed class MessageFaults : FaultRules<MessageFaultRule, MessageFaultKind, string>
{
    internal MessageFaults(ulong seed)
        : base(seed)
    {
    }
}
