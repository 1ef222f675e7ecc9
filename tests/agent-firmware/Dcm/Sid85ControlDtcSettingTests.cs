// Service 85 on the wire, and what it means for DTC status bytes.
using EsyncAgent;
using EsyncSim.Data;
using EsyncSim.Rules;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid85ControlDtcSettingTests
{
    private const byte Event = 16;

    private static DcmBench InExtended()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    [Theory]
    [InlineData("85 02", "C5 02")]
    [InlineData("85 82", "")]
    public void While_off_no_status_changes_and_while_on_it_does(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        bench.Dem.SetEvent(Event, true);
        bench.Run(5);
        Assert.Equal(DemStatus.Initial, bench.Dem.StatusOf(Event));
        bench.Expect("85 01", "C5 01");
        bench.Run(5);
        Assert.Equal(DemStatus.Initial, bench.Dem.StatusOf(Event));
        bench.Dem.SetEvent(Event, true);
        bench.Run(5);
        Assert.Equal(0x2F, bench.Dem.StatusOf(Event));
    }

    [Fact]
    public void While_off_neither_the_report_log_nor_a_rule_hears_of_a_DTC_and_other_rules_sample_on()
    {
        RuleList rules = new()
        {
            Sequence = 0,
            VendorId = new byte[16],
            ClassId = new byte[16],
            TableId = TestSignals.Config().SignalTableId,
            Rules =
            [
                new CollectionRule { Id = 1, Signals = [TestSignals.Level], Trigger = new PeriodTrigger(100) },
                new CollectionRule { Id = 2, Signals = [TestSignals.Level], Trigger = new DtcTrigger(0) },
            ],
        };
        DcmBench bench = new(configureData: data => data.BuiltInRules = rules.Encode(), hasLog: true);
        bench.Enter(DcmSession.Extended);
        bench.OpenAccess();
        bench.Expect("85 02", "C5 02");
        bench.Dem.SetEvent(Event, true);
        bench.Run(1000);
        IReadOnlyList<ReportRecord> off = Reports(bench);
        Assert.InRange(off.Count(record => record.Kind == EsyncSim.Data.ReportKind.Sample && record.Body[0] == 1), 10, 12);
        Assert.DoesNotContain(off, record => record.Kind == EsyncSim.Data.ReportKind.Dtc || (record.Kind == EsyncSim.Data.ReportKind.Sample && record.Body[0] == 2));

        bench.Expect("85 01", "C5 01");
        bench.Dem.SetEvent(Event, true);
        bench.Run(200);
        IReadOnlyList<ReportRecord> on = Reports(bench);
        Assert.Single(on, record => record.Kind == EsyncSim.Data.ReportKind.Dtc);
        Assert.Single(on, record => record.Kind == EsyncSim.Data.ReportKind.Sample && record.Body[0] == 2);
    }

    [Fact]
    public void The_end_by_S3_switches_on()
    {
        DcmBench bench = InExtended();
        bench.Expect("85 02", "C5 02");
        bench.Run(5100);
        Assert.True(bench.Dem.IsStorageEnabled);
    }

    [Theory]
    [InlineData("85", "7F 85 13")]
    [InlineData("85 00", "7F 85 12")]
    [InlineData("85 03", "7F 85 12")]
    [InlineData("85 02 FF FF FF", "7F 85 13")]
    public void Checks_come_in_order(string request, string response)
    {
        DcmBench bench = InExtended();
        bench.Expect(request, response);
        Assert.True(bench.Dem.IsStorageEnabled);
    }

    [Fact]
    public void When_default_Then_7F() => new DcmBench().Expect("85 02", "7F 85 7F");

    private static IReadOnlyList<ReportRecord> Reports(DcmBench bench) =>
        ReportRecord.ReadAll(DcmBench.Unhex(bench.Ask("31 01 02 30 00 00 00 01")).AsSpan(10));
}
