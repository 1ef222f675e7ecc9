// esync rules: from YAML to a signed file and to a table; mistakes have their line, their reason and a way out.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Rules;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class RulesCommandTests : IDisposable
{
    private const string Speed = "Vehicle.Powertrain.ElectricMotor.Speed";
    private const string Torque = "Vehicle.Powertrain.ElectricMotor.Torque";
    private readonly Folder _folder = new();

    public RulesCommandTests()
    {
        foreach ((string name, SigningRole role) in new[] { ("rules", SigningRole.Rules), ("author", SigningRole.Author) })
        {
            SigningKeyStore.Disk.Create(_folder[$"{name}.key"], SigningKey.FromSeedText(role, TestKeys.Small, name));
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rules_are_built_and_shown_in_units()
    {
        Write($"rules:\n  - {{ id: 7, signals: [{Speed}, {Torque}], everyMs: 1000, priority: high, retentionHours: 24 }}\n"
            + $"  - {{ id: 2, signals: [{Torque}], onChange: {{ signal: {Torque}, threshold: 2.5, intervalMsMin: 100 }} }}\n"
            + $"  - id: 9\n    signals: [0x0200]\n    when: {{ all: [\"{Speed} > 3000\", \"{Torque} <= -1.25\"] }}\n    window: {{ periodMs: 100, beforeMs: 500, afterMs: 1000 }}\n");
        (int Code, string Output, string Error) built = await Build("rules");
        Assert.True(built.Code == ExitCode.Ok, built.Error);
        RulesFile file = RulesFile.Load(_folder["one.rules"]);
        Assert.Equal([2, 7, 9], file.List.Rules.Select(rule => (int)rule.Id));
        Assert.Equal(new ChangeTrigger(0x0201, 25, 100), file.List.Rules[0].Trigger);
        Assert.Equal([new RuleTerm(0x0200, Comparison.Greater, false, 3000), new RuleTerm(0x0201, Comparison.LessOrEqual, false, -13)], ((ConditionTrigger)file.List.Rules[2].Trigger).Terms);

        (int Code, string Output, string Error) shown = await EsyncCommandLineTests.RunAsync(null, ["rules", "show", _folder["one.rules"], "--config", Config]);
        Assert.Equal(ExitCode.Ok, shown.Code);
        Assert.Contains($"{Torque} changes by more than 2.5", shown.Output, StringComparison.Ordinal);
        Assert.Contains($"{Torque} <= -1.3", shown.Output, StringComparison.Ordinal);
        Assert.Contains("every 1 s", shown.Output, StringComparison.Ordinal);
        Assert.Contains("3 of 16", shown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_have_their_line_and_reason_and_cost_no_signature()
    {
        Write($"rules:\n  - {{ id: 1, signals: [Vehicle.Nothing], everyMs: 5 }}\n  - {{ id: 2, signals: [{Speed}], when: {{ all: [\"{Speed} > 99999\"] }} }}\n");
        (int Code, string Output, string Error) built = await Build("rules");
        Assert.Equal(ExitCode.BadFile, built.Code);
        Assert.Contains("This ECU has no signal `Vehicle.Nothing`", built.Error, StringComparison.Ordinal);
        Assert.Contains("`everyMs` is 5, outside 10 to 86400000", built.Error, StringComparison.Ordinal);
        Assert.Contains("(3,", built.Error, StringComparison.Ordinal);
        Assert.Contains("99999 is outside of what", built.Error, StringComparison.Ordinal);

        Write($"rules:\n  - {{ id: 1, signals: [{Speed}], everyMs: 1000, window: {{ periodMs: 10, beforeMs: 60000 }} }}\n");
        Assert.Contains(nameof(FotaError.RulesExceedLimits), (await Build("rules")).Error, StringComparison.Ordinal);
        Write($"rules:\n  - {{ id: 1, signals: [{Speed}], everyMs: 1000 }}\n");
        (int Code, string Output, string Error) other = await Build("author");
        Assert.Equal(ExitCode.KeyProblem, other.Code);
        Assert.Contains("esync keys new rules.key --role rules", other.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["one.rules"]));
        Assert.Equal(0, SigningKeyStore.Disk.Load(_folder["rules.key"]).NextIndex);
    }

    private static string Config => Repository.PathOf("nf.config");

    private void Write(string yaml) => File.WriteAllText(_folder["rules.yaml"], yaml);

    private Task<(int Code, string Output, string Error)> Build(string key) => EsyncCommandLineTests.RunAsync(
        null, ["rules", "build", "--config", Config, "--ecu", "motor", "--rules", _folder["rules.yaml"], "--sequence", "1", "--key", _folder[$"{key}.key"], "--out", _folder["one.rules"], "--register", _folder["register"]]);
}
