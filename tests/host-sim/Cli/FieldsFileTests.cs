// --json of commands that print tables: what is shown is in the file, and what failed says why.
using System.CommandLine;
using System.Text.Json;
using EsyncSim;
using EsyncSim.Cli;
using EsyncSim.Files;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class FieldsFileTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_table_is_rows_of_what_stands_under_its_heads()
    {
        (int code, _, string error) = await EsyncCommandLineTests.RunAsync("config", "check", "--config", Repository.PathOf("nf.config"), "--json", _folder["check.json"]);
        Assert.True(code == ExitCode.Ok, error);
        JsonElement json = Read("check.json");

        Assert.Equal(("pass", 0), (json.GetProperty("outcome").GetString(), json.GetProperty("exitCode").GetInt32()));
        JsonElement motor = json.GetProperty("sections")[0].GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("ecu").GetString() == "motor");
        Assert.Equal("500000", motor.GetProperty("bitS").GetString());
    }

    [Fact]
    public async Task A_file_that_is_wrong_has_its_problems_in_the_report()
    {
        await File.WriteAllTextAsync(_folder["nf.config"], "format: 2\n", TestContext.Current.CancellationToken);
        (int code, _, _) = await EsyncCommandLineTests.RunAsync("config", "check", "--config", _folder["nf.config"], "--json", _folder["check.json"]);
        JsonElement json = Read("check.json");

        Assert.Equal(ExitCode.BadFile, code);
        Assert.Equal("fail", json.GetProperty("outcome").GetString());
        Assert.Equal("1", json.GetProperty("sections")[0].GetProperty("fields").GetProperty("line").GetString());
    }

    [Fact]
    public async Task What_fails_says_why_in_the_report()
    {
        (int code, _, string error) = await EsyncCommandLineTests.RunAsync("package", "inspect", _folder["none.esp"], "--json", _folder["out.json"]);
        JsonElement json = Read("out.json");

        Assert.Equal(ExitCode.BadFile, code);
        Assert.Equal(code, json.GetProperty("exitCode").GetInt32());
        Assert.Contains(json.GetProperty("error").GetString()!, error);
    }

    [Theory]
    [InlineData("key identifier", "keyIdentifier")]
    [InlineData("bit/s", "bitS")]
    [InlineData("ECU", "ecu")]
    [InlineData("CAN clock", "canClock")]
    [InlineData("1 + 2", "12")]
    public void A_name_becomes_a_key(string name, string key) => Assert.Equal(key, FieldsFile.Key(name));

    // What a command finds out, a script must be able to read: those that only write the file that they are asked for, or run until Ctrl-C, need no report.
    [Fact]
    public void Every_command_that_finds_something_out_has_a_report()
    {
        string[] without = [.. Leaves(RootCommandFactory.Create(new MemoryFileSystem()), string.Empty).Where(leaf => leaf.Command.Options.All(option => option.Name != "--json")).Select(leaf => leaf.Path).Order(StringComparer.Ordinal)];

        Assert.Equal(
            [
                "campaign cancel", "campaign consent", "campaign pause", "campaign resume", "campaign start", "campaign upload", "client", "config export", "config generate", "data export", "data watch", "ecu run", "hil collect", "keys new", "keys reserve", "keys rotate", "package build", "rules build",
                "server", "signals export", "signals import",
            ],
            without);
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [(path, command)]
        : command.Subcommands.SelectMany(sub => Leaves(sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}"));

    private JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllBytes(_folder[name])).RootElement;
}
