// Makes the fault list of a failing run short: faults are left out as long as the same rule is broken, whole halves first,
// then one by one, until none can be spared (delta debugging, Zeller and Hildebrandt 2002).
// Invariant: the list that comes out breaks the rule, and none of its faults can be left out alone; the number of runs is
// bounded.
// It must not know what faults do.
// Tests: tests/host-sim/Simulation.
namespace EsyncSim.Simulation;

/// <summary>Shortens lists.</summary>
public static class Shrinker
{
    /// <summary>The shortest list found that still fails.</summary>
    /// <param name="faults">A list that fails.</param>
    /// <param name="fails">Runs a list; true when the same rule is broken.</param>
    public static IReadOnlyList<SimFault> Shrink(IReadOnlyList<SimFault> faults, Func<IReadOnlyList<SimFault>, bool> fails)
    {
        List<SimFault> left = [.. faults];
        for (int size = left.Count; size > 0;)
        {
            bool isShorter = false;
            for (int at = 0; at < left.Count; at += size)
            {
                List<SimFault> tried = [.. left.Take(at), .. left.Skip(at + size)];
                if (fails(tried))
                {
                    left = tried;
                    isShorter = true;
                    break;
                }
            }

            // After a success the same size again, for what could not be spared before may be spared now.
            size = isShorter ? Math.Min(size, left.Count) : size / 2;
        }

        return left;
    }
}
