// esync fleet on the command line: the table, the JSON, a campaign written for a server that is another program, and what is refused.
using System.Text.Json;
using EsyncSim;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class FleetCommandTests : IDisposable
{
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_fleet_is_updated_and_its_figures_are_written()
    {
        string said = await EsyncRun.Ok("fleet", "--config", Repository.PathOf("nf.config"), "--vehicles", "2", "--ecus", "motor", "--json", _folder["fleet.json"]);

        Assert.Matches("motor 2.0.0 Confirmed +2", said);
        Assert.Contains("vehicles per core and minute", said, StringComparison.Ordinal);
        Assert.Contains("FLEET PASS: 2 of 2 vehicles, campaign Done", said, StringComparison.Ordinal);
        using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(_folder["fleet.json"], TestContext.Current.CancellationToken));
        Assert.Equal((2, 2, "pass"), (json.RootElement.GetProperty("vehicles").GetInt32(), json.RootElement.GetProperty("confirmed").GetInt32(), json.RootElement.GetProperty("outcome").GetString()));

        // No sign of the heap is asserted: other tests share this process, and what they leave to the collector meanwhile counts against the fleet's.
        Assert.Equal(JsonValueKind.Number, json.RootElement.GetProperty("measured").GetProperty("heapBytesPerVehicle").ValueKind);
    }

    [Fact]
    public async Task The_written_campaign_is_one_that_the_fleet_can_run()
    {
        string[] fleet = ["fleet", "--config", Repository.PathOf("nf.config"), "--vehicles", "2", "--ecus", "motor"];
        Assert.Contains("2.0.0 to 2 vehicles", await EsyncRun.Ok([.. fleet, "--write", _folder["out"]]), StringComparison.Ordinal);
        Assert.Equal(["campaign.yaml", "motor.esp"], Directory.EnumerateFiles(_folder["out"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        Assert.Contains("FLEET PASS: 2 of 2 vehicles, campaign Done", await EsyncRun.Ok([.. fleet, "--campaign", Path.Combine(_folder["out"], "campaign.yaml")]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--vehicles takes a number from 1", "--vehicles", "0")]
    [InlineData("--lossy takes a number from 0 to 99", "--lossy", "100")]
    [InlineData("--bad takes a number from 0 to 100", "--bad", "101")]
    [InlineData("--ecus brake", "--ecus", "brake")]
    public async Task What_cannot_be_is_refused(string part, params string[] arguments) =>
        Assert.Contains(part, await EsyncRun.Fails(ExitCode.BadUsage, ["fleet", "--config", Repository.PathOf("nf.config"), .. arguments]), StringComparison.Ordinal);
}
