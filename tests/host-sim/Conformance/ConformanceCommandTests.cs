// `esync conformance` as a user runs it: files that say the same as the screen, exit codes, and command lines that cannot be
// meant. That the whole catalogue passes is CatalogueTests' matter.
using System.Text.Json;
using System.Xml.Linq;
using EsyncSim;
using EsyncSim.Cli;
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class ConformanceCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task All_reports_say_the_same_and_a_wrong_profile_makes_a_fail()
    {
        Assert.Equal(ExitCode.Ok, (await RunAsync("--write-profile", _folder["p.yaml"])).Code);
        File.WriteAllText(_folder["p.yaml"], File.ReadAllText(_folder["p.yaml"]).Replace("blockSize: 32", "blockSize: 8", StringComparison.Ordinal));

        (int good, string output, string error) = await RunAsync("--only", "TP-00*", "--memory", _folder["m"], "--json", _folder["a.json"], "--junit", _folder["a.xml"], "--html", _folder["a.html"], "--log", _folder["a.log"]);
        (int bad, string badOutput, _) = await RunAsync("--only", "TP-040", "--memory", _folder["m"], "--profile", _folder["p.yaml"]);

        Assert.True(good == ExitCode.Ok, output + error);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(_folder["a.json"]));
        JsonElement[] cases = [.. json.RootElement.GetProperty("cases").EnumerateArray()];
        Assert.Equal(ConformanceCatalogue.Select(["TP-00*"]).Select(one => one.Id), cases.Select(one => one.GetProperty("id").GetString()));
        Assert.All(cases, one => Assert.NotEqual(0, one.GetProperty("frames").GetArrayLength()));
        Assert.Equal(cases.Length, json.RootElement.GetProperty("score").GetProperty("passed").GetInt32());
        Assert.Equal($"{cases.Length}", XDocument.Load(_folder["a.xml"]).Root!.Attribute("tests")!.Value);
        Assert.Contains("<b>PASS</b>", File.ReadAllText(_folder["a.html"]));
        double[] seconds = [.. File.ReadLines(_folder["a.log"]).Select(line => double.Parse(line[1..line.IndexOf(')')], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(seconds.Order(), seconds);
        Assert.Contains($": {cases.Length} of {cases.Length} passed, 0 failed", output);
        Assert.Equal(ExitCode.UnexpectedOutcome, bad);
        Assert.Contains("TP-040", badOutput);
        Assert.Contains("0 of 1 passed, 1 failed", badOutput);
    }

    [Fact]
    public async Task The_list_names_every_case_and_tries_none()
    {
        (int code, string output, _) = await RunAsync("--list");

        Assert.Equal(ExitCode.Ok, code);
        Assert.All(ConformanceCatalogue.All, one => Assert.Contains(one.Id, output));
        Assert.DoesNotContain("passed", output);
    }

    [Theory]
    [InlineData("--only", "TP-9*")]
    [InlineData("--device", "motor.device")]
    [InlineData("--bus", "socketcan:can0")]
    public async Task A_command_line_that_cannot_be_meant_is_refused(string option, string value)
    {
        (int code, _, string error) = await RunAsync(option, value);

        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Single(error.Trim().Split('\n'));
    }

    [Fact]
    public async Task A_memory_that_is_none_and_a_profile_that_is_not_there_are_refused()
    {
        File.WriteAllText(_folder["m"], "no memory");

        Assert.Equal(ExitCode.BadFile, (await RunAsync("--memory", _folder["m"])).Code);
        Assert.Equal(ExitCode.BadFile, (await RunAsync("--profile", _folder["none.yaml"])).Code);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await EsyncCommandLine.RunAsync(["conformance", .. arguments], output, error);
        return (code, output.ToString(), error.ToString());
    }
}
