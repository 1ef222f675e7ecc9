// The sorted suffixes of a byte array, by induced sorting (Nong, Zhang, Chan: Linear Suffix Array Construction by Almost
// Pure Induced-Sorting, DCC 2009), and the longest match of a pattern in it.
// Invariant: linear in time; some 20 bytes of memory for each byte of data.
// Tests: tests/host-sim/Delta/SuffixArrayTests.cs.
namespace EsyncSim.Delta;

/// <summary>Suffix array of one image.</summary>
public sealed class SuffixArray
{
    private readonly byte[] _data;
    private readonly int[] _sorted;

    /// <summary>Sorts the suffixes of <paramref name="data"/>, which must not change afterwards.</summary>
    public SuffixArray(byte[] data)
    {
        _data = data;
        int[] text = new int[data.Length + 1];
        for (int i = 0; i < data.Length; i++)
        {
            text[i] = data[i] + 1;
        }

        _sorted = new int[text.Length];
        Sort(text, _sorted, 257);
    }

    /// <summary>Starts of the suffixes in their order, the empty one left out.</summary>
    public ReadOnlySpan<int> Sorted => _sorted.AsSpan(1);

    /// <summary>
    /// Where in <see cref="Sorted"/> the longest match with a pattern's beginning stands, and its length; length 0 when not
    /// even the first byte occurs.
    /// </summary>
    public (int Rank, int Length) Find(ReadOnlySpan<byte> pattern)
    {
        ReadOnlySpan<int> sorted = Sorted;
        if (sorted.IsEmpty)
        {
            return (0, 0);
        }

        int low = 0;
        int high = sorted.Length - 1;
        int lowCommon = Common(sorted[low], pattern, 0);
        int highCommon = Common(sorted[high], pattern, 0);
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            int common = Common(sorted[middle], pattern, Math.Min(lowCommon, highCommon));
            int at = sorted[middle] + common;
            if (common == pattern.Length)
            {
                return (middle, common);
            }

            if (at == _data.Length || _data[at] < pattern[common])
            {
                (low, lowCommon) = (middle, common);
            }
            else
            {
                (high, highCommon) = (middle, common);
            }
        }

        return lowCommon >= highCommon ? (low, lowCommon) : (high, highCommon);
    }

    private int Common(int start, ReadOnlySpan<byte> pattern, int known) =>
        known + _data.AsSpan(start + known).CommonPrefixLength(pattern[known..]);

    // text ends with the only 0; values are below alphabet.
    private static void Sort(int[] text, int[] sorted, int alphabet)
    {
        int n = text.Length;
        bool[] isSmaller = Classify(text);
        int[] counts = new int[alphabet];
        foreach (int value in text)
        {
            counts[value]++;
        }

        int[] bounds = new int[alphabet];
        Array.Fill(sorted, -1);
        PlaceEnds(counts, bounds);
        for (int i = 1; i < n; i++)
        {
            if (IsLeftmost(isSmaller, i))
            {
                sorted[--bounds[text[i]]] = i;
            }
        }

        Induce(text, sorted, isSmaller, counts, bounds);
        int leftmostCount = 0;
        for (int i = 0; i < n; i++)
        {
            if (sorted[i] > 0 && IsLeftmost(isSmaller, sorted[i]))
            {
                sorted[leftmostCount++] = sorted[i];
            }
        }

        int[] order = OrderLeftmost(text, sorted, isSmaller, leftmostCount);
        Array.Fill(sorted, -1);
        PlaceEnds(counts, bounds);
        for (int i = leftmostCount - 1; i >= 0; i--)
        {
            sorted[--bounds[text[order[i]]]] = order[i];
        }

        Induce(text, sorted, isSmaller, counts, bounds);
    }

    // True for a suffix that is smaller than the one after it.
    private static bool[] Classify(int[] text)
    {
        bool[] isSmaller = new bool[text.Length];
        isSmaller[^1] = true;
        for (int i = text.Length - 2; i >= 0; i--)
        {
            isSmaller[i] = text[i] < text[i + 1] || (text[i] == text[i + 1] && isSmaller[i + 1]);
        }

        return isSmaller;
    }

    private static bool IsLeftmost(bool[] isSmaller, int i) => i > 0 && isSmaller[i] && !isSmaller[i - 1];

    private static void PlaceEnds(int[] counts, int[] bounds)
    {
        int sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            sum += counts[i];
            bounds[i] = sum;
        }
    }

    private static void PlaceStarts(int[] counts, int[] bounds)
    {
        int sum = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            bounds[i] = sum;
            sum += counts[i];
        }
    }

    private static void Induce(int[] text, int[] sorted, bool[] isSmaller, int[] counts, int[] bounds)
    {
        PlaceStarts(counts, bounds);
        for (int i = 0; i < sorted.Length; i++)
        {
            int before = sorted[i] - 1;
            if (before >= 0 && !isSmaller[before])
            {
                sorted[bounds[text[before]]++] = before;
            }
        }

        PlaceEnds(counts, bounds);
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            int before = sorted[i] - 1;
            if (before >= 0 && isSmaller[before])
            {
                sorted[--bounds[text[before]]] = before;
            }
        }
    }

    // The leftmost smaller suffixes in their full order; the first of sorted are in the order of their substrings.
    private static int[] OrderLeftmost(int[] text, int[] sorted, bool[] isSmaller, int count)
    {
        int n = text.Length;
        int[] names = new int[n];
        Array.Fill(names, -1);
        int name = -1;
        int previous = -1;
        for (int i = 0; i < count; i++)
        {
            int at = sorted[i];
            if (previous < 0 || !IsSameSubstring(text, isSmaller, previous, at))
            {
                name++;
            }

            names[at] = name;
            previous = at;
        }

        int[] starts = new int[count];
        int[] reduced = new int[count];
        int k = 0;
        for (int i = 0; i < n; i++)
        {
            if (names[i] >= 0)
            {
                starts[k] = i;
                reduced[k++] = names[i];
            }
        }

        int[] order = new int[count];
        if (name + 1 == count)
        {
            for (int i = 0; i < count; i++)
            {
                order[reduced[i]] = i;
            }
        }
        else
        {
            Sort(reduced, order, name + 1);
        }

        for (int i = 0; i < count; i++)
        {
            order[i] = starts[order[i]];
        }

        return order;
    }

    private static bool IsSameSubstring(int[] text, bool[] isSmaller, int a, int b)
    {
        for (int i = 0; ; i++)
        {
            if (text[a + i] != text[b + i] || isSmaller[a + i] != isSmaller[b + i])
            {
                return false;
            }

            if (i > 0 && (IsLeftmost(isSmaller, a + i) || IsLeftmost(isSmaller, b + i)))
            {
                return IsLeftmost(isSmaller, a + i) && IsLeftmost(isSmaller, b + i);
            }
        }
    }
}
