// The way of one ECU's queue to the server: a batch, its acknowledgement, the next batch. One under way at a time, so that order is kept
// and the number before a batch is always one that the server has.
// Invariants: a batch is repeated until it is acknowledged, at the latest after RepeatNs and at once when the connection is back; when
// nothing waits, nothing is scheduled; a record leaves the queue by an acknowledgement only.
// Tests: tests/host-sim/Data/DeliveryOfReportsTests.cs.
using EsyncSim.Bus;
using EsyncSim.Server;

namespace EsyncSim.Data;

/// <summary>Publishes what one ECU's queue keeps.</summary>
internal sealed class ReportForwarder
{
    /// <summary>Time without an acknowledgement after which a batch is published again, in nanoseconds.</summary>
    public const long RepeatNs = 5 * VirtualTime.NsPerSecond;

    private readonly IMessageLink _link;
    private readonly string _topic;
    private readonly ReportQueue _queue;
    private readonly string _ecu;
    private readonly CollectorOptions _options;
    private readonly Func<QueuedBatch, DataBatch> _form;
    private readonly SimEvent _repeat;
    private QueuedBatch? _underWay;

    public ReportForwarder(VirtualTime time, IMessageLink link, string topic, ReportQueue queue, string ecu, CollectorOptions options, Func<QueuedBatch, DataBatch> form)
    {
        _link = link;
        _topic = topic;
        _queue = queue;
        _ecu = ecu;
        _options = options;
        _form = form;
        _repeat = time.CreateEvent(Repeat);
    }

    /// <summary>Batches that were published, repetitions included.</summary>
    public long PublishedCount { get; private set; }

    /// <summary>Records that the server has acknowledged.</summary>
    public long DeliveredCount { get; private set; }

    /// <summary>Publishes the next batch unless one is under way.</summary>
    public void Kick()
    {
        if (_underWay is not null || _queue.Peek(_ecu, _options.BatchRecordsMax, _options.BatchBytesMax) is not { } batch)
        {
            return;
        }

        _underWay = batch;
        PublishedCount++;
        _repeat.After(RepeatNs);
        _link.Publish(_topic, DataJson.Encode(_form(batch)));
    }

    /// <summary>Publishes what waits, now.</summary>
    public void Repeat()
    {
        _underWay = null;
        Kick();
    }

    /// <summary>The server has the records of a life of the log up to a number.</summary>
    public void Acknowledge(uint epoch, uint upTo)
    {
        int before = _queue.CountOf(_ecu);
        _queue.Acknowledge(_ecu, epoch, upTo);
        DeliveredCount += before - _queue.CountOf(_ecu);
        if (_underWay is { } batch && batch.Epoch == epoch && upTo >= batch.Records[0].Sequence)
        {
            _repeat.Cancel();
            Repeat();
        }
    }

    /// <summary>Publishes nothing more.</summary>
    public void Stop() => _repeat.Cancel();
}
