// What an observer of the bus is told: each frame, and each attempt that failed.
// Plain data: a record never changes once it was told, so that logs may keep it.
// Tests: tests/host-sim/Bus/VirtualBusTests.cs.
namespace EsyncSim.Bus;

/// <summary>What became of a frame on the wire.</summary>
public enum BusFate
{
    /// <summary>It reached every node whose filters let it through.</summary>
    Delivered,

    /// <summary>It was on the wire and well, and a fault lost it for the receivers.</summary>
    Dropped,

    /// <summary>A bit of it was destroyed; an error frame followed, and the sender tries again.</summary>
    Corrupted,

    /// <summary>It was received, but the sender saw an error in the last bit of EOF and sends it once more.</summary>
    Duplicated,

    /// <summary>It was on the wire and well, and reaches the receivers later.</summary>
    Delayed,

    /// <summary>Its sender left the bus in the middle of it.</summary>
    Torn,
}

/// <summary>One frame, or one attempt, on the wire.</summary>
/// <param name="Bus">The bus.</param>
/// <param name="Frame">The frame.</param>
/// <param name="Sender">The node that sent it; null on a real bus, which does not tell.</param>
/// <param name="StartNs">Beginning of its SOF.</param>
/// <param name="EndNs">End of its EOF or of its error delimiter; the interframe space follows.</param>
/// <param name="Bits">Bits from SOF to the end of the interframe space.</param>
/// <param name="Fate">What became of it.</param>
public readonly record struct BusRecord(
    ICanBus Bus, BusFrame Frame, BusNode? Sender, long StartNs, long EndNs, int Bits, BusFate Fate)
{
    /// <summary>True when the frame itself was whole on the wire: a bus monitor would have shown it.</summary>
    public bool IsWhole => Fate is not (BusFate.Corrupted or BusFate.Torn);
}

/// <summary>Sees everything that happens on a bus, in the order in which it happens.</summary>
public interface IBusObserver
{
    /// <summary>A frame or an attempt has ended. Must not send.</summary>
    void OnRecord(in BusRecord record);
}
