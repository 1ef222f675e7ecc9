// Masks and filters of an MCP2515: which buffer a frame is for, if any.
// Filters 0 and 1 with mask 0 belong to RXB0, 2 to 5 with mask 1 to RXB1; the lowest filter that matches decides. A
// filter is for 11 or for 29 bits (EXIDE); with 11 bits its last two bytes compare the first two data bytes.
// Microchip DS20001801J §4.5.
// Tests: tests/host-sim/Devices/Mcp2515AcceptanceTests.cs.
using EsyncSim.Bus;

namespace EsyncSim.Devices;

/// <summary>Acceptance filtering.</summary>
internal sealed class Mcp2515Acceptance(Mcp2515Memory memory)
{
    /// <summary>No filter matches.</summary>
    internal const int NoFilter = -1;

    private const int AnyMessage = 0x60;
    private const int Exide = 0x08;

    /// <summary>The filter that lets the frame in, 0 to 5; <see cref="NoFilter"/>.</summary>
    internal int Match(in BusFrame frame)
    {
        uint identifier = Pack(frame.Identifier, frame.IsExtended);
        if (!frame.IsExtended)
        {
            identifier |= (uint)(frame.Data >> 48);
        }

        return Match(identifier, frame.IsExtended, 0xFFFFFFFF, frame.Length);
    }

    /// <summary>False when no frame with this identifier can pass, whatever its data are.</summary>
    internal bool MayPass(uint identifier, bool isExtended) =>
        Match(Pack(identifier, isExtended), isExtended, isExtended ? 0xFFFFFFFF : 0xFFFF0000, 8) != NoFilter;

    // SID in bits 31 to 21, EID 17 and 16 in bits 17 and 16, EID 15 to 0 (or two data bytes) below.
    private static uint Pack(uint identifier, bool isExtended) => isExtended
        ? ((identifier >> 18) << 21) | (identifier & 0x3FFFF)
        : identifier << 21;

    private int Match(uint identifier, bool isExtended, uint relevant, int length)
    {
        // Data bytes that a short frame does not have cannot be compared.
        if (!isExtended && length < 2)
        {
            relevant &= length == 0 ? 0xFFFF0000 : 0xFFFFFF00;
        }

        for (int filter = 0; filter < 6; filter++)
        {
            bool isFirst = filter < 2;
            if ((memory[isFirst ? Mcp2515Memory.RXB0CTRL : Mcp2515Memory.RXB1CTRL] & AnyMessage) == AnyMessage)
            {
                return filter;
            }

            int address = filter < 3 ? 4 * filter : 0x10 + (4 * (filter - 3));
            uint mask = Bits(isFirst ? Mcp2515Memory.RXM0 : Mcp2515Memory.RXM1) & relevant;
            bool isFilterExtended = (memory[address + 1] & Exide) != 0;
            if (isFilterExtended == isExtended && ((Bits(address) ^ identifier) & mask) == 0)
            {
                return filter;
            }
        }

        return NoFilter;
    }

    private uint Bits(int address) =>
        ((uint)memory[address] << 24) | ((uint)(memory[address + 1] & 0xE3) << 16) | ((uint)memory[address + 2] << 8) | memory[address + 3];
}
