// Battery manager 2.1.0, a faulty release on purpose: it looks for a cell that the pack does not have and throws while
// it starts, so that the trial must end.
// Tests: tests/host-sim/Applications.
using EsyncAgent.App;

namespace EsyncApplications.BatteryManager;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : EnergyApplication
{
    private readonly int[] _cellMillivolts = new int[BatteryPack.CellsInSeries];

    /// <inheritdoc/>
    public override void Start(IApplicationServices services)
    {
        base.Start(services);
        for (int cell = 0; cell <= BatteryPack.CellsInSeries; cell++)
        {
            _cellMillivolts[cell] = BatteryPack.RestingMillivolts;
        }
    }
}
