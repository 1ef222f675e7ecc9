// The three transmit buffers of an MCP2515: which one is sent next, and what becomes of requests to abort.
// Invariant: among buffers whose request has been made, the highest TXP goes first, of equal ones the highest number.
// A request is made at the processor's moment, which may lie in the present turn and thus ahead of the bus.
// Microchip DS20001801J §3.
// Tests: tests/host-sim/Devices/Mcp2515TransmitTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Devices;

/// <summary>Transmit buffers.</summary>
internal sealed class Mcp2515TransmitBuffers(Mcp2515Memory memory)
{
    internal const int Count = 3;
    internal const int None = -1;

    private const int Requested = 0x08;
    private const int Error = 0x10;
    private const int LostArbitration = 0x20;
    private const int Aborted = 0x40;
    private const int Remote = 0x40;
    private readonly long[] _requestNs = new long[Count];

    /// <summary>True while any buffer waits or is being sent.</summary>
    internal bool IsAnyPending => IsPending(0) || IsPending(1) || IsPending(2);

    /// <summary>True while the buffer waits or is being sent (TXREQ).</summary>
    internal bool IsPending(int buffer) => (memory[ControlOf(buffer)] & Requested) != 0;

    /// <summary>Requests a buffer; its flags of the frame before are gone.</summary>
    internal void Request(int buffer, long ns)
    {
        if ((memory[ControlOf(buffer) + 5] & Remote) != 0)
        {
            memory.Misuses.Add($"transmit buffer {buffer} holds a remote frame, which this bus does not have");
            return;
        }

        if (!IsPending(buffer))
        {
            memory.Set(ControlOf(buffer), Requested, Aborted | LostArbitration | Error);
            _requestNs[buffer] = ns;
        }
    }

    /// <summary>The buffer that is to be sent at a moment; <paramref name="laterNs"/> is when a further request is made.</summary>
    internal int Best(long nowNs, out long laterNs)
    {
        int best = None;
        laterNs = long.MaxValue;
        for (int buffer = 0; buffer < Count; buffer++)
        {
            if (!IsPending(buffer))
            {
                continue;
            }

            if (_requestNs[buffer] > nowNs)
            {
                laterNs = Math.Min(laterNs, _requestNs[buffer]);
            }
            else if (best == None || PriorityOf(buffer) >= PriorityOf(best))
            {
                best = buffer;
            }
        }

        return best;
    }

    /// <summary>The frame in a buffer.</summary>
    internal BusFrame FrameOf(int buffer)
    {
        int at = ControlOf(buffer);
        uint standard = (uint)((memory[at + 1] << 3) | (memory[at + 2] >> 5));
        bool isExtended = (memory[at + 2] & 0x08) != 0;
        uint identifier = isExtended
            ? (standard << 18) | (uint)(((memory[at + 2] & 3) << 16) | (memory[at + 3] << 8) | memory[at + 4])
            : standard;
        ulong data = 0;
        for (int i = 0; i < 8; i++)
        {
            data = (data << 8) | memory[at + 6 + i];
        }

        return new BusFrame(identifier, isExtended, Math.Min(memory[at + 5] & 0x0F, 8), data);
    }

    /// <summary>The frame is on its way to everybody: the buffer is empty, and TXnIF says so.</summary>
    internal void Sent(int buffer)
    {
        memory.Set(ControlOf(buffer), 0, Requested);
        memory.Set(Mcp2515Memory.CANINTF, 0x04 << buffer);
    }

    /// <summary>The frame met an error.</summary>
    internal void Failed(int buffer) => memory.Set(ControlOf(buffer), Error);

    /// <summary>The buffer is given up.</summary>
    internal void Abort(int buffer)
    {
        if (IsPending(buffer))
        {
            memory.Set(ControlOf(buffer), Aborted, Requested);
        }
    }

    private static int ControlOf(int buffer) => Mcp2515Memory.TXB0CTRL + (buffer << 4);

    private int PriorityOf(int buffer) => memory[ControlOf(buffer)] & 3;
}
