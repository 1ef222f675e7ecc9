// Runs scenarios on parts, one world to a thread, and gathers what they found.
// Invariant: what is tried and found follows from the request alone, not from the number of threads nor from their order.
// Tests: tests/host-sim/Sweep.
using System.Collections.Concurrent;
using System.Diagnostics;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>The runner.</summary>
public static class SweepRunner
{
    /// <summary>Tries everything that is asked for; <paramref name="progress"/> hears of each part of it that is done, one at a time.</summary>
    /// <exception cref="UserErrorException">A name is unknown, or the one attempt that is asked for is none.</exception>
    public static SweepReport Run(SweepRequest request, Action<SweepCell, int, int>? progress = null)
    {
        Stopwatch wall = Stopwatch.StartNew();
        TimeSpan processorBefore = Process.GetCurrentProcess().TotalProcessorTime;
        SweepJob[] jobs = [.. JobsOf(request)];
        SweepCell[] cells = new SweepCell[jobs.Length];
        Lock gate = new();
        int done = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = request.ThreadsMax, CancellationToken = request.Stop };

        // Long ones first, so that none is left to one thread at the end.
        IEnumerable<int> order = Enumerable.Range(0, jobs.Length).OrderByDescending(index => jobs[index].Part.RestartCost);
        Parallel.ForEach(Partitioner.Create(order, EnumerablePartitionerOptions.NoBuffering), options, index =>
        {
            cells[index] = jobs[index].Run();
            lock (gate)
            {
                done++;
                progress?.Invoke(cells[index], done, jobs.Length);
            }
        });
        SweepReport report = new(cells, wall.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - processorBefore);
        if (request.Only is { } wanted && report.IsGood && cells.Sum(cell => wanted.Second is null ? cell.Cuts : cell.DoubleCuts) == 0)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{wanted} is no attempt: the run has no such operation or frame, or that model does not fit it");
        }

        return report;
    }

    private static IEnumerable<SweepJob> JobsOf(SweepRequest request)
    {
        IReadOnlyList<string> names = request.Only is { } only ? [only.Scenario] : request.Scenarios;
        IReadOnlyList<string> parts = request.Only is { } one ? [one.Geometry] : request.Geometries;
        FlashGeometry[] asked = [.. parts.Select(FlashGeometries.ByName)];
        foreach (SweepScenario scenario in Chosen(names, request.IsFull))
        {
            IEnumerable<FlashGeometry> rows = asked.Length > 0 ? asked : scenario.Parts.Count > 0 ? scenario.Parts.Select(FlashGeometries.ByName) : FlashGeometries.All;
            foreach (FlashGeometry row in rows)
            {
                if (SweepPart.Of(row, scenario.IsLarge ? SweepPart.LargeLength : SweepPart.SmallLength, scenario.HasReports || scenario.HasRules) is { } part)
                {
                    yield return new SweepJob(scenario, part, request);
                }
            }
        }
    }

    private static IEnumerable<SweepScenario> Chosen(IReadOnlyList<string> names, bool isFull) => names.Count == 0
        ? SweepScenario.All.Where(scenario => isFull || !scenario.IsLarge)
        : names.Select(name => SweepScenario.All.FirstOrDefault(scenario => scenario.Name == name)
            ?? throw new UserErrorException(ExitCode.BadUsage, $"there is no scenario '{name}'; there are {string.Join(", ", SweepScenario.All.Select(scenario => scenario.Name))}"));
}
