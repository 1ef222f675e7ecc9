// One CAN controller on the bus, as the bus sees it: what it would send next, what it takes, whether it takes part.
// Invariants: a node offers at most one frame to arbitration; which of its own buffers that is, the node decides.
// A bus never calls into a node that is off line.
// Errors are told to the nodes; a receive error counter is the business of the controllers that show one. Left out, for
// nothing here depends on it: the eight bits for which an error-passive node holds back.
// Tests: tests/host-sim/Bus/VirtualBusTests.cs.
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>A node of a <see cref="VirtualBus"/>.</summary>
public abstract class BusNode
{
    internal BusFrame OfferedFrame;
    internal uint OfferedField;
    internal IdentifierEntry? Entry;
    internal SimEvent? Recovery;
    private bool _isOnline;

    /// <summary>Makes a node; <see cref="VirtualBus.Attach"/> puts it on a bus.</summary>
    protected BusNode(string name) => Name = name;

    /// <summary>Name for logs.</summary>
    public string Name { get; }

    /// <summary>The bus that it is attached to.</summary>
    public VirtualBus Bus { get; internal set; } = null!;

    /// <summary>True while the node takes part in the bus: powered, and not bus-off.</summary>
    public bool IsOnline => _isOnline && !IsBusOff;

    /// <summary>True while the node has gone bus-off and not yet recovered (ISO 11898-1:2015 §12.1.4).</summary>
    public bool IsBusOff { get; internal set; }

    /// <summary>Times that the node went bus-off.</summary>
    public uint BusOffCount { get; internal set; }

    /// <summary>Transmit error counter (ISO 11898-1:2015 §12.1.4.2): +8 for an error while sending, −1 for a frame sent.</summary>
    public int TransmitErrorCounter { get; internal set; }

    /// <summary>True while a frame of this node waits for the bus or is on it.</summary>
    public bool HasOffer { get; internal set; }

    /// <summary>True while a frame of this node is on the bus: it can no longer be changed.</summary>
    public bool IsSending => HasOffer && Bus.IsOnWire(this);

    /// <summary>Takes the node off the bus or puts it back. What it was sending becomes an error frame.</summary>
    public void SetOnline(bool isOnline)
    {
        if (_isOnline == isOnline)
        {
            return;
        }

        _isOnline = isOnline;
        if (isOnline)
        {
            TransmitErrorCounter = 0;
            IsBusOff = false;
            Recovery?.Cancel();
        }
        else
        {
            Withdraw();
        }
    }

    /// <summary>Takes the node from the bus for good.</summary>
    public void Leave()
    {
        SetOnline(false);
        Bus.Remove(this);
        FiltersChanged();
    }

    /// <summary>Drives the node bus-off at once, as a named fault; it recovers by itself after 128 × 11 recessive bits.</summary>
    public void ForceBusOff() => Bus.EnterBusOff(this);

    /// <summary>True when the node's hardware filters let an identifier through. Asked once per identifier.</summary>
    protected internal abstract bool Accepts(uint identifier, bool isExtended);

    /// <summary>A frame that passed the filters has ended on the bus.</summary>
    protected internal abstract void OnReceived(in BusFrame frame);

    /// <summary>The frame that was offered has been sent; the next one may be offered.</summary>
    protected internal abstract void OnTransmitted(in BusFrame frame);

    /// <summary>A frame of another node ended as an error frame.</summary>
    protected internal virtual void OnReceiveError()
    {
    }

    /// <summary>A frame of this node met an error; the bus has counted it, and tries again unless the node went bus-off.</summary>
    protected internal virtual void OnTransmitError()
    {
    }

    /// <summary>The node went bus-off; what it offered is withdrawn.</summary>
    protected internal virtual void OnBusOff()
    {
    }

    /// <summary>The node is back after bus-off.</summary>
    protected internal virtual void OnBusOffRecovered()
    {
    }

    /// <summary>Offers a frame to arbitration from now on, instead of the one before if that has not begun.</summary>
    protected void Offer(in BusFrame frame)
    {
        if (!IsOnline)
        {
            return;
        }

        OfferedFrame = frame;
        OfferedField = frame.ArbitrationField;
        HasOffer = true;
        Bus.Request(this);
    }

    /// <summary>Offers nothing any more; a frame that is being sent is torn.</summary>
    protected void Withdraw()
    {
        if (HasOffer)
        {
            HasOffer = false;
            Bus.Abort(this);
        }
    }

    /// <summary>To be called when what <see cref="Accepts"/> answers has changed.</summary>
    protected void FiltersChanged() => Bus?.ForgetReceivers();
}
