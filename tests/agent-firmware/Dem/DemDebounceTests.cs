// The fault detection counter (ISO 14229-1:2020 Annex D.5): steps, limits, jumps, and when a test has failed or passed.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemDebounceTests
{
    private const byte Event = 16;

    private static DemBench With(byte failStep, byte passStep, sbyte failJump = -128, sbyte passJump = 127) => new(() => new DemConfig
    {
        Events = [Event],
        Dtcs = [0x0A1B00],
        FailSteps = [failStep],
        PassSteps = [passStep],
        FailJumps = [failJump],
        PassJumps = [passJump],
    });

    private static List<int> CountersOf(DemBench bench, string reports)
    {
        List<int> counters = [];
        foreach (char report in reports)
        {
            bench.Report(Event, report == 'F');
            counters.Add(bench.Dem.FaultDetectionCounterAt(0));
        }

        return counters;
    }

    [Fact]
    public void By_default_one_report_qualifies()
    {
        DemBench bench = new(() => new DemConfig { Events = [Event], Dtcs = [0x0A1B00] });
        Assert.Equal([127, -128, 127, 127, -128, -128], CountersOf(bench, "FPFFPP"));
    }

    [Fact]
    public void A_failure_qualifies_at_127_and_not_before()
    {
        DemBench bench = With(failStep: 50, passStep: 100);
        Assert.Equal([50, 100], CountersOf(bench, "FF"));
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
        Assert.Equal([127], CountersOf(bench, "F"));
        Assert.Equal(0x2F, bench.Status(Event));
        Assert.Equal([27, -73], CountersOf(bench, "PP"));
        Assert.Equal(0x2F, bench.Status(Event));
        Assert.Equal([-128], CountersOf(bench, "P"));
        Assert.Equal(0x2E, bench.Status(Event));
    }

    [Fact]
    public void The_counter_goes_back_by_the_other_report() => Assert.Equal([40, 30, 70, 60, 50, 90, 127, 117], CountersOf(With(40, 10), "FPFPPFFP"));

    [Fact]
    public void A_failure_jumps_up_and_a_pass_jumps_down_first()
    {
        DemBench bench = With(failStep: 40, passStep: 60, failJump: 0, passJump: -10);
        Assert.Equal([40, -70, 40, 80, -70, -128, 40], CountersOf(bench, "FPFFPPF"));
    }

    [Fact]
    public void Smallest_steps_count_to_both_ends_without_overflow()
    {
        DemBench bench = With(1, 1);
        Assert.Equal(Enumerable.Range(1, 127).Append(127), CountersOf(bench, new string('F', 128)));
        Assert.Equal(127 - 255, CountersOf(bench, new string('P', 300))[254]);
        Assert.Equal(-128, bench.Dem.FaultDetectionCounterAt(0));
    }

    [Fact]
    public void Reports_of_one_cycle_all_count()
    {
        DemBench bench = With(failStep: 43, passStep: 1);
        bench.Dem.SetEvent(Event, true);
        bench.Dem.SetEvent(Event, true);
        bench.Dem.SetEvent(Event, true);
        bench.Run(1);
        Assert.Equal(0x2F, bench.Status(Event));
    }

    [Fact]
    public void The_counter_begins_at_0_after_a_start_and_after_a_clear()
    {
        DemBench bench = With(failStep: 50, passStep: 50);
        CountersOf(bench, "FF");
        bench.NextCycle();
        Assert.Equal([50], CountersOf(bench, "F"));
        Assert.True(bench.Dem.Clear(0));
        Assert.Equal(0, bench.Dem.FaultDetectionCounterAt(0));
    }

    [Fact]
    public void While_storage_is_off_the_counter_stands()
    {
        DemBench bench = With(failStep: 50, passStep: 50);
        CountersOf(bench, "F");
        bench.Dem.IsStorageEnabled = false;
        Assert.Equal([50, 50], CountersOf(bench, "FP"));
        bench.Dem.IsStorageEnabled = true;
        Assert.Equal([100], CountersOf(bench, "F"));
    }
}
