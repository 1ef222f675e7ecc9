// The way of reports in the demo: the vehicle's collector beside its client, and the server's store, with the books that are kept
// of both ends: what ECUs have made, what has arrived.
// Invariant: it collects only while it is told to, so that nothing else that the demo asks an ECU is in its way.
// Tests: tests/host-sim/Demo.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncSim.Demo;

/// <summary>Reports of the demo's ECUs.</summary>
public sealed class DemoData : IDataServerObserver, ICollectorObserver, IDisposable
{
    /// <summary>UTC at the beginning of the demo's virtual time, in milliseconds since 1970: 2027-01-01.</summary>
    public const long StartUtcMs = 1_798_761_600_000;

    private const int PauseMs = 1000;
    private const int DeliveryMsMax = 10_000;
    private const string QueueFolder = "reports";

    private readonly VirtualTime _time;
    private readonly IDemoScreen _screen;
    private readonly DataStore _store = DataStore.Open(null);
    private readonly ReportQueue _queue;
    private readonly DataCollector _collector;
    private readonly IReadOnlyList<VehicleEcu> _ecus;
    private readonly List<(string Ecu, string Epoch, DataRecord Record)> _arrived = [];

    /// <summary>Puts a collector beside the vehicle's client, and a store beside the server.</summary>
    public DemoData(VirtualTime time, IMessageNetwork network, Topics topics, IReadOnlyList<(VehicleEcu Ecu, SignalCatalogue Signals)> ecus, IDemoScreen screen)
    {
        _time = time;
        _screen = screen;
        _ecus = [.. ecus.Select(ecu => ecu.Ecu)];
        MemoryFileSystem files = new();
        _queue = ReportQueue.Open(files, QueueFolder);
        _ = new DataServer(network.Join("reports-server"), _store, this);
        _collector = new DataCollector(
            time,
            network.Join("reports-vehicle"),
            topics,
            ecus.Select(ecu => new CollectedEcu(ecu.Ecu, ecu.Signals)),
            files,
            _queue,
            () => StartUtcMs + (time.NowNs / VirtualTime.NsPerMs),
            observer: this);
    }

    /// <summary>Records of an ECU that have arrived, in their order.</summary>
    public IReadOnlyList<DataRecord> Of(string ecu) => [.. _arrived.Where(arrived => arrived.Ecu == ecu).Select(arrived => arrived.Record)];

    /// <inheritdoc/>
    public void Received(string vehicle, DataBatch batch, IReadOnlyList<DataRecord> records) =>
        _arrived.AddRange(records.Select(record => (batch.Ecu, batch.Epoch, record)));

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

    /// <summary>Collects while something else goes on, and until all that it has is at the server.</summary>
    public async Task<T> DuringAsync<T>(Func<Task<T>> action)
    {
        bool isOver = false;
        Task collecting = CollectUntilAsync(() => isOver);
        try
        {
            return await action();
        }
        finally
        {
            isOver = true;
            await collecting;
        }
    }

    /// <summary>Collects what the ECUs have, and waits until it is at the server.</summary>
    public async Task CollectAsync()
    {
        await _collector.CollectAsync();
        for (int ms = 0; ms < DeliveryMsMax && _ecus.Any(ecu => _queue.CountOf(ecu.Name) > 0); ms += PauseMs)
        {
            await _time.Delay(PauseMs * VirtualTime.NsPerMs);
        }
    }

    /// <summary>Figures of an ECU's records at the server; null when none has arrived.</summary>
    public StreamFigures? FiguresOf(string ecu) => _store.Figures().LastOrDefault(figures => figures.Ecu == ecu);

    /// <summary>The books: what the ECUs have numbered up to now, by their own word, and what has arrived of it.</summary>
    public async Task<DataFigures> CountAsync()
    {
        Dictionary<string, ReportLogState> logs = [];
        foreach (VehicleEcu ecu in _ecus)
        {
            logs[ecu.Name] = await new ReportChannel(ecu.Client).ReadLogStateAsync();
        }

        await CollectAsync();
        (string Ecu, string Epoch, DataRecord Record)[] due = [.. _arrived.Where(arrived => arrived.Record.Sequence < logs[arrived.Ecu].NextSequence)];
        long delivered = due.DistinctBy(arrived => (arrived.Ecu, arrived.Epoch, arrived.Record.Sequence)).LongCount();
        long skipped = _store.Figures().Sum(figures => figures.Skipped);
        long dropped = logs.Values.Sum(log => log.Dropped.Sum(count => count) + log.Expired);
        long made = logs.Values.Sum(log => log.Epoch == 0 ? 0 : log.NextSequence - 1L) - skipped - dropped;
        return new DataFigures(made, delivered, made - delivered, due.Length - delivered);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _store.Dispose();
    }

    private async Task CollectUntilAsync(Func<bool> isOver)
    {
        while (!isOver())
        {
            await _collector.CollectAsync();
            await _time.Delay(PauseMs * VirtualTime.NsPerMs);
        }

        await CollectAsync();
    }
}

/// <summary>What became of the reports of all ECUs.</summary>
/// <param name="Made">Records that the ECUs' logs have kept.</param>
/// <param name="Delivered">Records of them that are at the server.</param>
/// <param name="Lost">Records that are not.</param>
/// <param name="Duplicated">Records that are there twice.</param>
public sealed record DataFigures(long Made, long Delivered, long Lost, long Duplicated);
