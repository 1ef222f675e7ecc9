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

    private SweepMap(FlashGeometry geometry, Run a, Run b)
    {
        _geometry = geometry;
        _isTaken = new bool[geometry.SectorCount];
        BankA = Take(a);
        BankB = Take(b);
    }

    /// <summary>Bank A.</summary>
    public FlsArea BankA { get; }

    /// <summary>Bank B.</summary>
    public FlsArea BankB { get; }

    /// <summary>Finds places for two banks that leave enough sectors for <paramref name="otherAreas"/>; false when there are none.</summary>
    public static bool TryLay(FlashGeometry geometry, int lengthMin, int otherAreas, out SweepMap? map, out SweepImages? images)
    {
        map = null;
        images = null;
        long best = long.MaxValue;
        foreach (Run a in Candidates(geometry, lengthMin))
        {
            foreach (Run b in Candidates(geometry, lengthMin).Where(b => b.First > a.Last))
            {
                int first = Math.Max(a.FirstLength, b.FirstLength);
                int left = geometry.SectorCount - (a.Last - a.First) - (b.Last - b.First) - 2;
                bool isLongEnough = Math.Min(a.Length, b.Length) >= SweepImages.BankLengthFor(Math.Max(lengthMin, first));
                long cost = a.Length + b.Length + (a.IsEven ? geometry.Size : 0) + (b.IsEven ? geometry.Size : 0);
                if (isLongEnough && left >= otherAreas && cost < best)
                {
                    best = cost;
                    map = new SweepMap(geometry, a, b);
                    images = SweepImages.Of(Math.Max(lengthMin, first));
                }
            }
        }

        return map is not null;
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

    // On an even part every place is like the first two.
    private static IEnumerable<Run> Candidates(FlashGeometry geometry, int lengthMin)
    {
        int last = -1;
        for (int first = 0; first < geometry.SectorCount; first++)
        {
            bool isEvenPart = geometry.Runs.All(run => run.Length == geometry.Runs[0].Length);
            if (isEvenPart && first <= last)
            {
                continue;
            }

            int length = geometry.LengthOf(first);
            int need = SweepImages.BankLengthFor(Math.Min(Math.Max(lengthMin, length), SweepPart.LargeLength));
            int end = first;
            while (end + 1 < geometry.SectorCount && (length < need || end == first))
            {
                length += geometry.LengthOf(++end);
            }

            if (length >= need && end > first && geometry.LengthOf(first) < SweepPart.LargeLength)
            {
                last = end;
                yield return new Run(first, end, geometry.LengthOf(first), length, geometry.LengthOf(first) == geometry.LengthOf(end));
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
                best = new Run(first, at - 1, 0, length, true);
            }
        }

        return best.Length == 0 ? throw new InvalidOperationException($"{_geometry.Name}: no sectors are left for an area") : Take(best);
    }

    private FlsArea Take(Run run)
    {
        Array.Fill(_isTaken, true, run.First, run.Last - run.First + 1);
        return new FlsArea { Start = _geometry.StartOf(run.First), Length = (uint)run.Length };
    }

    private readonly record struct Run(int First, int Last, int FirstLength, int Length, bool IsEven);
}
