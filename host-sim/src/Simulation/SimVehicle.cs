// The vehicle's side of a run: client, collector of reports, testers, and the disk that outlives them. A crash takes all but the disk
// away in the middle of whatever they do; new ones begin with what the disk kept.
// Invariant: one client and one collector at a time; of crashed ones no frame and no message leaves.
// Tests: tests/host-sim/Simulation.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncSim.Simulation;

/// <summary>A vehicle's client that can crash.</summary>
public sealed class SimVehicle : ICollectorObserver, IDisposable
{
    private const string JournalPath = "vehicle.journal";
    private const string PackagesPath = "packages";
    private const string QueuePath = "reports";
    private const long BeginUtcMs = 1_767_225_600_000;
    private static readonly CollectorOptions Collecting = new() { IntervalMs = 2000 };
    private readonly VirtualBus _bus;
    private readonly VirtualMessageNetwork _network;
    private readonly Topics _topics;
    private readonly IReadOnlyList<SimEcu> _ecus;
    private readonly RuleBook _rules;
    private readonly ulong _seed;
    private MemoryFileSystem _disk = new();
    private readonly List<CrashableLink> _links = [];
    private readonly SimEvent _start;
    private VehicleClient? _client;
    private DataCollector? _collector;
    private ReportQueue? _queue;
    private Task _clientWork = Task.CompletedTask;
    private Task _collectorWork = Task.CompletedTask;
    private int _starts;

    /// <summary>Makes it; <see cref="Start"/> brings the client up.</summary>
    public SimVehicle(VirtualBus bus, VirtualMessageNetwork network, Topics topics, IReadOnlyList<SimEcu> ecus, RuleBook rules, ulong seed)
    {
        _bus = bus;
        _network = network;
        _topics = topics;
        _ecus = ecus;
        _rules = rules;
        _seed = seed;
        _start = bus.Time.CreateEvent(Start);
    }

    /// <summary>True when reports are collected.</summary>
    public required bool HasCollector { get; init; }

    /// <summary>Client and collector at work; they end only with an error of the program.</summary>
    public Task Work => _collectorWork.IsFaulted ? _collectorWork : _clientWork;

    /// <summary>What its clients have sent.</summary>
    public TransferCount Transfers { get; } = new();

    /// <summary>True while a client runs.</summary>
    public bool IsUp => _client is not null;

    /// <summary>The ECUs as the client has them, in the order of the ECUs; those of a crashed client are of no use any more.</summary>
    public IReadOnlyList<VehicleEcu> Ecus { get; private set; } = [];

    /// <summary>The testers' CAN controllers, in the order of the ECUs.</summary>
    public IReadOnlyList<VirtualCan> Controllers { get; private set; } = [];

    /// <summary>Starts a client on what the disk holds.</summary>
    public void Start()
    {
        _starts++;
        List<VehicleEcu> ecus = [];
        List<VirtualCan> controllers = [];
        foreach (SimEcu ecu in _ecus)
        {
            VirtualCan can = new(_bus, $"tester-{ecu.Fleet.Name}");
            CrashableLink link = new(new IsoTpLink(_bus.Time, can, ecu.Fleet.Definition.Config.CanIf));
            SeededRandom random = new(_seed, string.Create(CultureInfo.InvariantCulture, $"client {_starts} {ecu.Fleet.Name}"));
            ecus.Add(new VehicleEcu(ecu.Fleet.Name, new EcuClient(new UdsTester(link, new TesterTiming()), ecu.Fleet.Credentials, random.Bytes), Fleet.Policy, Transfers));
            controllers.Add(can);
            _links.Add(link);
        }

        Ecus = ecus;
        Controllers = controllers;
        VehicleJournal journal = VehicleJournal.Open(_disk, JournalPath, string.Create(CultureInfo.InvariantCulture, $"vehicle-{_starts}"));
        _client = new VehicleClient(_bus.Time, new ListenedLink(_network.Join("vehicle"), Hear, _topics), _topics, ecus, journal, new VehicleOptions { Packages = PackageDisk.Open(_disk, PackagesPath) });
        _clientWork = _client.RunAsync();
        if (HasCollector)
        {
            StartCollector();
        }
    }

    private void StartCollector()
    {
        _queue = ReportQueue.Open(_disk, QueuePath);
        _collector = new DataCollector(
            _bus.Time, _network.Join("collector"), _topics, Ecus.Select((ecu, i) => new CollectedEcu(ecu, _ecus[i].Fleet.Signals)), _disk, _queue,
            () => BeginUtcMs + (_bus.Time.NowNs / VirtualTime.NsPerMs), Collecting, this);
        _collectorWork = _collector.RunAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _queue?.Dispose();

    /// <inheritdoc/>
    public void Collected(string ecu, IReadOnlyList<ReportRecord> records) => _rules.Collected(_ecus.First(one => one.Fleet.Name == ecu).Watch, _queue!.LastOf(ecu)!.Value.Epoch, records);

    /// <inheritdoc/>
    public void Problem(string ecu, string what) => _rules.CollectorProblem(ecu, what);

    /// <summary>Takes the client away; a new one starts after a while. False when there is none to be taken away.</summary>
    /// <param name="downMs">How long.</param>
    /// <param name="variant">0: its process ends and the disk has all that was written; else its power fails, and of what was not flushed the disk keeps what it pleases.</param>
    public bool Crash(long downMs, int variant)
    {
        if (_client is null)
        {
            return false;
        }

        _client.Stop();
        _client = null;
        _collector?.Stop();
        _queue?.Dispose();
        _links.ForEach(link => link.Crash());
        _links.Clear();
        if (variant > 0)
        {
            UnflushedContent unflushed = (UnflushedContent)(variant % Enum.GetValues<UnflushedContent>().Length);
            _disk = new MemoryFileSystem().With(_disk.AfterPowerLoss(variant % (_disk.PendingNameCount + 1), unflushed));
        }

        _start.After(downMs * VirtualTime.NsPerMs);
        return true;
    }

    private void Hear(EsyncMessage message)
    {
        Transfers.Hear(message);
        _rules.VehicleMessage(message);
    }

    /// <summary>Lets the rules hear what the vehicle publishes.</summary>
    private sealed class ListenedLink(IMessageLink inner, Action<EsyncMessage> hear, Topics topics) : IMessageLink
    {
        public bool IsConnected => inner.IsConnected;

        public Action? Restored
        {
            get => inner.Restored;
            set => inner.Restored = value;
        }

        public void Subscribe(string filter, MessageHandler handler) => inner.Subscribe(filter, handler);

        public void Unsubscribe(string filter) => inner.Unsubscribe(filter);

        public void Publish(string topic, ReadOnlyMemory<byte> payload)
        {
            if (topic == topics.FromVehicle && EsyncJson.TryDecode(payload) is { } message)
            {
                hear(message);
            }

            inner.Publish(topic, payload);
        }

        public void Leave() => inner.Leave();
    }
}
