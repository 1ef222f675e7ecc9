// An attack is one only if it succeeds once its defence is gone: each is run against the product without it.
using System.Text.Json;
using EsyncSim;
using EsyncSim.Attack;
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.HostSim.Attack;

public sealed class AttackMutantTests : IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<string> Names => [.. AttackMutants.All.Select(row => row.Mutant.Name)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Each_attack_succeeds_once_its_defence_is_gone(string mutant)
    {
        AttackMutant row = AttackMutants.All.Single(row => row.Mutant.Name == mutant);
        using MutatedProgram program = new(row.Mutant);

        MutantRun run = await program.RunAsync("attack", "--only", row.Attack, "--json", _folder["a.json"]);

        Assert.True(run.ExitCode == ExitCode.UnexpectedOutcome, $"exit code {run.ExitCode}\n{run.Output}{run.Error}");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(_folder["a.json"]));
        JsonElement result = json.RootElement.GetProperty("attacks")[0];
        Assert.True(result.GetProperty("verdict").GetString() == "succeeded", run.Output);
        string[] fallen = [.. result.GetProperty("steps").EnumerateArray().Where(step => !step.GetProperty("held").GetBoolean()).Select(step => step.GetProperty("came").GetString()!)];
        Assert.True(Array.Exists(fallen, came => came.Contains(row.Came, StringComparison.Ordinal)), $"no step got '{row.Came}' but {string.Join("; ", fallen)}");
    }

    [Fact]
    public void Every_attack_has_its_mutant() =>
        Assert.Equal(AttackCatalogue.All.Select(attack => attack.Name).Order(), AttackMutants.All.Select(row => row.Attack).Distinct().Order());
}
