// One ECU of a bus full of signals: the agent inside a virtual ECU, its application, and what is known of it from outside: the values
// that were published to it, its events, and when its starts were.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Ecu;
using EsyncSim.Flash;
using EsyncSim.Vehicle;

namespace EsyncTests.Vehicle;

public sealed class ManyEcu
{
    private const int TickMs = 50;
    private readonly VirtualTime _time;
    private readonly ManyConfig _plan;
    private readonly (ConfiguredSignal Signal, ulong Salt)[] _published;
    private readonly SimEvent _tick;
    private PublishingLoader? _loader;
    private int _starts;
    private long _spentNs;
    private ulong _ticks;

    public ManyEcu(VirtualBus bus, ManyConfig plan, EcuDefinition definition, int index, int idleMsMax)
    {
        _time = bus.Time;
        _plan = plan;
        Definition = definition;
        Truth = new ManyTruth(definition);
        _published = [.. definition.SignalEntries.Where(signal => signal.Can is null).Select((signal, i) => (signal, (ulong)((index * 1000) + i)))];
        Ecu = VirtualEcu.Create(bus, definition, new VirtualEcuOptions { Seed = (ulong)index + 1, IdleMsMax = idleMsMax, Loader = () => _loader = new PublishingLoader() });
        Ecu.TurnEnded = NoteTurn;
        Ecu.PowerLost = () => Truth.Forget(_time.NowNs);
        _tick = _time.CreateEvent(Tick);
        _tick.After(((7 * index) + 1) * VirtualTime.NsPerMs);
        Link = new IsoTpLink(bus, definition.Config.CanIf, name: $"tester-{definition.Name}");
        Client = new EcuClient(new UdsTester(Link, new TesterTiming()), new DeviceCredentials(TestImage.DeviceId, TestImage.DeviceSecret), new SeededRandom((ulong)index, "client").Bytes);
        Vehicle = new VehicleEcu(definition.Name, Client, new UpdatePolicy());
    }

    public string Name => Definition.Name;

    public EcuDefinition Definition { get; }

    public VirtualEcu Ecu { get; }

    public ManyTruth Truth { get; }

    public IsoTpLink Link { get; }

    public EcuClient Client { get; }

    public VehicleEcu Vehicle { get; }

    /// <summary>Beginning of each start's milliseconds in virtual time, by its number.</summary>
    public Dictionary<ushort, long> StartsNs { get; } = [];

    /// <summary>Its longest turn since this was set to 0.</summary>
    public long LongestTurnNs { get; set; }

    /// <summary>Changes of its DTC that the application brought about.</summary>
    public int DtcChanges { get; private set; }

    /// <summary>The agent inside.</summary>
    public EcuM Agent => ((EcuMAgent)Ecu.Agent!).EcuM;

    /// <summary>A value came to it by a frame; it hears frames once it serves.</summary>
    public void Heard(string path, long atNs, long raw)
    {
        if (Ecu.Agent is { IsServing: true })
        {
            Truth.Add(path, atNs, raw);
        }
    }

    /// <summary>The application's event fails or passes.</summary>
    public void Report(bool isFailed)
    {
        _loader!.Report(16, isFailed);
        DtcChanges++;
    }

    /// <summary>Takes its power for a while.</summary>
    public void CutPower(long offNs)
    {
        Ecu.PowerCut(CutModel.ProgramBits);
        _time.After(offNs, Ecu.PowerOn);
    }

    // The milliseconds of a start begin with it; its number is known when the log is.
    private void NoteTurn(VirtualEcu ecu)
    {
        LongestTurnNs = Math.Max(LongestTurnNs, ecu.Meter.NsTotal - _spentNs);
        _spentNs = ecu.Meter.NsTotal;
        if (_starts != ecu.StartCount && Agent.Data.Reports.IsReady)
        {
            _starts = ecu.StartCount;
            StartsNs[Agent.Data.Reports.BootNumber] = _time.NowNs - (ecu.Mcu.NowMs * VirtualTime.NsPerMs);
        }
    }

    // Every tick some of the signals: each with a period of one, two, five or ten times the shortest.
    private void Tick()
    {
        _tick.After(TickMs * VirtualTime.NsPerMs);
        if (Ecu.Agent is not { IsServing: true } || _loader?.Data is not { } data)
        {
            return;
        }

        _ticks++;
        for (int i = 0; i < _published.Length; i++)
        {
            (ConfiguredSignal signal, ulong salt) = _published[i];
            ulong period = (ulong)(_plan.PublishMs / TickMs) * (i % 4) switch { 0 => 1, 1 => 2, 2 => 5, _ => 10 };
            if (_ticks == 1 || (_ticks + (ulong)i) % period == 0)
            {
                long raw = ManyValues.Of(signal, salt, _ticks);
                Truth.Add(signal.Definition.Path, _time.NowNs, raw);
                data.Publish(signal.Definition.Did, unchecked((int)raw));
            }
        }
    }
}
