// A bench that stays: three virtual ECUs on one bus, the vehicle's client with its collector, and the server with its database, in one
// program and in step with the wall clock, for a page to watch and to press buttons on.
// Invariants: everything but the pace is virtual; virtual time is UTC, so that moments in the database mean the same to the next run;
// what happens before the page opens (new ECUs get identity, keys and their first application) runs through at once. On the pump's
// thread only: pages come in by VirtualTime.Post.
// Tests: tests/host-sim/Web/BenchTests.cs.
using System.Globalization;
using EsyncSim.Applications;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Demo;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;

namespace EsyncSim.Web;

/// <summary>What a bench is made of.</summary>
public sealed record BenchOptions
{
    /// <summary>Path of nf.config.</summary>
    public required string ConfigPath { get; init; }

    /// <summary>File of the server's database; null keeps it in memory.</summary>
    public string? DatabasePath { get; init; }

    /// <summary>Decides what chance decides.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The wall clock; one that runs faster makes a bench that does.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Milliseconds of the bench's time between two pictures of it.</summary>
    public int PictureMs { get; init; } = 200;

    /// <summary>Ends the bench.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>A bench with three ECUs.</summary>
internal sealed class VehicleOnBench : IBenchSource, IDataServerObserver, ICollectorObserver, IDisposable
{
    /// <summary>Releases that any ECU can be updated to.</summary>
    private static readonly string[] Releases = ["1.0.0", "2.0.0"];

    private const string First = "1.0.0";
    private const long BeforeNs = 40 * VirtualTime.NsPerSecond;
    private const long LoadNs = 500 * VirtualTime.NsPerMs;
    private const int LoadPointsMax = 240;
    private const long LimitNs = long.MaxValue / 3;

    private static readonly BenchPart[] Parts =
    [
        new("motor", BuiltInApplications.MotorControl, "2.1.0-selftest", "fails its self-test"),
        new("battery", BuiltInApplications.BatteryManager, "2.1.0-throws", "throws while it starts"),
        new("pump", BuiltInApplications.PumpControl, "2.1.0-selftest", "fails its self-test"),
    ];

    private readonly BenchOptions _options;
    private readonly VirtualBench _bench;
    private readonly DemoKeys _keys;
    private readonly DataStore _data = DataStore.Open(null);
    private readonly MemoryFileSystem _disk = new();
    private readonly ReportQueue _queue;
    private readonly NoteBook _notes;
    private readonly SeededRandom _epochs;
    private readonly Dictionary<string, string> _versions = [];
    private readonly List<DemoEcu> _ecus = [];
    private readonly List<ProgressWatch> _progress = [];
    private readonly List<EcuWatch> _watches = [];
    private readonly BusLoadMeter _meter;
    private readonly SimEvent _sampling;
    private double _loadPercent;
    private Task _client = Task.CompletedTask;
    private Task _collecting = Task.CompletedTask;

    /// <summary>Makes the bench; <see cref="Run"/> lets it live.</summary>
    /// <exception cref="UserErrorException">Configuration or database are not usable.</exception>
    public VehicleOnBench(BenchOptions options)
    {
        _options = options;
        Time = new VirtualTime();
        Time.RunUntil((UtcNowMs * VirtualTime.NsPerMs) - BeforeNs);
        NfConfig config = NfConfig.Load(options.ConfigPath);
        _bench = new VirtualBench(Time, options.Seed, [.. Parts.Select(part => config.Ecu(part.Ecu))]);
        _keys = new DemoKeys(options.Seed, SigningParameters.Default);
        _epochs = new SeededRandom(options.Seed ^ (ulong)UtcNowMs, "epochs");
        _queue = ReportQueue.Open(_disk, "reports");
        _notes = new NoteBook(() => NowMs);
        Network = new VirtualMessageNetwork(Time, options.Seed);
        Store = CloudStore.Open(options.DatabasePath, () => NowMs, NextEpoch);
        Trace = new TraceLog(_bench.Ecus.Select(ecu => ecu.Definition));
        _bench.Bus.Observe(Trace);
        _meter = new BusLoadMeter(_bench.Bus);
        _sampling = Time.CreateEvent(Sample);
        foreach ((BenchPart part, BenchEcu ecu) in Parts.Zip(_bench.Ecus))
        {
            ProgressWatch progress = new(_bench.Bus, ecu.Definition, (level, text) => _notes.Add(part.Ecu, level, text));
            _progress.Add(progress);
            _ecus.Add(new DemoEcu(ecu, part.Application, _keys, _bench.Entropy($"secret-{part.Ecu}"), _bench.Entropy($"content-{part.Ecu}"), progress.Meter));
            _watches.Add(new EcuWatch(ecu, digest => _versions.GetValueOrDefault(digest)));
        }

        FaultPanel = new BenchFaults(_bench, Network, _notes.Add);
        _ = new WheelNode(_bench.Bus, _bench.Ecus.Select(ecu => ecu.Definition), MotorRpm);
    }

