// Pump control 1.0.0: the first release.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.PumpControl;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : PumpApplication
{
}
