// The cells, as far as a manager needs them when there is no hardware: charge, voltage and temperature from a current.
// Whole numbers only, so that every run gives the same figures.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.BatteryManager;

/// <summary>A pack of 96 cells in series, 60 Ah, in steps of 10 ms.</summary>
public sealed class BatteryPack
{
    /// <summary>Cells in series.</summary>
    public const int CellsInSeries = 96;

    /// <summary>Capacity in Ah.</summary>
    public const int CapacityAmpereHours = 60;

    /// <summary>Voltage of a cell at the start, in mV.</summary>
    public const int RestingMillivolts = 3712;

    // 0.1 A during 10 ms; 60 Ah are 216,000 As, which are 216,000,000 of these.
    private const long FullCharge = CapacityAmpereHours * 3600L * 1000L;

    private const int Ambient = 22000;
    private long _charge;
    private int _temperature = Ambient; // 1/1000 °C

    /// <summary>State of charge in 1/1000.</summary>
    public int StateOfCharge
    {
        get { return (int)(_charge * 1000 / FullCharge); }
    }

    /// <summary>Temperature in °C.</summary>
    public int Temperature
    {
        get { return _temperature / 1000; }
    }

    /// <summary>Current in 0.1 A, positive while charging.</summary>
    public int Current { get; private set; }

    /// <summary>Sets the state of charge, in 1/1000, from a measurement at rest.</summary>
    public void Set(int stateOfCharge)
    {
        _charge = FullCharge * stateOfCharge / 1000;
    }

    /// <summary>Lets 10 ms pass with a current in 0.1 A and a cell resistance in 0.01 mΩ.</summary>
    public void Step(int current, int resistance)
    {
        Current = current;
        _charge += current;
        if (_charge < 0)
        {
            _charge = 0;
        }
        else if (_charge > FullCharge)
        {
            _charge = FullCharge;
        }

        int amperes = current / 10;
        int heat = amperes * amperes / 100 * resistance / 2000;
        _temperature += heat - ((_temperature - Ambient) / 400);
    }
}
