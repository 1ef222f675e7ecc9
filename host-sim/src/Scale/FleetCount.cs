// Small things that runs of a fleet have in common: work spread over threads, and how often each of some words came.
// Tests: tests/host-sim/Scale.
namespace EsyncSim.Scale;

/// <summary>Spreads and counts.</summary>
internal static class FleetCount
{
    /// <summary>How often each came, in the order of the words.</summary>
    public static IReadOnlyDictionary<string, int> Of(IEnumerable<string> words)
    {
        SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (string word in words)
        {
            counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        return counts;
    }

    /// <summary>Does something for each index, on so many threads; an exception of one is that of the call.</summary>
    public static void ForAll(int count, int threads, Action<int> act)
    {
        if (threads <= 1)
        {
            for (int index = 0; index < count; index++)
            {
                act(index);
            }

            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, act);
        }
        catch (AggregateException exception)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
