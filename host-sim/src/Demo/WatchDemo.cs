// A vehicle to look at: two virtual ECUs with their applications, a node that tells how fast it moves, a collector and a server, in step
// with the wall clock. It was parked for some minutes before anybody looks, and is driven soon.
// Invariants: everything but the pace is virtual, so that ECUs run as in every simulation however busy the machine is; on a slow one the
// vehicle is slower than the clock. The wall clock is asked for the date once, at the beginning.
// Tests: tests/host-sim/Demo/WatchDemoTests.cs.
using System.Diagnostics;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Ecu;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;

namespace EsyncSim.Demo;

/// <summary>A vehicle inside this program whose reports can be watched.</summary>
public sealed class WatchDemo : IWatchSource, IDataServerObserver
{
    private const string Release = "2.0.0";
    private const string MotorSpeed = "Vehicle.Powertrain.ElectricMotor.Speed";
    private const long SliceNs = 50 * VirtualTime.NsPerMs;

    // The applications are parked for five minutes (their BenchProfile); what is there before is run through at once.
    private const long BeforeNs = 290 * VirtualTime.NsPerSecond;

    private static readonly (string Ecu, string Application)[] Parts = [("motor", BuiltInApplications.MotorControl), ("battery", BuiltInApplications.BatteryManager)];

    private readonly VirtualTime _time = new();
    private readonly VirtualBench _bench;
    private readonly VirtualMessageNetwork _network;
    private readonly DataStore _store = DataStore.Open(null);
    private readonly MemoryFileSystem _disk = new();
    private readonly ReportQueue _queue;
    private readonly List<VehicleEcu> _ecus = [];
    private readonly HeardBatches _heard = new();
    private readonly CancellationTokenSource _end = new();
    private readonly long _beginMs;
    private Task _running = Task.CompletedTask;

    private WatchDemo(NfConfig config, ulong seed, long beginMs)
    {
        _beginMs = beginMs;
        _bench = new VirtualBench(_time, seed, [.. Parts.Select(part => config.Ecu(part.Ecu))]);
        _network = new VirtualMessageNetwork(_time, seed);
        _queue = ReportQueue.Open(_disk, "reports");
        _ = new DataServer(_network.Join("server"), _store, this);
        _bench.StopOn(_end.Token);
        _ = new WheelNode(_bench.Bus, _bench.Ecus.Select(ecu => ecu.Definition), () => MotorRpm(_bench.Ecus[0]));
    }

    /// <inheritdoc/>
    public string Description => "two virtual ECUs in this program";

    /// <summary>Figures of what the server has.</summary>
    public IReadOnlyList<StreamFigures> Figures => _store.Figures();

    /// <summary>Starts a vehicle that runs in step with the wall clock until it is disposed of.</summary>
    /// <exception cref="UserErrorException">The configuration is not usable.</exception>
    public static WatchDemo Start(string configPath, ulong seed = 1)
    {
        WatchDemo demo = new(NfConfig.Load(configPath), seed, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (BeforeNs / VirtualTime.NsPerMs));
        demo._running = Task.Run(() => demo.Run(() =>
        {
            demo.Advance(BeforeNs - demo._time.NowNs);
            demo.Pace();
        }));
        return demo;
    }

    /// <summary>Runs a vehicle for so long in virtual time, as fast as it goes; for tests.</summary>
    internal static WatchDemo RunFor(string configPath, long durationNs, long beginMs)
    {
        WatchDemo demo = new(NfConfig.Load(configPath), 1, beginMs);
        demo.Run(() => demo.Advance(durationNs));
        return demo;
    }

    /// <inheritdoc/>
    public async Task<(string Vehicle, DataBatch Batch)?> NextAsync(TimeSpan timeout, CancellationToken stop)
    {
        if (_running.IsFaulted)
        {
            await _running;
        }

        return await _heard.NextAsync(timeout, stop);
    }

