// Battery manager 3.0.0: for the cell of another supplier, whose maps are all new; counts its turns, in 0104.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.BatteryManager;

/// <summary>Entry of the bundle.</summary>
public sealed class Application : EnergyApplication
{
    private uint _turns;

    /// <inheritdoc/>
    public override void Cycle(uint nowMs)
    {
        base.Cycle(nowMs);
        _turns++;
    }

    /// <summary>Adds 0104: turns since the start.</summary>
    protected override bool Write(ushort dataIdentifier, Record record)
    {
        if (dataIdentifier != 0x0104)
        {
            return base.Write(dataIdentifier, record);
        }

        record.Unsigned32(_turns);
        return true;
    }
}
