// From recorded turns to a price per operation.
// Operations are taken one after the other, in a fixed order, each from the turns in which it is the only one without a
// price yet: its price is the median of what such turns executed beyond the prices known by then. What an operation sets
// off in the modules above is thus part of its price; the median, so that a rare long turn (an NvM record and its CRC)
// does not make the common ones dear.
// Invariant: plain arithmetic on integers; the same turns give the same table.
// Tests: tests/host-sim/Ecu/CostFitTests.cs.
using EsyncSim.Ecu;

namespace EsyncTests.IlCounting;

/// <summary>Prices by operation.</summary>
internal static class CostFit
{
    // From the most frequent to the rarest; a later one is never needed to explain an earlier one.
    private static readonly IlOperation[] Order =
    [
        IlOperation.Loop,
        IlOperation.Millisecond,
        IlOperation.StartUpLoop,
        IlOperation.FlashBusy,
        IlOperation.ReceiveConsecutive,
        IlOperation.SendFlowControl,
        IlOperation.ReceiveFirst,
        IlOperation.ShaCompression,
        IlOperation.FlashProgram,
        IlOperation.FlashErase,
        IlOperation.FlashRead,
        IlOperation.FlashCompare,
        IlOperation.Hmac,
        IlOperation.SendSingle,
        IlOperation.ReceiveSingle,
        IlOperation.ServeLongRequest,
        IlOperation.SendConsecutive,
        IlOperation.SendFirst,
    ];

    /// <summary>Operations that are something happening, and not the mere turning of the loop.</summary>
    internal static IReadOnlyList<IlOperation> Active { get; } =
        [.. IlCosts.Operations.Except([IlOperation.Loop, IlOperation.Millisecond, IlOperation.PeriodicMillisecond, IlOperation.StartUpLoop, IlOperation.FlashBusy])];

    /// <summary>
    /// Prices that explain the turns, those included that are known beforehand; an operation that cannot be told apart in
    /// the turns has none.
    /// </summary>
    internal static Dictionary<IlOperation, long> Fit(IReadOnlyList<Turn> turns, IReadOnlyDictionary<IlOperation, long> known)
    {
        Dictionary<IlOperation, long> prices = new(known);
        List<Turn> unexplained = [.. turns];
        foreach (IlOperation operation in Order)
        {
            List<long> samples = [];
            List<Turn> later = [];
            foreach (Turn turn in unexplained)
            {
                if (!IsExplained(turn, prices, operation))
                {
                    later.Add(turn);
                }
                else if (turn[operation] > 0)
                {
                    samples.Add((turn.Il - Explained(turn, prices)) / turn[operation]);
                }
            }

            if (samples.Count > 0)
            {
                samples.Sort();
                prices[operation] = Math.Max(0, samples[samples.Count / 2]);
            }

            unexplained = later;
        }

        return prices;
    }

    private static bool IsExplained(Turn turn, Dictionary<IlOperation, long> prices, IlOperation also)
    {
        for (int i = 0; i < turn.Counts.Length; i++)
        {
            IlOperation operation = (IlOperation)i;
            if (turn.Counts[i] > 0 && operation != also && !prices.ContainsKey(operation))
            {
                return false;
            }
        }

        return true;
    }

    private static long Explained(Turn turn, Dictionary<IlOperation, long> prices) =>
        prices.Sum(price => price.Value * turn[price.Key]);
}
