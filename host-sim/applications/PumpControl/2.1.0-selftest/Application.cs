// Pump control 2.1.0, a faulty release on purpose: one value of the map is not what it should be, so that the self-test says no and
// the trial must end.
// Tests: tests/host-sim/Applications.
using EsyncAgent.App;

namespace EsyncApplications.PumpControl;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : CoolingApplication
{
    /// <inheritdoc/>
    public override void Start(IApplicationServices services)
    {
        base.Start(services);
        Speeds.Values[41] ^= 0x0040;
    }
}
