// What a turn costs in which nothing happens: an agent that runs its application in the default session, on an empty bus.
// Also what 1,000 such turns allocate, by the agent's own count and by that of .NET's collector, which must agree on nothing.
// Runs inside a CountingContext. Tests: tests/host-sim/Measure/IlFigureTests.cs, AllocationTests.cs.
using EsyncSim.Ecu;

namespace EsyncTests.IlCounting;

/// <summary>Entry point inside a <see cref="CountingContext"/>; only types of the base library go in and out.</summary>
public static class IdleMeasurement
{
    private const int SettleMs = 10_000;
    private const int Turns = 1000;

    /// <summary>Instructions of a turn in a millisecond that had one before, and of the first in a millisecond, in the mean; bytes of 1,000 turns.</summary>
    internal static Dictionary<string, double> Figures(IlMeter meter, BootMeasurement.Start start)
    {
        while (!start.Agent.IsRunning || start.NowMs < SettleMs)
        {
            start.Turn();
        }

        // The mean, for some of the cyclic functions have their turn once in 4 and once in 16 ms.
        double millisecond = Math.Round((double)meter.Of(() => Repeat(start.Turn)) / Turns);
        long loop = meter.Of(start.TurnAgain);
        using AllocationLog log = new(false);
        long collector = Allocated(start);
        return new Dictionary<string, double>
        {
            ["il-idle-loop"] = loop,
            ["il-idle-millisecond"] = millisecond,
            ["allocated-idle-loop"] = log.Bytes,
            ["allocated-idle-loop, by the collector"] = collector,
        };
    }

    private static long Allocated(BootMeasurement.Start start)
    {
        Action turn = start.Turn; // an object of its own, which is not the agent's
        long before = GC.GetAllocatedBytesForCurrentThread();
        Repeat(turn);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void Repeat(Action turn)
    {
        for (int i = 0; i < Turns; i++)
        {
            turn();
        }
    }
}
