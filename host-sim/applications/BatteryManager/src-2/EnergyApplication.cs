// What release 2 adds: faster charging (its table) and data identifier 0103, remaining energy and charging time.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.BatteryManager;

/// <summary>Base of the versions from 2.0.0 on.</summary>
public abstract class EnergyApplication : BatteryApplication
{
    private const int Steps = 20;

    /// <inheritdoc/>
    protected override uint ExpectedChecksum
    {
        get { return TableChecksum.Value; }
    }

    /// <summary>Adds 0103: energy left in 10 Wh, charging time to 80 % in 0.1 min.</summary>
    protected override bool Write(ushort dataIdentifier, Record record)
    {
        if (dataIdentifier != 0x0103)
        {
            return base.Write(dataIdentifier, record);
        }

        record.Signed16(EnergyLeft());
        record.Signed16(ChargingTime());
        return true;
    }

    // The area below the voltage curve, from empty to the present charge.
    private int EnergyLeft()
    {
        int charge = Pack.StateOfCharge;
        int sum = 0;
        for (int i = 0; i < Steps; i++)
        {
            sum += Maps.RestAfterDischarge.At(Pack.Temperature, charge * ((2 * i) + 1) / (2 * Steps));
        }

        int packVolts = sum / Steps * BatteryPack.CellsInSeries / 1000;
        return packVolts * BatteryPack.CapacityAmpereHours / 10 * charge / 1000;
    }

    // Piece by piece at the highest current that the cells take there.
    private int ChargingTime()
    {
        int minutes = 0;
        for (int charge = Pack.StateOfCharge; charge < 800; charge += 10)
        {
            int most = Maps.ChargeLimit.At(Pack.Temperature, charge);
            minutes += most == 0 ? 600 : BatteryPack.CapacityAmpereHours * 60 / most;
        }

        return minutes;
    }
}
