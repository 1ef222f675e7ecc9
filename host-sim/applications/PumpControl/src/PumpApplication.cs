// The pump control application: what all its versions have in common. A coolant pump turns as fast as the converter that it cools
// is warm, by a map.
// Data identifiers: 0100 operating point, 0101 identity of the map, 0102 what the map gives at a reference point.
// Signal: 0200 temperature of the converter; output 1000 pump speed. Their units are those of nf.config.
// Invariants: Cycle returns at once; the self-test has read every value of the map.
// Tests: tests/host-sim/Applications.
using EsyncAgent.App;

namespace EsyncApplications.PumpControl;

/// <summary>Base of all versions.</summary>
public abstract class PumpApplication : IApplication
{
    private const ushort SignalTemperature = 0x0200;
    private const ushort OutputSpeed = 0x1000;
    private const int SpeedMax = 6000;
    private const int SupplyVoltage = 14;
    private const int ReferenceTemperature = 60;

    private readonly Record _record = new Record();
    private readonly ConverterPlant _plant = new ConverterPlant();
    private IApplicationServices _services;
    private uint _checksum;
    private int _speed;

    /// <summary>Speed in rpm over temperature and supply voltage; there from <see cref="Start"/> on.</summary>
    protected Map Speeds { get; private set; }

    /// <summary>The converter and its coolant.</summary>
    protected ConverterPlant Plant
    {
        get { return _plant; }
    }

    /// <inheritdoc/>
    public bool IsUpdateAllowed
    {
        get { return true; }
    }

    /// <inheritdoc/>
    public virtual void Start(IApplicationServices services)
    {
        _services = services;
        Speeds = new Map(new Axis(0, 10, 16), new Axis(10, 1, 6), SpeedTable.Values);
    }

    /// <inheritdoc/>
    public bool SelfTest()
    {
        Checksum checksum = new Checksum();
        checksum.Add(Speeds);
        _checksum = checksum.Value;
        return _checksum == SpeedTable.Checksum && Speeds.IsComplete && Speeds.IsWithin(0, SpeedMax) && Speeds.RisesAlongRows();
    }

    /// <inheritdoc/>
    public void Cycle(uint nowMs)
    {
        _speed = _services.Output(OutputSpeed, Speeds.At(_plant.Temperature, SupplyVoltage));
        _plant.Step(nowMs, _speed);
        _services.PublishSignal(SignalTemperature, _plant.Temperature);
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
                record.Signed16(_plant.Temperature);
                record.Signed16(_speed);
                return true;
            case 0x0101:
                record.Unsigned32(_checksum);
                return true;
            case 0x0102:
                record.Signed16(Speeds.At(ReferenceTemperature, SupplyVoltage));
                return true;
            default:
                return false;
        }
    }
}
