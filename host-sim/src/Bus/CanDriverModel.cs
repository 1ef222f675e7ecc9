// What all CAN drivers have in common: a receive buffer that may overflow, a few transmit buffers, and a price.
// Invariants: frames leave in the order in which TrySend took them; TrySend never waits; nothing is received or sent
// while the node is off line; a reset empties everything, as it does in a controller.
// The time that driver calls cost is added up in CpuNs, for the virtual ECU to charge; a host tester ignores it.
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>A CAN controller with its driver, as the agent's port <see cref="ICan"/>.</summary>
public abstract class CanDriverModel : CanControllerModel, ITesterCan
{
    private readonly Queue<(BusFrame Frame, long ReadyNs)> _transmit = new();
    private readonly SimEvent _ready;
    private (uint Identifier, bool IsExtended)[]? _filter;

    /// <summary>Makes the driver and attaches it to the bus, off line.</summary>
    protected CanDriverModel(VirtualBus bus, string name)
        : base(bus, name) => _ready = bus.Time.CreateEvent(OfferFirst);

    /// <summary>Processor time that calls of the driver have cost since power-on, in nanoseconds.</summary>
    public long CpuNs { get; protected set; }

    /// <inheritdoc/>
    public abstract byte BlockSizeMax { get; }

    /// <inheritdoc/>
    public abstract byte SeparationTimeMin { get; }

    /// <inheritdoc/>
    public virtual uint OverrunCount => LostCount;

    /// <inheritdoc/>
    uint ICan.BusOffCount => HasBusOffCounter ? BusOffCount : 0;

    /// <summary>Frames that wait for the bus, the one being sent included.</summary>
    public int TransmitCount => _transmit.Count;

    /// <summary>True when the hardware reports bus-off.</summary>
    protected virtual bool HasBusOffCounter => true;

    /// <inheritdoc/>
    public virtual void SetFilter(params (uint Identifier, bool IsExtended)[] accepted)
    {
        _filter = accepted;
        FiltersChanged();
    }

    /// <inheritdoc/>
    public abstract bool TryReceive(CanFrame into);

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        if (!IsOnline || !TakeTransmitBuffer())
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
    protected internal sealed override void OnReceived(in BusFrame frame)
    {
        if (!TryStore(frame))
        {
            LostCount++;
        }

        FrameArrived?.Invoke();
    }

    /// <inheritdoc/>
    protected internal sealed override void OnTransmitted(in BusFrame frame)
    {
        _transmit.Dequeue();
        OfferFirst();
        FrameSent?.Invoke();
    }

    /// <inheritdoc/>
    protected internal sealed override void OnBusOffRecovered() => OfferFirst();

    /// <summary>Claims a transmit buffer and charges for filling it; false when none is free.</summary>
    protected abstract bool TakeTransmitBuffer();

    /// <summary>Puts a received frame into the receive buffer; false when it is full.</summary>
    protected abstract bool TryStore(in BusFrame frame);

    /// <summary>Empties the receive buffer.</summary>
    protected abstract void ClearReceived();

    /// <inheritdoc/>
    protected sealed override void OnPowerOn() => SetOnline(true);

    /// <inheritdoc/>
    protected sealed override void OnCleared()
    {
        _transmit.Clear();
        _ready.Cancel();
        CpuNs = 0;
        ClearReceived();
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
