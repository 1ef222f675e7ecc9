// The battery manager application: what all its versions have in common.
// Data identifiers: 0100 state of the pack, 0101 identity of the tables, 0102 what the tables give at a reference point.
// Signals: 0200 state of charge, 0201 voltage, 0202 current, 0203 temperature. Their units are those of nf.config.
// Invariants: Cycle returns at once; the self-test has read every value of every table.
// Tests: tests/host-sim/Applications.
using EsyncAgent.App;

namespace EsyncApplications.BatteryManager;

/// <summary>Base of all versions.</summary>
public abstract class BatteryApplication : IApplication
{
    /// <summary>Diagnostic event: the tables are not what they should be.</summary>
    protected const byte EventTables = 16;

    /// <summary>Diagnostic event: the cells are empty.</summary>
    protected const byte EventEmpty = 17;

    private const ushort SignalCharge = 0x0200;
    private const ushort SignalVoltage = 0x0201;
    private const ushort SignalCurrent = 0x0202;
    private const ushort SignalTemperature = 0x0203;

    private const int ReferenceTemperature = 25;
    private const int ReferenceCharge = 500;
    private const uint PeriodMs = 420000;
    private const uint RestingMs = 300000;
    private const uint DrivingMs = 360000;

    private readonly Record _record = new Record();
    private readonly BatteryPack _pack = new BatteryPack();
    private IApplicationServices _services;
    private uint _checksum;
    private uint _startMs;
    private bool _hasCycled;
    private bool _isEmpty;

    /// <summary>The maps; there from <see cref="Start"/> on.</summary>
    protected BatteryMaps Maps { get; private set; }

    /// <summary>The cells.</summary>
    protected BatteryPack Pack
    {
        get { return _pack; }
    }

    /// <summary>Checksum that the tables of this version have.</summary>
    protected abstract uint ExpectedChecksum { get; }

    /// <inheritdoc/>
    public bool IsUpdateAllowed
    {
        get { return _pack.Current >= -100 && _pack.Current <= 0; }
    }

    /// <inheritdoc/>
    public virtual void Start(IApplicationServices services)
    {
        _services = services;
        Maps = new BatteryMaps();
        _pack.Set(Maps.StateOfChargeAtRest(BatteryPack.RestingMillivolts, _pack.Temperature));
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

        int charge = _pack.StateOfCharge;
        int temperature = _pack.Temperature;
        int current = Bounded(Demand((nowMs - _startMs) % PeriodMs), temperature, charge);
        _pack.Step(current, Maps.Resistance.At(temperature, charge));
        Publish();
        ReportEmpty(charge == 0);
    }

    /// <inheritdoc/>
    public int ReadDataByIdentifier(ushort dataIdentifier, byte[] into, int offset)
    {
        _record.Open(into, offset);
        return Write(dataIdentifier, _record) ? _record.Length : -1;
    }

    /// <summary>Voltage of a cell under the present current, in mV.</summary>
    protected int CellMillivolts()
    {
        int charge = _pack.StateOfCharge;
        Map rest = _pack.Current > 0 ? Maps.RestAfterCharge : Maps.RestAfterDischarge;
        int drop = _pack.Current * Maps.Resistance.At(_pack.Temperature, charge) / 1000;
        return rest.At(_pack.Temperature, charge) + drop;
    }

    /// <summary>Writes the value of an identifier; false when this version does not know it.</summary>
    protected virtual bool Write(ushort dataIdentifier, Record record)
    {
        switch (dataIdentifier)
        {
            case 0x0100:
                record.Signed16(_pack.StateOfCharge);
                record.Signed16(CellMillivolts());
                record.Signed16(_pack.Current);
                record.Signed16(_pack.Temperature);
                return true;
            case 0x0101:
                record.Unsigned32(_checksum);
                return true;
            case 0x0102:
                record.Signed16(Maps.ChargeLimit.At(ReferenceTemperature, ReferenceCharge));
                record.Signed16(Maps.RestAfterDischarge.At(ReferenceTemperature, ReferenceCharge));
                record.Signed16(Maps.Resistance.At(ReferenceTemperature, ReferenceCharge));
                return true;
            default:
                return false;
        }
    }

    // Five minutes at rest, one of driving, one of charging; at rest comes first, so that a freshly started ECU can be updated.
    private static int Demand(uint time)
    {
        return time < RestingMs ? -3 : time < DrivingMs ? -1500 : 900;
    }

    private int Bounded(int demand, int temperature, int charge)
    {
        if (demand > 0)
        {
            int most = Maps.ChargeLimit.At(temperature, charge);
            return demand > most ? most : demand;
        }

        int least = -Maps.DischargeLimit.At(temperature, charge);
        return demand < least ? least : demand;
    }

    private void Publish()
    {
        _services.PublishSignal(SignalCharge, _pack.StateOfCharge);
        _services.PublishSignal(SignalVoltage, CellMillivolts() * BatteryPack.CellsInSeries / 100);
        _services.PublishSignal(SignalCurrent, _pack.Current);
        _services.PublishSignal(SignalTemperature, _pack.Temperature);
    }

    private void ReportEmpty(bool isEmpty)
    {
        if (isEmpty != _isEmpty)
        {
            _isEmpty = isEmpty;
            _services.ReportEvent(EventEmpty, isEmpty);
        }
    }
}
