// Makes an input shorter and plainer as long as it still breaks the same rule.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing;

/// <summary>Shortens inputs.</summary>
public static class Shrinker
{
    private const int AttemptsMax = 1000;

    /// <summary>The shortest form that was found.</summary>
    public static byte[] Shrink(byte[] input, Func<byte[], bool> isSame)
    {
        int attempts = 0;
        byte[] best = input;
        for (int block = Math.Max(1, input.Length / 2); block >= 1 && attempts < AttemptsMax; block = block == 1 ? 0 : block / 2)
        {
            for (int at = 0; at + block <= best.Length && attempts < AttemptsMax;)
            {
                byte[] smaller = [.. best.AsSpan(0, at), .. best.AsSpan(at + block)];
                attempts++;
                if (isSame(smaller))
                {
                    best = smaller;
                }
                else
                {
                    at += block;
                }
            }
        }

        for (int at = 0; at < best.Length && attempts < AttemptsMax; at++)
        {
            byte[] plainer = [.. best];
            plainer[at] = 0;
            attempts++;
            best = best[at] != 0 && isSame(plainer) ? plainer : best;
        }

        return best;
    }
}
