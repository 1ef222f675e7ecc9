// A lithium cell with nickel-manganese-cobalt cathode: voltage at rest, resistance and current limits over temperature
// and charge. Only + − × ÷ are used: they round alike on every machine, so the tables do too.
// Tests: tests/host-sim/Applications/CalibrationTests.
namespace EsyncCalibration;

/// <summary>Cell of 60 Ah; from release 3 on the one of another supplier, a little higher in voltage, lower in resistance, for more current.</summary>
public static class BatteryModel
{
    private const int Charges = 126;

    // Voltage at rest in mV at 25 °C over the charge, every tenth.
    private static readonly double[] Rest = [2950, 3448, 3545, 3600, 3634, 3672, 3748, 3848, 3942, 4052, 4186];
    private static readonly double[] OtherRest = [2965, 3461, 3559, 3611, 3648, 3691, 3765, 3861, 3957, 4063, 4190];

    /// <summary>Voltages at rest in mV, 32 temperatures.</summary>
    public static short[] RestVoltages(int release, bool isAfterCharge)
    {
        double[] rest = release < 3 ? Rest : OtherRest;
        return Fill(32, 3, (temperature, charge) =>
        {
            double hysteresis = 14 * charge * (1 - charge) * 4 * (1 + ((25 - temperature) / 220));
            double entropy = (temperature - 25) * 0.22 * (charge - 0.42);
            return Curve(rest, charge) + entropy + (isAfterCharge ? hysteresis : -hysteresis);
        });
    }

    /// <summary>Resistances in 0.01 mΩ, 48 temperatures: doubling every 13 to 14 °C towards the cold, rising when nearly empty.</summary>
    public static short[] Resistances(int release)
    {
        double nominal = release < 3 ? 78 : 71;
        double slope = release < 3 ? 20.2 : 18.6;
        return Fill(48, 2, (temperature, charge) =>
        {
            double cold = Exponential((25 - temperature) / slope);
            double empty = 1 + (0.035 / (charge + 0.03));
            return nominal * (0.45 + (0.55 * cold)) * empty;
        });
    }

    /// <summary>Highest charging currents in 0.1 A; from release 2 on it charges faster in the middle of the range.</summary>
    public static short[] ChargeLimits(int release)
    {
        double most = release < 3 ? 1500 : 1620;
        return Fill(48, 2, (temperature, charge) =>
        {
            double byCold = Rising(temperature, -10, 28);
            double byHeat = Falling(temperature, 45, 58);
            double knee = release == 1 ? 0.35 : 0.55;
            double byCharge = charge <= knee ? 1 : (1 - charge) / (1 - knee);
            return most * byCold * byHeat * byCharge;
        });
    }

    /// <summary>Highest discharging currents in 0.1 A.</summary>
    public static short[] DischargeLimits()
    {
        return Fill(48, 2, (temperature, charge) =>
        {
            double byCold = 0.12 + (0.88 * Rising(temperature, -25, 15));
            double byHeat = Falling(temperature, 50, 64);
            double byCharge = charge >= 0.3 ? 1 : charge / 0.3;
            return 3600 * byCold * byHeat * byCharge;
        });
    }

    private static double Curve(double[] rest, double charge)
    {
        int i = charge >= 1 ? 9 : (int)(charge * 10);
        return rest[i] + ((rest[i + 1] - rest[i]) * ((charge * 10) - i));
    }

    // e^x as (1 + x/1024)^1024: close enough for a table, and the same everywhere.
    private static double Exponential(double x)
    {
        double value = 1 + (x / 1024);
        for (int i = 0; i < 10; i++)
        {
            value *= value;
        }

        return value;
    }

    private static double Rising(double value, double from, double to)
    {
        return value <= from ? 0 : value >= to ? 1 : (value - from) / (to - from);
    }

    private static double Falling(double value, double from, double to) => 1 - Rising(value, from, to);

    private static short[] Fill(int temperatures, double step, Func<double, double, double> value)
    {
        short[] values = new short[temperatures * Charges];
        for (int row = 0; row < temperatures; row++)
        {
            for (int column = 0; column < Charges; column++)
            {
                values[(row * Charges) + column] = (short)Math.Floor(value(-30 + (row * step), column * 0.008) + 0.5);
            }
        }

        return values;
    }
}
