// Motor control 2.1.0, a faulty release on purpose: one value of a table is not what was calibrated, so that the
// self-test says no and the trial must end.
// Tests: tests/host-sim/Applications.
using EsyncAgent.App;

namespace EsyncApplications.MotorControl;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : EfficiencyApplication
{
    /// <inheritdoc/>
    public override void Start(IApplicationServices services)
    {
        base.Start(services);
        Maps.TorqueLimit.Values[1471] ^= 0x0400;
    }
}
