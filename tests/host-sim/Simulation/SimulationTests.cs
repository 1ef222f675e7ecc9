// Some hundred seeds hold all rules; every kind of fault strikes among them; a seed is the same each time, to the frame.
using EsyncSim.Simulation;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

public sealed class SimulationTests
{
    [Fact]
    public void Seeds_break_no_rule_and_every_kind_of_fault_strikes()
    {
        int seeds = 300 / EveryStep.Stride(2);
        SimulationReport report = SimulationOfSeeds.Run(SimFleet.Shared, new SimulationOptions { FirstSeed = 1, LastSeed = (ulong)seeds });

        Assert.True(report.Failures.Count == 0, string.Join('\n', report.Failures.Select(failure => $"seed {failure.Seed}, {failure.Rule}: {failure.Text}\n{string.Join('\n', failure.Faults)}")));
        Assert.Equal("pass", report.Outcome);
        Assert.Equal(seeds, report.Seeds + report.SeedsWithoutFault);
        Assert.InRange(report.Seeds, seeds * 9 / 10, seeds);
        Assert.All(report.FaultsByKind, row => Assert.True(row.Value > 0, $"no {row.Key} has struck"));
        Assert.Equal(report.FaultsStruck, report.FaultsByKind.Values.Sum());
        Assert.All(
            (string[])["full", "heatshrink", "delta", "full, resumed", "heatshrink, resumed", "delta, resumed", TransferCount.Fallbacks],
            form => Assert.True(report.TransfersByForm.GetValueOrDefault(form) > 0, $"no transfer: {form}"));
    }

    [Fact]
    public void A_seed_is_the_same_each_time_and_seeds_differ()
    {
        HashSet<ulong> hashes = [];
        for (ulong seed = 1; seed <= 10; seed++)
        {
            SimResult first = Run(seed), second = Run(seed);

            Assert.Equal((first.Hash, first.VirtualMs, first.FlashOperations), (second.Hash, second.VirtualMs, second.FlashOperations));
            Assert.Equal(first.Struck.Order(), second.Struck.Order());
            Assert.True(hashes.Add(first.Hash));
        }
    }

    [Fact]
    public void To_leave_a_fault_out_changes_neither_the_steps_nor_the_other_faults()
    {
        Scenario scenario = Scenarios().First(scenario => scenario.Faults.Count > 3), again = new(SimFleet.Shared, scenario.Seed);

        Assert.Equal(scenario.Faults, again.Faults);
        Assert.Equal(scenario.Steps.Select(step => step.Text), again.Steps.Select(step => step.Text));
        Assert.Equal(Enumerable.Range(0, scenario.Faults.Count), scenario.Faults.Select(fault => fault.Number));
    }

    [Fact]
    public void Every_kind_of_step_and_fault_and_every_refused_package_is_drawn()
    {
        Scenario[] scenarios = [.. Scenarios().Take(400)];
        string[] steps = [.. scenarios.SelectMany(scenario => scenario.Steps).Select(step => step.Text)];

        Assert.Equal(Enum.GetValues<FaultKind>(), scenarios.SelectMany(scenario => scenario.Faults).Select(fault => fault.Kind).Distinct().Order());
        Assert.Equal([StepKind.Campaign, StepKind.Query, StepKind.RollBack, StepKind.InstallRules], scenarios.SelectMany(scenario => scenario.Steps).Select(step => step.Kind).Distinct().Order());
        Assert.All(SimFleet.Shared.Ecus[0].Refused, refused => Assert.Contains(steps, step => step.Contains(refused.Reason)));
        Assert.All(Enum.GetValues<ReleaseBehaviour>(), behaviour => Assert.Contains(steps, step => step.Contains($"({behaviour})")));
        Assert.Contains(steps, step => step.Contains("wrong bit in its image"));
        Assert.Contains(steps, step => step.Contains("wrong bit in all forms but the whole image"));
        Assert.All(scenarios, scenario => Assert.Contains(scenario.Steps, step => step.Kind == StepKind.Campaign));
    }

    [Fact]
    public void Every_fault_has_words_of_its_own()
    {
        IReadOnlyList<string> words = SimulationOfSeeds.Describe(SimFleet.Shared, Enum.GetValues<FaultKind>().Select(kind => new SimFault { Kind = kind, Number = 0, Ecu = 0 }));

        Assert.Equal(words.Count, words.Distinct().Count());
        Assert.Equal("frame-drop", SimFault.NameOf(FaultKind.FrameDrop));
        Assert.Equal("power-cut-in-flash", SimFault.NameOf(FaultKind.PowerCutInFlash));
    }

    private static IEnumerable<Scenario> Scenarios() => Enumerable.Range(1, 1000).Select(seed => new Scenario(SimFleet.Shared, (ulong)seed));

    private static SimResult Run(ulong seed)
    {
        Scenario scenario = new(SimFleet.Shared, seed);
        return SimRun.Run(SimFleet.Shared, scenario, scenario.Faults);
    }
}
