// One clock over several real buses: the first is waited for, a millisecond at most, and what came in anywhere is handed on.
// Invariant: time is that of the first bus; all of them were connected to the clock at its same moment, by the same wall clock.
// What it costs: a frame of another bus than the first may be seen a millisecond late.
// Tests: tests/host-sim/Bench/VehicleBenchTests.cs.
namespace EsyncSim.Bus.Real;

/// <summary>The pace of several buses.</summary>
/// <param name="buses">The buses, at least one.</param>
public sealed class BusesPace(IReadOnlyList<RealBus> buses) : IPace
{
    /// <inheritdoc/>
    public long NowNs => buses[0].NowNs;

    /// <inheritdoc/>
    public void Wait(long untilNs)
    {
        buses[0].Wait(buses.Count == 1 ? untilNs : Math.Min(untilNs, NowNs + VirtualTime.NsPerMs));
        foreach (RealBus bus in buses.Skip(1))
        {
            // Not waited for: it only says that it has failed, or that all is to end.
            bus.Wait(bus.NowNs);
        }
    }

    /// <inheritdoc/>
    public void TakeIn()
    {
        foreach (RealBus bus in buses)
        {
            bus.TakeIn();
        }
    }
}
