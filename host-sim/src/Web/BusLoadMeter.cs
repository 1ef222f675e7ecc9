// How busy a bus is: the share of each interval in which it was taken, interframe spaces and error frames included.
// Invariant: a share is 0 to 100; it belongs to the interval that ended when it was asked for.
// Tests: tests/host-sim/Web/CurveTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Web;

/// <summary>Measures the load of a bus.</summary>
public sealed class BusLoadMeter(VirtualBus bus)
{
    private long _busyNs = bus.BusyNs;
    private long _ns = bus.Time.NowNs;

    /// <summary>Load since the last call in percent; 0 when no time has passed.</summary>
    public double Sample()
    {
        long busyNs = bus.BusyNs, ns = bus.Time.NowNs;
        double percent = ns > _ns ? (busyNs - _busyNs) * 100.0 / (ns - _ns) : 0;
        _busyNs = busyNs;
        _ns = ns;
        return Math.Clamp(percent, 0, 100);
    }
}
