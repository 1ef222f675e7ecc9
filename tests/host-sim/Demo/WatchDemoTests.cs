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

        Assert.Equal(2, demo.Figures.Count);
        Assert.All(demo.Figures, stream => Assert.Equal((0L, 0L), (stream.Duplicates, stream.Lost)));
    }
}
