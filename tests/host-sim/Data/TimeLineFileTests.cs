// The time line on disk: as it was, whole after every crash, and none when it is damaged.
using EsyncSim.Data;
using EsyncSim.Files;
using Xunit;
using static EsyncTests.HostSim.Data.TestSignals;

namespace EsyncTests.HostSim.Data;

public sealed class TimeLineFileTests
{
    private const string Path = "motor.time";
    private readonly TimeLine _line = new();

    public TimeLineFileTests()
    {
        _line.Observe(0xE1, Start(1, 3, table: 0x12345678));
        _line.Observe(0xE1, Time(2, 3, 61_000, 1_767_268_800_000));
        _line.Observe(0xE1, Sample(3, 4, 500, 0));
    }

    [Fact]
    public void It_is_read_as_it_was_written()
    {
        MemoryFileSystem disk = new();
        TimeLineFile.Save(disk, Path, _line);

        TimeLine again = TimeLineFile.Load(disk, Path, out bool isDamaged);

        Assert.False(isDamaged);
        Assert.Equal(_line.Correlations, again.Correlations);
        Assert.Equal(_line.Boots, again.Boots);
        Assert.Equal(_line.TimeOf(0xE1, 4, 500, 3), again.TimeOf(0xE1, 4, 500, 3));
        Assert.Equal(0x12345678u, again.TableOf(0xE1, 3));
    }

    [Fact]
    public void Where_there_is_none_it_begins()
    {
        Assert.Empty(TimeLineFile.Load(new MemoryFileSystem(), Path, out bool isDamaged).Boots);
        Assert.False(isDamaged);
    }

    [Fact]
    public void A_damaged_one_is_none_and_said()
    {
        MemoryFileSystem disk = new();
        TimeLineFile.Save(disk, Path, _line);
        byte[] good = disk.Files[Path];
        for (int i = 0; i < good.Length; i += 3)
        {
            byte[] bad = [.. good];
            bad[i] ^= 1;
            Assert.Empty(TimeLineFile.Load(new MemoryFileSystem().With([new(Path, bad)]), Path, out bool isDamaged).Boots);
            Assert.True(isDamaged);
        }
    }

    [Fact]
    public void After_a_crash_at_any_operation_it_is_the_former_one_or_the_new_one()
    {
        HashSet<int> counts = [];
        for (int cutAt = 5; cutAt <= 8; cutAt++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                MemoryFileSystem disk = new() { CutAt = cutAt, Cut = cut };
                Assert.Throws<PowerCutException>(() =>
                {
                    TimeLineFile.Save(disk, Path, new TimeLine());
                    TimeLineFile.Save(disk, Path, _line);
                });
                foreach (Dictionary<string, byte[]> files in disk.Survivors())
                {
                    counts.Add(TimeLineFile.Load(new MemoryFileSystem().With(files), Path, out bool isDamaged).Boots.Count);
                    Assert.False(isDamaged);
                }
            }
        }

        Assert.Equal([0, 2], counts.Order());
    }
}
