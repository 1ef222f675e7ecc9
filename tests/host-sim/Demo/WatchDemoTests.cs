// The vehicle inside the program: two ECUs with their applications whose reports arrive at its server, dated as the clock says.
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Demo;
using Xunit;

namespace EsyncTests.HostSim.Demo;

public sealed class WatchDemoTests
{
    [Fact]
    public async Task Both_ECUs_report_and_nothing_is_lost()
    {
        const long Begin = 1_767_268_800_000;
        using WatchDemo demo = WatchDemo.RunFor(Repository.PathOf("nf.config"), 10 * VirtualTime.NsPerSecond, Begin);
        List<(string Ecu, DataRecord Record)> heard = [];
        while (await demo.NextAsync(TimeSpan.Zero, CancellationToken.None) is { } message)
        {
            heard.AddRange(message.Batch.Records.Select(record => (message.Batch.Ecu, record)));
        }

        foreach (string ecu in new[] { "motor", "battery" })
        {
            DataRecord[] records = [.. heard.Where(entry => entry.Ecu == ecu).Select(entry => entry.Record)];
            Assert.Contains(records, record => record.Kind == "start");
            Assert.Contains(records, record => record.Kind == "time");
            Assert.All(records, record => Assert.InRange(UtcText.TryParse(record.Ts)!.Value, Begin, Begin + 120_000));
        }

        // Everything that nf.config says of them has a value, also what they hear from other nodes.
        VssValue[] values = [.. heard.SelectMany(entry => entry.Record.Values ?? [])];
        Assert.Contains(values, value => value.Path == "Vehicle.Speed");
        Assert.All(values.Where(value => value.Path.StartsWith("Vehicle.Speed", StringComparison.Ordinal)), value => Assert.Equal((0.0, null), (value.Value!.Value.Number, value.Quality)));

        Assert.Equal(2, demo.Figures.Count);
        Assert.All(demo.Figures, stream => Assert.Equal((0L, 0L), (stream.Duplicates, stream.Lost)));
    }

    [Fact]
    public async Task When_it_drives_the_speed_is_that_of_the_wheels()
    {
        using WatchDemo demo = WatchDemo.RunFor(Repository.PathOf("nf.config"), 325 * VirtualTime.NsPerSecond, 1_767_268_800_000);
        List<DataRecord> samples = [];
        while (await demo.NextAsync(TimeSpan.Zero, CancellationToken.None) is { } message)
        {
            samples.AddRange(message.Batch.Records.Where(record => message.Batch.Ecu == "motor" && record is { Rule: 1, Cause: "period" } && record.Values!.All(value => value.Value is not null)));
        }

        Assert.InRange(samples.Count, 300, 360);
        double Of(DataRecord record, string path) => record.Values!.Single(value => value.Path == path).Value!.Value.Number;
        Assert.All(samples, sample => Assert.InRange(Of(sample, "Vehicle.Speed") - (Of(sample, "Vehicle.Powertrain.ElectricMotor.Speed") * 0.012857), -5, 5));
        Assert.InRange(samples.Max(sample => Of(sample, "Vehicle.Speed")), 20, 200);
        Assert.Contains(samples, sample => Of(sample, "Vehicle.IsMoving") == 1);
        Assert.InRange(samples.Max(sample => Of(sample, "Vehicle.Acceleration.Longitudinal")), 0.2, 10);
    }
}