    /// <summary>The clock.</summary>
    public VirtualTime Time { get; }

    /// <summary>What server and vehicle talk over.</summary>
    public VirtualMessageNetwork Network { get; }

    /// <summary>The server's database.</summary>
    public CloudStore Store { get; }

    /// <summary>Faults by hand.</summary>
    public BenchFaults FaultPanel { get; }

    /// <summary>Time between two pictures, in nanoseconds.</summary>
    public long TickNs => _options.PictureMs * VirtualTime.NsPerMs;

    /// <summary>Vehicle identification number; empty until the ECUs are there.</summary>
    public string Vehicle { get; private set; } = string.Empty;

    /// <inheritdoc/>
    public long NowMs => Time.NowNs / VirtualTime.NsPerMs;

    /// <inheritdoc/>
    public BenchHead Head => new(
        Vehicle,
        _bench.Bus.Name,
        _bench.Bus.BitRate,
        [.. Parts.Select(part => part.Ecu)],
        Parts.ToDictionary(part => part.Ecu, _ => (IReadOnlyList<string>)Releases),
        Parts.ToDictionary(part => part.Ecu, part => new BenchRelease(part.FaultyRelease, part.Fault)),
        Network.Description,
        _options.DatabasePath ?? "in memory");

    /// <inheritdoc/>
    public IReadOnlyList<EcuView> Ecus => [.. _watches.Zip(_progress, (watch, progress) => watch.Look(progress.Now))];

    /// <inheritdoc/>
    public BusView Bus => new(Math.Round(_loadPercent, 1), _bench.Bus.FrameCount, _bench.Bus.ErrorFrameCount, []);

    /// <inheritdoc/>
    public PointRing Load { get; } = new(LoadPointsMax);

    /// <inheritdoc/>
    public IReadOnlyList<FaultView> Faults => FaultPanel.InForce;

    /// <inheritdoc/>
    public SignalWatch Signals { get; } = new();

