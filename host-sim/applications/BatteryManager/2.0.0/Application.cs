// Battery manager 2.0.0: faster charging in the middle of the range, energy and charging time in 0103.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.BatteryManager;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : EnergyApplication
{
}
