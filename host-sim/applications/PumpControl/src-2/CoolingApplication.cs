// What release 2 adds: a map that cools earlier, and data identifier 0103, how far the converter is above its surroundings.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.PumpControl;

/// <summary>Base of the versions from 2.0.0 on.</summary>
public abstract class CoolingApplication : PumpApplication
{
    private const int Ambient = 25;

    /// <summary>Adds 0103: temperature above 25 °C.</summary>
    protected override bool Write(ushort dataIdentifier, Record record)
    {
        if (dataIdentifier != 0x0103)
        {
            return base.Write(dataIdentifier, record);
        }

        record.Signed16(Plant.Temperature - Ambient);
        return true;
    }
}
