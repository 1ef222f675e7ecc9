// A tester's controller on a real bus: one transmit buffer, a receive buffer, and a confirmation for each frame.
// Invariants: one frame at a time is under way; it counts as sent when it has come back from the bus, and until then the
// next one is not taken; what the system has no room for is offered again every half millisecond.
// Tests: tests/host-sim/Bus/Real/RealBusTests.cs.
using EsyncAgent;

namespace EsyncSim.Bus.Real;

/// <summary>A controller on a <see cref="RealBus"/>.</summary>
public sealed class RealCan : ITesterCan
{
    private const int ReceiveCapacity = 256;
    private const long RetryNs = 500 * VirtualTime.NsPerUs;
    private readonly RealBus _bus;
    private readonly FrameRing _ring = new(ReceiveCapacity);
    private readonly SimEvent _retry;
    private (uint Identifier, bool IsExtended)[]? _filter;
    private BusFrame? _sending;
    private bool _isWritten;
    private bool _isOn;

    /// <summary>Made by <see cref="RealBus.CreateCan"/>.</summary>
    internal RealCan(RealBus bus)
    {
        _bus = bus;
        _retry = bus.Time.CreateEvent(Write);
    }

    /// <inheritdoc/>
    public Action? FrameArrived { get; set; }

    /// <inheritdoc/>
    public Action? FrameSent { get; set; }

    /// <inheritdoc/>
    public byte BlockSizeMax => 0;

    /// <inheritdoc/>
    public byte SeparationTimeMin => 0;

    /// <inheritdoc/>
    public uint OverrunCount { get; private set; }

    /// <inheritdoc/>
    public uint BusOffCount => 0; // the system restarts the controller, or does not; either way it does not tell us

    /// <inheritdoc/>
    public void SetFilter(params (uint Identifier, bool IsExtended)[] accepted)
    {
        _filter = accepted;
        _bus.Accept(accepted);
    }

    /// <inheritdoc/>
    public void PowerOn()
    {
        PowerOff();
        _isOn = true;
    }

    /// <inheritdoc/>
    public void PowerOff()
    {
        _isOn = false;
        _sending = null;
        _retry.Cancel();
        _ring.Clear();
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
        if (!_isOn || _sending is not null)
        {
            return false;
        }

        _sending = BusFrame.From(frame);
        _isWritten = false;
        Write();
        return true;
    }

    /// <summary>True when the frame is the one under way from here, which has thereby left the bus.</summary>
    internal bool TryConfirm(in BusFrame frame)
    {
        if (!_isWritten || _sending != frame)
        {
            return false;
        }

        _sending = null;
        FrameSent?.Invoke();
        return true;
    }

    /// <summary>Takes a frame from the bus if the filter lets it through.</summary>
    internal void Receive(in BusFrame frame)
    {
        if (!_isOn || (_filter is not null && Array.IndexOf(_filter, (frame.Identifier, frame.IsExtended)) < 0))
        {
            return;
        }

        if (!_ring.TryAdd(frame))
        {
            OverrunCount++;
        }

        FrameArrived?.Invoke();
    }

    private void Write()
    {
        _isWritten = _bus.TryWrite(_sending!.Value);
        if (!_isWritten)
        {
            _retry.After(RetryNs);
        }
    }
}
