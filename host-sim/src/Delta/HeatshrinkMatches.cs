// For each position of some data the longest earlier occurrence of what follows, no farther back than a window: among the
// suffixes that begin in the window the one right before or right after this position's in the order of a suffix array.
// Invariant: the time does not depend on the data: a patch is mostly zeros, where a search among equal beginnings has no end.
// Tests: tests/host-sim/Delta/HeatshrinkTests.cs.
namespace EsyncSim.Delta;

/// <summary>Longest matches.</summary>
/// <param name="Length">Length of the longest match of each position in bytes; 0: none of at least two bytes.</param>
/// <param name="Distance">How far back it starts in bytes, 1 or more where there is one.</param>
internal sealed record HeatshrinkMatches(int[] Length, int[] Distance)
{
    /// <summary>Finds them; matches may overlap what they stand for, as in every LZSS.</summary>
    internal static HeatshrinkMatches Find(byte[] data, SuffixArray suffixes, int window, int lengthMax)
    {
        HeatshrinkMatches found = new(new int[data.Length], new int[data.Length]);
        ReadOnlySpan<int> sorted = suffixes.Sorted;
        int[] ranks = new int[data.Length];
        for (int rank = 0; rank < ranks.Length; rank++)
        {
            ranks[sorted[rank]] = rank;
        }

        RankSet inWindow = new(data.Length);
        for (int i = 0; i < data.Length; i++)
        {
            if (i > window)
            {
                inWindow.Remove(ranks[i - window - 1]);
            }

            foreach (int rank in (ReadOnlySpan<int>)[inWindow.Below(ranks[i]), inWindow.Above(ranks[i])])
            {
                int length = rank < 0 ? 0 : Common(data, sorted[rank], i, Math.Min(lengthMax, data.Length - i));
                if (length > Math.Max(found.Length[i], 1))
                {
                    found.Length[i] = length;
                    found.Distance[i] = i - sorted[rank];
                }
            }

            inWindow.Add(ranks[i]);
        }

        return found;
    }

    private static int Common(byte[] data, int earlier, int later, int limit) =>
        data.AsSpan(later, limit).CommonPrefixLength(data.AsSpan(earlier, limit));
}
