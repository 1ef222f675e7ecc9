// esync replay against a virtual ECU: a recorded run gives the same answers with its seed, other challenges with another, and a changed
// answer is found.
using System.Text.Json;
using EsyncSim;
using EsyncTests.HostSim.Signing;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class ReplayCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_log_of_a_run_gives_the_answers_of_then_and_a_changed_one_is_found()
    {
        await File.WriteAllTextAsync(_folder["ask.log"], Log("021003", "0322F190", "300000", "0322FD01", "023E00"), TestContext.Current.CancellationToken);
        Assert.Equal(ExitCode.Ok, (await RunAsync("ask.log", "--log", _folder["run.log"])).Code);

        (int code, string output, string error) = await RunAsync("run.log", "--compare", "--json", _folder["out.json"]);
        Assert.True(code == ExitCode.Ok, output + error);
        Assert.Contains("pass: 4 questions: 4 same", output);
        JsonElement json = JsonDocument.Parse(await File.ReadAllBytesAsync(_folder["out.json"], TestContext.Current.CancellationToken)).RootElement;
        Assert.Equal("pass", json.GetProperty("outcome").GetString());
        Assert.All(json.GetProperty("answers").EnumerateArray(), answer => Assert.Equal(answer.GetProperty("recorded").GetString(), answer.GetProperty("came").GetString()));

        string changed = (await File.ReadAllTextAsync(_folder["run.log"], TestContext.Current.CancellationToken)).Replace("7E8#065003", "7E8#065002", StringComparison.Ordinal);
        await File.WriteAllTextAsync(_folder["changed.log"], changed, TestContext.Current.CancellationToken);
        (code, output, _) = await RunAsync("changed.log", "--compare");
        Assert.Equal(ExitCode.UnexpectedOutcome, code);
        Assert.Contains("different  DiagnosticSessionControl: extended session [10 03]", output);
        Assert.Contains("fail: 4 questions: 3 same, 1 different", output);
    }

    [Fact]
    public async Task The_memory_of_the_ecu_stays_as_it_is_and_challenges_are_told_as_such()
    {
        await File.WriteAllBytesAsync(_folder["author.pub"], TestKeys.Author().Anchor.ToFile(), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder["oem.pub"], TestKeys.Oem().Anchor.ToFile(), TestContext.Current.CancellationToken);
        (int code, string output, string error) = await EsyncCommandLineTests.RunAsync(
            "provision", "--ecu", "motor", "--flash", _folder["motor.flash"], "--anchor", _folder["author.pub"], "--anchor", _folder["oem.pub"], "--config", Repository.PathOf("nf.config"));
        Assert.True(code == ExitCode.Ok, error);
        byte[] memory = await File.ReadAllBytesAsync(_folder["motor.flash"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_folder["ask.log"], Log("021003", "022701", "300000", "0322F190", "300000"), TestContext.Current.CancellationToken);
        await RunAsync("ask.log", "--flash", _folder["motor.flash"], "--log", _folder["run.log"]);

        (code, output, _) = await RunAsync("run.log", "--flash", _folder["motor.flash"], "--compare", "--seed", "2");

        Assert.True(code == ExitCode.Ok, output);
        Assert.Contains("challenge  SecurityAccess: request seed", output);
        Assert.Equal(memory, await File.ReadAllBytesAsync(_folder["motor.flash"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("there is nobody yet", "a.log")]
    [InlineData("--compare needs --ecu", "a.log", "--bus", "socketcan:can0", "--compare")]
    [InlineData("--flash is the memory of a virtual ECU", "a.log", "--bus", "socketcan:can0", "--ecu", "motor", "--flash", "f")]
    [InlineData("--speed fast is none", "a.log", "--ecu", "motor", "--speed", "fast")]
    [InlineData("--map 7E0 is none", "a.log", "--ecu", "motor", "--map", "7E0")]
    public async Task What_cannot_be_played_is_said_with_a_way_out(string words, params string[] options)
    {
        (int code, _, string error) = await EsyncCommandLineTests.RunAsync(["replay", .. options, "--config", Repository.PathOf("nf.config")]);

        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains(words, error);
    }

    // Requests 100 ms apart, padded, when the ECU has started.
    private static string Log(params string[] requests) => string.Concat(
        requests.Select((request, i) => $"(1700000003.{500 + (100 * i):D3}000) can0 7E0#{request.Replace(" ", string.Empty, StringComparison.Ordinal).PadRight(16, 'C')}\n"));

    private Task<(int Code, string Output, string Error)> RunAsync(string log, params string[] options) =>
        EsyncCommandLineTests.RunAsync(["replay", _folder[log], "--ecu", "motor", .. options, "--config", Repository.PathOf("nf.config")]);
}
