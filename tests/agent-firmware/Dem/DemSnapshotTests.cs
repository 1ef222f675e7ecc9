// Snapshots: captured when testFailed goes from 0 to 1, first and latest, kept over starts as long as the fault is pending
// or confirmed.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemSnapshotTests
{
    private const byte Event = 16;
    private const byte Other = 17;
    private const ushort Speed = 0x0200;
    private const ushort Torque = 0x0201;

    private static DemBench Make(byte ageingCycles = 40, byte entries = 4) => new(() => new DemConfig
    {
        Events = [Event, Other],
        Dtcs = [0x0A1B00, 0x0A1C00],
        AgeingCycles = [ageingCycles, 40],
        SnapshotCounts = [2, 0],
        SnapshotDids = [Speed, Torque],
        EntryCount = entries,
    })
    {
        Records = { [Speed] = [0, 0x11, 0x22], [Torque] = [1, 0x33] },
    };

    [Fact]
    public void The_first_one_stays_and_the_latest_one_follows()
    {
        DemBench bench = Make();
        bench.Report(Event, true);
        Assert.Equal("02 02 00 00 11 22 02 01 01 33", bench.Snapshot(Event, true));
        Assert.Equal(bench.Snapshot(Event, true), bench.Snapshot(Event, false));
        bench.Records[Torque] = [0, 0x44];
        bench.Report(Event, true);
        Assert.Equal("02 02 00 00 11 22 02 01 01 33", bench.Snapshot(Event, false));
        bench.Report(Event, false);
        bench.Report(Event, true);
        Assert.Equal("02 02 00 00 11 22 02 01 00 44", bench.Snapshot(Event, false));
        Assert.Equal("02 02 00 00 11 22 02 01 01 33", bench.Snapshot(Event, true));
    }

    [Fact]
    public void Both_outlive_a_start()
    {
        DemBench bench = Make();
        bench.Cycle(Event, true);
        bench.Records[Speed] = [3, 0, 0];
        bench.Cycle(Event, true);
        Assert.Equal("02 02 00 00 11 22 02 01 01 33", bench.Snapshot(Event, true));
        Assert.Equal("02 02 00 03 00 00 02 01 01 33", bench.Snapshot(Event, false));
    }

    [Fact]
    public void A_record_that_is_not_there_is_left_out()
    {
        DemBench bench = Make();
        bench.Records.Remove(Speed);
        bench.Report(Event, true);
        Assert.Equal("01 02 01 01 33", bench.Snapshot(Event, true));
    }

    [Fact]
    public void An_event_without_identifiers_or_without_records_takes_no_place()
    {
        DemBench bench = Make(entries: 1);
        bench.Report(Other, true);
        Assert.Equal("", bench.Snapshot(Other, true));
        bench.Records.Clear();
        bench.Report(Event, true);
        Assert.Equal("", bench.Snapshot(Event, true));
        Assert.Equal(0x2F, bench.Status(Event));
    }

    [Fact]
    public void Without_a_source_there_are_none()
    {
        DemBench bench = Make();
        bench.Dem.AttachSnapshots(null);
        bench.Report(Event, true);
        Assert.Equal("", bench.Snapshot(Event, true));
        Assert.Equal(0x2F, bench.Status(Event));
    }

    [Fact]
    public void They_go_when_the_fault_has_aged()
    {
        DemBench bench = Make(ageingCycles: 2);
        bench.Cycle(Event, true);
        bench.Cycle(Event, false);
        Assert.NotEqual("", bench.Snapshot(Event, true));
        bench.Cycle(Event, false);
        Assert.Equal(0x60, bench.Status(Event));
        Assert.Equal("", bench.Snapshot(Event, true));
        bench.NextCycle();
        Assert.Equal("", bench.Snapshot(Event, true));
    }

    [Fact]
    public void They_go_with_a_clear_for_good()
    {
        DemBench bench = Make();
        bench.Report(Event, true);
        bench.Settle();
        Assert.True(bench.Dem.Clear(0));
        Assert.Equal("", bench.Snapshot(Event, true));
        bench.NextCycle();
        Assert.Equal("", bench.Snapshot(Event, true));
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
    }

    [Fact]
    public void A_configuration_with_other_events_and_shorter_snapshots_takes_what_it_can()
    {
        DemConfig config = new() { Events = [Event, 20], Dtcs = [1, 2], SnapshotCounts = [2, 2], SnapshotDids = [Speed, Torque, Speed, Torque], EntryCount = 2 };
        DemBench bench = new(() => config) { Records = { [Speed] = [0, 1, 2, 3, 4], [Torque] = [0, 9, 9, 9, 9] } };
        bench.Report(20, true);
        bench.Report(Event, true);
        bench.Settle();
        config = new() { Events = [15, Event], Dtcs = [3, 1], SnapshotCounts = [0, 2], SnapshotDids = [Speed, Torque], EntryCount = 1 };
        bench.Restart();
        Assert.Equal("02 02 00 00 01 02 03 04 02 01 00 09 09 09 09", bench.Snapshot(Event, true));
        config = new() { Events = [Event], Dtcs = [1], SnapshotCounts = [1], SnapshotDids = [Speed], EntryCount = 1 };
        bench.Restart();
        Assert.Equal("", bench.Snapshot(Event, true));
        Assert.Equal(0x6C, bench.Status(Event));
    }

    [Fact]
    public void When_fewer_places_are_left_the_newest_faults_keep_theirs()
    {
        DemConfig Of(byte entries) => new() { Events = [1, 2, 3], Dtcs = [1, 2, 3], SnapshotCounts = [1, 1, 1], SnapshotDids = [Speed, Speed, Speed], EntryCount = entries };
        DemConfig config = Of(3);
        DemBench bench = new(() => config) { Records = { [Speed] = [0, 7] } };
        foreach (byte number in new byte[] { 2, 1, 3 })
        {
            bench.Report(number, true);
        }

        bench.Settle();
        config = Of(2);
        bench.Restart();
        Assert.Equal(["01 02 00 00 07", "", "01 02 00 00 07"], new byte[] { 1, 2, 3 }.Select(number => bench.Snapshot(number, true)));
    }
}
