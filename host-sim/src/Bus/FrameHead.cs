// The part of a frame that depends on identifier and length only, worked out once: state of CRC and stuffing after it.
// The bus keeps one per identifier and length; a frame then costs twenty table look-ups.
// Tests: tests/host-sim/Bus/FrameBitsTests.cs.
namespace EsyncSim.Bus;

/// <summary>CRC and stuffing after SOF, arbitration and control field.</summary>
internal readonly struct FrameHead
{
    private readonly int _length;
    private readonly int _bits;
    private readonly int _crc;
    private readonly int _stuff;

    private FrameHead(int length, int bits, int crc, int stuff)
    {
        _length = length;
        _bits = bits;
        _crc = crc;
        _stuff = stuff;
    }

    /// <summary>Works the head out, bit by bit.</summary>
    internal static FrameHead Of(uint identifier, bool isExtended, int length)
    {
        Span<byte> bits = stackalloc byte[40];
        int count = FrameBits.WriteHead(identifier, isExtended, length, bits);
        int crc = 0;
        int stuff = 4;
        int inserted = 0;
        foreach (byte bit in bits[..count])
        {
            crc = FrameBits.NextCrcBit(crc, bit);
            stuff = FrameBits.NextStuffBit(stuff & 7, bit);
            inserted += stuff >> 3;
        }

        return new FrameHead(length, count + inserted, crc, stuff & 7);
    }

    /// <summary>CRC-15 of the frame with this data.</summary>
    internal int Crc(ulong data)
    {
        int crc = _crc;
        for (int i = 0; i < _length; i++)
        {
            crc = FrameBits.NextCrc(crc, (byte)(data >> (56 - (8 * i))));
        }

        return crc;
    }

    /// <summary>Bits on the wire, SOF to the end of EOF.</summary>
    internal int Count(ulong data)
    {
        int crc = _crc;
        int stuff = _stuff;
        int bits = _bits + (8 * _length);
        for (int i = 0; i < _length; i++)
        {
            byte value = (byte)(data >> (56 - (8 * i)));
            crc = FrameBits.NextCrc(crc, value);
            stuff = FrameBits.NextStuff(stuff & 7, value);
            bits += stuff >> 3;
        }

        stuff = FrameBits.NextStuff(stuff & 7, (byte)(crc >> 7));
        bits += stuff >> 3;
        bits += FrameBits.NextStuffSeven(stuff & 7, crc & 0x7F) >> 3;
        return bits + 15 + FrameBits.TrailerBits;
    }
}
