// The motor, the vehicle and the road, as far as a control needs them when there is no hardware: speed from torque,
// temperatures from losses. Whole numbers only, so that every run gives the same figures.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>A vehicle of 1.8 t with one motor, in steps of 10 ms.</summary>
public sealed class MotorPlant
{
    private const int Degree = 100000;
    private const int Ambient = 25 * Degree;
    private int _speed; // 1/100 rpm
    private int _winding = Ambient; // 1/100000 °C
    private int _inverter = Ambient;

    /// <summary>Speed in rpm.</summary>
    public int Speed
    {
        get { return _speed / 100; }
    }

    /// <summary>Winding temperature in °C.</summary>
    public int Winding
    {
        get { return _winding / Degree; }
    }

    /// <summary>Inverter temperature in °C.</summary>
    public int Inverter
    {
        get { return _inverter / Degree; }
    }

    /// <summary>Battery voltage in V, which gives way under load.</summary>
    public int Voltage { get; private set; } = 360;

    /// <summary>Lets 10 ms pass with a torque in 0.1 Nm, a loss in W, the brake pressed or not, and the coolant pump at some percent.</summary>
    public void Step(int torque, int loss, bool isBraking, int pump)
    {
        int drag = (_speed / 10000) + (_speed > 0 ? 25 : 0);
        _speed += (torque * 2 / 5) - drag - (isBraking ? 1300 : 0);
        if (_speed < 0)
        {
            _speed = 0;
        }

        Voltage = 360 - (torque / 100) - (loss / 1500);
        _winding += (loss / 20) - ((_winding - Ambient) / 12000);
        _inverter += (loss * 6 / 100) - ((_inverter - Ambient) / 4000 * (80 + pump) / 100);
    }
}
