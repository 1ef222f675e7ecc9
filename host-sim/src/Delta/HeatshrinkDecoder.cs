// Decompresses heatshrink; the counterpart of HeatshrinkEncoder, for checking patches on the host.
// A match that points before the data's beginning reads zeros there, as in heatshrink, whose encoder makes use of it.
// Tests: tests/host-sim/Delta/HeatshrinkTests.cs.
namespace EsyncSim.Delta;

/// <summary>Decoder of a stream without header.</summary>
public static class HeatshrinkDecoder
{
    /// <summary>All the bytes that the stream tells; what is left of its last byte tells nothing.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> encoded, HeatshrinkParameters parameters) => Decode(encoded, parameters, int.MaxValue, out _);

    /// <summary>The bytes that the stream tells, until there are enough.</summary>
    /// <param name="encoded">The stream.</param>
    /// <param name="parameters">Of its compression.</param>
    /// <param name="enough">Ends with the match or byte that reaches so many bytes; a match may tell more.</param>
    /// <param name="bitsRead">Bits of the stream that told something.</param>
    public static byte[] Decode(ReadOnlySpan<byte> encoded, HeatshrinkParameters parameters, int enough, out long bitsRead)
    {
        List<byte> data = new((int)Math.Min(encoded.Length * 2L, enough));
        BitReader bits = new(encoded);
        bitsRead = 0;
        while (data.Count < enough && bits.TryRead(1, out int isLiteral))
        {
            if (isLiteral == 1)
            {
                if (!bits.TryRead(8, out int literal))
                {
                    break;
                }

                data.Add((byte)literal);
                bitsRead = bits.Position;
                continue;
            }

            if (!bits.TryRead(parameters.WindowBits, out int distance) || !bits.TryRead(parameters.LookaheadBits, out int length))
            {
                break;
            }

            for (int i = 0; i <= length; i++)
            {
                int at = data.Count - 1 - distance;
                data.Add(at < 0 ? (byte)0 : data[at]);
            }

            bitsRead = bits.Position;
        }

        return [.. data];
    }

    /// <summary>True when nothing follows these bits of a stream but the zeros that fill up its last byte.</summary>
    public static bool IsEnd(ReadOnlySpan<byte> encoded, long bitsRead)
    {
        int filling = (int)((encoded.Length * 8L) - bitsRead);
        return filling == 0 || (filling < 8 && (encoded[^1] & ((1 << filling) - 1)) == 0);
    }

    private ref struct BitReader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private long _position;

        public readonly long Position => _position;

        public bool TryRead(int count, out int value)
        {
            value = 0;
            if (_position + count > _data.Length * 8L)
            {
                return false;
            }

            for (int i = 0; i < count; i++, _position++)
            {
                value = (value << 1) | ((_data[(int)(_position >> 3)] >> (int)(7 - (_position & 7))) & 1);
            }

            return true;
        }
    }
}
