// The lines of requests of a vehicle: one before each bus, and one for requests that are about several ECUs, or about none that is there.
// Tests: tests/host-sim/Vehicle, tests/Vehicle/SideBySideTests.cs.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Vehicle;

/// <summary>All lines of a vehicle.</summary>
internal sealed class RequestLines
{
    private const string NoBus = "";

    private readonly Dictionary<string, string> _buses;
    private readonly Dictionary<string, RequestLine> _lines;

    /// <summary>Makes a line for each bus that ECUs are on.</summary>
    public RequestLines(VirtualTime time, IEnumerable<VehicleEcu> ecus)
    {
        _buses = ecus.ToDictionary(ecu => EsyncTarget.Of(ecu.Name), ecu => ecu.Bus);
        _lines = _buses.Values.Append(NoBus).Distinct().ToDictionary(bus => bus, _ => new RequestLine(time));
    }

    /// <summary>Each of them.</summary>
    public IEnumerable<RequestLine> All => _lines.Values;

    /// <summary>The line for what is about a package.</summary>
    public RequestLine Of(EsyncPackage package)
    {
        EsyncTarget.PartOf(package.Type, out string application);
        return _lines[_buses.GetValueOrDefault(application, NoBus)];
    }

    /// <summary>Has all of them looked at.</summary>
    public void WakeAll()
    {
        foreach (RequestLine line in _lines.Values)
        {
            line.Changed.Set();
        }
    }
}
