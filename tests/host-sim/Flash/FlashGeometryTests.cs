// The table of parts: it covers what the proofs promise to cover, and its sector maps are consistent.
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Flash;

public sealed class FlashGeometryTests
{
    public static TheoryData<string> Names => [.. FlashGeometries.All.Select(row => row.Name)];

    [Fact]
    public void The_table_covers_the_sizes_that_matter()
    {
        IReadOnlyList<FlashGeometry> all = FlashGeometries.All;
        Assert.True(all.Count >= 12);
        Assert.Equal(all.Count, all.Select(row => row.Name).Distinct().Count());
        Assert.Superset(new HashSet<int> { 2048, 4096, 16384, 65536, 131072 }, all.SelectMany(row => row.Runs).Select(run => run.Length).ToHashSet());
        Assert.Superset(new HashSet<int> { 1, 8, 32, 256 }, all.Select(row => row.PageSize).ToHashSet());
        Assert.Superset(new HashSet<int> { 1, 4, 8, 32 }, all.Select(row => row.WriteUnit).ToHashSet());
        Assert.Contains(all, row => row.Runs.Select(run => run.Length).Distinct().Count() > 1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sectors_follow_one_another_to_the_end(string name)
    {
        FlashGeometry row = FlashGeometries.ByName(name);
        uint at = 0;
        for (int sector = 0; sector < row.SectorCount; sector++)
        {
            Assert.Equal(at, row.StartOf(sector));
            Assert.Equal(sector, row.SectorAt(at));
            at += (uint)row.LengthOf(sector);
            Assert.Equal(sector, row.SectorAt(at - 1));
        }

        Assert.Equal(row.Size, at);
        Assert.Throws<ArgumentOutOfRangeException>(() => row.SectorAt(at));
    }

    [Fact]
    public void Figures_that_contradict_each_other_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new FlashGeometry("x", 256, 1, FlashTiming.W25Q, new SectorRun(1, 100)));
        Assert.Throws<ArgumentException>(() => new FlashGeometry("x", 8, 16, FlashTiming.W25Q, new SectorRun(1, 1024)));
        Assert.Throws<ArgumentException>(() => new FlashGeometry("x", 24, 8, FlashTiming.W25Q, new SectorRun(1, 2400)));
    }

    [Fact]
    public void An_unknown_name_says_which_there_are()
        => Assert.Contains("w25q32", Assert.Throws<EsyncSim.UserErrorException>(() => FlashGeometries.ByName("w25q23")).Message);
}
