// Many seeds, several at a time: each is a world of its own, run to its end; figures are added up, and a seed that breaks a
// rule is run again with fewer and fewer faults (where wanted), and once more for its traffic.
// Invariants: what a seed does depends on nothing but the seed; failures are reported in the order of seeds, whatever order
// they were found in; after FailuresMax failures no further seed is begun.
// Tests: tests/host-sim/Simulation.
using System.Diagnostics;
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Logs;

namespace EsyncSim.Simulation;

/// <summary>What to run.</summary>
public sealed record SimulationOptions
{
    /// <summary>Failing seeds after which a run ends when nobody says otherwise.</summary>
    public const int FailuresMaxDefault = 10;

    /// <summary>First seed.</summary>
    public required ulong FirstSeed { get; init; }

    /// <summary>Last seed.</summary>
    public required ulong LastSeed { get; init; }

    /// <summary>Seeds at a time.</summary>
    public int Parallel { get; init; } = Environment.ProcessorCount;

    /// <summary>Failing seeds after which no further one is begun.</summary>
    public int FailuresMax { get; init; } = FailuresMaxDefault;

    /// <summary>True: a failing seed is shown with the shortest list of faults that still breaks the rule, at the price of some tens of runs.</summary>
    public bool IsShrunk { get; init; } = true;

    /// <summary>Folder for the traffic of failing seeds; null: it is not written.</summary>
    public string? CandumpFolder { get; init; }

    /// <summary>Ends the run before its end.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Told from time to time how many seeds are done; null: nobody is.</summary>
    public Action<long>? Progress { get; init; }
}

/// <summary>Runs seeds.</summary>
public sealed class SimulationOfSeeds
{
    private readonly Fleet _fleet;
    private readonly SimulationOptions _options;
    private readonly Lock _gate = new();
    private readonly long[] _struck = new long[Enum.GetValues<FaultKind>().Length];
    private readonly List<SeedFailure> _failures = [];
    private readonly SortedDictionary<string, long> _transfers = new(StringComparer.Ordinal);
    private long _seeds;
    private long _withoutFault;
    private long _flashOperations;
    private long _virtualMs;

    private SimulationOfSeeds(Fleet fleet, SimulationOptions options)
    {
        _fleet = fleet;
        _options = options;
    }

    /// <summary>Runs all seeds of the options.</summary>
    public static SimulationReport Run(Fleet fleet, SimulationOptions options)
    {
        SimulationOfSeeds simulation = new(fleet, options);
        Stopwatch wall = Stopwatch.StartNew();
        TimeSpan processorBefore = Environment.CpuUsage.TotalTime;
        ulong next = options.FirstSeed;
        Thread[] workers = [.. Enumerable.Range(0, Math.Max(1, options.Parallel)).Select(_ => new Thread(() => simulation.Work(ref next)))];
        foreach (Thread worker in workers)
        {
            worker.Start();
        }

        foreach (Thread worker in workers)
        {
            worker.Join();
        }

        options.Stop.ThrowIfCancellationRequested();
        return simulation.Report(wall.Elapsed, Environment.CpuUsage.TotalTime - processorBefore);
    }

    /// <summary>A fault list in words.</summary>
    public static IReadOnlyList<string> Describe(Fleet fleet, IEnumerable<SimFault> faults) => [.. faults.Select(fault => fault.Describe(index => fleet.Ecus[index].Name))];

    private void Work(ref ulong next)
    {
        while (!_options.Stop.IsCancellationRequested)
        {
            ulong seed = Interlocked.Increment(ref next) - 1;
            if (seed > _options.LastSeed || seed < _options.FirstSeed || IsEnough())
            {
                return;
            }

            Scenario scenario = new(_fleet, seed);
            SimResult result = SimRun.Run(_fleet, scenario, scenario.Faults);
            SeedFailure? failure = result.Broken is { } broken ? Explain(scenario, broken) : null;
            Count(scenario, result, failure);
        }
    }

    private bool IsEnough()
    {
        lock (_gate)
        {
            return _failures.Count >= _options.FailuresMax;
        }
    }

    private void Count(Scenario scenario, SimResult result, SeedFailure? failure)
    {
        long done;
        lock (_gate)
        {
            if (result.Struck.Count > 0 || failure is not null)
            {
                _seeds++;
            }
            else
            {
                _withoutFault++;
            }

            foreach (SimFault fault in scenario.Faults.Where(fault => result.Struck.Contains(fault.Number)))
            {
                _struck[(int)fault.Kind]++;
            }

            foreach ((string form, long count) in result.Transfers)
            {
                _transfers[form] = _transfers.GetValueOrDefault(form) + count;
            }

            _flashOperations += result.FlashOperations;
            _virtualMs += result.VirtualMs;
            if (failure is not null)
            {
                _failures.Add(failure);
            }

            done = _seeds + _withoutFault;
        }

        _options.Progress?.Invoke(done);
    }

    private SeedFailure Explain(Scenario scenario, BrokenRule broken)
    {
        IReadOnlyList<SimFault> few = _options.IsShrunk
            ? Shrinker.Shrink(scenario.Faults, faults => SimRun.Run(_fleet, scenario, faults).Broken?.Rule == broken.Rule)
            : scenario.Faults;
        string? path = _options.CandumpFolder is { } folder
            ? Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{scenario.Seed}.log"))
            : null;
        if (!_options.IsShrunk && path is null)
        {
            return new SeedFailure(scenario.Seed, broken.Rule, broken.AtNs / 1e9, broken.Text, Describe(_fleet, few), null);
        }

        using StringWriter traffic = new();
        BrokenRule shortened = SimRun.Run(_fleet, scenario, few, path is null ? null : new CandumpLog(traffic)).Broken ?? broken;
        if (path is not null)
        {
            Files.AtomicFile.WriteOutput(path, System.Text.Encoding.ASCII.GetBytes(traffic.ToString()));
        }

        return new SeedFailure(scenario.Seed, shortened.Rule, shortened.AtNs / 1e9, shortened.Text, Describe(_fleet, few), path);
    }

    private SimulationReport Report(TimeSpan wall, TimeSpan processor) => new()
    {
        FirstSeed = _options.FirstSeed,
        LastSeed = _options.LastSeed,
        Seeds = _seeds,
        SeedsWithoutFault = _withoutFault,
        FaultsStruck = _struck.Sum(),
        FaultsByKind = Enum.GetValues<FaultKind>().ToDictionary(SimFault.NameOf, kind => _struck[(int)kind]),
        TransfersByForm = _transfers,
        FlashOperations = _flashOperations,
        VirtualHours = Math.Round(_virtualMs / 3_600_000.0, 2),
        Seconds = Math.Round(wall.TotalSeconds, 1),
        ProcessorMsPerSeed = Math.Round(processor.TotalMilliseconds / Math.Max(1, _seeds + _withoutFault), 1),
        Rules = RuleBook.Names,
        Failures = [.. _failures.OrderBy(failure => failure.Seed)],
    };
}
