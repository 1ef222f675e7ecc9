// The cell's characteristic maps with their axes. The numbers come from the calibration tool (../../calibration).
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.BatteryManager;

/// <summary>All maps of the battery manager.</summary>
public sealed class BatteryMaps
{
    /// <summary>State of charge in 1/1000.</summary>
    public static readonly Axis Charge = new Axis(0, 8, 126);

    /// <summary>Cell temperature in °C, coarse.</summary>
    public static readonly Axis Coarse = new Axis(-30, 3, 32);

    /// <summary>Cell temperature in °C, fine.</summary>
    public static readonly Axis Fine = new Axis(-30, 2, 48);

    /// <summary>Voltage at rest after charging in mV, over temperature and state of charge.</summary>
    public readonly Map RestAfterCharge = new Map(Coarse, Charge, RestAfterChargeTable.Values);

    /// <summary>Voltage at rest after discharging in mV.</summary>
    public readonly Map RestAfterDischarge = new Map(Coarse, Charge, RestAfterDischargeTable.Values);

    /// <summary>Resistance of a cell in 0.01 mΩ.</summary>
    public readonly Map Resistance = new Map(Fine, Charge, ResistanceTable.Values);

    /// <summary>Highest charging current in 0.1 A.</summary>
    public readonly Map ChargeLimit = new Map(Fine, Charge, ChargeLimitTable.Values);

    /// <summary>Highest discharging current in 0.1 A.</summary>
    public readonly Map DischargeLimit = new Map(Fine, Charge, DischargeLimitTable.Values);

    /// <summary>Checksum over all maps in the order in which they are declared.</summary>
    public uint Checksum()
    {
        Checksum checksum = new Checksum();
        checksum.Add(RestAfterCharge);
        checksum.Add(RestAfterDischarge);
        checksum.Add(Resistance);
        checksum.Add(ChargeLimit);
        checksum.Add(DischargeLimit);
        return checksum.Value;
    }

    /// <summary>True when every map is complete and has the shape that chemistry gives it.</summary>
    public bool IsPlausible()
    {
        return RestAfterCharge.IsComplete && RestAfterDischarge.IsComplete && Resistance.IsComplete
            && ChargeLimit.IsComplete && DischargeLimit.IsComplete
            && RestAfterCharge.IsWithin(2500, 4300) && RestAfterCharge.RisesAlongRows()
            && RestAfterDischarge.IsWithin(2500, 4300) && RestAfterDischarge.RisesAlongRows()
            && Resistance.IsWithin(20, 8000)
            && ChargeLimit.IsWithin(0, 4000) && ChargeLimit.FallsAlongRows()
            && DischargeLimit.IsWithin(0, 6000) && DischargeLimit.RisesAlongRows();
    }

    /// <summary>State of charge, in 1/1000, of a cell at rest after discharging; bisection, since the voltage rises with it.</summary>
    public int StateOfChargeAtRest(int millivolts, int temperature)
    {
        int low = 0;
        int high = 1000;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (RestAfterDischarge.At(temperature, middle) <= millivolts)
            {
                low = middle;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
