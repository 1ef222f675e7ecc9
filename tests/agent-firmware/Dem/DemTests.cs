// Events, their status over operation cycles, and how seldom that is written.
using EsyncAgent;
using EsyncTests.AgentFirmware.DcmServer;
using Xunit;

namespace EsyncTests.AgentFirmware.DemEvents;

public sealed class DemTests
{
    private const byte Known = 16;
    private const byte Unknown = 99;

    private readonly ScriptedFlash flash = new();
    private EsyncAgent.Fls fls = null!;
    private EsyncAgent.NvM nvm = null!;
    private EsyncAgent.Dem dem = null!;
    private uint nowMs;

    public DemTests() => PowerOn();

    private void PowerOn(params byte[] events) => PowerOn(0, events);

    private void PowerOn(uint sparingDelayMs, byte[] events)
    {
        events = events.Length == 0 ? [4, Known] : events;
        fls = new EsyncAgent.Fls(DcmBench.Map(), flash);
        nvm = new EsyncAgent.NvM(new NvMConfig { SparingDelayMs = sparingDelayMs }, fls);
        dem = new EsyncAgent.Dem(new DemConfig { Events = events, Dtcs = [.. events.Select(e => 0x5A0000u + e)] }, nvm);
    }

    private void Run(int ms)
    {
        for (int i = 0; i < ms; i++)
        {
            nowMs++;
            nvm.MainFunction(nowMs);
            dem.MainFunction(nowMs);
            fls.MainFunction(nowMs);
        }
    }

    private void Settle()
    {
        Run(2);
        for (int i = 0; !nvm.IsIdle; i++)
        {
            Assert.True(i < 1000);
            Run(1);
        }

        Run(50);
    }

    [Fact]
    public void An_event_that_was_never_tested_has_status_50()
    {
        Settle();
        Assert.Equal(0x50, dem.StatusOf(Known));
        Assert.Equal(2, dem.Count);
        Assert.Equal(0x5A0010u, dem.DtcOf(1));
    }

    [Fact]
    public void An_event_that_is_not_configured_is_passed_over()
    {
        Settle();
        dem.SetEvent(Unknown, true);
        Settle();
        Assert.Equal(-1, dem.StatusOf(Unknown));
        Assert.Equal(0x50, dem.StatusOf(Known));
    }

    [Fact]
    public void A_report_only_notes_and_the_cyclic_function_acts()
    {
        Settle();
        dem.SetEvent(Known, true);
        Assert.Equal(0x50, dem.StatusOf(Known));
        Run(1);
        Assert.Equal(0x2F, dem.StatusOf(Known));
    }

    [Fact]
    public void Of_failure_and_pass_in_one_cycle_neither_is_lost()
    {
        Settle();
        dem.SetEvent(Known, true);
        dem.SetEvent(Known, false);
        Run(1);
        Assert.Equal(0x2E, dem.StatusOf(Known));
        dem.SetEvent(Known, false);
        dem.SetEvent(Known, true);
        Run(1);
        Assert.Equal(0x2F, dem.StatusOf(Known));
    }

    [Fact]
    public void A_report_before_the_memory_is_readable_counts_later()
    {
        dem.SetEvent(Known, true);
        Settle();
        Assert.Equal(0x2F, dem.StatusOf(Known));
    }

    [Fact]
    public void A_failure_outlives_a_reset_and_pending_goes_after_a_cycle_that_passed()
    {
        Settle();
        dem.SetEvent(Known, true);
        Settle();
        PowerOn();
        Settle();
        Assert.Equal(0x6C, dem.StatusOf(Known));
        Assert.Equal(0x50, dem.StatusOf(4));
        dem.SetEvent(Known, false);
        Settle();
        Assert.Equal(0x2C, dem.StatusOf(Known));
        PowerOn();
        Settle();
        Assert.Equal(0x68, dem.StatusOf(Known));
    }

    [Fact]
    public void A_status_belongs_to_its_event_wherever_the_configuration_puts_it()
    {
        Settle();
        dem.SetEvent(Known, true);
        Settle();
        PowerOn(1, 2, 3, 4, Known, 17);
        Settle();
        Assert.Equal(0x6C, dem.StatusOf(Known));
        Assert.Equal(0x50, dem.StatusOf(17));
        PowerOn(1);
        Settle();
        Assert.Equal(-1, dem.StatusOf(Known));
        Assert.Equal(0x50, dem.StatusOf(1));
    }

    [Fact]
    public void While_switched_off_nothing_is_noted()
    {
        Settle();
        dem.IsStorageEnabled = false;
        dem.SetEvent(Known, true);
        Run(1);
        dem.IsStorageEnabled = true;
        Settle();
        Assert.Equal(0x50, dem.StatusOf(Known));
    }

    [Fact]
    public void An_event_that_toggles_does_not_wear_the_flash_out()
    {
        Settle();
        dem.SetEvent(Known, true);
        Settle();
        int before = flash.ProgramCount;
        for (int i = 0; i < 1000; i++)
        {
            dem.SetEvent(Known, i % 2 == 0);
            Run(3);
        }

        Assert.Equal(before, flash.ProgramCount);
    }

    [Theory]
    [InlineData(Known, 2)]
    [InlineData(DemEvent.AccessFailed, 2)]
    [InlineData(DemEvent.ApplicationFaulted, 2)]
    [InlineData(DemEvent.TrialRolledBack, 40)]
    [InlineData(DemEvent.FlashFailed, 40)]
    public void An_event_that_passes_and_fails_in_every_start_is_written_sparingly_when_anybody_may_cause_that(byte number, int writesMax)
    {
        int writes = 0;
        for (int start = 0; start < 20; start++)
        {
            PowerOn(60_000, [number]);
            Settle();
            foreach (bool isFailed in new[] { false, true })
            {
                int before = flash.ProgramCount;
                dem.SetEvent(number, isFailed);
                Settle();
                writes += flash.ProgramCount != before ? 1 : 0;
            }
        }

        Assert.InRange(writes, writesMax / 2, writesMax);
    }

    [Fact]
    public void Changes_while_the_memory_is_busy_are_written_together()
    {
        PowerOn(4, 5, 6, 7, Known);
        Settle();
        dem.SetEvent(4, false);
        Settle();
        int before = flash.ProgramCount;
        dem.SetEvent(4, true);
        Settle();
        int ofOneWrite = flash.ProgramCount - before;
        Assert.NotEqual(0, ofOneWrite);

        flash.BusyPolls = 50;
        before = flash.ProgramCount;
        foreach (byte number in new byte[] { 5, 6, 7, Known })
        {
            dem.SetEvent(number, true);
            Run(3);
        }

        Assert.False(dem.IsStored);
        Run(2000);
        Assert.True(dem.IsStored);
        Assert.Equal(before + (2 * ofOneWrite), flash.ProgramCount);
        flash.BusyPolls = 0;
        PowerOn(4, 5, 6, 7, Known);
        Settle();
        Assert.All(new byte[] { 4, 5, 6, 7, Known }, number => Assert.Equal(0x6C, dem.StatusOf(number)));
    }

    [Fact]
    public void As_many_events_as_are_allowed_fit_into_the_block()
    {
        byte[] events = [.. Enumerable.Range(100, DemConfig.CountMax).Select(i => (byte)i)];
        PowerOn(events);
        Settle();
        dem.SetEvent(events[^1], true);
        Settle();
        PowerOn(events);
        Settle();
        Assert.Equal(0x6C, dem.StatusOf(events[^1]));
    }
}
