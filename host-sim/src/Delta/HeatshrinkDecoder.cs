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
    /// <param name="bytesRead">Bytes of the stream that told something.</param>
    public static byte[] Decode(ReadOnlySpan<byte> encoded, HeatshrinkParameters parameters, int enough, out int bytesRead)
    {
        List<byte> data = new((int)Math.Min(encoded.Length * 2L, enough));
        BitReader bits = new(encoded);
        bytesRead = 0;
        while (data.Count < enough && bits.TryRead(1, out int isLiteral))
        {
            if (isLiteral == 1)
            {
                if (!bits.TryRead(8, out int literal))
                {
                    break;
                }

                data.Add((byte)literal);
                bytesRead = bits.BytesRead;
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

            bytesRead = bits.BytesRead;
        }

        return [.. data];
    }

    private ref struct BitReader(ReadOnlySpan<byte> data)
    {
        private readonly ReadOnlySpan<byte> _data = data;
        private long _position;

        public readonly int BytesRead => (int)((_position + 7) / 8);

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
