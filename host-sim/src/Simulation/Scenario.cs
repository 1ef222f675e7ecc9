// What is to happen in a seed besides its faults: how many ECUs, and what the server wants of them, step by step. Faults are
// drawn here too, over the time that the steps will take; what strikes after the last step does not count.
// Invariants: everything follows from the seed; steps, collection rules and faults are drawn from sequences of their own, so that a
// run with fewer faults has the same steps.
// Tests: tests/host-sim/Simulation.
using EsyncSim.Bus;
using EsyncSim.Flash;

namespace EsyncSim.Simulation;

/// <summary>What a step does.</summary>
public enum StepKind
{
    /// <summary>A campaign with one target or several.</summary>
    Campaign,

    /// <summary>The server asks an ECU what it runs.</summary>
    Query,

    /// <summary>An ECU is ordered back to its previous image.</summary>
    RollBack,

    /// <summary>An ECU gets its next set of collection rules.</summary>
    InstallRules,
}

/// <summary>One target of a step.</summary>
/// <param name="Ecu">Index of the ECU.</param>
/// <param name="PackageName">Name of the package.</param>
/// <param name="Version">Version that the package is said to have.</param>
/// <param name="File">The package file.</param>
public sealed record StepTarget(int Ecu, string PackageName, string Version, byte[] File);

/// <summary>One step.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Targets">For whom; the package matters in campaigns only.</param>
/// <param name="Text">In words.</param>
public sealed record ScenarioStep(StepKind Kind, IReadOnlyList<StepTarget> Targets, string Text);

/// <summary>Steps and faults of one seed.</summary>
public sealed class Scenario
{
    private const int FaultCountMax = 14;
    private const int StepCountMax = 6;
    private const long UpdateMs = 6000;
    private const int UpdateOperations = 160;

    // What is collected costs as much as all else together, and updates are to be tried in as many seeds as can be.
    private const double DataChance = 1.0 / 3;

    // Power cuts at flash operations find what others do not: they are drawn more often.
    private static readonly FaultKind[] Kinds = [.. Enum.GetValues<FaultKind>(), FaultKind.PowerCutInFlash, FaultKind.PowerCutInFlash, FaultKind.EcuReset];
    private readonly Fleet _fleet;
    private readonly int[] _offered;

    /// <summary>Draws the scenario of a seed.</summary>
    public Scenario(Fleet fleet, ulong seed)
    {
        _fleet = fleet;
        Seed = seed;
        SeededRandom random = new(seed, "scenario");
        EcuCount = 2 + random.Next(2);
        _offered = new int[EcuCount];
        List<ScenarioStep> steps = [];
        for (int count = 1 + random.Next(StepCountMax); count > 0; count--)
        {
            steps.Add(count == 1 && !steps.Exists(step => step.Kind == StepKind.Campaign) ? DrawCampaign(random, random.Next(EcuCount)) : DrawStep(random));
        }

        Steps = steps;
        Faults = DrawFaults(new SeededRandom(seed, "faults"));
        SeededRandom data = new(seed, "rules");
        HasData = data.Chance(DataChance);
        if (HasData)
        {
            AddRules(data, steps);
        }
    }

    /// <summary>The seed.</summary>
    public ulong Seed { get; }

    /// <summary>True when the vehicle collects reports and brings them to the server, and new rules come.</summary>
    public bool HasData { get; }

    /// <summary>How many ECUs of the fleet take part.</summary>
    public int EcuCount { get; }

    /// <summary>What happens, one after the other.</summary>
    public IReadOnlyList<ScenarioStep> Steps { get; }

    /// <summary>What goes wrong meanwhile.</summary>
    public IReadOnlyList<SimFault> Faults { get; }

    // Less than the steps can take: what is refused or up to date takes less than an update.
    private long ExpectedMs => 300 + Steps.Sum(step => step.Kind == StepKind.Campaign ? step.Targets.Count * UpdateMs : 400);

    private void AddRules(SeededRandom random, List<ScenarioStep> steps)
    {
        int[] able = [.. Enumerable.Range(0, EcuCount).Where(ecu => _fleet.Ecus[ecu].Rules is not null)];
        for (int count = random.Chance(0.4) ? 1 + random.Next(2) : 0; count > 0; count--)
        {
            int ecu = able[random.Next(able.Length)];
            steps.Insert(random.Next(steps.Count + 1), new ScenarioStep(StepKind.InstallRules, [new StepTarget(ecu, string.Empty, string.Empty, [])], $"next collection rules for {_fleet.Ecus[ecu].Name}"));
        }
    }

    private ScenarioStep DrawStep(SeededRandom random)
    {
        int kind = random.Next(20);
        int ecu = random.Next(EcuCount);
        StepTarget noPackage = new(ecu, string.Empty, string.Empty, []);
        return kind switch
        {
            < 2 => new ScenarioStep(StepKind.Query, [noPackage], $"query {_fleet.Ecus[ecu].Name}"),
            < 5 => new ScenarioStep(StepKind.RollBack, [noPackage], $"order {_fleet.Ecus[ecu].Name} back to its previous image"),
            _ => DrawCampaign(random, ecu),
        };
    }

