// An attack is one only if it succeeds once its defence is gone: each is run against the product without it.
using System.Text.Json;
using EsyncSim;
using EsyncSim.Attack;
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.HostSim.Attack;

public sealed class AttackMutantTests(AttackMutantProgram shared) : IClassFixture<AttackMutantProgram>, IDisposable
{
    private readonly Folder _folder = new();

    public static TheoryData<int> Programs => [.. AttackMutants.All.Select(row => row.Program).Distinct()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Each_attack_succeeds_once_its_defence_is_gone(int number)
    {
        AttackMutant[] rows = [.. AttackMutants.All.Where(row => row.Program == number)];
        shared.Program.Select([.. rows.Select(row => row.Mutant).Distinct()]);

        MutantRun run = await shared.Program.RunAsync(["attack", "--json", _folder["a.json"], .. rows.SelectMany(row => new[] { "--only", row.Attack })]);

        Assert.True(run.ExitCode == ExitCode.UnexpectedOutcome, $"exit code {run.ExitCode}\n{run.Output}{run.Error}");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(_folder["a.json"]));
        Assert.All(rows, row => RequireSuccess(row, json.RootElement.GetProperty("attacks").EnumerateArray().Single(attack => attack.GetProperty("name").GetString() == row.Attack)));
    }

    private static void RequireSuccess(AttackMutant row, JsonElement result)
    {
        Assert.True(result.GetProperty("verdict").GetString() == "succeeded", $"{row.Mutant.Name}: {result}");
        string[] fallen = [.. result.GetProperty("steps").EnumerateArray().Where(step => !step.GetProperty("held").GetBoolean()).Select(step => step.GetProperty("came").GetString()!)];
        Assert.True(Array.Exists(fallen, came => came.Contains(row.Came, StringComparison.Ordinal)), $"{row.Mutant.Name}: no step got '{row.Came}' but {string.Join("; ", fallen)}");
    }

    [Fact]
    public void Every_attack_has_its_mutant() =>
        Assert.Equal(AttackCatalogue.All.Select(attack => attack.Name).Order(), AttackMutants.All.Select(row => row.Attack).Distinct().Order());
}

/// <summary>The product with all defences behind a switch: compiling and warming it up for each set of rows would be most of what the test does.</summary>
public sealed class AttackMutantProgram : IDisposable
{
    /// <summary>The program.</summary>
    public MutatedProgram Program { get; } = MutatedProgram.Switched("attack mutants", [.. AttackMutants.All.Select(row => row.Mutant).Distinct()]);

    /// <inheritdoc/>
    public void Dispose() => Program.Dispose();
}
