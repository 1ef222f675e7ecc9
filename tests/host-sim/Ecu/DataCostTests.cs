// What a virtual ECU is charged for records of the report log and frames of service 2A is what they cost.
using EsyncSim.Ecu;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class DataCostTests(ITestOutputHelper output)
{
    [Fact]
    public void Records_and_periodic_frames_are_charged_with_what_they_execute_within_a_tenth()
    {
        IReadOnlyDictionary<string, long> totals = Counter.MeasureData(Repository.Read(IlCosts.RepositoryPath));
        foreach ((string name, long value) in totals)
        {
            output.WriteLine($"{name}: {value:N0}");
        }

        foreach (string what in new[] { "records", "frames" })
        {
            Assert.True(totals[$"{what}, executed"] > 0);
            Assert.InRange((double)totals[$"{what}, charged"] / totals[$"{what}, executed"], 0.9, 1.1);
        }
    }
}
