// The motor control application: what all its versions have in common.
// Data identifiers: 0100 operating point, 0101 identity of the tables, 0102 what the tables give at a reference point.
// Signals: 0200 speed, 0201 torque, 0202 winding, 0203 inverter; output 1000 coolant pump. Their units are those of nf.config.
// Invariants: Cycle returns at once; the self-test has read every value of every table.
// Tests: tests/host-sim/Applications.
using EsyncAgent.App;

namespace EsyncApplications.MotorControl;

/// <summary>Base of all versions.</summary>
public abstract class MotorApplication : IApplication
{
    /// <summary>Diagnostic event: the tables are not what they should be.</summary>
    protected const byte EventTables = 16;

    /// <summary>Diagnostic event: the torque is cut because of a temperature.</summary>
    protected const byte EventDerating = 17;

    private const ushort SignalSpeed = 0x0200;
    private const ushort SignalTorque = 0x0201;
    private const ushort SignalWinding = 0x0202;
    private const ushort SignalInverter = 0x0203;
    private const ushort OutputPump = 0x1000;
    private const int PumpIdle = 20;

    private const int ReferenceSpeed = 6000;
    private const int ReferenceVoltage = 340;
    private const int ReferenceTemperature = 60;

    private readonly Record _record = new Record();
    private readonly MotorPlant _plant = new MotorPlant();
    private IApplicationServices _services;
    private TorqueControl _control;
    private uint _checksum;
    private uint _startMs;
    private bool _hasCycled;
    private bool _isDerating;

    /// <summary>The maps; there from <see cref="Start"/> on.</summary>
    protected MotorMaps Maps { get; private set; }

    /// <summary>The control; there from <see cref="Start"/> on.</summary>
    protected TorqueControl Control
    {
        get { return _control; }
    }

    /// <summary>The vehicle around it.</summary>
    protected MotorPlant Plant
    {
        get { return _plant; }
    }

    /// <summary>Checksum that the tables of this version have.</summary>
    protected abstract uint ExpectedChecksum { get; }

    /// <inheritdoc/>
    public bool IsUpdateAllowed
    {
        get { return _plant.Speed == 0; }
    }

    /// <inheritdoc/>
    public virtual void Start(IApplicationServices services)
    {
        _services = services;
        Maps = new MotorMaps();
        _control = new TorqueControl(Maps);
    }

    /// <inheritdoc/>
    public virtual bool SelfTest()
    {
        _checksum = Maps.Checksum();
        bool isGood = _checksum == ExpectedChecksum && Maps.IsPlausible();
        _services.ReportEvent(EventTables, !isGood);
        return isGood;
    }

    /// <inheritdoc/>
    public virtual void Cycle(uint nowMs)
    {
        if (!_hasCycled)
        {
            _hasCycled = true;
            _startMs = nowMs;
        }

        uint elapsedMs = nowMs - _startMs;
        int demand = BenchProfile.Demand(elapsedMs);
        _control.Step(demand, _plant.Speed, _plant.Voltage, _plant.Winding, _plant.Inverter);
        _plant.Step(_control.Torque, _control.Loss, BenchProfile.IsBraking(elapsedMs), _services.Output(OutputPump, PumpWanted()));
        Publish();
        ReportDerating(Maps.Derating.At(_plant.Winding, _plant.Inverter) < 1000);
    }

    /// <inheritdoc/>
    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        _record.Open(into, offset);
        return Write(dataIdentifier, _record) ? _record.Length : -1;
    }

    /// <summary>Writes the value of an identifier; false when this version does not know it.</summary>
    protected virtual bool Write(ushort dataIdentifier, Record record)
    {
        switch (dataIdentifier)
        {
            case 0x0100:
                record.Signed16(_plant.Speed);
                record.Signed16(_control.Torque);
                record.Signed16(_control.DirectCurrent);
                record.Signed16(_control.QuadratureCurrent);
                record.Signed16(_plant.Winding);
                record.Signed16(_plant.Inverter);
                return true;
            case 0x0101:
                record.Unsigned32(_checksum);
                return true;
            case 0x0102:
                int limit = _control.LimitAt(ReferenceSpeed, ReferenceVoltage, ReferenceTemperature, ReferenceTemperature);
                record.Signed16(limit);
                record.Signed16(Maps.QuadratureCurrent.At(ReferenceSpeed, limit / 10));
                record.Signed16(Maps.DirectCurrent.At(ReferenceSpeed, limit / 10));
                return true;
            default:
                return false;
        }
    }

    private void Publish()
    {
        _services.PublishSignal(SignalSpeed, _plant.Speed);
        _services.PublishSignal(SignalTorque, _control.Torque);
        _services.PublishSignal(SignalWinding, _plant.Winding);
        _services.PublishSignal(SignalInverter, _plant.Inverter);
    }

    // In percent: idling up to 40 °C, full power from 80 °C on.
    private int PumpWanted()
    {
        int wanted = PumpIdle + ((_plant.Inverter - 40) * 2);
        return wanted < PumpIdle ? PumpIdle : wanted > 100 ? 100 : wanted;
    }

    private void ReportDerating(bool isDerating)
    {
        if (isDerating != _isDerating)
        {
            _isDerating = isDerating;
            _services.ReportEvent(EventDerating, isDerating);
        }
    }
}
