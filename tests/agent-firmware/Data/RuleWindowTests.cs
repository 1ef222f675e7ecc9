// Samples around a trigger: what was before it, from memory, and what comes after it.
using EsyncAgent;
using EsyncSim.Rules;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class RuleWindowTests
{
    private const byte Before = 4;
    private const byte After = 5;
    private const byte Dtc = EsyncAgent.RuleTrigger.Dtc;

    [Fact]
    public void A_trigger_brings_what_was_before_it_and_what_comes_after_it_at_the_sample_period()
    {
        RuleBench bench = WithWindow(100, 300, 200);
        bench.Run(1050);
        Fire(bench);
        bench.Run(1000);
        Assert.Equal(
            ["1800 4", "1900 4", "2000 4", "2051 3", "2151 5", "2251 5"],
            bench.Sink.Records.OrderBy(record => record.TimeMs).Select(record => $"{record.TimeMs} {record.Cause}"));
        Assert.All(bench.Sink.Records, record => Assert.Equal(1, record.Count));
    }

    [Fact]
    public void Values_before_the_trigger_are_those_of_then()
    {
        RuleBench bench = WithWindow(10, 50, 0);
        for (int i = 1; i <= 8; i++)
        {
            bench.Publish(RuleBench.Word, i);
            bench.Run(10);
        }

        Fire(bench);
        bench.Run(20);
        Assert.Equal([4, 5, 6, 7, 8], ValuesOf(bench, Before));
        Assert.Equal([8], ValuesOf(bench, Dtc));
    }

    [Fact]
    public void Samples_that_a_stall_has_made_too_old_do_not_count_as_before()
    {
        RuleBench bench = WithWindow(100, 300, 0);
        bench.Run(1000);
        bench.NowMs += 250;
        Fire(bench);
        bench.Run(50);

        // One of 2000 is within the time; 1900 and 1800 are not any more; the stall itself left one sample at its end.
        Assert.Equal(["2000 4", "2251 3"], bench.Sink.Records.OrderBy(record => record.TimeMs).Select(record => $"{record.TimeMs} {record.Cause}"));
    }

    [Fact]
    public void A_trigger_during_the_time_after_another_begins_it_anew_and_repeats_nothing()
    {
        RuleBench bench = WithWindow(100, 300, 300);
        bench.Run(500);
        Fire(bench);
        bench.Run(150);
        Fire(bench);
        bench.Run(1000);
        Fire(bench);
        bench.Run(50);
        Assert.Equal(
            ["1300 4 1", "1400 4 1", "1500 4 1", "1501 3 1", "1601 5 1", "1652 3 2", "1752 5 2", "1852 5 2", "1952 5 2", "2452 4 3", "2552 4 3", "2652 4 3", "2653 3 3"],
            bench.Sink.Records.OrderBy(record => record.TimeMs).Select(record => $"{record.TimeMs} {record.Cause} {record.Count}"));
    }

    [Fact]
    public void What_waits_for_a_full_log_is_handed_on_when_there_is_room_one_a_turn()
    {
        RuleBench bench = WithWindow(10, 100, 0);
        bench.Run(500);
        Fire(bench);
        bench.Sink.Room = 0;
        bench.Run(5);
        Assert.Single(bench.Sink.Records);
        bench.Sink.Room = 100;
        bench.Run(4);
        Assert.Equal(5, bench.Sink.Records.Count);
        bench.Run(50);
        Assert.Equal(11, bench.Sink.Records.Count);
        Assert.Equal(0, bench.Sink.Dropped);
        Assert.Equal(bench.Sink.Records.Skip(1).OrderBy(record => record.TimeMs), bench.Sink.Records.Skip(1));
    }

    [Fact]
    public void What_the_log_does_not_take_for_long_is_lost_by_the_log_and_counted_there()
    {
        RuleBench bench = WithWindow(10, 50, 0);
        bench.Run(500);
        Fire(bench);
        bench.Sink.Room = 0;
        bench.Run(1000);
        Assert.Equal(5, bench.Sink.Dropped);
        bench.Sink.Room = 100;
        bench.Sink.Records.Clear();
        bench.Run(100);
        Assert.Empty(bench.Sink.Records);
        Fire(bench);
        bench.Run(100);
        Assert.Equal([2, 2, 2, 2, 2, 2], bench.Sink.Records.Select(record => record.Count));
    }

    [Fact]
    public void Two_rules_keep_their_histories_apart_up_to_the_last_byte_of_memory()
    {
        DataConfig config = RuleBench.NewConfig();
        config.HistoryLength = (5 * 13) + (3 * 17);
        RuleBench bench = new RuleBench(config).Load(
            RuleBench.Rule(new DtcTrigger(1)) with { Window = new RuleWindow(10, 50, 0) },
            RuleBench.Rule(new DtcTrigger(2), RuleBench.Flag, RuleBench.Word) with { Id = 2, Window = new RuleWindow(20, 60, 0) });
        for (int i = 1; i <= 100; i++)
        {
            bench.Publish(RuleBench.Word, i);
            bench.Run(10);
        }

        bench.Engine.NoteDtc(1, 0, 1);
        bench.Engine.NoteDtc(2, 0, 1);
        bench.Run(30);
        Assert.Equal([96, 97, 98, 99, 100], ValuesOf(bench, Before, rule: 1));
        Assert.Equal([96, 98, 100], ValuesOf(bench, Before, rule: 2));
        Assert.All(bench.Sink.Records.Where(record => record.Rule == 2), record => Assert.StartsWith("020001000201", record.Signals, StringComparison.Ordinal));
    }

    private static RuleBench WithWindow(uint periodMs, uint beforeMs, uint afterMs) =>
        new RuleBench().Load(RuleBench.Rule(new DtcTrigger(0)) with { Window = new RuleWindow(periodMs, beforeMs, afterMs) });

    private static void Fire(RuleBench bench)
    {
        bench.Engine.NoteDtc(0x123456, 0, 1);
        bench.Run(1);
    }

    private static IEnumerable<int> ValuesOf(RuleBench bench, byte cause, byte rule = 1) => bench.Sink.Records
        .Where(record => record.Cause == cause && record.Rule == rule).Select(record => Convert.ToInt32(record.Signals[^4..], 16));
}
