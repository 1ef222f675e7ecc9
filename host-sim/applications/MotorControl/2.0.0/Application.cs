// Motor control 2.0.0: raised torque limit, losses and efficiency in 0103.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : EfficiencyApplication
{
}
