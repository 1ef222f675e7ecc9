// What the inserted code calls: counts a probe and takes one step from the input's budget.
// Invariants: allocates nothing; once the budget is spent every further probe throws, so that no catch can go on with it.
// Tests: tests/Fuzz/Checks.
namespace EsyncTests.Fuzzing;

/// <summary>An input took more steps than its target allows: it hangs, or nearly.</summary>
public sealed class StepsExceededException() : Exception("more steps than an input of this length may take");

/// <summary>Counters of one run.</summary>
public static class Probe
{
    private static int[] _counts = [];
    private static int[] _touched = [];

    /// <summary>Steps left for the input.</summary>
    public static long StepsLeft { get; set; } = long.MaxValue;

    /// <summary>Number of different probes that the input has touched.</summary>
    public static int TouchedCount { get; private set; }

    /// <summary>Numbers of the probes that the input has touched: the first <see cref="TouchedCount"/> of these.</summary>
    public static IReadOnlyList<int> Touched => _touched;

    /// <summary>Makes room for so many probes.</summary>
    public static void Prepare(int count)
    {
        _counts = new int[count];
        _touched = new int[count];
        TouchedCount = 0;
    }

    /// <summary>How often the input has touched a probe.</summary>
    public static int CountOf(int number) => _counts[number];

    /// <summary>Forgets the last input and gives the next one its budget.</summary>
    public static void Begin(long steps)
    {
        for (int i = 0; i < TouchedCount; i++)
        {
            _counts[_touched[i]] = 0;
        }

        TouchedCount = 0;
        StepsLeft = steps;
    }

    /// <summary>A probe was passed.</summary>
    public static void Hit(int number)
    {
        if (_counts[number]++ == 0)
        {
            _touched[TouchedCount++] = number;
        }

        if (--StepsLeft < 0)
        {
            throw new StepsExceededException();
        }
    }
}
