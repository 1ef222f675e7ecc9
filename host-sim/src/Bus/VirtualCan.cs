// The driver that one would wish for: a ring of 64 frames, hardware filters, eight transmit buffers, no price.
// Board `virtual` has it, and so has the tester on the host.
// Invariants: frames leave in the order in which TrySend took them; TrySend never waits; nothing is received or sent
// while the node is off line; a reset empties everything, as it does in a controller.
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>An ideal CAN controller: block size without limit, no separation time.</summary>
public sealed class VirtualCan : CanControllerModel, ITesterCan
{
    private const int ReceiveCapacity = 64;
    private const int TransmitBuffers = 8;
    private readonly FrameRing _ring = new(ReceiveCapacity);
    private readonly Queue<(BusFrame Frame, long ReadyNs)> _transmit = new();
    private readonly SimEvent _ready;
    private (uint Identifier, bool IsExtended)[]? _filter;

    /// <summary>Makes the driver and attaches it to the bus, off line.</summary>
    public VirtualCan(VirtualBus bus, string name)
        : base(bus, name) => _ready = bus.Time.CreateEvent(OfferFirst);

    /// <inheritdoc/>
    public byte BlockSizeMax => 0;

    /// <inheritdoc/>
    public byte SeparationTimeMin => 0;

    /// <inheritdoc/>
    public uint OverrunCount => LostCount;

    /// <summary>Frames that wait to be taken.</summary>
    public int ReceiveCount => _ring.Count;

    /// <summary>Frames that wait for the bus, the one being sent included.</summary>
    public int TransmitCount => _transmit.Count;

    /// <inheritdoc/>
    public void SetFilter(params (uint Identifier, bool IsExtended)[] accepted)
    {
        _filter = accepted;
        FiltersChanged();
    }

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        if (!_ring.TryTake(out BusFrame frame))
        {
            return false;
        }

        frame.CopyTo(into);
        return true;
    }

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        if (!IsOnline || TransmitCount >= TransmitBuffers)
        {
            return false;
        }

        _transmit.Enqueue((BusFrame.From(frame), ProcessorNs));
        if (_transmit.Count == 1)
        {
            OfferFirst();
        }

        return true;
    }

    /// <inheritdoc/>
    protected internal override bool Accepts(uint identifier, bool isExtended) =>
        _filter == null || Array.IndexOf(_filter, (identifier, isExtended)) >= 0;

    /// <inheritdoc/>
    protected internal override void OnReceived(in BusFrame frame)
    {
        if (!_ring.TryAdd(frame))
        {
            LostCount++;
        }

        FrameArrived?.Invoke();
    }

    /// <inheritdoc/>
    protected internal override void OnTransmitted(in BusFrame frame)
    {
        _transmit.Dequeue();
        OfferFirst();
        FrameSent?.Invoke();
    }

    /// <inheritdoc/>
    protected internal override void OnBusOffRecovered() => OfferFirst();

    /// <inheritdoc/>
    protected override void OnPowerOn() => SetOnline(true);

    /// <inheritdoc/>
    protected override void OnCleared()
    {
        _transmit.Clear();
        _ready.Cancel();
        _ring.Clear();
    }

    private void OfferFirst()
    {
        if (!_transmit.TryPeek(out (BusFrame Frame, long ReadyNs) first))
        {
            return;
        }

        if (first.ReadyNs > Bus.Time.NowNs)
        {
            _ready.At(first.ReadyNs);
        }
        else
        {
            Offer(first.Frame);
        }
    }
}
