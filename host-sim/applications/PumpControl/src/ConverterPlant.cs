// A DC converter with a coolant pump, as far as a control needs them when there is no hardware. Whole numbers only, so that every run
// gives the same figures.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.PumpControl;

/// <summary>The converter, in steps of 10 ms.</summary>
public sealed class ConverterPlant
{
    private const int Degree = 10000;
    private const int Ambient = 25;
    private const uint PeriodMs = 60000;
    private const uint LoadedMs = 40000;
    private int _temperature = 30 * Degree; // 1/10000 °C

    /// <summary>Temperature in °C.</summary>
    public int Temperature
    {
        get { return _temperature / Degree; }
    }

    /// <summary>Lets 10 ms pass with the pump at a speed in rpm: forty seconds under load, twenty without, over and over.</summary>
    public void Step(uint nowMs, int speed)
    {
        int heat = nowMs % PeriodMs < LoadedMs ? 160 : 10;
        int above = Temperature - Ambient;
        _temperature += heat - (above * (1000 + speed) / 1200);
    }
}
