// The native CAN of nanoFramework on an STM32, as its driver really behaves: a receive ring of 16 frames whose overflow
// nobody hears of, a length that is lost (always 8), no filters, no error counters, three mailboxes in order of request.
// All traffic of the bus ends in that ring, whoever it is for.
// The stock WriteMessage waits for a mailbox; here TrySend says no instead and the agent asks again, with the same frames
// on the wire. Prices are estimates: a call through the interpreter, the objects that GetMessage allocates.
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>bxCAN through nanoFramework.Device.Can.</summary>
public sealed class Stm32CanModel(VirtualBus bus, string name) : CanDriverModel(bus, name)
{
    private const int ReceiveCapacity = 16;
    private const int Mailboxes = 3;
    private const long ReceiveNs = 25_000;
    private const long SendNs = 20_000;
    private readonly FrameRing _ring = new(ReceiveCapacity);

    /// <inheritdoc/>
    public override byte BlockSizeMax => 8;

    /// <inheritdoc/>
    public override byte SeparationTimeMin => 0;

    /// <summary>The driver has no such counter.</summary>
    public override uint OverrunCount => 0;

    /// <inheritdoc/>
    protected override bool HasBusOffCounter => false;

    /// <summary>Does nothing: the driver sets no filter.</summary>
    public override void SetFilter(params (uint Identifier, bool IsExtended)[] accepted)
    {
    }

    /// <inheritdoc/>
    public override bool TryReceive(CanFrame into)
    {
        if (!_ring.TryTake(out BusFrame frame))
        {
            return false;
        }

        CpuNs += ReceiveNs;
        frame.CopyTo(into);
        into.Length = 8;
        return true;
    }

    /// <inheritdoc/>
    protected override bool TakeTransmitBuffer()
    {
        if (TransmitCount >= Mailboxes)
        {
            return false;
        }

        CpuNs += SendNs;
        return true;
    }

    /// <inheritdoc/>
    protected override bool TryStore(in BusFrame frame) => _ring.TryAdd(frame);

    /// <inheritdoc/>
    protected override void ClearReceived() => _ring.Clear();
}
