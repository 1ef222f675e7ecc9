// A node that only sends: background traffic, or a babbling idiot when it leaves no gap.
// Invariant: while it runs there is one frame of it on the way per period, and never more than one waiting.
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
namespace EsyncSim.Bus;

/// <summary>Sends one frame over and over.</summary>
public sealed class TrafficNode : BusNode
{
    private readonly SimEvent _tick;
    private BusFrame _frame;
    private long _periodNs;
    private bool _isRunning;

    /// <summary>Makes the node and attaches it, silent.</summary>
    public TrafficNode(VirtualBus bus, string name)
        : base(name)
    {
        bus.Attach(this);
        _tick = bus.Time.CreateEvent(OnTick);
        SetOnline(true);
    }

    /// <summary>Frames sent so far.</summary>
    public long SentCount { get; private set; }

    /// <summary>Starts to send; a period of 0 leaves no gap (a babbling node).</summary>
    public void Start(in BusFrame frame, long periodNs)
    {
        _frame = frame;
        _periodNs = periodNs;
        _isRunning = true;
        _tick.After(0);
    }

    /// <summary>Falls silent; a frame on the bus is finished.</summary>
    public void Stop()
    {
        _isRunning = false;
        _tick.Cancel();
    }

    /// <inheritdoc/>
    protected internal override bool Accepts(uint identifier, bool isExtended) => false;

    /// <inheritdoc/>
    protected internal override void OnReceived(in BusFrame frame)
    {
    }

    /// <inheritdoc/>
    protected internal override void OnTransmitted(in BusFrame frame)
    {
        SentCount++;
        if (_isRunning && _periodNs == 0)
        {
            Offer(_frame);
        }
    }

    /// <inheritdoc/>
    protected internal override void OnBusOffRecovered()
    {
        if (_isRunning)
        {
            _tick.After(0);
        }
    }

    private void OnTick()
    {
        if (!HasOffer)
        {
            Offer(_frame);
        }

        if (_periodNs > 0)
        {
            _tick.After(_periodNs);
        }
    }
}