    /// <inheritdoc/>
    public TraceLog Trace { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NoteView> Notes => _notes.All;

    private long UtcNowMs => _options.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Gives the ECUs their first application, then lives in step with the wall clock until it is stopped.</summary>
    /// <param name="opened">Called when all is there, on the pump's thread.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(Action opened)
    {
        _bench.StopOn(_options.Stop);
        Prepare();
        Time.Pace = new WallPace(_options.Clock, Time.NowNs) { Stop = _options.Stop };
        Time.Run(
            async () =>
            {
                Task living = LiveAsync();
                opened();
                await living;
            },
            LimitNs);
    }

    /// <summary>Gives the ECUs their first application, as fast as it goes, and comes to the present.</summary>
    internal void Prepare()
    {
        Time.Run(PrepareAsync, LimitNs);
        Time.RunUntil(UtcNowMs * VirtualTime.NsPerMs);
    }

    /// <summary>Connects client and server; ends with an error of either only.</summary>
    internal async Task LiveAsync()
    {
        Connect();
        _sampling.After(LoadNs);
        await await Task.WhenAny(_client, _collecting);
    }

    /// <summary>A package of a release for an ECU, signed anew with the next sequence number.</summary>
    /// <exception cref="UserErrorException">The keys are used up.</exception>
    public CampaignTarget Target(string ecu, string release)
    {
        DemoEcu target = _ecus.First(item => item.Name == ecu);
        return target.Target(Sign(target, release), release);
    }

    /// <summary>The release of an ECU that fails its trial.</summary>
    public static string FaultyRelease(string ecu) => Parts.First(part => part.Ecu == ecu).FaultyRelease;

    /// <summary>Adds a line for people.</summary>
    public void Note(string ecu, string level, string text) => _notes.Add(ecu, level, text);

    /// <inheritdoc/>
    public void Received(string vehicle, DataBatch batch, IReadOnlyList<DataRecord> records)
    {
        Signals.Take(batch, records);
        foreach (LogReportBody report in records.Select(record => record.Event?.Body).OfType<LogReportBody>().Where(body => body.Compound?.Dtc is not null))
        {
            _notes.Add(batch.Ecu, report.Level == "WARN" ? "warn" : "info", report.Message);
        }
    }

    /// <inheritdoc/>
    public void Collected(string ecu, IReadOnlyList<ReportRecord> records)
    {
        // They are shown when they are at the server.
    }

    /// <inheritdoc/>
    public void Problem(string ecu, string what)
    {
        if (what.Length > 0)
        {
            _notes.Add(ecu, "info", $"no reports: {what}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Store.Dispose();
        _queue.Dispose();
        _data.Dispose();
        Network.Dispose();
        _keys.Dispose();
    }

    /// <summary>Names that no server and no client used before.</summary>
    private string NextEpoch() => _epochs.NextU64().ToString("x16", CultureInfo.InvariantCulture);

    private async Task PrepareAsync()
    {
        foreach (DemoEcu ecu in _ecus)
        {
            ecu.Bench.Ecu.PowerOn();
            await ecu.Client.AwaitPresenceAsync();
            await ecu.Client.SessionAsync(0x03);
            await ecu.Client.RoutineAsync(0x0220, "provision", ecu.ProvisioningRecord);
            await ecu.Client.SessionAsync(0x01);
            UpdateOutcome outcome = await new UpdateSession(ecu.Client, PackageImages.Of(Sign(ecu, First)), new UpdatePolicy()).RunAsync();
            if (outcome.End != UpdateEnd.Confirmed)
            {
                throw new UserErrorException(ExitCode.UnexpectedOutcome, $"{ecu.Name} does not run its application: {outcome.Text}");
            }
        }

        Vehicle = await _ecus[0].Client.ReadTextAsync(0xF190);
        _notes.Add(string.Empty, "info", $"vehicle {Vehicle}: {string.Join(", ", _ecus.Select(ecu => ecu.Name))} run {First}");
    }

    private void Connect()
    {
        Topics topics = new(Vehicle);
        VehicleEcu[] ecus = [.. _ecus.Zip(_progress, EcuOf)];
        IMessageLink link = Network.Join("vehicle");
        _client = new VehicleClient(Time, link, topics, ecus, VehicleJournal.InMemory(NextEpoch())).RunAsync();
        _ = new Announcer(Time, link, topics, ecus);
        _ = new DataServer(Network.Join("reports-server"), _data, this);
        DataCollector collector = new(
            Time, Network.Join("reports-vehicle"), topics, ecus.Zip(_ecus, (ecu, demo) => new CollectedEcu(ecu, demo.Bench.Definition.Signals)),
            _disk, _queue, () => NowMs, new CollectorOptions { IntervalMs = 1000 }, this);
        _collecting = collector.RunAsync();
    }

    private VehicleEcu EcuOf(DemoEcu ecu, ProgressWatch progress) => new(ecu.Name, ecu.Client, new UpdatePolicy(), progress)
    {
        Signals = ecu.Bench.Definition.Signals,
        Bus = _bench.Bus.Name,
        ClassId = new Guid(ecu.Bench.Definition.Config.Fota.ClassId, bigEndian: true),
    };

    private Package Sign(DemoEcu ecu, string release)
    {
        Package package = ecu.Sign(ecu.Request(release, 1));
        foreach (UpdateImage image in PackageImages.Of(package).All)
        {
            _versions[Convert.ToHexStringLower(image.ManifestDigest)] = release;
        }

        return package;
    }

    private void Sample()
    {
        _sampling.After(LoadNs);
        _loadPercent = _meter.Sample();
        Load.Add(new CurvePoint(NowMs, _loadPercent));
    }

    private double MotorRpm() => WatchDemo.MotorRpm(_bench.Ecus[0]);

    /// <summary>An ECU of the bench.</summary>
    private sealed record BenchPart(string Ecu, string Application, string FaultyRelease, string Fault);
}
