// What a listener hears: each change of a status byte within a cycle once, with the snapshot that was captured for it.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemListenerTests
{
    private const ushort Speed = 0x0200;

    private static DemBench Make() => new(() => new DemConfig
    {
        Events = [4, 16],
        Dtcs = [0x5A0400, 0x0A1B00],
        SnapshotCounts = [0, 1],
        SnapshotDids = [Speed],
        EntryCount = 1,
    })
    {
        Records = { [Speed] = [0, 1, 2] },
    };

    [Fact]
    public void Each_change_is_told_once_with_its_snapshot_when_testFailed_was_set()
    {
        DemBench bench = Make();
        foreach (bool isFailed in new[] { true, true, false, false, true })
        {
            bench.Report(16, isFailed);
        }

        Assert.Equal(
            [
                new Told(16, 0x0A1B00, 0x50, 0x2F, "02 00 00 01 02"),
                new Told(16, 0x0A1B00, 0x2F, 0x2E, ""),
                new Told(16, 0x0A1B00, 0x2E, 0x2F, "02 00 00 01 02"),
            ],
            bench.Heard);
    }

    [Fact]
    public void A_failure_and_a_pass_in_one_turn_are_one_change_with_a_snapshot()
    {
        DemBench bench = Make();
        bench.Dem.SetEvent(16, true);
        bench.Dem.SetEvent(16, false);
        bench.Run(1);
        Assert.Equal([new Told(16, 0x0A1B00, 0x50, 0x2E, "02 00 00 01 02")], bench.Heard);
    }

    [Fact]
    public void A_clear_is_told_for_each_event_that_it_changes()
    {
        DemBench bench = Make();
        bench.Report(16, true);
        bench.Heard.Clear();
        Assert.True(bench.Dem.ClearAll());
        Assert.Equal([new Told(16, 0x0A1B00, 0x2F, 0x50, "")], bench.Heard);
    }

    [Fact]
    public void A_start_is_not_told_nor_a_report_while_storage_is_off()
    {
        DemBench bench = Make();
        bench.Cycle(16, true);
        bench.Heard.Clear();
        bench.NextCycle();
        bench.Dem.IsStorageEnabled = false;
        bench.Report(16, true);
        Assert.Empty(bench.Heard);
        Assert.Equal(0, bench.Dem.CopyCapture(new byte[8], 0));
    }

    [Fact]
    public void A_failure_without_a_snapshot_has_none_of_an_earlier_one()
    {
        DemBench bench = Make();
        bench.Report(16, true);
        bench.Report(4, true);
        Assert.Equal(new Told(4, 0x5A0400, 0x50, 0x2F, ""), bench.Heard[^1]);
    }
}
