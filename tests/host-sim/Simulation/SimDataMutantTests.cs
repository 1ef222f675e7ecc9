// Faults on the way of reports, each of which `esync sim` must find by the rule about them: an ECU that forgets what nobody has, one that
// samples no more after a restart, and a client whose disk forgets what the server does not have.
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

public sealed class SimDataMutantTests
{
    [Theory]
    [InlineData("agent-firmware/src/Data/ReportLog.cs", "_state.Acknowledge(upTo);", "_state.Acknowledge(_state.Next - 1);")]
    [InlineData("agent-firmware/src/Data/RuleStore.cs", "_engine.Load(InForce, nowMs);", "if (InForce.SequenceNumber == 0) { _engine.Load(InForce, nowMs); }")]
    [InlineData("host-sim/src/Data/ReportForwarder.cs", "_queue.Acknowledge(_ecu, epoch, upTo);", "_queue.Acknowledge(_ecu, epoch, upTo + 1);")]
    public async Task A_fault_on_the_way_of_reports_is_found_by_their_rule(string file, string find, string replace)
    {
        using MutatedProgram program = new(new Mutant(replace, file, find, replace));

        MutantRun run = await program.RunAsync("sim", "--seeds", "1..90", "--failures", "1", "--no-shrink", "--config", Repository.PathOf("nf.config"));

        Assert.True(run.ExitCode == 1, run.Output + run.Error);
        Assert.True(run.Output.Contains("breaks `data`", StringComparison.Ordinal), run.Output);
    }
}
