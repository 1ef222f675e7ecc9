// The vehicle's part that brings reports up: asks all ECUs in turn, tells them the time, takes what their logs have, puts it into the
// queue on disk, and sends it to the server.
// Invariants: a record is acknowledged to its ECU when it is in the queue on disk, never before; while the queue is full nothing is taken,
// and that is said. An ECU's connection is had through its gate: beside updates, and as a guest within them. What goes wrong with one ECU
// keeps nothing from the others. Whenever it is stopped, a new one goes on with the queue, and nothing is lost or counted twice.
// Tests: tests/host-sim/Data/DataCollectorTests.cs, DeliveryOfReportsTests.cs.
using EsyncSim.Bus;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncSim.Data;

/// <summary>Pace and sizes of a collector.</summary>
public sealed record CollectorOptions
{
    /// <summary>Pause between two rounds in milliseconds.</summary>
    public int IntervalMs { get; init; } = 10_000;

    /// <summary>Difference between an ECU's time and ours in milliseconds from which on it is told anew.</summary>
    public int ClockToleranceMs { get; init; } = 250;

    /// <summary>Answers with records that are taken from an ECU in one visit at most.</summary>
    public int AnswersPerVisitMax { get; init; } = 64;

    /// <summary>The same for a visit in the middle of somebody else's session.</summary>
    public int AnswersAsGuestMax { get; init; } = 1;

    /// <summary>Records of one message to the server at most, up to <see cref="DataJson.RecordCountMax"/>.</summary>
    public int BatchRecordsMax { get; init; } = 100;

    /// <summary>Bytes of records in one message at most.</summary>
    public int BatchBytesMax { get; init; } = 16 << 10;
}

/// <summary>An ECU whose reports are collected.</summary>
/// <param name="Ecu">The ECU.</param>
/// <param name="Signals">Its signals, from nf.config.</param>
public sealed record CollectedEcu(VehicleEcu Ecu, SignalCatalogue Signals);

/// <summary>Hears what a collector does.</summary>
public interface ICollectorObserver
{
    /// <summary>Records are in the queue.</summary>
    void Collected(string ecu, IReadOnlyList<ReportRecord> records);

    /// <summary>Something is wrong with an ECU, its disk or its time; each once, as long as it lasts. Empty: it is over.</summary>
    void Problem(string ecu, string what);
}

/// <summary>Collects and forwards reports.</summary>
public sealed class DataCollector
{
    private readonly VirtualTime _time;
    private readonly IMessageLink _link;
    private readonly Topics _topics;
    private readonly ReportQueue _queue;
    private readonly CollectorOptions _options;
    private readonly ICollectorObserver? _observer;
    private readonly Func<long> _utcNowMs;
    private readonly List<EcuCollection> _ecus;
    private readonly Dictionary<string, ReportForwarder> _forwarders = [];
    private readonly SimSignal _wake;
    private bool _isStopped;

