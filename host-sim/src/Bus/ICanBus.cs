// What meters and logs need of a bus, virtual or real: its clock, its name, its bit rate, and to be told of its frames.
// It offers no way to send: that is a controller's.
// Tests: tests/host-sim/Bus, tests/host-sim/Bus/Real.
namespace EsyncSim.Bus;

/// <summary>A CAN bus that can be watched.</summary>
public interface ICanBus
{
    /// <summary>The clock.</summary>
    VirtualTime Time { get; }

    /// <summary>Name in logs, as of a network interface.</summary>
    string Name { get; }

    /// <summary>Duration of so many bits, in nanoseconds.</summary>
    long BitsToNs(long bits);

    /// <summary>Adds an observer.</summary>
    void Observe(IBusObserver observer);
}
