// How many bits a classic CAN frame has on the wire, counted from its actual bits (ISO 11898-1:2015 §10.4, §10.5).
// A frame is SOF, arbitration, control, data, CRC-15 (all of it stuffed), then CRC delimiter, ACK slot and delimiter,
// seven bits of EOF and three of interframe space.
// Invariant: the tables say the same as the bit-by-bit form (Write), which tests compare with each other.
// Tests: tests/host-sim/Bus/FrameBitsTests.cs.
namespace EsyncSim.Bus;

/// <summary>Bit lengths, stuffing and CRC-15 of classic CAN frames.</summary>
public static class FrameBits
{
    /// <summary>CRC delimiter, ACK slot, ACK delimiter, EOF: what follows the stuffed part up to the frame's end.</summary>
    public const int TrailerBits = 10;

    /// <summary>Interframe space between a frame and the next one.</summary>
    public const int InterframeBits = 3;

    /// <summary>Most bits that the stuffed part of a frame can have.</summary>
    public const int StuffedBitsMax = 160;

    private const int Polynomial = 0x4599;

    // Stuffing as a machine of eight states: the last bit on the wire (bit 2) and the length of its run less one (bits
    // 1..0). Five equal bits never stand: the sixth, opposite one is inserted at once and starts a run of one.
    // A table entry is the next state and, above it, the number of inserted bits.
    private static readonly byte[] StuffByte = BuildStuffTable(8);
    private static readonly byte[] StuffSeven = BuildStuffTable(7);
    private static readonly ushort[] CrcByte = BuildCrcTable();

    /// <summary>Bits of the frame on the wire from SOF to the end of EOF; the interframe space comes on top.</summary>
    public static int Count(in BusFrame frame) => FrameHead.Of(frame.Identifier, frame.IsExtended, frame.Length).Count(frame.Data);

    /// <summary>CRC-15 of the frame, over its bits from SOF to the last data bit.</summary>
    public static int Crc(in BusFrame frame)
    {
        FrameHead head = FrameHead.Of(frame.Identifier, frame.IsExtended, frame.Length);
        return head.Crc(frame.Data);
    }

    /// <summary>CRC-15/CAN of whole bytes, initial value 0.</summary>
    public static int Crc(ReadOnlySpan<byte> data)
    {
        int crc = 0;
        foreach (byte value in data)
        {
            crc = NextCrc(crc, value);
        }

        return crc;
    }

    /// <summary>
    /// Writes the stuffed part of the frame, SOF to the end of the CRC sequence with its stuff bits, one byte per bit;
    /// returns the number of bits. This is the form for faults inside a frame; <see cref="Count"/> is the fast one.
    /// </summary>
    public static int Write(in BusFrame frame, Span<byte> bits)
    {
        Span<byte> plain = stackalloc byte[128];
        int count = WriteHead(frame.Identifier, frame.IsExtended, frame.Length, plain);
        for (int i = 0; i < 8 * frame.Length; i++)
        {
            plain[count++] = (byte)((frame.Data >> (63 - i)) & 1);
        }

        int crc = 0;
        for (int i = 0; i < count; i++)
        {
            crc = NextCrcBit(crc, plain[i]);
        }

        for (int i = 14; i >= 0; i--)
        {
            plain[count++] = (byte)((crc >> i) & 1);
        }

        return Stuff(plain[..count], bits);
    }

    internal static int NextCrc(int crc, byte value) => ((crc << 8) ^ CrcByte[((crc >> 7) ^ value) & 0xFF]) & 0x7FFF;

    internal static int NextCrcBit(int crc, int bit)
    {
        int feedback = ((crc >> 14) ^ bit) & 1;
        crc = (crc << 1) & 0x7FFF;
        return feedback == 0 ? crc : crc ^ Polynomial;
    }

    internal static int NextStuff(int state, byte value) => StuffByte[(state << 8) | value];

    internal static int NextStuffSeven(int state, int value) => StuffSeven[(state << 7) | value];

    /// <summary>One bit through the stuffing machine: the next state, and 8 more when a bit was inserted.</summary>
    internal static int NextStuffBit(int state, int bit)
    {
        int last = state >> 2;
        int run = bit == last ? (state & 3) + 2 : 1;
        return run < 5 ? (bit << 2) | (run - 1) : 8 | ((bit ^ 1) << 2);
    }

    internal static int WriteHead(uint identifier, bool isExtended, int length, Span<byte> bits)
    {
        ulong head = isExtended
            ? ((ulong)(identifier >> 18) << 27) | (3ul << 25) | ((ulong)(identifier & 0x3FFFF) << 7)
            : (ulong)identifier << 7;
        head |= (uint)length; // the reserved bits and RTR stay 0
        int count = isExtended ? 39 : 19;
        for (int i = 0; i < count; i++)
        {
            bits[i] = (byte)((head >> (count - 1 - i)) & 1);
        }

        return count;
    }

    private static int Stuff(ReadOnlySpan<byte> plain, Span<byte> bits)
    {
        int count = 0;
        int state = 4; // before SOF the bus is recessive; SOF starts the first run
        foreach (byte bit in plain)
        {
            bits[count++] = bit;
            state = NextStuffBit(state & 7, bit);
            if (state >= 8)
            {
                bits[count++] = (byte)(bit ^ 1);
            }
        }

        return count;
    }

    private static byte[] BuildStuffTable(int width)
    {
        byte[] table = new byte[8 << width];
        for (int i = 0; i < table.Length; i++)
        {
            int state = i >> width;
            int inserted = 0;
            for (int bit = width - 1; bit >= 0; bit--)
            {
                state = NextStuffBit(state & 7, (i >> bit) & 1);
                inserted += state >> 3;
            }

            table[i] = (byte)((inserted << 3) | (state & 7));
        }

        return table;
    }

    private static ushort[] BuildCrcTable()
    {
        ushort[] table = new ushort[256];
        for (int value = 0; value < 256; value++)
        {
            int crc = 0;
            for (int bit = 7; bit >= 0; bit--)
            {
                crc = NextCrcBit(crc, (value >> bit) & 1);
            }

            table[value] = (ushort)crc;
        }

        return table;
    }
}
