// `esync sim` as a user types it: ranges, a replay, figures in a file, and what is refused in one line.
using System.Text.Json;
using EsyncSim.Cli;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

public sealed class SimCommandTests
{
    [Fact]
    public async Task A_range_of_seeds_ends_with_figures_on_the_screen_and_in_a_file()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory().FullName, "sim.json");

        (int code, string output, string error) = await RunAsync("sim", "--seeds", "1..8", "--json", path);

        Assert.True(code == 0, output + error);
        Assert.Contains("SIM PASS", output);
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal("pass", json.RootElement.GetProperty("outcome").GetString());
        Assert.Equal(8, json.RootElement.GetProperty("seeds").GetInt64() + json.RootElement.GetProperty("seedsWithoutFault").GetInt64());
        Assert.True(json.RootElement.GetProperty("faultsByKind").TryGetProperty("power-cut-in-flash", out _));
        Assert.Equal(8, json.RootElement.GetProperty("rules").GetArrayLength());
    }

    [Fact]
    public async Task A_replay_tells_its_faults_and_steps_and_writes_its_traffic()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;

        (int code, string output, string error) = await RunAsync("sim", "--seed", "3", "--candump-dir", folder);

        Assert.True(code == 0, output + error);
        Assert.Contains("fault #0", output);
        Assert.Contains("step: ", output);
        Assert.Contains("all rules held", output);
        Assert.StartsWith("(17", await File.ReadAllTextAsync(Path.Combine(folder, "seed-3.log"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("5..1")]
    [InlineData("a..b")]
    [InlineData("1..2..3")]
    [InlineData("-1..3")]
    [InlineData("")]
    public async Task What_is_no_range_is_refused_in_one_line(string range)
    {
        (int code, _, string error) = await RunAsync("sim", "--seeds", range);

        Assert.Equal(2, code);
        Assert.Contains("1..1000", error);
    }

    [Theory]
    [InlineData("7", 7, 7)]
    [InlineData("1..20000", 1, 20000)]
    public void A_range_is_two_numbers_or_one(string text, ulong first, ulong last) => Assert.Equal((first, last), SimCommand.ParseRange(text));

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = await EsyncCommandLine.RunAsync([.. arguments, "--config", Repository.PathOf("nf.config")], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
