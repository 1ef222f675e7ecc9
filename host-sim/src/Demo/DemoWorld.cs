// Everything that a demo needs, put together: bus, two ECUs, keys, message network, server and vehicle.
// Invariant: everything that chance decides follows from the seed.
// Tests: tests/host-sim/Demo.
using System.Globalization;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncSim.Demo;

/// <summary>The parts of one demo.</summary>
public sealed class DemoWorld : IDisposable
{
    private const string MotorName = "motor";
    private const string BatteryName = "battery";
    private readonly DemoKeys _keys;
    private readonly SeededRandom _epochs;
    private readonly IDemoScreen _screen;
    private DemoData? _data;

    /// <summary>Makes the world; ECUs are switched off, nothing is connected yet.</summary>
    /// <exception cref="UserErrorException">Configuration or broker are not usable.</exception>
    public DemoWorld(DemoOptions options, IDemoScreen screen)
    {
        _screen = screen;
        BoardOverride? board = options.Board is null ? null : new BoardOverride(options.Board, [MotorName, BatteryName]);
        NfConfig config = NfConfig.Load(options.ConfigPath, board);
        Bench = new VirtualBench(Time, options.Seed, [config.Ecu(MotorName), config.Ecu(BatteryName)]);
        Bench.StopOn(options.Stop);
        if (options.Log is { } log)
        {
            Bench.Bus.Observe(log);
        }

        Network = options.IsNetworkVirtual ? new VirtualMessageNetwork(Time, options.Seed) : new MqttMessageNetwork(Time, options.Broker);
        _keys = new DemoKeys(options.Seed);
        _epochs = new SeededRandom(options.Seed, "epochs");
        Motor = Create(Bench.Ecus[0], BuiltInApplications.MotorControl, screen);
        Battery = Create(Bench.Ecus[1], BuiltInApplications.BatteryManager, screen);
    }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; } = new();

    /// <summary>Bus and ECUs.</summary>
    public VirtualBench Bench { get; }

    /// <summary>The motor control.</summary>
    public DemoEcu Motor { get; }

    /// <summary>The battery manager.</summary>
    public DemoEcu Battery { get; }

    /// <summary>Both.</summary>
    public IReadOnlyList<DemoEcu> Ecus => [Motor, Battery];

    /// <summary>What server and vehicle talk over.</summary>
    public IMessageNetwork Network { get; }

    /// <summary>Transfers so far.</summary>
    public List<TransferResult> Transfers { get; } = [];

    /// <summary>Connects server and vehicle, and starts the vehicle's client.</summary>
    public CampaignServer Connect(string vehicle)
    {
        Topics topics = new(vehicle);
        CampaignServer server = new(Time, Network.Join("server"), topics, new MemoryCampaignStore(NextEpoch()));
        VehicleEcu[] ecus = [.. Ecus.Select(ecu => new VehicleEcu(ecu.Name, ecu.Client, new UpdatePolicy(), ecu.Meter))];
        VehicleClient client = new(Time, Network.Join("vehicle"), topics, ecus, VehicleJournal.InMemory(NextEpoch()));
        Vehicle = client.RunAsync();
        _data = new DemoData(Time, Network, topics, [.. ecus.Zip(Ecus, (ecu, demo) => (ecu, demo.Bench.Definition.Signals))], _screen);
        return server;
    }

    /// <summary>The way of reports; connected by then.</summary>
    public DemoData Data => _data ?? throw new InvalidOperationException("the vehicle is not connected yet");

    /// <summary>The vehicle's client at work; it ends only with an error of the program.</summary>
    public Task Vehicle { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose()
    {
        _data?.Dispose();
        Network.Dispose();
        _keys.Dispose();
    }

    private string NextEpoch() => _epochs.NextU64().ToString("x16", CultureInfo.InvariantCulture);

    private DemoEcu Create(BenchEcu bench, string application, IDemoScreen screen)
    {
        TransferMeter meter = new(Bench.Bus, bench.Definition, screen, Transfers);
        return new DemoEcu(bench, application, _keys, Bench.Entropy($"secret-{bench.Name}"), Bench.Entropy($"content-{bench.Name}"), meter);
    }
}
