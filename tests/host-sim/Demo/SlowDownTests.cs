// What gathering data costs a download, and how punctual its samples are meanwhile: with the rules of nf.config, on the demo's motor.
using EsyncSim.Data;
using EsyncSim.Demo;
using Xunit;

namespace EsyncTests.HostSim.Demo;

public sealed class SlowDownTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_download_is_slower_by_less_than_five_percent_and_no_sample_is_late_by_more_than_20_ms(ulong seed)
    {
        SlowDown measured = SlowDown.Measure(new DemoOptions { Seed = seed, ConfigPath = Repository.PathOf("nf.config") });
        output.WriteLine(FormattableString.Invariant($"{measured.QuietSeconds:F3} s, {measured.GatheringSeconds:F3} s: {measured.Percent:F2} %, latest of {measured.Samples} samples {measured.LatestMs} ms"));

        // With rules and a collector on the bus it cannot be as quick: no difference would mean that nothing was gathered.
        Assert.InRange(measured.Percent, 0.1, 5);
        Assert.InRange(measured.Samples, 5, int.MaxValue);
        Assert.InRange(measured.LatestMs!.Value, 0, 20);
    }

    [Fact]
    public void Lateness_is_the_distance_from_the_row_of_due_times()
    {
        uint[] times = [1000, 2000, 3015, 4000, 5004, 6000];
        Assert.Equal([0u, 0, 15, 0, 4, 0], SlowDown.Lateness([.. times.Select((ms, i) => Sample((uint)i + 1, ms, 1))]));
    }

    [Fact]
    public void A_first_sample_that_was_late_makes_none_of_the_others_late()
    {
        uint[] times = [1012, 2000, 3000, 4001];
        Assert.Equal([12u, 0, 0, 1], SlowDown.Lateness([.. times.Select((ms, i) => Sample((uint)i + 1, ms, 1))]));
    }

    [Fact]
    public void Rules_starts_and_causes_are_told_apart()
    {
        DataRecord[] records =
        [
            Sample(1, 1000, 1), Sample(2, 1300, 2), Sample(3, 2000, 1), Sample(4, 2307, 2), Sample(5, 2500, 1) with { Cause = "change" }, Sample(6, 3000, 1), Sample(7, 3300, 2), Sample(10, 4300, 2),
            Sample(8, 700, 1) with { Boot = 2 }, Sample(9, 1700, 1) with { Boot = 2 },
        ];
        Assert.Equal([0u, 0, 0, 0, 7, 0, 0, 0, 0], SlowDown.Lateness(records));
        Assert.Empty(SlowDown.Lateness([Sample(1, 1000, 1)]));
    }

    private static DataRecord Sample(uint sequence, uint ms, byte rule) => new()
    {
        Sequence = sequence, Kind = "sample", Priority = "low", Boot = 1, Ms = ms, Ts = "2027-01-01T00:00:00.000Z", Rule = rule, Cause = "period", Trigger = 0, Values = [],
    };
}
