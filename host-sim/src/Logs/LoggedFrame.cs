// A frame out of a log, and the bus that it is told of when it is logged once more or decoded.
// Plain data. Tests: tests/host-sim/Logs.
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>A data frame of a log.</summary>
/// <param name="Ns">Its time in nanoseconds: since 1970, or since the log's beginning where the log has no date.</param>
/// <param name="Bus">Interface or channel, as the log names it.</param>
/// <param name="Frame">The frame.</param>
public readonly record struct LoggedFrame(long Ns, string Bus, BusFrame Frame)
{
    /// <summary>The frame as an observer is told of it.</summary>
    /// <param name="bus">Stands for the bus that was logged.</param>
    public BusRecord ToRecord(LoggedBus bus)
    {
        int bits = FrameBits.Count(Frame);
        return new BusRecord(bus, Frame, null, Ns - bus.BitsToNs(bits), Ns, bits + FrameBits.InterframeBits, BusFate.Delivered);
    }
}

/// <summary>A bus of which there is a log only: it has a name and a bit rate, and nothing happens on it.</summary>
/// <param name="name">Its name in logs.</param>
/// <param name="bitRate">Bits per second.</param>
public sealed class LoggedBus(string name, long bitRate) : ICanBus
{
    /// <inheritdoc/>
    public VirtualTime Time { get; } = new();

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public long BitsToNs(long bits) => bits * VirtualTime.NsPerSecond / bitRate;

    /// <summary>Nobody is told of anything: whoever reads the log tells its observers.</summary>
    public void Observe(IBusObserver observer)
    {
    }
}
