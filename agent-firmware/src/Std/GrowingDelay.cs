// A delay that doubles with each level up to a longest one: what failed accesses and sparing writes have to wait for.
// Pure arithmetic; who counts the levels, and when the delay starts, is its user's.
// Tests: tests/agent-firmware/Std/GrowingDelayTests.cs.
namespace EsyncAgent;

/// <summary>Lengths of a growing delay, in milliseconds.</summary>
public static class GrowingDelay
{
    /// <summary>Highest level that anybody needs: 2^15 times the first delay is longer than any longest one.</summary>
    public const int LevelMax = 15;

    /// <summary>No delay at level 0, then first · 2^(level−1), at most <paramref name="longestMs"/>.</summary>
    public static uint Length(uint firstMs, uint longestMs, int level)
    {
        if (level == 0)
        {
            return 0;
        }

        uint length = firstMs;
        for (int n = 1; n < level && length < longestMs; n++)
        {
            length = length > longestMs / 2 ? longestMs : length * 2;
        }

        return length < longestMs ? length : longestMs;
    }

    /// <summary>The first level whose delay is the longest one, 1 to <see cref="LevelMax"/>.</summary>
    public static int LevelOfLongest(uint firstMs, uint longestMs)
    {
        int level = 1;
        while (level < LevelMax && Length(firstMs, longestMs, level) < longestMs)
        {
            level++;
        }

        return level;
    }
}
