// How many bytes a second periodic rules make, held against what a bus can carry that has nothing else to do: what is beyond that is
// dropped for certain, sooner or later, and only counters would tell.
// Tests: tests/host-sim/Rules/RuleRateTests.cs.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Data;

namespace EsyncSim.Rules;

/// <summary>Rate of collection rules.</summary>
internal static class RuleRate
{
    // A consecutive frame of ISO-TP: seven bytes in 111 bits with 11-bit identifiers, without a single stuff bit.
    private const int BytesOfFrame = 7, BitsOfFrame = 111;

    private const int SampleHead = 4, DidAndQuality = 3;

    /// <summary>Bytes of records a second that come whatever happens.</summary>
    public static double BytesPerSecond(IEnumerable<CollectionRule> rules, SignalCatalogue signals) =>
        rules.Sum(rule => rule.Trigger is PeriodTrigger period ? LengthOf(rule, signals) * 1000.0 / period.PeriodMs : 0);

    /// <summary>What is wrong, in words; null when the bus can carry what comes.</summary>
    public static string? ProblemOf(IEnumerable<CollectionRule> rules, SignalCatalogue signals, uint bitRate)
    {
        double made = BytesPerSecond(rules, signals), carried = (double)bitRate / BitsOfFrame * BytesOfFrame;
        return made <= carried ? null : string.Create(
            CultureInfo.InvariantCulture, $"its periodic rules make {made:0} bytes of records a second, and a bus of {bitRate} bit/s carries {carried:0} at the most, with nothing else on it: they could never all be fetched");
    }

    private static int LengthOf(CollectionRule rule, SignalCatalogue signals) =>
        ReportLayout.Overhead + SampleHead + rule.Signals.Sum(did => DidAndQuality + (signals.Find(did)?.ValueLength ?? 0));
}
