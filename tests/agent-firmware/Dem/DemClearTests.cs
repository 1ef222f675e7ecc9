// Clearing: what is forgotten, when it is in flash, and that nobody can wear the flash out by it.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemClearTests
{
    private const byte Event = 16;

    [Fact]
    public void A_cleared_event_is_as_new_and_others_stay()
    {
        DemBench bench = new(DemBench.TwoEvents);
        bench.Report(4, true);
        bench.Report(Event, true);
        Assert.True(bench.Dem.Clear(1));
        Assert.Equal((DemStatus.Initial, 0x2F), (bench.Status(Event), bench.Status(4)));
        Assert.Equal((0, 0, 0), (bench.Dem.OccurrencesAt(1), bench.Dem.FailedCyclesAt(1), bench.Dem.FaultDetectionCounterAt(1)));
        bench.NextCycle();
        Assert.Equal((DemStatus.Initial, 0x6C), (bench.Status(Event), bench.Status(4)));
    }

    [Fact]
    public void What_was_reported_before_the_clear_does_not_come_after_it()
    {
        DemBench bench = new(DemBench.TwoEvents);
        bench.Dem.SetEvent(Event, true);
        Assert.True(bench.Dem.ClearAll());
        bench.Run(3);
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
    }

    [Fact]
    public void A_clear_also_counts_while_storage_is_off()
    {
        DemBench bench = new(DemBench.TwoEvents);
        bench.Report(Event, true);
        bench.Dem.IsStorageEnabled = false;
        Assert.True(bench.Dem.ClearAll());
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
    }

    [Fact]
    public void It_is_done_when_it_is_in_flash()
    {
        DemBench bench = new(DemBench.TwoEvents);
        bench.Report(Event, true);
        bench.Settle();
        bench.Flash.BusyPolls = 20;
        Assert.True(bench.Dem.ClearAll());
        int cycles = 0;
        for (; bench.Dem.ClearResult == StdReturn.Pending; cycles++)
        {
            bench.Run(1);
        }

        Assert.Equal(StdReturn.Ok, bench.Dem.ClearResult);
        Assert.InRange(cycles, 20, 1000);
        bench.Restart();
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
    }

    [Fact]
    public void It_fails_when_the_flash_does_and_is_tried_again_by_the_next_one()
    {
        DemBench bench = new(DemBench.TwoEvents);
        bench.Report(Event, true);
        bench.Settle();
        bench.Flash.IsBroken = true;
        Assert.True(bench.Dem.ClearAll());
        bench.Settle();
        Assert.Equal(StdReturn.NotOk, bench.Dem.ClearResult);
        bench.Flash.IsBroken = false;
        Assert.True(bench.Dem.ClearAll());
        bench.Settle();
        Assert.Equal(StdReturn.Ok, bench.Dem.ClearResult);
        bench.Restart();
        Assert.Equal(DemStatus.Initial, bench.Status(Event));
    }

    [Fact]
    public void Nothing_to_clear_writes_nothing()
    {
        DemBench bench = new(DemBench.TwoEvents);
        bench.Report(Event, true);
        Assert.True(bench.Dem.ClearAll());
        bench.Settle();
        int before = bench.Flash.ProgramCount;
        Assert.True(bench.Dem.ClearAll());
        Assert.Equal(StdReturn.Ok, bench.Dem.ClearResult);
        bench.Settle();
        Assert.Equal(before, bench.Flash.ProgramCount);
    }

    [Fact]
    public void Clears_between_failures_are_written_sparingly_and_done_at_once_while_a_write_is_held_back()
    {
        DemBench bench = new(() => new DemConfig { Events = [0, Event], Dtcs = [1, 2] }, sparingDelayMs: 60_000);
        int writes = 0;
        for (int i = 0; i < 4; i++)
        {
            int before = bench.Flash.ProgramCount;
            bench.Report(Event, true);
            bench.Settle();
            Assert.True(bench.Dem.ClearAll());
            for (int ms = 0; bench.Dem.ClearResult == StdReturn.Pending; ms++)
            {
                Assert.True(ms < 100);
                bench.Run(1);
            }

            Assert.Equal(StdReturn.Ok, bench.Dem.ClearResult);
            bench.Settle();
            writes += bench.Flash.ProgramCount != before ? 1 : 0;
        }

        Assert.Equal(1, writes);
    }

    // Four at once, then one a minute; what changes nothing does not count.
    [Fact]
    public void A_storm_of_clears_is_refused()
    {
        DemBench bench = new(DemBench.TwoEvents);
        bool ClearOfFailure()
        {
            bench.Report(Event, true);
            return bench.Dem.ClearAll();
        }

        Assert.All(Enumerable.Range(0, 4), _ => Assert.True(ClearOfFailure()));
        Assert.False(ClearOfFailure());
        Assert.Equal(0x2F, bench.Status(Event));
        bench.Skip(60_000);
        Assert.True(ClearOfFailure());
        Assert.False(ClearOfFailure());
        bench.Skip(240_000);
        Assert.True(bench.Dem.ClearAll());
        Assert.All(Enumerable.Range(0, 50), _ => Assert.True(bench.Dem.ClearAll()));
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(ClearOfFailure()));
        Assert.False(bench.Dem.MayClear);
    }

    // A failure that must not be lost is not made sparing by the clear of another one.
    [Fact]
    public void A_clear_does_not_hold_back_another_change()
    {
        DemBench bench = new(() => new DemConfig { Events = [0, Event], Dtcs = [1, 2] }, sparingDelayMs: 60_000);
        bench.Report(Event, true);
        bench.Settle();
        Assert.True(bench.NvM.Write(NvMBlock.Fingerprint, new byte[9], 0, 9));
        bench.Report(0, true);
        Assert.False(bench.Dem.IsStored);
        Assert.True(bench.Dem.Clear(1));
        bench.Settle();
        bench.Restart();
        Assert.Equal((0x6C, (int)DemStatus.Initial), (bench.Status(0), bench.Status(Event)));
    }

    [Fact]
    public void Before_the_memory_is_read_it_is_refused()
    {
        EsyncAgent.NvM unread = new(new NvMConfig(), new EsyncAgent.Fls(AgentFirmware.DcmServer.DcmBench.Map(), new AgentFirmware.DcmServer.ScriptedFlash()));
        EsyncAgent.Dem dem = new(DemBench.TwoEvents(), unread);
        Assert.False(dem.ClearAll());
        Assert.False(dem.Clear(0));
    }
}
