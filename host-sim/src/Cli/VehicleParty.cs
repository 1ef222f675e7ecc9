// A vehicle at a broker, for `esync client`: its client, the announcements, and the collector of its ECUs' reports, each with what it keeps on disk.
// Invariant: client and announcements share a link whose session outlives connections, so that requests wait at the broker meanwhile; the
// collector has one of its own, for it repeats by itself.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using EsyncSim.Bench;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Demo;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncSim.Cli;

/// <summary>The parts of a vehicle's client.</summary>
internal sealed class VehicleParty : ICollectorObserver, IDisposable
{
    private readonly IDemoScreen _screen;
    private readonly BrokerLink _link;
    private readonly BrokerLink? _dataLink;
    private readonly VehicleClient _client;
    private readonly Announcer _announcer;
    private readonly ReportQueue? _queue;
    private readonly DataCollector? _collector;

    /// <summary>Connects it.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="bench">The ECUs.</param>
    /// <param name="vehicle">Vehicle identification number.</param>
    /// <param name="journal">The journal.</param>
    /// <param name="web">Where packages come from over HTTP.</param>
    /// <param name="screen">Hears what is done.</param>
    /// <param name="clock">The wall clock.</param>
    /// <param name="mayBrokerBeAway">True: goes to work without a broker, and connects when there is one.</param>
    /// <exception cref="UserErrorException">The broker or a directory cannot be used.</exception>
    public VehicleParty(
        ClientRequest request, VehicleBench bench, string vehicle, VehicleJournal journal, IPackageSource web, IDemoScreen screen, TimeProvider clock, bool mayBrokerBeAway)
    {
        _screen = screen;
        Topics topics = new(vehicle);
        UpdatePolicy policy = new() { BlockLength = request.BlockLength };
        VehicleEcu[] ecus = [.. bench.Members.Select(member => EcuOf(member, policy))];
        long NowMs() => clock.GetUtcNow().ToUnixTimeMilliseconds();
        VehicleOptions options = new()
        {
            Packages = PackageDisk.Open(DiskFileSystem.Instance, request.Packages ?? request.Journal + ".packages"),
            Sources = [web],
            Updates = request.Updates,
            Fleet = request.FleetAnchors.Count == 0 ? null : new FleetPolicy(vehicle, request.FleetAnchors, NowMs),
            UtcNowMs = NowMs,
        };
        _link = BrokerLink.ConnectVehicle(bench.Time, request.Broker, vehicle, mayBrokerBeAway, screen.Note);
        screen.Note($"vehicle {vehicle}, ECUs {string.Join(", ", bench.Members.Select(member => $"{member.Definition.Name} on {member.BusName}"))}, messages over {_link.Description}; Ctrl-C ends");
        screen.Note(request.FleetAnchors.Count == 0
            ? "no vehicle manifests are demanded: which versions belong together is the server's word alone; --fleet-anchor FILE demands them"
            : $"updates are followed only with a vehicle manifest signed by {string.Join(" or ", request.FleetAnchors.Select(anchor => $"fleet key {Convert.ToHexStringLower(anchor.KeyId)[..8]}"))}");
        _client = new VehicleClient(bench.Time, _link, topics, ecus, journal, options);
        _announcer = new Announcer(bench.Time, _link, topics, ecus);
        if (request.Reports is { } directory)
        {
            _queue = ReportQueue.Open(DiskFileSystem.Instance, directory);
            _dataLink = BrokerLink.Connect(bench.Time, request.Broker, "reports", mayBrokerBeAway);
            IEnumerable<CollectedEcu> collected = ecus.Zip(bench.Members, (ecu, member) => new CollectedEcu(ecu, member.Definition.Signals));
            _collector = new DataCollector(bench.Time, _dataLink, topics, collected, DiskFileSystem.Instance, _queue, NowMs, observer: this);
        }
    }

    /// <summary>Works until it is disposed of, or until one of the parts fails.</summary>
    public async Task RunAsync()
    {
        Task[] work = _collector is null ? [_client.RunAsync()] : [_client.RunAsync(), _collector.RunAsync()];
        await await Task.WhenAny(work);
    }

    /// <inheritdoc/>
    public void Collected(string ecu, IReadOnlyList<ReportRecord> records)
    {
        // They are looked at when they are at the server.
    }

    /// <inheritdoc/>
    public void Problem(string ecu, string what)
    {
        if (what.Length > 0)
        {
            _screen.Note($"{ecu}: {what}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _announcer.Stop();
        _client.Stop();
        _collector?.Stop();
        _dataLink?.Dispose();
        _link.Dispose();
        _queue?.Dispose();
    }

    private VehicleEcu EcuOf(BenchMember member, UpdatePolicy policy) => new(member.Definition.Name, member.Client, policy, new TransferMeter(member.Bus, member.Definition, _screen, []))
    {
        Bus = member.BusName,
        ClassId = new Guid(member.Definition.Config.Fota.ClassId, bigEndian: true),
        Signals = member.Definition.Signals,
    };
}
