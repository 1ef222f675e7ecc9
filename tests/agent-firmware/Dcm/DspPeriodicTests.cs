// The periodic scheduler in virtual time: even spacing, no bursts, fresh values, a late application, a busy bus, the wrap of
// the clock.
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class DspPeriodicTests
{
    private static DcmBench InExtended(uint startMs = 1000)
    {
        DcmBench bench = new(startMs: startMs, configureData: TestSignals.AddPeriodic);
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    private static void Keep(DcmBench bench, int seconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            bench.SendFunctional("3E 80");
            bench.Run(1000);
        }
    }

    private static List<uint> TimesOf(DcmBench bench, string identifier) =>
        [.. bench.Periodic.Where(f => f.Pdu.StartsWith(identifier, StringComparison.Ordinal)).Select(f => f.AtMs)];

    private static IEnumerable<uint> Gaps(IReadOnlyList<uint> times) => times.Zip(times.Skip(1), (first, second) => second - first);

    private static void Define(DcmBench bench, string identifier, string parts) => bench.Expect($"2C 01 {identifier} {parts}", $"6C 01 {identifier}");

    [Fact]
    public void Identifiers_of_one_rate_are_spread_over_its_period()
    {
        DcmBench bench = InExtended();
        for (int i = 0; i < 6; i++)
        {
            Define(bench, $"F2 0{i}", "02 05 01 05");
        }

        bench.Expect("2A 02 00 01 02 03 04 05 10 11", "6A");
        Keep(bench, 4);
        List<uint> times = [.. bench.Periodic.Skip(8).Select(f => f.AtMs)];
        Assert.True(times.Count > 140);
        Assert.All(Gaps(times), gap => Assert.Equal(25u, gap));
    }

    [Fact]
    public void Three_rates_at_once_each_keep_their_number_and_never_leave_together()
    {
        DcmBench bench = InExtended();
        for (int i = 0; i < 6; i++)
        {
            Define(bench, $"F2 0{i}", "02 05 01 05");
        }

        bench.Expect("2A 01 00 01 02", "6A");
        bench.Expect("2A 02 03 04 05", "6A");
        bench.Expect("2A 03 10 11", "6A");
        Keep(bench, 1);
        bench.Periodic.Clear();
        Keep(bench, 10);
        foreach (string identifier in new[] { "00", "01", "02" })
        {
            Assert.Equal(10, TimesOf(bench, identifier).Count);
        }

        foreach (string identifier in new[] { "03", "04", "05" })
        {
            Assert.Equal(50, TimesOf(bench, identifier).Count);
        }

        foreach (string identifier in new[] { "10", "11" })
        {
            Assert.Equal(200, TimesOf(bench, identifier).Count);
            Assert.All(Gaps(TimesOf(bench, identifier)), gap => Assert.InRange(gap, 45u, 55u));
        }

        Assert.All(Gaps([.. bench.Periodic.Select(f => f.AtMs)]), gap => Assert.NotEqual(0u, gap));
    }

    [Fact]
    public void Values_are_those_of_the_moment_of_sending()
    {
        DcmBench bench = InExtended();
        int index = bench.Data.Signals.IndexOf(TestSignals.PeriodicCount);
        bench.Expect("2A 03 11", "6A");
        for (int i = 0; i < 1000; i++)
        {
            bench.Data.Signals.Publish(index, (int)bench.NowMs + 1);
            bench.Step();
        }

        Assert.InRange(bench.Periodic.Count, 19, 21);
        Assert.All(bench.Periodic, f => Assert.Equal($"11 00 {f.AtMs >> 24:X2} {(f.AtMs >> 16) & 0xFF:X2} {(f.AtMs >> 8) & 0xFF:X2} {f.AtMs & 0xFF:X2} CC CC", f.Pdu));
    }

    [Fact]
    public void An_application_that_answers_late_keeps_nobody_else_and_is_not_interrupted()
    {
        DcmBench bench = InExtended();
        bench.Application.Records[0x0100] = [1, 2];
        bench.Application.Records[0x0101] = [3, 4];
        bench.Application.PutOffCount = 12;
        Define(bench, "F2 01", "01 00 01 02 01 01 02 01");
        Define(bench, "F2 02", "01 01 01 02");
        bench.Expect("2A 03 01 02 10", "6A");
        Keep(bench, 4);
        Assert.All(Gaps(TimesOf(bench, "10")), gap => Assert.InRange(gap, 49u, 51u));
        Assert.InRange(TimesOf(bench, "01").Count, 70, 81);
        Assert.InRange(TimesOf(bench, "02").Count, 70, 81);
        Assert.All(bench.Periodic.Where(f => f.Pdu.StartsWith("01", StringComparison.Ordinal)), f => Assert.Equal("01 01 02 04 CC CC CC CC", f.Pdu));
        Assert.All(bench.Periodic.Where(f => f.Pdu.StartsWith("02", StringComparison.Ordinal)), f => Assert.Equal("02 03 04 CC CC CC CC CC", f.Pdu));
        Assert.Equal(0, bench.Application.GivenUpCount);
    }

    [Fact]
    public void A_request_gets_its_answer_of_the_application_before_the_next_periodic_question()
    {
        DcmBench bench = InExtended();
        bench.Application.Records[0x0100] = [1];
        bench.Application.Records[0x0101] = [2];
        bench.Application.PutOffCount = 15;
        Define(bench, "F2 01", "01 00 01 01 01 00 01 01 01 00 01 01 01 00 01 01");
        bench.Expect("2A 03 01", "6A");
        for (int i = 0; i < 40; i++)
        {
            bench.Run(37);
            uint before = bench.NowMs;
            bench.Expect("22 01 01", "62 01 01 02");
            Assert.InRange(bench.NowMs - before, 1u, 45u);
        }

        Assert.NotEmpty(bench.Periodic);
        Assert.Equal(0, bench.Application.GivenUpCount);
    }

    [Fact]
    public void An_application_that_never_answers_stops_neither_the_others_nor_requests_of_other_records()
    {
        DcmBench bench = InExtended();
        bench.Application.PutOffCount = int.MaxValue;
        Define(bench, "F2 01", "01 00 01 01");
        Define(bench, "F2 02", "01 01 01 01");
        bench.Expect("2A 03 01 02 10", "6A");
        Keep(bench, 3);
        Assert.All(Gaps(TimesOf(bench, "10")), gap => Assert.Equal(50u, gap));
        bench.Expect("22 F1 86", "62 F1 86 03");
        bench.Expect("2C 03", "6C 03");
        bench.Application.PutOffCount = 0;
        bench.Application.Records[0x0101] = [2];
        bench.Expect("22 01 01", "62 01 01 02");
    }

    [Fact]
    public void What_the_application_does_not_have_is_not_sent_and_asked_for_once_a_period()
    {
        DcmBench bench = InExtended();
        Define(bench, "F2 01", "01 00 01 01");
        bench.Expect("2A 03 01 10", "6A");
        Keep(bench, 1);
        Assert.Empty(TimesOf(bench, "01"));
        bench.Application.Records[0x0100] = [7];
        Keep(bench, 1);
        Assert.InRange(TimesOf(bench, "01").Count, 19, 21);
    }

    [Fact]
    public void After_a_busy_bus_nothing_is_caught_up_and_the_grid_is_kept()
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 10 11", "6A");
        bench.Run(200);
        uint phase = TimesOf(bench, "10")[0] % 50;
        bench.IsEcuMute = true;
        bench.Run(2010);
        bench.IsEcuMute = false;
        bench.Periodic.Clear();
        bench.Run(10);

        // One frame has waited; both identifiers were put off, and one may be due again.
        Assert.InRange(bench.Periodic.Count, 3, 4);
        bench.Periodic.Clear();
        bench.Run(1000);
        Assert.Equal(20, TimesOf(bench, "10").Count);
        Assert.Equal(20, TimesOf(bench, "11").Count);
        Assert.All(TimesOf(bench, "10").Skip(1), at => Assert.Equal(phase, at % 50));
    }

    [Fact]
    public void A_response_finds_room_in_a_queue_that_periodic_data_has_filled()
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 10 11", "6A");
        bench.IsEcuMute = true;
        bench.Run(1000);
        bench.Send("22 F1 86");
        bench.Run(5);
        bench.IsEcuMute = false;
        bench.Run(5);
        Assert.Equal("62 F1 86 03", bench.Said[^1].Pdu);
    }

    [Fact]
    public void The_wrap_of_the_clock_changes_nothing()
    {
        DcmBench bench = InExtended(startMs: uint.MaxValue - 4000);
        bench.Expect("2A 03 10", "6A");
        bench.Expect("2A 02 11", "6A");
        Keep(bench, 8);
        Assert.True(bench.NowMs < 10000);
        Assert.InRange(TimesOf(bench, "10").Count, 159, 162);
        Assert.All(Gaps(TimesOf(bench, "10")), gap => Assert.InRange(gap, 49u, 51u));
        Assert.All(Gaps(TimesOf(bench, "11")), gap => Assert.InRange(gap, 199u, 201u));
    }

    [Fact]
    public void Steady_sending_allocates_nothing()
    {
        DcmBench bench = InExtended();
        Define(bench, "F2 01", "02 05 02 04 02 03 01 03");
        bench.Expect("2A 03 01 10 11", "6A");
        bench.Run(200);
        bench.IsEcuMute = true;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint ms = 1; ms < 1000; ms++)
        {
            bench.Dcm.MainFunction(bench.NowMs + ms);
            bench.Dcm.TimeFunction(bench.NowMs + ms);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
