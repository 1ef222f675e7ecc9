// Which snapshots stay when there are more faults than places: by importance, confirmation and age.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemDisplacementTests
{
    private const ushort Speed = 0x0200;

    // Events 20 and 21 are important (10), 22 to 24 usual (100), 25 and 26 unimportant (200); 24 and 26 need two cycles to be confirmed.
    private static DemBench Make(byte entries = 2) => new(() => new DemConfig
    {
        Events = [20, 21, 22, 23, 24, 25, 26],
        Dtcs = [1, 2, 3, 4, 5, 6, 7],
        Priorities = [10, 10, 100, 100, 100, 200, 200],
        ConfirmCycles = [1, 1, 1, 1, 2, 1, 2],
        SnapshotCounts = [1, 1, 1, 1, 1, 1, 1],
        SnapshotDids = [.. Enumerable.Repeat(Speed, 7)],
        EntryCount = entries,
    })
    {
        Records = { [Speed] = [0, 1] },
    };

    [Theory]
    [InlineData("22 23", "22 23")]
    [InlineData("22 23 20", "23 20")]
    [InlineData("22 23 22 20", "23 20")]
    [InlineData("22 23 25", "22 23")]
    [InlineData("25 22 20", "22 20")]
    [InlineData("22 25 20", "22 20")]
    [InlineData("24 22 23", "22 23")]
    [InlineData("22 24 23", "22 23")]
    [InlineData("24 25 23", "25 23")]
    [InlineData("26 25 23", "25 23")]
    [InlineData("20 24 25", "20 24")]
    [InlineData("20 21 22", "20 21")]
    [InlineData("20 25 21 22", "20 21")]
    public void The_least_worth_keeping_goes(string failures, string kept)
    {
        DemBench bench = Make();
        foreach (string number in failures.Split(' '))
        {
            bench.Report(byte.Parse(number), true);
        }

        string[] expected = [.. kept.Split(' ').Order()];
        Assert.Equal(expected, Kept(bench));
        bench.NextCycle();
        Assert.Equal(expected, Kept(bench));
    }

    // A new failure of an event that is in already makes it the youngest.
    [Fact]
    public void The_age_is_that_of_the_latest_failure()
    {
        DemBench bench = Make(3);
        foreach (byte number in new byte[] { 22, 23, 20 })
        {
            bench.Report(number, true);
        }

        bench.Report(22, false);
        bench.Report(22, true);
        bench.Report(21, true);
        bench.NextCycle();
        Assert.Equal(["20", "21", "22"], Kept(bench));
    }

    [Fact]
    public void What_was_refused_a_place_still_has_its_status()
    {
        DemBench bench = Make();
        foreach (byte number in new byte[] { 20, 21, 22 })
        {
            bench.Report(number, true);
        }

        Assert.Equal(0x2F, bench.Status(22));
        Assert.Equal("02 00 00 01", bench.Heard[^1].Capture);
    }

    [Fact]
    public void Without_places_nothing_is_kept()
    {
        DemBench bench = Make(0);
        bench.Report(20, true);
        bench.NextCycle();
        Assert.Empty(Kept(bench));
        Assert.Equal(0x6C, bench.Status(20));
    }

    [Fact]
    public void A_cleared_fault_leaves_its_place_to_another()
    {
        DemBench bench = Make();
        bench.Report(20, true);
        bench.Report(21, true);
        Assert.True(bench.Dem.Clear(bench.IndexOf(20)));
        bench.Report(25, true);
        Assert.Equal(["21", "25"], Kept(bench));
    }

    private static string[] Kept(DemBench bench) => [.. bench.Config.Events.Where(number => bench.Snapshot(number, false).Length > 0).Select(number => $"{number}")];
}
