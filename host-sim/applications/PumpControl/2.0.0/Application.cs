// Pump control 2.0.0.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.PumpControl;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : CoolingApplication
{
}
