// Torque control of a permanent magnet motor: bounds the demand by voltage and temperature, then looks the currents up.
// Invariant: the given torque never exceeds what the limit map and the derating map allow at this moment.
// It must not know where its inputs come from.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>One step of the control, from demand to current set points.</summary>
public sealed class TorqueControl
{
    private readonly MotorMaps _maps;

    /// <summary>Makes the control over its maps.</summary>
    public TorqueControl(MotorMaps maps)
    {
        _maps = maps;
    }

    /// <summary>Torque that is given, in 0.1 Nm.</summary>
    public int Torque { get; private set; }

    /// <summary>Direct current set point in 0.1 A.</summary>
    public int DirectCurrent { get; private set; }

    /// <summary>Quadrature current set point in 0.1 A.</summary>
    public int QuadratureCurrent { get; private set; }

    /// <summary>Losses at this operating point in W.</summary>
    public int Loss { get; private set; }

    /// <summary>Highest torque allowed, in 0.1 Nm.</summary>
    public int LimitAt(int speed, int voltage, int winding, int inverter)
    {
        int limit = _maps.TorqueLimit.At(speed, voltage);
        return limit * _maps.Derating.At(winding, inverter) / 1000;
    }

    /// <summary>Computes the set points for a demand in 0.1 Nm at a speed in rpm, a voltage in V and temperatures in °C.</summary>
    public void Step(int demand, int speed, int voltage, int winding, int inverter)
    {
        int limit = LimitAt(speed, voltage, winding, inverter);
        Torque = demand > limit ? limit : demand < 0 ? 0 : demand;
        int newtonMetres = (Torque + 5) / 10;
        DirectCurrent = _maps.DirectCurrent.At(speed, newtonMetres);
        QuadratureCurrent = _maps.QuadratureCurrent.At(speed, newtonMetres);
        Loss = _maps.Loss.At(speed, newtonMetres);
    }
}
