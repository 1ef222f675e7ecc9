// Service 2A on the wire: what is sent, what is refused, and what ends it.
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid2AReadDataByPeriodicIdentifierTests
{
    private static DcmBench InExtended(byte countMax = 4)
    {
        DcmBench bench = new(c => c.PeriodicCountMax = countMax, configureData: TestSignals.AddPeriodic);
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    // What is sent in the next fast periods, by periodic identifier.
    private static HashSet<string> SentNow(DcmBench bench)
    {
        bench.Periodic.Clear();
        bench.Run(1100);
        return [.. bench.Periodic.Select(f => f.Pdu[..2])];
    }

    [Fact]
    public void A_frame_is_the_periodic_identifier_the_record_and_padding()
    {
        DcmBench bench = InExtended();
        bench.Data.Signals.Publish(bench.Data.Signals.IndexOf(TestSignals.PeriodicCount), -2);
        bench.Expect("2C 01 F2 01 02 05 01 05 02 01 01 02", "6C 01 F2 01");
        bench.Expect("2A 03 10 11 01", "6A");
        Assert.Empty(bench.Periodic);
        bench.Run(50);
        Assert.Equal(
            ["01 01 00 00 00 00 01 00", "10 01 00 CC CC CC CC CC", "11 00 FF FF FF FE CC CC"],
            bench.Periodic.Select(f => f.Pdu).Order());
    }

    [Theory]
    [InlineData("01", 1000)]
    [InlineData("02", 200)]
    [InlineData("03", 50)]
    public void Each_mode_has_its_period(string mode, int periodMs)
    {
        DcmBench bench = InExtended();
        bench.Expect($"2A {mode} 10", "6A");
        bench.Run(4500);
        List<uint> times = [.. bench.Periodic.Select(f => f.AtMs)];
        Assert.InRange(times.Count, 4500 / periodMs, (4500 / periodMs) + 1);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal((uint)periodMs, pair.Second - pair.First));
    }

    [Theory]
    [InlineData("2A", "7F 2A 13")]
    [InlineData("2A 01", "7F 2A 13")]
    [InlineData("2A 03", "7F 2A 13")]
    [InlineData("2A 03 10 11 10 11 10", "7F 2A 13")]
    [InlineData("2A 00 10 11 10 11 10", "7F 2A 13")]
    [InlineData("2A 00", "7F 2A 31")]
    [InlineData("2A 00 10", "7F 2A 31")]
    [InlineData("2A 05 10", "7F 2A 31")]
    [InlineData("2A 83 10", "7F 2A 31")]
    [InlineData("2A 84", "7F 2A 31")]
    [InlineData("2A 03 77", "7F 2A 31")]
    [InlineData("2A 03 77 78", "7F 2A 31")]
    [InlineData("2A 04 77", "7F 2A 31")]
    public void Checks_come_in_order_and_nothing_is_sent(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        Assert.Empty(SentNow(bench));
    }

    [Fact]
    public void Unknown_identifiers_among_known_ones_are_left_out()
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 77 10 78", "6A");
        Assert.Equal(["10"], SentNow(bench));
        bench.Expect("2A 04 77 10 78", "6A");
        Assert.Empty(SentNow(bench));
    }

    [Fact]
    public void Seven_bytes_are_sent_and_eight_are_no_periodic_identifier()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F2 01 02 05 01 05 02 01 01 02", "6C 01 F2 01");
        bench.Expect("2C 01 F2 02 02 05 01 05 02 03 01 03", "6C 01 F2 02");
        bench.Expect("2C 01 F3 03 02 05 01 05", "6C 01 F3 03");
        bench.Expect("2A 03 02", "7F 2A 31");
        bench.Expect("2A 03 03", "7F 2A 31");
        bench.Expect("2A 03 01 02 03", "6A");
        Assert.Equal(["01"], SentNow(bench));
    }

    [Fact]
    public void More_than_can_be_scheduled_are_31_and_change_nothing()
    {
        DcmBench bench = InExtended(countMax: 2);
        bench.Expect("2C 01 F2 01 02 05 01 05", "6C 01 F2 01");
        bench.Expect("2A 03 10", "6A");
        bench.Expect("2A 01 11 01", "7F 2A 31");
        Assert.Equal(["10"], SentNow(bench));
        bench.Expect("2A 03 11 11", "6A");
        bench.Expect("2A 03 01", "7F 2A 31");
        bench.Expect("2A 03 01 10", "7F 2A 31");
        bench.Expect("2A 03 11 10", "6A");
        bench.Expect("2A 04 11", "6A");
        bench.Expect("2A 03 01", "6A");
        Assert.Equal(["01", "10"], SentNow(bench).Order());
    }

    [Fact]
    public void A_second_request_changes_the_rate_and_leaves_the_others_alone()
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 10 11", "6A");
        bench.Run(200);
        bench.Expect("2A 02 11", "6A");
        bench.Periodic.Clear();
        bench.Run(1000);
        Assert.Equal(5, bench.Periodic.Count(f => f.Pdu.StartsWith("11", StringComparison.Ordinal)));
        Assert.Equal(20, bench.Periodic.Count(f => f.Pdu.StartsWith("10", StringComparison.Ordinal)));
    }

    [Fact]
    public void Asked_for_again_at_the_same_rate_it_goes_on_undisturbed()
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 02 10", "6A");
        for (int i = 0; i < 20; i++)
        {
            bench.Run(70);
            bench.Expect("2A 02 10", "6A");
        }

        List<uint> times = [.. bench.Periodic.Select(f => f.AtMs)];
        Assert.InRange(times.Count, 7, 9);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(200u, pair.Second - pair.First));
    }

    [Fact]
    public void Stopping_is_for_some_or_for_all()
    {
        DcmBench bench = InExtended();
        bench.Expect("2C 01 F2 01 02 05 01 05", "6C 01 F2 01");
        bench.Expect("2A 03 10 11 01", "6A");
        bench.Expect("2A 04 10", "6A");
        Assert.Equal(["01", "11"], SentNow(bench).Order());
        bench.Expect("2A 04 10", "6A");
        bench.Expect("2A 04", "6A");
        Assert.Empty(SentNow(bench));
        bench.Expect("2A 04", "6A");
    }

    [Fact]
    public void A_definition_is_stopped_before_it_is_cleared_and_not_changed_while_it_is_sent()
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 01", "7F 2A 31");
        bench.Expect("2C 01 F2 01 02 05 01 05", "6C 01 F2 01");
        bench.Expect("2C 01 F2 02 02 05 01 05", "6C 01 F2 02");
        bench.Expect("2A 03 01 02 10", "6A");
        bench.Expect("2C 01 F2 01 02 03 01 01", "7F 2C 22");
        bench.Expect("2C 01 F2 01 02 03 00 01", "7F 2C 31");
        bench.Expect("2C 03 F2 01", "6C 03 F2 01");
        Assert.Equal(["02", "10"], SentNow(bench).Order());
        bench.Expect("2C 03", "6C 03");
        Assert.Equal(["10"], SentNow(bench));
        bench.Expect("2C 01 F2 01 02 05 01 05", "6C 01 F2 01");
        Assert.Equal(["10"], SentNow(bench));
    }

    [Theory]
    [InlineData("10 03", true)]
    [InlineData("10 02", false)]
    [InlineData("10 01", false)]
    public void Sending_lives_as_long_as_the_session_has_the_service(string request, bool lives)
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 10", "6A");
        Assert.StartsWith("50", bench.Ask(request));
        Assert.Equal(lives ? ["10"] : [], SentNow(bench));
        bench.Expect("10 03", "50 03 00 32 01 F4");
        Assert.Equal(lives ? ["10"] : [], SentNow(bench));
    }

    [Fact]
    public void Frames_keep_no_session_alive()
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 10", "6A");
        bench.Run(5100);
        bench.Expect("22 F1 86", "62 F1 86 01");
        Assert.Empty(SentNow(bench));
    }

    [Theory]
    [InlineData("28 03 03", "68 03")]
    [InlineData("28 01 01", "68 01")]
    [InlineData("85 02", "C5 02")]
    public void Communication_control_and_DTC_setting_do_not_touch_it(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect("2A 03 10", "6A");
        bench.Expect(request, response);
        Assert.Equal(["10"], SentNow(bench));
        bench.Expect("2A 03 11", "6A");
        Assert.Equal(["10", "11"], SentNow(bench).Order());
    }

    [Fact]
    public void Without_a_CAN_identifier_for_it_nothing_can_be_sent()
    {
        DcmBench bench = new(configureData: TestSignals.AddPeriodic, isPeriodic: false);
        bench.Enter(DcmSession.Extended);
        bench.Expect("2A 03 10", "7F 2A 31");
        bench.Expect("2A 04", "6A");
        bench.Expect("22 F2 10", "62 F2 10 01 00");
    }

    [Theory]
    [InlineData(DcmSession.Default)]
    [InlineData(DcmSession.Programming)]
    public void In_other_sessions_the_service_is_7F(byte session)
    {
        DcmBench bench = new(configureData: TestSignals.AddPeriodic);
        if (session != DcmSession.Default)
        {
            bench.Enter(session);
        }

        bench.Expect("2A 03 10", "7F 2A 7F");
        bench.Expect("2A 04", "7F 2A 7F");
    }

    [Fact]
    public void On_the_functional_address_only_who_can_send_answers()
    {
        DcmBench bench = InExtended();
        Assert.Equal(string.Empty, bench.AskAll("2A 03 77"));
        Assert.Equal("6A", bench.AskAll("2A 03 10"));
        Assert.Equal(["10"], SentNow(bench));
    }
}
