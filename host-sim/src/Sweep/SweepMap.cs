// Lays out banks and small areas over the sectors of a part, for SweepPart.
// Invariants: areas are whole sectors, one after the other, and share none; both banks hold the same images, and each image
// reaches into a second sector of either.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>A layout under way.</summary>
internal sealed class SweepMap
{
    private readonly FlashGeometry _geometry;
    private readonly bool[] _isTaken;

    private SweepMap(FlashGeometry geometry, Pair banks)
    {
        _geometry = geometry;
        _isTaken = new bool[geometry.SectorCount];
        BankA = Take(banks.A);
        BankB = Take(banks.B);
        Images = SweepImages.Of(banks.Class);
    }

    /// <summary>Bank A.</summary>
    public FlsArea BankA { get; }

    /// <summary>Bank B.</summary>
    public FlsArea BankB { get; }

    /// <summary>Images that both banks hold.</summary>
    public SweepImages Images { get; }

    /// <summary>
    /// The shortest places for two banks that leave enough sectors for <paramref name="otherAreas"/>, with sectors of two lengths in each
    /// where the part has them; null when there are none.
    /// </summary>
    public static SweepMap? TryLay(FlashGeometry geometry, int lengthMin, int otherAreas)
    {
        Run[] runs = [.. Candidates(geometry, lengthMin)];
        Pair? best = runs
            .SelectMany(a => runs.Where(b => b.First > a.Last).Select(b => new Pair(a, b, ClassOf(geometry, a, b, lengthMin))))
            .Where(pair => pair.IsLongEnough && geometry.SectorCount - pair.A.Count - pair.B.Count >= otherAreas)
            .MinBy(pair => CostOf(geometry, pair.A) + CostOf(geometry, pair.B));
        return best is null ? null : new SweepMap(geometry, best);
    }

    /// <summary>The whole map; the small areas take the smallest sectors that are left.</summary>
    public FlsConfig ToConfig(uint slotLength, uint smallLength) => new()
    {
        BankA = BankA,
        BankB = BankB,
        BootRecord0 = Smallest(1),
        BootRecord1 = Smallest(1),
        BootRecord2 = Smallest(1),
        NvM0 = Smallest(smallLength),
        NvM1 = Smallest(smallLength),
        Checkpoint0 = Smallest(smallLength),
        Checkpoint1 = Smallest(smallLength),
        ManifestA = Smallest(slotLength),
        ManifestB = Smallest(slotLength),
        Staging = Smallest(slotLength),
    };

    // Each reaches into a second sector of either bank.
    private static int ClassOf(FlashGeometry geometry, Run a, Run b, int lengthMin) =>
        SweepImages.ClassOf(Math.Max(lengthMin, Math.Max(geometry.LengthOf(a.First), geometry.LengthOf(b.First))));

    private static long CostOf(FlashGeometry geometry, Run run) =>
        run.Length + (geometry.LengthOf(run.First) == geometry.LengthOf(run.Last) ? geometry.Size : 0);

    // On an even part every place is like the first two.
    private static IEnumerable<Run> Candidates(FlashGeometry geometry, int lengthMin)
    {
        bool isEvenPart = geometry.Runs.All(run => run.Length == geometry.Runs[0].Length);
        int last = -1;
        for (int first = 0; first < geometry.SectorCount; first++)
        {
            if (isEvenPart && first <= last)
            {
                continue;
            }

            int length = geometry.LengthOf(first);
            int need = SweepImages.BankLengthOf(SweepImages.ClassOf(Math.Min(Math.Max(lengthMin, length), SweepPart.LargeLength)));
            int end = first;
            while (end + 1 < geometry.SectorCount && (length < need || end == first))
            {
                length += geometry.LengthOf(++end);
            }

            if (length >= need && end > first && geometry.LengthOf(first) < SweepPart.LargeLength)
            {
                last = end;
                yield return new Run(first, end, length);
            }

            if (isEvenPart && geometry.StartOf(first) > geometry.Size / 2)
            {
                yield break;
            }
        }
    }

    private FlsArea Smallest(uint lengthMin)
    {
        Run best = default;
        for (int first = 0; first < _geometry.SectorCount; first++)
        {
            int length = 0;
            int at = first;
            while (at < _geometry.SectorCount && !_isTaken[at] && length < lengthMin)
            {
                length += _geometry.LengthOf(at++);
            }

            if (length >= lengthMin && (best.Length == 0 || length < best.Length))
            {
                best = new Run(first, at - 1, length);
            }
        }

        return best.Length == 0 ? throw new InvalidOperationException($"{_geometry.Name}: no sectors are left for an area") : Take(best);
    }

    private FlsArea Take(Run run)
    {
        Array.Fill(_isTaken, true, run.First, run.Count);
        return new FlsArea { Start = _geometry.StartOf(run.First), Length = (uint)run.Length };
    }

    private readonly record struct Run(int First, int Last, int Length)
    {
        public int Count => Last - First + 1;
    }

    private sealed record Pair(Run A, Run B, int Class)
    {
        public bool IsLongEnough => Math.Min(A.Length, B.Length) >= SweepImages.BankLengthOf(Class);
    }
}
