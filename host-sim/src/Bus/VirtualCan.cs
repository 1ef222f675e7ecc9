// The driver that one would wish for: a ring of 64 frames, hardware filters, eight transmit buffers, no price.
// Board `virtual` has it, and so has the tester on the host.
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>An ideal CAN controller: block size without limit, no separation time.</summary>
public sealed class VirtualCan(VirtualBus bus, string name) : CanDriverModel(bus, name)
{
    private const int ReceiveCapacity = 64;
    private const int TransmitBuffers = 8;
    private readonly FrameRing _ring = new(ReceiveCapacity);

    /// <inheritdoc/>
    public override byte BlockSizeMax => 0;

    /// <inheritdoc/>
    public override byte SeparationTimeMin => 0;

    /// <summary>Frames that wait to be taken.</summary>
    public int ReceiveCount => _ring.Count;

    /// <inheritdoc/>
    public override bool TryReceive(CanFrame into)
    {
        if (!_ring.TryTake(out BusFrame frame))
        {
            return false;
        }

        frame.CopyTo(into);
        return true;
    }

    /// <inheritdoc/>
    protected override bool TakeTransmitBuffer() => TransmitCount < TransmitBuffers;

    /// <inheritdoc/>
    protected override bool TryStore(in BusFrame frame) => _ring.TryAdd(frame);

    /// <inheritdoc/>
    protected override void ClearReceived() => _ring.Clear();
}
