// Reads the counters of the counting agent, from inside its world.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
namespace EsyncTests.IlCounting;

/// <summary>IL instructions executed by the agent so far.</summary>
public sealed class IlMeter(long[] counts)
{
    /// <summary>The sum over all methods.</summary>
    public long Total
    {
        get
        {
            long total = 0;
            foreach (long count in counts)
            {
                total += count;
            }

            return total;
        }
    }

    /// <summary>Instructions that an action executes.</summary>
    public long Of(Action action)
    {
        long before = Total;
        action();
        return Total - before;
    }

    /// <summary>Counts by method at this moment.</summary>
    public long[] Snapshot() => (long[])counts.Clone();
}
