// Motor control 1.0.0: the first release.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : MotorApplication
{
    /// <inheritdoc/>
    protected override uint ExpectedChecksum
    {
        get { return TableChecksum.Value; }
    }
}
