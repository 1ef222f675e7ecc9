// A client's place on the virtual bus: what it sends waits here for arbitration, what others send it hears.
// Invariants: frames leave in the order in which they were queued; its own frames do not come back to it.
// The queue is bounded by whoever reads from the client: it reads on only when the queue is short.
// Tests: tests/host-sim/Bus/Serve/ServedClientTests.cs.
namespace EsyncSim.Bus.Serve;

/// <summary>The node of a client.</summary>
internal sealed class ClientNode : BusNode
{
    private readonly Queue<BusFrame> _queue = new();

    /// <summary>Puts the client on the bus.</summary>
    public ClientNode(VirtualBus bus, string name)
        : base(name)
    {
        bus.Attach(this);
        SetOnline(true);
    }

    /// <summary>Hears each frame of somebody else.</summary>
    public required BusFrameHandler Heard { get; init; }

    /// <summary>Called when a frame has left.</summary>
    public required Action Sent { get; init; }

    /// <summary>Frames that wait, the one on the bus included.</summary>
    public int Count => _queue.Count;

    /// <summary>Queues a frame.</summary>
    public void Send(in BusFrame frame)
    {
        _queue.Enqueue(frame);
        if (_queue.Count == 1)
        {
            Offer(frame);
        }
    }

    /// <inheritdoc/>
    protected internal override bool Accepts(uint identifier, bool isExtended) => true;

    /// <inheritdoc/>
    protected internal override void OnReceived(in BusFrame frame) => Heard(frame);

    /// <inheritdoc/>
    protected internal override void OnTransmitted(in BusFrame frame)
    {
        _queue.Dequeue();
        OfferNext();
        Sent();
    }

    /// <inheritdoc/>
    protected internal override void OnBusOffRecovered() => OfferNext();

    private void OfferNext()
    {
        if (_queue.TryPeek(out BusFrame next))
        {
            Offer(next);
        }
    }
}

/// <summary>Takes a frame.</summary>
internal delegate void BusFrameHandler(in BusFrame frame);
