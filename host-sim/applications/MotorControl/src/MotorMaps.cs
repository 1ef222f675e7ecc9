// The motor's calibration maps with their axes. The numbers come from the calibration tool (../../calibration).
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>All maps of the torque control.</summary>
public sealed class MotorMaps
{
    /// <summary>Shaft speed in rpm.</summary>
    public static readonly Axis Speed = new Axis(0, 250, 64);

    /// <summary>Shaft torque in Nm.</summary>
    public static readonly Axis Torque = new Axis(0, 4, 96);

    /// <summary>Voltage of the battery in V.</summary>
    public static readonly Axis Voltage = new Axis(240, 4, 48);

    /// <summary>Winding temperature in °C.</summary>
    public static readonly Axis Winding = new Axis(-40, 4, 64);

    /// <summary>Inverter temperature in °C.</summary>
    public static readonly Axis Inverter = new Axis(-40, 4, 48);

    /// <summary>Direct current in 0.1 A over speed and torque; never positive.</summary>
    public readonly Map DirectCurrent = new Map(Speed, Torque, DirectCurrentTable.Values);

    /// <summary>Quadrature current in 0.1 A over speed and torque.</summary>
    public readonly Map QuadratureCurrent = new Map(Speed, Torque, QuadratureCurrentTable.Values);

    /// <summary>Losses of motor and inverter in W over speed and torque.</summary>
    public readonly Map Loss = new Map(Speed, Torque, LossTable.Values);

    /// <summary>Highest torque in 0.1 Nm over speed and battery voltage.</summary>
    public readonly Map TorqueLimit = new Map(Speed, Voltage, TorqueLimitTable.Values);

    /// <summary>Share of the torque that the temperatures allow, in 1/1000, over winding and inverter temperature.</summary>
    public readonly Map Derating = new Map(Winding, Inverter, DeratingTable.Values);

    /// <summary>Checksum over all maps in the order in which they are declared.</summary>
    public uint Checksum()
    {
        Checksum checksum = new Checksum();
        checksum.Add(DirectCurrent);
        checksum.Add(QuadratureCurrent);
        checksum.Add(Loss);
        checksum.Add(TorqueLimit);
        checksum.Add(Derating);
        return checksum.Value;
    }

    /// <summary>True when every map is complete and has the shape that physics gives it.</summary>
    public bool IsPlausible()
    {
        return DirectCurrent.IsComplete && QuadratureCurrent.IsComplete && Loss.IsComplete
            && TorqueLimit.IsComplete && Derating.IsComplete
            && DirectCurrent.IsWithin(-6000, 0)
            && QuadratureCurrent.IsWithin(0, 6000)
            && Loss.RisesAlongRows()
            && TorqueLimit.IsWithin(0, 4000) && TorqueLimit.RisesAlongRows()
            && Derating.IsWithin(0, 1000) && Derating.FallsAlongRows();
    }
}
