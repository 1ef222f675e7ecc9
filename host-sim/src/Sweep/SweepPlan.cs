// Chooses the operations of a run that are cut, where there are more than anybody can wait for: a part that programs single
// bytes has tens of thousands, nearly all of them alike.
// Invariants: few enough, and all are taken; else each area of the map and each kind of operation has its share, evenly
// spread, first and last one included; the choice follows from the operations alone.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>Chooses operations.</summary>
public static class SweepPlan
{
    /// <summary>Numbers of at most about <paramref name="countMax"/> operations; 0 takes all.</summary>
    public static IReadOnlySet<int> Choose(IReadOnlyList<FlashOperation> operations, FlsConfig map, int countMax)
    {
        if (countMax == 0 || operations.Count <= countMax)
        {
            return Enumerable.Range(0, operations.Count).ToHashSet();
        }

        FlsArea[] areas =
        [
            map.BankA, map.BankB, map.ManifestA, map.ManifestB, map.Staging, map.BootRecord0, map.BootRecord1, map.BootRecord2,
            map.NvM0, map.NvM1, map.Checkpoint0, map.Checkpoint1,
        ];
        List<int>[] groups =
        [
            .. Enumerable.Range(0, operations.Count)
                .GroupBy(number => (Array.FindIndex(areas, area => operations[number].Address - area.Start < area.Length), operations[number].Kind))
                .Select(group => group.ToList())
                .OrderBy(group => group.Count),
        ];
        HashSet<int> chosen = [];
        for (int i = 0; i < groups.Length; i++)
        {
            // What small groups leave of their share goes to the larger ones.
            int share = Math.Max(1, (countMax - chosen.Count) / (groups.Length - i));
            chosen.UnionWith(Spread(groups[i], share));
        }

        return chosen;
    }

    private static IEnumerable<int> Spread(List<int> group, int count) => group.Count <= count
        ? group
        : Enumerable.Range(0, count).Select(i => group[count == 1 ? group.Count / 2 : (int)((long)i * (group.Count - 1) / (count - 1))]);
}
