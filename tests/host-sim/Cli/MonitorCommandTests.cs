// esync monitor over logs, and what it says where there is nothing to listen to.
using System.Text.Json;
using EsyncSim;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class MonitorCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public MonitorCommandTests() => File.WriteAllText(
        _folder["a.log"], "(10.000000) can0 7E0#021003CCCCCCCCCC\n(10.002000) can0 7E8#065003003201F4CC\n(10.003000) can0 7E0#R\n(10.010000) can0 123#01\n");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_log_is_said_in_words_with_statistics_at_the_end()
    {
        (int code, string output, string error) = await RunAsync("--read", _folder["a.log"]);

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("7E0 → motor       DiagnosticSessionControl: extended session  [10 03]", output);
        Assert.Contains("3 frames in 0.010 s, load ", output);
        Assert.Contains("  motor: 1 requests, 1 responses (0 negative), 0 pending, longest wait 2.0 ms", output);
        Assert.Contains("a.log: left out: 1 remote", error);
    }

    [Fact]
    public async Task Json_is_a_line_for_each_message_and_one_for_the_statistics()
    {
        (int code, string output, _) = await RunAsync("--read", _folder["a.log"], "--json");
        JsonElement[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

        Assert.Equal(ExitCode.Ok, code);
        Assert.Equal(["request", "response"], lines[..^1].Select(line => line.GetProperty("direction").GetString()));
        Assert.Equal(3, lines[^1].GetProperty("statistics").GetProperty("frames").GetInt32());
    }

    [Fact]
    public async Task A_pair_takes_the_place_of_the_configuration()
    {
        (_, string output, _) = await RunAsync("--read", _folder["a.log"], "--pair", "7E0:7E8", "--only", "7E8");

        Assert.Contains("7E8 ← 7E0:7E8", output);
        Assert.DoesNotContain("motor", output);
        Assert.DoesNotContain("→", output);
    }

    [Fact]
    public async Task A_log_of_one_kind_becomes_one_of_another()
    {
        (int code, _, string error) = await RunAsync("--read", _folder["a.log"], "--log", _folder["b.asc"]);

        Assert.True(code == ExitCode.Ok, error);
        Assert.Contains("  10.002000 1  7E8             Rx   d 8 06 50 03 00 32 01 F4 CC\n", await File.ReadAllTextAsync(_folder["b.asc"], TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("name what to listen to")]
    [InlineData("where nobody can listen", "--bus", "virtual:")]
    [InlineData("not recognized", "--bus", "virtual:", "--layer", "tcp")]
    [InlineData("is no CAN identifier", "--read", "a.log", "--only", "hello")]
    public async Task What_cannot_be_listened_to_is_said_with_a_way_out(string words, params string[] options)
    {
        (int code, _, string error) = await RunAsync(options);

        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains(words, error);
    }

    [Fact]
    public async Task A_line_that_is_none_is_told_with_its_number()
    {
        await File.AppendAllTextAsync(_folder["a.log"], "nonsense\n", TestContext.Current.CancellationToken);
        (int code, _, string error) = await RunAsync("--read", _folder["a.log"]);

        Assert.Equal(ExitCode.BadFile, code);
        Assert.Contains("a.log(5): this line", error);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] options) =>
        EsyncCommandLineTests.RunAsync(["monitor", .. options, "--config", Repository.PathOf("nf.config")]);
}
