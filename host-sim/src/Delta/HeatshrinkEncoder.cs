// Compresses with heatshrink: bits from the most significant on, 1 and a byte, or 0, distance − 1 in the window's bits
// and length − 1 in the lookahead's bits; the last byte is filled up with zeros.
// Invariants: among all ways to say the data in this form it finds one with the fewest bits - what follows never costs
// more when a byte is taken from its front, so that at each position only the byte itself and the longest match need to
// be compared; a match never points before the data's beginning.
// Tests: tests/host-sim/Delta/HeatshrinkTests.cs.
namespace EsyncSim.Delta;

/// <summary>Encoder of one piece of data, for many parameters.</summary>
public sealed class HeatshrinkEncoder(byte[] data)
{
    private readonly SuffixArray _suffixes = new(data);
    private readonly Dictionary<int, HeatshrinkMatches> _matches = [];

    /// <summary>Length in bytes of the encoded data.</summary>
    public int Measure(HeatshrinkParameters parameters) => (int)((Plan(parameters)[0] + 7) / 8);

    /// <summary>The encoded data, without a header.</summary>
    public byte[] Encode(HeatshrinkParameters parameters)
    {
        HeatshrinkMatches matches = MatchesOf(parameters);
        long[] bits = Plan(parameters);
        byte[] encoded = new byte[(bits[0] + 7) / 8];
        BitWriter writer = new(encoded);
        for (int i = 0; i < data.Length;)
        {
            if (bits[i] == HeatshrinkParameters.LiteralBits + bits[i + 1])
            {
                writer.Write(1, 1);
                writer.Write(data[i], 8);
                i++;
            }
            else
            {
                int length = Math.Min(matches.Length[i], parameters.MatchMax);
                writer.Write(0, 1);
                writer.Write(matches.Distance[i] - 1, parameters.WindowBits);
                writer.Write(length - 1, parameters.LookaheadBits);
                i += length;
            }
        }

        return encoded;
    }

    // For each position the bits that the data from there on takes.
    private long[] Plan(HeatshrinkParameters parameters)
    {
        int[] length = MatchesOf(parameters).Length;
        long[] bits = new long[data.Length + 1];
        for (int i = data.Length - 1; i >= 0; i--)
        {
            long literal = HeatshrinkParameters.LiteralBits + bits[i + 1];
            int reach = Math.Min(length[i], parameters.MatchMax);
            bits[i] = reach == 0 ? literal : Math.Min(literal, parameters.MatchBits + bits[i + reach]);
        }

        return bits;
    }

    private HeatshrinkMatches MatchesOf(HeatshrinkParameters parameters)
    {
        if (!_matches.TryGetValue(parameters.WindowBits, out HeatshrinkMatches? matches))
        {
            // Matches for the longest lookahead of a window serve the shorter ones, cut off.
            matches = HeatshrinkMatches.Find(data, _suffixes, parameters.Window, parameters.Window / 2);
            _matches.Add(parameters.WindowBits, matches);
        }

        return matches;
    }

    private struct BitWriter(byte[] into)
    {
        private int _position;

        public void Write(int value, int count)
        {
            for (int bit = count - 1; bit >= 0; bit--, _position++)
            {
                into[_position >> 3] |= (byte)(((value >> bit) & 1) << (7 - (_position & 7)));
            }
        }
    }
}
