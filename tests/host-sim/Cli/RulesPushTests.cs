// esync rules push as a user runs it: a virtual ECU in a file gets rules, gets them again, and refuses what it must.
using EsyncSim;
using EsyncSim.Signing;
using EsyncTests.HostSim.Signing;
using Xunit;
using static EsyncTests.HostSim.Cli.EsyncRun;

namespace EsyncTests.HostSim.Cli;

public sealed class RulesPushTests : IDisposable
{
    private readonly Folder _folder = new();

    public RulesPushTests()
    {
        foreach ((string name, SigningRole role) in new[] { ("author", SigningRole.Author), ("oem", SigningRole.Oem), ("rules", SigningRole.Rules), ("other", SigningRole.Rules) })
        {
            SigningKey key = SigningKey.FromSeedText(role, TestKeys.Small, name);
            SigningKeyStore.Disk.Create(_folder[$"{name}.key"], key);
            File.WriteAllBytes(_folder[$"{name}.pub"], key.Anchor.ToFile());
        }
    }

    private static string Config => Repository.PathOf("nf.config");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_ECU_in_a_file_takes_rules_once_and_newer_ones_in_their_place()
    {
        await ProvisionAsync("motor");
        await BuildAsync("one", 1, 500);
        string output = await Ok([.. Push("one"), "--json", _folder["out.json"], "--log", _folder["out.log"]]);
        Assert.Matches("ok +motor: collection rules: rule set 1-[0-9a-f]{8} \\(1 rule\\)", output);
        Assert.Contains("\"pass\"", await File.ReadAllTextAsync(_folder["out.json"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("31010215", await File.ReadAllTextAsync(_folder["out.log"], TestContext.Current.CancellationToken), StringComparison.Ordinal);
        byte[] flash = await File.ReadAllBytesAsync(_folder["motor.flash"], TestContext.Current.CancellationToken);

        output = await Ok([.. Push("one"), "--log", _folder["again.log"]]);
        Assert.Matches("motor collects by rule set 1-[0-9a-f]{8} already; nothing was sent", output);
        Assert.DoesNotContain("31010215", await File.ReadAllTextAsync(_folder["again.log"], TestContext.Current.CancellationToken), StringComparison.Ordinal);

        await BuildAsync("two", 2, 250);
        Assert.Contains("rule set 2-", await Ok("update", "--config", Config, "--package", _folder["two.rules"], "--flash", _folder["motor.flash"]), StringComparison.Ordinal);
        Assert.NotEqual(flash, await File.ReadAllBytesAsync(_folder["motor.flash"], TestContext.Current.CancellationToken));
        string error = await Fails(ExitCode.EcuRefused, Push("one"));
        Assert.Contains("the ECU motor keeps the rules that it has: install collection rules: the ECU has taken rules with sequence 2 already, and these have 1; build them again with --sequence 3 or higher (SequenceTooLow)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_ECU_refuses_is_told_with_its_reason_and_an_exit_code()
    {
        await ProvisionAsync("motor");
        await BuildAsync("foreign", 1, 500, "other");
        Assert.Contains("esync keys rotate", await Fails(ExitCode.KeyProblem, Push("foreign")), StringComparison.Ordinal);

        // Made for signals that this ECU does not have: its nf.config has moved on.
        string newer = (await File.ReadAllTextAsync(Config, TestContext.Current.CancellationToken)).Replace("{ did: 0x0200, type: int16, unit: rpm,", "{ did: 0x0200, type: int16, unit: rpm, factor: 2,", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["newer.config"], newer, TestContext.Current.CancellationToken);
        await BuildAsync("moved", 1, 500, config: _folder["newer.config"]);
        Assert.Contains("build them again with the nf.config that the ECU was flashed with (SignalTableMismatch)", await Fails(ExitCode.EcuRefused, Push("moved")), StringComparison.Ordinal);

        await ProvisionAsync("battery");
        await BuildAsync("one", 1, 500);
        Assert.Contains("for another ECU", await Fails(ExitCode.EcuRefused, "rules", "push", _folder["one.rules"], "--config", Config, "--flash", _folder["battery.flash"], "--ecu", "battery"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_is_one_line_and_leaves_the_ECU_alone()
    {
        await ProvisionAsync("motor");
        await BuildAsync("one", 1, 500);
        byte[] before = await File.ReadAllBytesAsync(_folder["motor.flash"], TestContext.Current.CancellationToken);
        Assert.Contains("is no rules file; `esync rules build", await Fails(ExitCode.BadFile, "rules", "push", _folder["one.yaml"], "--config", Config, "--flash", _folder["motor.flash"]), StringComparison.Ordinal);
        Assert.Contains("none.rules is not there", await Fails(ExitCode.BadFile, Push("none")), StringComparison.Ordinal);
        byte[] file = await File.ReadAllBytesAsync(_folder["one.rules"], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["half.rules"], file[..(file.Length / 2)], TestContext.Current.CancellationToken);
        Assert.Contains("half.rules is no rules file, or damaged", await Fails(ExitCode.BadFile, Push("half")), StringComparison.Ordinal);
        Assert.Contains("needs --flash FILE", await Fails(ExitCode.BadUsage, "rules", "push", _folder["one.rules"], "--config", Config), StringComparison.Ordinal);
        Assert.Contains("--ecu NAME", await Fails(ExitCode.BadUsage, "rules", "push", _folder["one.rules"], "--config", Config, "--bus", "socketcan:can0", "--device", _folder["motor.flash.device"]), StringComparison.Ordinal);
        await Fails(ExitCode.BadUsage, "rules", "push");
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder["motor.flash"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Help_teaches_by_examples()
    {
        string help = await Ok("rules", "push", "--help");
        Assert.Contains("esync rules push motor-1.rules --flash motor.flash", help, StringComparison.Ordinal);
        Assert.Contains("without a restart", help, StringComparison.Ordinal);
    }

    private Task<string> ProvisionAsync(string ecu) => Ok(
        "provision", "--config", Config, "--ecu", ecu, "--flash", _folder[$"{ecu}.flash"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"], "--anchor", _folder["rules.pub"]);

    private async Task BuildAsync(string name, int sequence, int periodMs, string key = "rules", string? config = null)
    {
        await File.WriteAllTextAsync(_folder[$"{name}.yaml"], $"rules:\n  - {{ id: 1, signals: [Vehicle.Speed], everyMs: {periodMs} }}\n", TestContext.Current.CancellationToken);
        await Ok("rules", "build", "--config", config ?? Config, "--ecu", "motor", "--rules", _folder[$"{name}.yaml"], "--sequence", $"{sequence}", "--key", _folder[$"{key}.key"], "--out", _folder[$"{name}.rules"], "--register", _folder["register"]);
    }

    private string[] Push(string name) => ["rules", "push", _folder[$"{name}.rules"], "--config", Config, "--flash", _folder["motor.flash"]];
}
