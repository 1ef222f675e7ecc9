// The two receive buffers of an MCP2515, and which of them takes a frame.
// A frame that RXF0 or RXF1 let in goes to RXB0, or to RXB1 when RXB0 is full and BUKT allows; when both are full, the
// overflow is RXB1's. A frame of RXF2 to RXF5 has RXB1 only.
// A turn of the processor is one event of virtual time, so the bus is simulated after the accesses of the turn: a
// buffer that the turn freed later than at a frame's end was full for that frame. Which buffer takes it is then decided
// by the flags as the turn left them, so that it lies where the next turn has to look for it.
// Microchip DS20001801J §4.2 to §4.4, figure 4-3.
// Tests: tests/host-sim/Devices/Mcp2515AcceptanceTests.cs, Mcp2515BusTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Devices;

/// <summary>Receive buffers.</summary>
internal sealed class Mcp2515ReceiveBuffers(Mcp2515Memory memory)
{
    /// <summary>There is room.</summary>
    internal const int NoOverflow = 0;

    private const int Rollover = 0x04;
    private readonly long[] _freedNs = new long[2];

    /// <summary>After a reset of the chip.</summary>
    internal void Clear() => Array.Clear(_freedNs);

    /// <summary>The processor frees buffers (bits 0 and 1) at a moment: their flags are clear from then on.</summary>
    internal void Release(int buffers, long ns)
    {
        memory.Set(Mcp2515Memory.CANINTF, 0, buffers & 3);
        for (int buffer = 0; buffer < 2; buffer++)
        {
            if ((buffers & (1 << buffer)) != 0)
            {
                _freedNs[buffer] = ns;
            }
        }
    }

    /// <summary>Takes a frame that a filter let in and that ends now; the overflow flag of EFLG when there is no room.</summary>
    internal int Take(in BusFrame frame, int filter, long nowNs)
    {
        bool isRolling = filter < 2 && (memory[Mcp2515Memory.RXB0CTRL] & Rollover) != 0;
        int buffer = filter < 2 ? 0 : 1;
        if (IsOccupied(buffer, nowNs) && !(isRolling && !IsOccupied(1, nowNs)))
        {
            return buffer == 0 && !isRolling ? Mcp2515Errors.Overflow0 : Mcp2515Errors.Overflow1;
        }

        Store(frame, isRolling && HasFrame(0) ? 1 : buffer, filter);
        return NoOverflow;
    }

    private bool HasFrame(int buffer) => (memory[Mcp2515Memory.CANINTF] & (1 << buffer)) != 0;

    private bool IsOccupied(int buffer, long nowNs) => HasFrame(buffer) || _freedNs[buffer] > nowNs;

    private void Store(in BusFrame frame, int buffer, int filter)
    {
        int control = buffer == 0 ? Mcp2515Memory.RXB0CTRL : Mcp2515Memory.RXB1CTRL;
        uint standard = frame.IsExtended ? frame.Identifier >> 18 : frame.Identifier;
        memory[control + 1] = (byte)(standard >> 3);
        memory[control + 2] = (byte)((standard << 5) | (frame.IsExtended ? 0x08 | ((frame.Identifier >> 16) & 3) : 0));
        if (frame.IsExtended)
        {
            memory[control + 3] = (byte)(frame.Identifier >> 8);
            memory[control + 4] = (byte)frame.Identifier;
        }

        memory[control + 5] = (byte)frame.Length;
        for (int i = 0; i < frame.Length; i++)
        {
            memory[control + 6 + i] = frame[i];
        }

        memory.Set(control, buffer == 0 ? filter & 1 : filter, buffer == 0 ? 1 : 7);
        memory.Set(Mcp2515Memory.CANINTF, 1 << buffer);
    }
}