    private ScenarioStep DrawCampaign(SeededRandom random, int first)
    {
        List<StepTarget> targets = [];
        List<string> words = [];
        for (int i = 0; i < EcuCount; i++)
        {
            if (i == first || random.Chance(0.3))
            {
                (StepTarget target, string text) = DrawTarget(random, i);
                targets.Add(target);
                words.Add($"{_fleet.Ecus[i].Name}: {text}");
            }
        }

        return new ScenarioStep(StepKind.Campaign, targets, $"campaign ({string.Join("; ", words)})");
    }

    private (StepTarget Target, string Text) DrawTarget(SeededRandom random, int ecu)
    {
        FleetEcu software = _fleet.Ecus[ecu];
        int kind = random.Next(20);
        if (kind < 4)
        {
            RefusedPackage refused = software.Refused[random.Next(software.Refused.Count)];
            return (new StepTarget(ecu, refused.Package.Name, refused.Version, refused.File), refused.Reason);
        }

        if (kind < 6)
        {
            Release old = software.Releases[random.Chance(0.5) ? _offered[ecu] : random.Next(_offered[ecu] + 1)];
            return (Of(ecu, old, old.File), $"{old.Version} once more");
        }

        // The last release is kept for the end.
        int next = Math.Min(_offered[ecu] + 1 + random.Next(3), software.Releases.Count - 2);
        _offered[ecu] = next;
        Release release = software.Releases[next];
        return kind switch
        {
            < 8 => (Of(ecu, release, release.TamperedFile), $"{release.Version} with a wrong bit in its image"),
            < 10 when release.FormsTamperedFile is { } file => (Of(ecu, release, file), $"{release.Version} ({release.Behaviour}) with a wrong bit in all forms but the whole image"),
            _ => (Of(ecu, release, release.File), $"{release.Version} ({release.Behaviour})"),
        };
    }

    private static StepTarget Of(int ecu, Release release, byte[] file) => new(ecu, release.Package.Name, release.Version, file);

    private List<SimFault> DrawFaults(SeededRandom random)
    {
        int count = 1;
        while (count < FaultCountMax && random.Chance(0.88))
        {
            count++;
        }

        return [.. Enumerable.Range(0, count).Select(number => DrawFault(random, Kinds[random.Next(Kinds.Length)], number))];
    }

    private SimFault DrawFault(SeededRandom random, FaultKind kind, int number)
    {
        int[] meant = Meant();
        SimFault fault = new()
        {
            Kind = kind,
            Number = number,
            Ecu = random.Chance(0.8) ? meant[random.Next(meant.Length)] : random.Next(EcuCount),
            At = random.Next((int)ExpectedMs),
            Side = random.Next(2),
            DurationMs = 10 + random.Next(1500),
            Count = 1 + random.Next(3),
        };
        return kind switch
        {
            FaultKind.FrameDelay => fault with { DurationMs = 1 + random.Next(150) },
            FaultKind.FrameCorruption => fault with { Count = 1 + random.Next(random.Chance(0.2) ? 60 : 4) },
            FaultKind.FrameDrop => fault with { Count = 1 + random.Next(random.Chance(0.2) ? 40 : 3) },
            FaultKind.BrokerLoss => fault with { Ecu = -1, DurationMs = 100 + random.Next(20_000) },
            FaultKind.MessageLoss or FaultKind.MessageDuplication => fault with { Ecu = -1, Count = 1 + random.Next(4) },
            FaultKind.MessageDelay => fault with { Ecu = -1, Count = 1 + random.Next(4), DurationMs = 100 + random.Next(10_000) },
            FaultKind.ClientCrash => fault with { Ecu = -1, DurationMs = 10 + random.Next(4000), CutVariant = random.Next(CutModels.OfErase.Count) },
            FaultKind.BabblingNode => fault with { Ecu = -1 },
            FaultKind.PowerCut => fault with { CutVariant = random.Next(CutModels.OfErase.Count) },
            FaultKind.EcuReset when random.Chance(0.5) => fault with { Count = 2 + random.Next(7), Gap = 50 + random.Next(900) },
            FaultKind.EcuReset => fault with { Count = 1 },
            FaultKind.PowerCutInFlash => InFlash(random, fault) with { CutVariant = random.Next(CutModels.OfErase.Count) },
            FaultKind.FlashError or FaultKind.FlashWrongBits => InFlash(random, fault),
            FaultKind.ClockJump => fault with { DurationMs = 1L << random.Next(32) },
            FaultKind.ClockWrap => fault with { DurationMs = random.Next(4000) },
            _ => fault,
        };
    }

    // The ECUs that campaigns mean, as often as they do.
    private int[] Meant() => [.. Steps.Where(step => step.Kind == StepKind.Campaign).SelectMany(step => step.Targets).Select(target => target.Ecu)];

    // An operation of an ECU that a campaign means; now and then several, close to each other: a cut in the recovery from a
    // cut, a sector that fails for a while.
    private SimFault InFlash(SeededRandom random, SimFault fault)
    {
        int[] meant = Meant();
        int ecu = meant[random.Next(meant.Length)];
        return fault with
        {
            Ecu = ecu,
            At = random.Next(meant.Count(other => other == ecu) * UpdateOperations),
            Count = random.Chance(0.4) ? 2 + random.Next(4) : 1,
            Gap = 1 + random.Next(random.Chance(0.5) ? 2 : 12),
        };
    }
}
