// Operation cycles: confirmation by failed cycles, ageing by passed ones, permanent DTCs, and that each cycle counts once,
// however often the ECU starts.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemCycleTests
{
    private const byte Event = 16;

    private static DemBench With(byte confirmCycles = 1, byte ageingCycles = 40, bool isPermanent = false) => new(() => new DemConfig
    {
        Events = [Event],
        Dtcs = [0x0A1B00],
        ConfirmCycles = [confirmCycles],
        AgeingCycles = [ageingCycles],
        PermanentEvents = isPermanent ? [Event] : [],
    });

    // One line a cycle: outcomes in it (F, P), status before it ends, status and counters after the next start.
    // The course of a DTC with a threshold of two failed cycles that ages in three passed ones.
    [Theory]
    [InlineData("F", "27>64 1 0", "F", "2F>6C 2 0")]
    [InlineData("F", "27>64 1 0", "P", "24>60 0 0", "F", "27>64 1 0", "F", "2F>6C 2 0")]
    [InlineData("F", "27>64 1 0", "", "64>64 1 0", "F", "2F>6C 2 0")]
    [InlineData("F", "27>64 1 0", "PF", "2F>6C 2 0")]
    [InlineData("FP", "26>64 1 0", "FP", "2E>6C 2 0", "P", "2C>68 0 1", "P", "28>68 0 2", "", "68>68 0 2", "P", "28>60 0 0", "P", "20>60 0 0")]
    [InlineData("F", "27>64 1 0", "F", "2F>6C 2 0", "P", "2C>68 0 1", "P", "28>68 0 2", "F", "2F>6C 1 0", "P", "2C>68 0 1")]
    [InlineData("P", "00>40 0 0", "P", "00>40 0 0")]
    [InlineData("", "50>50 0 0")]
    public void Each_cycle_does_what_the_standard_says(params string[] course)
    {
        DemBench bench = With(confirmCycles: 2, ageingCycles: 3);
        for (int i = 0; i < course.Length; i += 2)
        {
            foreach (char report in course[i])
            {
                bench.Report(Event, report == 'F');
            }

            string end = $"{bench.Status(Event):X2}";
            bench.NextCycle();
            Assert.Equal(course[i + 1], $"{end}>{bench.Status(Event):X2} {bench.Dem.FailedCyclesAt(0)} {bench.Dem.AgeingAt(0)}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void A_DTC_is_confirmed_in_the_cycle_that_reaches_the_threshold(byte threshold)
    {
        DemBench bench = With(threshold);
        for (int cycle = 1; cycle <= threshold; cycle++)
        {
            bench.Report(Event, true);
            bench.Report(Event, false);
            bench.Report(Event, true);
            Assert.Equal(cycle == threshold, (bench.Status(Event) & DemStatus.Confirmed) != 0);
            bench.NextCycle();
        }
    }

    [Fact]
    public void Starts_in_which_nothing_is_tested_neither_age_nor_confirm()
    {
        DemBench bench = With(ageingCycles: 3);
        bench.Cycle(Event, true);
        bench.Cycle(Event, false);
        Assert.Equal(1, bench.Dem.AgeingAt(0));
        for (int i = 0; i < 5; i++)
        {
            bench.NextCycle();
            Assert.Equal(0x68, bench.Status(Event));
            Assert.Equal(1, bench.Dem.AgeingAt(0));
        }
    }

    [Fact]
    public void Without_an_ageing_threshold_only_a_clear_takes_a_confirmed_DTC()
    {
        DemBench bench = With(ageingCycles: 0);
        bench.Cycle(Event, true);
        for (int i = 0; i < 300; i++)
        {
            bench.Cycle(Event, false);
        }

        Assert.Equal(0x68, bench.Status(Event));
        Assert.True(bench.Dem.ClearAll());
        bench.NextCycle();
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
    }

    [Fact]
    public void Occurrences_count_what_testFailed_sets_and_begin_anew_when_aged()
    {
        DemBench bench = With(ageingCycles: 1);
        for (int i = 0; i < 3; i++)
        {
            bench.Report(Event, true);
            bench.Report(Event, true);
            bench.Report(Event, false);
        }

        Assert.Equal(3, bench.Dem.OccurrencesAt(0));
        bench.NextCycle();
        bench.Cycle(Event, true);
        bench.Cycle(Event, false);
        Assert.Equal(0x60, bench.Status(Event));
        Assert.Equal(0, bench.Dem.OccurrencesAt(0));
    }

    [Fact]
    public void Counters_stop_at_255()
    {
        DemBench bench = With();
        for (int i = 0; i < 300; i++)
        {
            bench.Cycle(Event, true);
        }

        Assert.Equal(255, bench.Dem.FailedCyclesAt(0));
        Assert.Equal(255, bench.Dem.OccurrencesAt(0));
    }

    [Fact]
    public void A_permanent_DTC_comes_with_confirmed_and_goes_after_three_passed_cycles_in_a_row()
    {
        DemBench bench = With(confirmCycles: 2, isPermanent: true);
        bench.Cycle(Event, true);
        Assert.False(bench.Dem.IsPermanentAt(0));
        bench.Report(Event, true);
        Assert.True(bench.Dem.IsPermanentAt(0));
        bench.NextCycle();
        bench.Cycle(Event, false);
        bench.Cycle(Event, false);
        bench.Cycle(Event, true);
        foreach (bool isLast in new[] { false, false, true })
        {
            bench.Cycle(Event, false);
            bench.NextCycle();
            Assert.Equal(!isLast, bench.Dem.IsPermanentAt(0));
        }
    }

    [Fact]
    public void A_clear_leaves_a_permanent_DTC_which_then_waits_for_its_cycles_from_0()
    {
        DemBench bench = With(isPermanent: true);
        bench.Cycle(Event, true);
        bench.Cycle(Event, false);
        bench.Cycle(Event, false);
        Assert.True(bench.Dem.ClearAll());
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
        Assert.True(bench.Dem.IsPermanentAt(0));
        bench.NextCycle();
        bench.Cycle(Event, false);
        bench.Cycle(Event, false);
        Assert.True(bench.Dem.IsPermanentAt(0));
        bench.Cycle(Event, false);
        Assert.False(bench.Dem.IsPermanentAt(0));
    }

    [Fact]
    public void An_event_that_is_not_configured_as_permanent_never_is()
    {
        DemBench bench = With();
        bench.Report(Event, true);
        Assert.False(bench.Dem.IsPermanentAt(0));
    }
}
