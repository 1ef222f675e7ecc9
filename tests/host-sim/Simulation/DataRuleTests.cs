// The rule about reports is broken by what it forbids, and by nothing else.
using EsyncSim.Data;
using EsyncSim.Simulation;
using Xunit;

namespace EsyncTests.HostSim.Simulation;

public sealed class DataRuleTests
{
    private const uint Epoch = 7;
    private static readonly byte Periodic = FirstRuleOf(0);
    private static readonly byte Newer = FirstRuleOf(1);

    private readonly WatchedEcu _ecu = new(new DataRule());

    [Fact]
    public void What_was_collected_and_is_delivered_in_order_breaks_nothing()
    {
        ReportRecord[] records = [Start(1, 1), Sample(2, 1, 1000), Sample(3, 1, 2000), Start(5, 2), Sample(6, 2, 1000)];

        Assert.Null(Told(rules => rules.Collected(_ecu.Watch, Epoch, records[..3])));
        Assert.Null(Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(records[..3]))));
        Assert.Null(Told(rules => rules.Collected(_ecu.Watch, Epoch, records[2..])));
        Assert.Null(Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(records[3..]))));
        Assert.Null(Told(rules => rules.Served(_ecu.Watch, 2, 5000)));
        Assert.Null(Ended());
    }

    [Fact]
    public void A_record_that_comes_twice_or_late_or_from_nowhere_breaks_it()
    {
        ReportRecord[] records = [Start(1, 1), Sample(2, 1, 1000), Sample(3, 1, 2000)];
        Assert.Null(Told(rules => rules.Collected(_ecu.Watch, Epoch, records)));
        Assert.Null(Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(records[0], records[2]))));

        Assert.Contains("twice", Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(records[2]))));
        Assert.Contains("after 3", Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(records[1]))));
        Assert.Contains("never made", Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(Sample(4, 1, 3000)))));
        Assert.Contains("never made", Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(Sample(2, 1, 1001)))));
        Assert.Contains("never made", Told(rules => rules.Delivered(_ecu.Watch, Epoch + 1, Sent(records[1]))));
    }

    [Fact]
    public void A_record_that_never_arrives_breaks_it_when_there_was_time()
    {
        Assert.Null(Told(rules => rules.Collected(_ecu.Watch, Epoch, [Start(1, 1)])));
        Assert.Null(Told(rules => rules.RunEnded([_ecu.Watch])));

        Assert.Contains("number 1 of motor never reached", Ended());
    }

    [Fact]
    public void One_number_for_two_records_and_another_life_of_the_log_break_it()
    {
        Assert.Null(Told(rules => rules.Collected(_ecu.Watch, Epoch, [Sample(1, 1, 1000)])));

        Assert.Contains("two records", Told(rules => rules.Collected(_ecu.Watch, Epoch, [Sample(1, 1, 1001)])));
        Assert.Contains("another life", Told(rules => rules.Collected(_ecu.Watch, Epoch + 1, [Sample(1, 1, 1000)])));
    }

    [Theory]
    [InlineData(4u, 1, true)]
    [InlineData(5u, 1, false)]
    [InlineData(5u, 2, true)]
    [InlineData(6u, 2, false)]
    public void A_start_leaves_one_number_out_and_nothing_else_does(uint next, ushort boot, bool isGood)
    {
        Deliver(Start(1, 1), Sample(2, 1, 1000), Sample(3, 1, 2000), Sample(next, boot, 3000));

        string? broken = Ended();
        Assert.True(isGood ? broken is null : broken?.Contains("never came", StringComparison.Ordinal) == true, broken);
    }

    [Fact]
    public void A_start_without_samples_and_a_sample_that_is_late_break_it()
    {
        Deliver(Start(1, 1), Sample(2, 1, 1000), Sample(3, 1, 2101), Start(4, 2));
        Assert.Contains("comes 1101 ms after", Ended());

        WatchedEcu other = new(new DataRule());
        Assert.Null(other.Broken(() => other.Rules.Served(other.Watch, 2, 3999)));
        Assert.Null(other.Broken(() => other.Rules.RunEnded([other.Watch])));
        Assert.Null(other.Broken(() => other.Rules.Served(other.Watch, 2, 4000)));
        Assert.Contains("sampled nothing", other.Broken(() => other.Rules.RunEnded([other.Watch])));
    }

    [Fact]
    public void A_sample_of_older_rules_after_one_of_newer_rules_breaks_it()
    {
        Deliver(Start(1, 1), Sample(2, 1, 1000), Sample(3, 1, 2000, Newer), Sample(4, 1, 1900));
        Assert.Null(Ended());

        Deliver(Sample(5, 1, 2100));
        Assert.Contains("rules 0 after one of rules 1", Ended());
    }

    [Theory]
    [InlineData("motor", "a report is malformed at byte 3 of what was read: it has no end", true)]
    [InlineData("", "reports/x.queue is damaged", true)]
    [InlineData("motor", "no response", false)]
    public void A_log_that_cannot_be_read_and_a_damaged_disk_break_it(string ecu, string what, bool isBroken) =>
        Assert.Equal(isBroken, Told(rules => rules.CollectorProblem(ecu, what)) is not null);

    private static byte FirstRuleOf(int set)
    {
        FleetRules rules = WatchedEcu.Fleet.Rules!;
        return (byte)Enumerable.Range(1, 255).First(id => rules.SetOf((byte)id) == set && rules.PeriodMsOf((byte)id) > 0);
    }

    private static ReportRecord Start(uint number, ushort boot) => ReportRecord.Make(ReportKind.Start, ReportPriority.High, number, boot, 10, 0, new byte[9]);

    private static ReportRecord Sample(uint number, ushort boot, uint ms, byte? rule = null) =>
        ReportRecord.Make(ReportKind.Sample, ReportPriority.Low, number, boot, ms, 0, [rule ?? Periodic, (byte)SampleCause.Period, 0, (byte)number]);

    private static DataRecord[] Sent(params ReportRecord[] records) =>
        [.. records.Select(record => new DataRecord { Sequence = record.Sequence, Kind = "other", Priority = "low", Boot = record.Boot, Ms = record.Ms, Ts = "2026-01-01T00:00:00.000Z" })];

    private void Deliver(params ReportRecord[] records)
    {
        Assert.Null(Told(rules => rules.Collected(_ecu.Watch, Epoch, records)));
        Assert.Null(Told(rules => rules.Delivered(_ecu.Watch, Epoch, Sent(records))));
    }

    private string? Ended() => Told(rules =>
    {
        rules.Calm();
        rules.RunEnded([_ecu.Watch]);
    });

    private string? Told(Action<RuleBook> what)
    {
        try
        {
            what(_ecu.Rules);
            return null;
        }
        catch (RuleBrokenException broken)
        {
            return broken.Text;
        }
    }
}