    /// <inheritdoc/>
    public void Received(string vehicle, DataBatch batch, IReadOnlyList<DataRecord> records) => _heard.Add(vehicle, batch with { Records = records });

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        Task.WaitAny(_running);
        _queue.Dispose();
        _store.Dispose();
        _network.Dispose();
        _end.Dispose();
    }

    /// <summary>Turns of a motor in a minute, by its signal; 0 while its ECU does not run.</summary>
    internal static double MotorRpm(BenchEcu motor)
    {
        SignalDefinition? speed = motor.Definition.SignalEntries.FirstOrDefault(signal => signal.Definition.Path == MotorSpeed)?.Definition;
        return speed is not null && motor.Ecu.Agent is EcuMAgent { IsServing: true } agent && agent.EcuM.Data.Signals is { } signals && signals.IndexOf(speed.Did) is >= 0 and int index
            ? speed.Physical(signals.Value(index))
            : 0;
    }

    private void Run(Action go)
    {
        using DemoKeys keys = new(1);
        Task collecting = Task.CompletedTask;
        try
        {
            _time.Run(async () =>
            {
                foreach (((_, string application), BenchEcu ecu) in Parts.Zip(_bench.Ecus))
                {
                    await PrepareAsync(ecu, application, keys);
                }

                DataCollector collector = new(
                    _time, _network.Join("vehicle"), new Topics(await _ecus[0].Client.ReadTextAsync(0xF190)),
                    _ecus.Zip(_bench.Ecus, (ecu, bench) => new CollectedEcu(ecu, bench.Definition.Signals)),
                    _disk, _queue, () => _beginMs + (_time.NowNs / VirtualTime.NsPerMs), new CollectorOptions { IntervalMs = 1000 });
                collecting = collector.RunAsync();
            });
            go();
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            return; // nobody looks any more
        }

        if (collecting.IsFaulted)
        {
            collecting.GetAwaiter().GetResult();
        }
    }

    // A new ECU gets identity, secret, trusted keys, and its application.
    private async Task PrepareAsync(BenchEcu bench, string application, DemoKeys keys)
    {
        Func<int, byte[]> entropy = _bench.Entropy($"secret-{bench.Name}");
        DeviceCredentials credentials = new(entropy(DeviceFile.DeviceIdLength), entropy(DeviceFile.DeviceSecretLength));
        EcuClient client = bench.Connect(credentials);
        bench.Ecu.PowerOn();
        await client.AwaitPresenceAsync();
        await client.SessionAsync(0x03);
        await client.RoutineAsync(0x0220, "provision", ProvisioningRecord.Build(credentials.DeviceId, credentials.Secret, keys.Anchors));
        await client.SessionAsync(0x01);
        PackageRequest request = new()
        {
            Name = $"{bench.Name}-{Release}",
            Hardware = bench.Name,
            Image = BuiltInApplications.Image(application, Release),
            Sequence = 1,
            SecurityVersion = 1,
            VendorId = bench.Definition.Config.Fota.VendorId,
            ClassId = bench.Definition.Config.Fota.ClassId,
        };
        UpdateImages images = PackageImages.Of(PackageBuilder.Build(request, [keys.Author, keys.Oem]));
        UpdateOutcome outcome = await new UpdateSession(client, images, new UpdatePolicy()).RunAsync();
        if (outcome.End != UpdateEnd.Confirmed)
        {
            throw new UserErrorException(ExitCode.UnexpectedOutcome, $"{bench.Name} does not run its application: {outcome.Text}");
        }

        _ecus.Add(new VehicleEcu(bench.Name, client, new UpdatePolicy()));
    }

    // As a script: what the collector awaits comes back through the clock's own context.
    private void Advance(long durationNs) => _time.Run(async () => await _time.Delay(durationNs));

    private void Pace()
    {
        Stopwatch wall = Stopwatch.StartNew();
        long beginNs = _time.NowNs;
        while (!_end.IsCancellationRequested)
        {
            Advance(SliceNs);
            long aheadMs = ((_time.NowNs - beginNs) / VirtualTime.NsPerMs) - wall.ElapsedMilliseconds;
            if (aheadMs > 0)
            {
                _end.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(aheadMs));
            }
        }
    }
}
