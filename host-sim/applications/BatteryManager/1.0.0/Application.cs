// Battery manager 1.0.0: the first release.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.BatteryManager;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : BatteryApplication
{
    /// <inheritdoc/>
    protected override uint ExpectedChecksum
    {
        get { return TableChecksum.Value; }
    }
}