    /// <summary>Makes the collector and listens to the server; <see cref="RunAsync"/> does the work.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="link">A connection of its own.</param>
    /// <param name="topics">The vehicle's topics.</param>
    /// <param name="ecus">The ECUs, in the order in which they are asked.</param>
    /// <param name="files">Where the ECUs' time lines are kept, beside the queue.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="utcNowMs">UTC in milliseconds since 1970.</param>
    /// <param name="options">Pace and sizes.</param>
    /// <param name="observer">Hears what is done.</param>
    public DataCollector(
        VirtualTime time, IMessageLink link, Topics topics, IEnumerable<CollectedEcu> ecus, IFileSystem files, ReportQueue queue, Func<long> utcNowMs,
        CollectorOptions? options = null, ICollectorObserver? observer = null)
    {
        _time = time;
        _link = link;
        _topics = topics;
        _queue = queue;
        _options = options ?? new CollectorOptions();
        _observer = observer;
        _utcNowMs = utcNowMs;
        _wake = new SimSignal(time);
        _ecus = [.. ecus.Select(ecu => new EcuCollection(ecu, files, queue, utcNowMs, _options))];
        foreach (EcuCollection ecu in _ecus)
        {
            _forwarders[ecu.Name] = Forwarder(ecu.Form, () => ecu.Dropped);
            if (ecu.Problem.Length > 0)
            {
                observer?.Problem(ecu.Name, ecu.Problem);
            }
        }

        foreach (string gone in queue.Ecus.Where(name => !_forwarders.ContainsKey(name)))
        {
            // Of an ECU that the vehicle no longer has: nobody knows its signals, but its records are not lost.
            _forwarders[gone] = Forwarder(new DataForm(gone, new SignalCatalogue([]), TimeLineFile.Load(files, TimeLineFile.PathOf(queue.Directory, gone), out _)), () => null);
        }

        link.Subscribe(topics.DataAcknowledged, ReceiveAcknowledgement);
        link.Restored = () => Each(forwarder => forwarder.Repeat());
    }

    /// <summary>Records that were put into the queue in this run.</summary>
    public long CollectedCount { get; private set; }

    /// <summary>Records that the server has acknowledged in this run.</summary>
    public long DeliveredCount => _forwarders.Values.Sum(forwarder => forwarder.DeliveredCount);

    /// <summary>Messages that were published in this run, repetitions included.</summary>
    public long PublishedCount => _forwarders.Values.Sum(forwarder => forwarder.PublishedCount);

    /// <summary>Sends what waits, and collects round by round. Ends after <see cref="Stop"/>.</summary>
    public async Task RunAsync()
    {
        foreach (string damage in _queue.Damages)
        {
            _observer?.Problem(string.Empty, damage);
        }

        Each(forwarder => forwarder.Kick());
        while (!_isStopped)
        {
            await CollectAsync();
            await _wake.Wait(_options.IntervalMs * VirtualTime.NsPerMs);
        }
    }

    /// <summary>One round over all ECUs.</summary>
    public async Task CollectAsync()
    {
        foreach (EcuCollection ecu in _ecus)
        {
            if (!_isStopped)
            {
                string problem = await ecu.VisitAsync(records => Collected(ecu, records), () => _isStopped);
                Tell(ecu, problem);
            }
        }
    }

    /// <summary>Ends the collector as a crash of its process would: from now on it hears, says and writes nothing.</summary>
    public void Stop()
    {
        _isStopped = true;
        Each(forwarder => forwarder.Stop());
        _link.Leave();
        _wake.Set();
    }

    private ReportForwarder Forwarder(DataForm form, Func<DataDropped?> dropped) =>
        new(_time, _link, _topics.Data(form.Ecu), _queue, form.Ecu, _options, batch => form.Of(batch, dropped(), _utcNowMs()));

    private void Collected(EcuCollection ecu, IReadOnlyList<ReportRecord> records)
    {
        CollectedCount += records.Count;
        _observer?.Collected(ecu.Name, records);
        _forwarders[ecu.Name].Kick();
    }

    private void Tell(EcuCollection ecu, string problem)
    {
        if (!_isStopped && ecu.Problem != problem)
        {
            ecu.Problem = problem;
            _observer?.Problem(ecu.Name, problem);
        }
    }

    private void ReceiveAcknowledgement(string topic, ReadOnlyMemory<byte> payload)
    {
        if (DataJson.TryDecodeAcknowledgement(payload) is { } read && _forwarders.TryGetValue(read.Ecu, out ReportForwarder? forwarder))
        {
            forwarder.Acknowledge(DataJson.TryParseEpoch(read.Epoch)!.Value, read.Sequence);
        }
    }

    private void Each(Action<ReportForwarder> action)
    {
        foreach (ReportForwarder forwarder in _forwarders.Values)
        {
            action(forwarder);
        }
    }
}
