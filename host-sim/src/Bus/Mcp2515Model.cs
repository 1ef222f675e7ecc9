// A Microchip MCP2515 behind SPI: two receive buffers with rollover, filters on our identifiers, overflow flagged in
// EFLG, three transmit buffers.
// The driver that is modelled reads the buffers in the order of reception, and fills the transmit buffers from 2 to 0 and
// again only when all three are empty, for the part sends the highest buffer first and would change the order otherwise.
// EFLG is a flag, not a counter: overflows between two looks at it count once.
// Prices: SPI at 10 MHz plus a fixed time for each transaction through the interpreter (an estimate).
// Tests: tests/host-sim/Bus/CanDriverTests.cs.
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>An SPI CAN controller with very little room.</summary>
public sealed class Mcp2515Model : CanDriverModel
{
    private const int ReceiveBuffers = 2;
    private const int TransmitBuffers = 3;
    private const long TransactionNs = 20_000;
    private const long ByteNs = 800;
    private const int StatusBytes = 2; // READ STATUS
    private const int FrameBytes = 14; // READ RX BUFFER or LOAD TX BUFFER with identifier, DLC and eight data bytes
    private const int EflgBytes = 3 + 4; // READ EFLG, BIT MODIFY to clear it
    private readonly FrameRing _ring = new(ReceiveBuffers);
    private uint _overruns;
    private bool _isOverrunFlagged;
    private int _filled;

    /// <summary>Makes the driver; <paramref name="blockSize"/> is what nf.config chose, 2 to 8.</summary>
    public Mcp2515Model(VirtualBus bus, string name, byte blockSize = 2)
        : base(bus, name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, 8);
        BlockSizeMax = blockSize;
    }

    /// <inheritdoc/>
    public override byte BlockSizeMax { get; }

    /// <summary>F3: 300 µs (ISO 15765-2:2016 §9.6.5.4).</summary>
    public override byte SeparationTimeMin => 0xF3;

    /// <inheritdoc/>
    public override uint OverrunCount => _overruns;

    /// <inheritdoc/>
    public override bool TryReceive(CanFrame into)
    {
        // The interrupt pin tells without SPI that nothing is there.
        if (!_ring.TryTake(out BusFrame frame))
        {
            return false;
        }

        Charge(2, StatusBytes + FrameBytes);
        if (_isOverrunFlagged)
        {
            _isOverrunFlagged = false;
            _overruns++;
            Charge(2, EflgBytes);
        }

        frame.CopyTo(into);
        return true;
    }

    /// <inheritdoc/>
    protected override bool TakeTransmitBuffer()
    {
        if (TransmitCount == 0)
        {
            _filled = 0;
        }

        if (_filled == TransmitBuffers)
        {
            return false;
        }

        _filled++;
        Charge(3, StatusBytes + FrameBytes + 1); // and RTS
        return true;
    }

    /// <inheritdoc/>
    protected override bool TryStore(in BusFrame frame)
    {
        bool isStored = _ring.TryAdd(frame);
        _isOverrunFlagged |= !isStored;
        return isStored;
    }

    /// <inheritdoc/>
    protected override void ClearReceived()
    {
        _ring.Clear();
        _filled = 0;
        _overruns = 0;
        _isOverrunFlagged = false;
    }

    private void Charge(int transactions, int bytes) => CpuNs += (transactions * TransactionNs) + (bytes * ByteNs);
}
