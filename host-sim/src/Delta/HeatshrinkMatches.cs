// For each position of some data the longest earlier occurrence of what follows, no farther back than a window, found by
// chains of equal pairs of bytes.
// Tests: tests/host-sim/Delta/HeatshrinkTests.cs.
namespace EsyncSim.Delta;

/// <summary>Longest matches.</summary>
/// <param name="Length">Length of the longest match of each position in bytes; 0: none of at least two bytes.</param>
/// <param name="Distance">How far back it starts in bytes, 1 or more where there is one.</param>
internal sealed record HeatshrinkMatches(int[] Length, int[] Distance)
{
    /// <summary>Finds them; matches may overlap what they stand for, as in every LZSS.</summary>
    internal static HeatshrinkMatches Find(byte[] data, int window, int lengthMax)
    {
        HeatshrinkMatches found = new(new int[data.Length], new int[data.Length]);
        int[] newest = new int[ushort.MaxValue + 1];
        int[] older = new int[data.Length];
        Array.Fill(newest, -1);
        for (int i = 0; i + 1 < data.Length; i++)
        {
            int limit = Math.Min(lengthMax, data.Length - i);

            // The match of the byte before goes on here, one shorter, or as long as before where it was cut off.
            int distance = i > 0 ? found.Distance[i - 1] : 0;
            int best = distance > 0 ? Common(data, i - distance, i, limit) : 0;
            int pair = (data[i] << 8) | data[i + 1];
            for (int at = newest[pair]; at >= 0 && i - at <= window && best < limit; at = older[at])
            {
                if (data[at + best] == data[i + best] && Common(data, at, i, limit) is int common && common > best)
                {
                    best = common;
                    distance = i - at;
                }
            }

            older[i] = newest[pair];
            newest[pair] = i;
            if (best > 1)
            {
                found.Length[i] = best;
                found.Distance[i] = distance;
            }
        }

        return found;
    }

    private static int Common(byte[] data, int earlier, int later, int limit) =>
        data.AsSpan(later, limit).CommonPrefixLength(data.AsSpan(earlier, limit));
}
