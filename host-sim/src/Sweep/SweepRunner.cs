// Runs scenarios on parts, one world to a thread, and gathers what they found.
// Invariants: what is tried and found follows from the request alone, not from the number of threads nor from their order;
// a scenario that fails undisturbed is a finding too, and is not swept.
// Tests: tests/host-sim/Sweep.
using System.Diagnostics;
using EsyncSim.Flash;

namespace EsyncSim.Sweep;

/// <summary>The runner.</summary>
public static class SweepRunner
{
    private const int FindingsMax = 1000;

    private const int FewestMax = 8;
    private const int SecondCutsPerRestart = 10;

    /// <summary>Tries everything that is asked for; <paramref name="progress"/> hears of each part of it that is done, one at a time.</summary>
    /// <exception cref="UserErrorException">A name is unknown.</exception>
    public static SweepReport Run(SweepRequest request, Action<SweepCell, int, int>? progress = null)
    {
        Stopwatch wall = Stopwatch.StartNew();
        TimeSpan processorBefore = Process.GetCurrentProcess().TotalProcessorTime;
        Job[] jobs = [.. JobsOf(request)];
        SweepCell[] cells = new SweepCell[jobs.Length];
        Lock gate = new();
        int done = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = request.ThreadsMax, CancellationToken = request.Stop };
        Parallel.ForEach(System.Collections.Concurrent.Partitioner.Create(Enumerable.Range(0, jobs.Length), System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering), options, index =>
        {
            cells[index] = RunOne(jobs[index], request);
            lock (gate)
            {
                done++;
                progress?.Invoke(cells[index], done, jobs.Length);
            }
        });
        return new SweepReport(cells, wall.Elapsed, Process.GetCurrentProcess().TotalProcessorTime - processorBefore);
    }

    private static IEnumerable<Job> JobsOf(SweepRequest request)
    {
        IReadOnlyList<string> names = request.Only is { } only ? [only.Scenario] : request.Scenarios;
        IReadOnlyList<string> parts = request.Only is { } one ? [one.Geometry] : request.Geometries;
        FlashGeometry[] rows = parts.Count == 0 ? [.. FlashGeometries.All] : [.. parts.Select(FlashGeometries.ByName)];
        foreach (SweepScenario scenario in Chosen(names, request.IsFull))
        {
            foreach (FlashGeometry row in scenario.IsLarge && parts.Count == 0 ? [FlashGeometries.W25Q32] : rows)
            {
                if (SweepPart.Of(row, scenario.IsLarge ? SweepPart.LargeLength : SweepPart.SmallLength) is { } part)
                {
                    yield return new Job(scenario, part);
                }
            }
        }
    }

    private static IEnumerable<SweepScenario> Chosen(IReadOnlyList<string> names, bool isFull)
    {
        SweepScenario[] all = [.. SweepScenario.All, .. SweepScenario.Large];
        return names.Count == 0
            ? all.Where(scenario => isFull || !scenario.IsLarge)
            : names.Select(name => all.FirstOrDefault(scenario => scenario.Name == name)
                ?? throw new UserErrorException(ExitCode.BadUsage, $"there is no scenario '{name}'; there are {string.Join(", ", all.Select(scenario => scenario.Name))}"));
    }

    private static SweepCell RunOne(Job job, SweepRequest request)
    {
        SweepCell cell = new(job.Scenario.Name, job.Part.Name);
        List<SweepFinding> findings = [];
        List<FlashOperation> operations = [];
        try
        {
            SweepWorld prepared = new(job.Part, job.Scenario, new FlashModel(job.Part.Geometry, seed: request.Seed), new SweepLedger(job.Part.Images));
            prepared.Prepare();
            FlashSnapshot start = prepared.Flash.Memory.Snapshot();
            SweepWorld rehearsal = World(start);
            rehearsal.Flash.Observer = operations.Add;
            rehearsal.Run();
            SweepResult result = PowerCutSweep.Run(World(start), OptionsOf(job, request, operations, findings));
            return cell with
            {
                Operations = result.Operations,
                OperationsCut = result.Operations == 0 ? 0 : Planned(job, request, operations).Count,
                Cuts = result.Cuts,
                DoubleCuts = result.DoubleCuts,
                Restarts = result.Restarts,
                Findings = findings,
            };

            SweepWorld World(FlashSnapshot contents)
            {
                FlashModel flash = new(job.Part.Geometry, seed: request.Seed);
                flash.Memory.Restore(contents);
                return new SweepWorld(job.Part, job.Scenario, flash, prepared.Ledger.Clone());
            }
        }
        catch (Exception error) when (error is not (OperationCanceledException or UserErrorException))
        {
            findings.Add(new SweepFinding(SweepFaultException.Of(error), null, "undisturbed", error.Message));
            return cell with { Operations = operations.Count, Findings = findings };
        }
    }

    private static IReadOnlySet<int> Planned(Job job, SweepRequest request, List<FlashOperation> operations)
    {
        if (request.Only is { } only)
        {
            return new HashSet<int> { only.First.Number };
        }

        bool isAll = job.Scenario.IsLarge || request.OperationsMax == 0 || (job.Part.Name == FlashGeometries.All[0].Name && request.OperationsMax >= FewestMax);
        return SweepPlan.Choose(operations, job.Part.Config.Fls, isAll ? 0 : Math.Max(FewestMax, (int)(request.OperationsMax / job.Part.RestartCost)));
    }

    private static SweepOptions OptionsOf(Job job, SweepRequest request, List<FlashOperation> operations, List<SweepFinding> findings)
    {
        IReadOnlySet<int> chosen = Planned(job, request, operations);

        // Odd, so that second cuts come to every kind of operation in time; a restart that sends the image changes each page.
        int secondCutEvery = (job.Part.Images.Two.Payload.Length / job.Part.Geometry.PageSize / SecondCutsPerRestart) | 1;
        return new SweepOptions(request.Only is null ? request.DoubleEvery : 0, secondCutEvery)
        {
            Models = request.Only is { } only ? [only.First.Model] : null,
            OnlySecond = request.Only?.Second,
            IsSecondModelInTurn = true,
            Seed = request.Seed,
            IsChosen = chosen.Contains,
            Stop = request.Stop,
            Found = finding =>
            {
                if (findings.Count < FindingsMax)
                {
                    findings.Add(new SweepFinding(
                        SweepFaultException.Of(finding.Error),
                        new SweepAddress(job.Scenario.Name, job.Part.Name, finding.First, finding.Second),
                        finding.What,
                        finding.Error.Message));
                }
            },
        };
    }

    private sealed record Job(SweepScenario Scenario, SweepPart Part);
}
