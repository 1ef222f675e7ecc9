// Faults of the bus, by name and under a seed: FaultRules over frames.
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

/// <summary>One fault of the bus.</summary>
public sealed class BusFaultRule : FaultRule<BusFaultKind, uint>
{
    /// <summary>Identifier that it strikes; null: every one.</summary>
    public uint? Identifier { get; init; }

    /// <summary>How much later a delayed frame arrives at most, in nanoseconds; the least is one nanosecond.</summary>
    public long DelayNsMax { get; init; } = VirtualTime.NsPerMs;

    internal override bool Matches(uint identifier) => Identifier is not { } only || only == identifier;
}

/// <summary>The faults of one bus.</summary>
public sealed class BusFaults : FaultRules<BusFaultRule, BusFaultKind, uint>
{
    internal BusFaults(ulong seed)
        : base(seed)
    {
    }
}
