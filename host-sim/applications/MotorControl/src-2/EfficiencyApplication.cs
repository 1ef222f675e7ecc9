// What release 2 adds: a raised torque limit (its table) and data identifier 0103, losses and efficiency.
// Tests: tests/host-sim/Applications.
namespace EsyncApplications.MotorControl;

/// <summary>Base of the versions from 2.0.0 on.</summary>
public abstract class EfficiencyApplication : MotorApplication
{
    /// <inheritdoc/>
    protected override uint ExpectedChecksum
    {
        get { return TableChecksum.Value; }
    }

    /// <summary>Adds 0103: losses in W, mechanical power in 10 W, efficiency in 1/1000.</summary>
    protected override bool Write(ushort dataIdentifier, Record record)
    {
        if (dataIdentifier != 0x0103)
        {
            return base.Write(dataIdentifier, record);
        }

        int power = Control.Torque * Plant.Speed / 95; // 0.1 Nm · rpm → W: 2π/600
        int input = power + Control.Loss;
        record.Signed16(Control.Loss);
        record.Signed16(power / 10);
        record.Signed16(input == 0 ? 0 : power * 100 / input * 10);
        return true;
    }
}
