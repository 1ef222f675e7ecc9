// A set of numbers below a bound that tells the neighbours of a number in it: a tree of words, each bit of which says whether
// anything is in the word below it.
// Tests: tests/host-sim/Delta/RankSetTests.cs.
using System.Numerics;

namespace EsyncSim.Delta;

/// <summary>Set of numbers from 0 up.</summary>
internal sealed class RankSet
{
    private const int WordBits = 6;
    private const int InWord = (1 << WordBits) - 1;
    private readonly ulong[][] _levels;

    /// <summary>An empty set for numbers below <paramref name="bound"/>.</summary>
    internal RankSet(int bound)
    {
        List<ulong[]> levels = [];
        do
        {
            bound = (bound + InWord) >> WordBits;
            levels.Add(new ulong[bound]);
        }
        while (bound > 1);

        _levels = [.. levels];
    }

    internal void Add(int number)
    {
        foreach (ulong[] level in _levels)
        {
            level[number >> WordBits] |= 1UL << number;
            number >>= WordBits;
        }
    }

    internal void Remove(int number)
    {
        foreach (ulong[] level in _levels)
        {
            level[number >> WordBits] &= ~(1UL << number);
            if (level[number >> WordBits] != 0)
            {
                break;
            }

            number >>= WordBits;
        }
    }

    /// <summary>The largest that is smaller; −1: there is none.</summary>
    internal int Below(int number)
    {
        for (int level = 0; level < _levels.Length; level++, number >>= WordBits)
        {
            ulong smaller = _levels[level][number >> WordBits] & ((1UL << number) - 1);
            if (smaller != 0)
            {
                int found = (number & ~InWord) | BitOperations.Log2(smaller);
                while (level-- > 0)
                {
                    found = (found << WordBits) | BitOperations.Log2(_levels[level][found]);
                }

                return found;
            }
        }

        return -1;
    }

    /// <summary>The smallest that is larger; −1: there is none.</summary>
    internal int Above(int number)
    {
        for (int level = 0; level < _levels.Length; level++, number >>= WordBits)
        {
            ulong larger = _levels[level][number >> WordBits] & ~1UL << number;
            if (larger != 0)
            {
                int found = (number & ~InWord) | BitOperations.TrailingZeroCount(larger);
                while (level-- > 0)
                {
                    found = (found << WordBits) | BitOperations.TrailingZeroCount(_levels[level][found]);
                }

                return found;
            }
        }

        return -1;
    }
}
