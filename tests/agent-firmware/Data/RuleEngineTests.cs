// When rules take samples: each trigger, in virtual time, one turn a millisecond unless a turn is long.
using EsyncAgent;
using EsyncSim.Rules;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class RuleEngineTests
{
    private static readonly CollectionRule EverySecond = RuleBench.Rule(new PeriodTrigger(1000));

    [Fact]
    public void A_period_gives_a_sample_at_each_of_its_times_and_never_drifts()
    {
        RuleBench bench = new RuleBench().Load(EverySecond with { Priority = RulePriority.Low, RetentionHours = 24, Signals = [RuleBench.Flag, RuleBench.Word] });
        bench.Publish(RuleBench.Word, 0x1234);
        bench.Run(5000);
        Assert.Equal([2000u, 3000, 4000, 5000, 6000], bench.Sink.Records.Select(record => record.TimeMs));
        Assert.Equal([1, 2, 3, 4, 5], bench.Sink.Records.Select(record => record.Count));
        Assert.All(bench.Sink.Records, record => Assert.Equal((1, 0, 24, 1, 0), (record.Kind, record.Priority, record.RetentionHours, record.Rule, record.Cause)));
        Assert.Equal("02000100" + "0201001234", bench.Sink.Records[0].Signals);
        Assert.Equal(0u, bench.Engine.WorstLatenessMs);
    }

    [Fact]
    public void The_wrap_of_the_clock_changes_nothing()
    {
        RuleBench bench = new() { NowMs = uint.MaxValue - 1500 };
        bench.Load(EverySecond);
        bench.Run(3000);
        Assert.Equal([uint.MaxValue - 500, 499, 1499], bench.Sink.Records.Select(record => record.TimeMs));
    }

    [Fact]
    public void A_stall_gives_one_sample_for_all_times_that_were_missed_and_its_lateness()
    {
        RuleBench bench = new RuleBench().Load(EverySecond);
        bench.Run(1000);
        bench.NowMs += 4321;
        bench.Run(3000);
        Assert.Equal([2000u, 6322, 7000, 8000, 9000], bench.Sink.Records.Select(record => record.TimeMs));
        Assert.Equal(3322u, bench.Engine.WorstLatenessMs);
    }

    [Fact]
    public void Many_rules_that_are_due_at_once_are_spread_over_turns()
    {
        DataConfig config = RuleBench.NewConfig();
        CollectionRule[] rules = [.. Enumerable.Range(1, 8).Select(id => EverySecond with { Id = (byte)id })];
        RuleBench bench = new RuleBench(config).Load(rules);
        int most = 0;
        for (int i = 0; i < 3010; i++)
        {
            int before = bench.Sink.Records.Count;
            bench.Run(1);
            most = Math.Max(most, bench.Sink.Records.Count - before);
        }

        Assert.Equal(3 * rules.Length, bench.Sink.Records.Count);
        Assert.InRange(most, 1, rules.Length - 1);
        Assert.InRange(bench.Engine.WorstLatenessMs, 1u, 4u);
        Assert.Equal([3, 3, 3, 3, 3, 3, 3, 3], bench.Sink.Records.GroupBy(record => record.Rule).Select(group => group.Count()));
    }

    [Fact]
    public void A_change_counts_from_the_last_sample_and_only_beyond_the_threshold()
    {
        RuleBench bench = new();
        bench.Publish(RuleBench.Signed, 100);
        bench.Load(RuleBench.Rule(new ChangeTrigger(RuleBench.Signed, 10, 0), RuleBench.Signed));
        bench.Run(50);
        Assert.Empty(bench.Sink.Records);
        foreach (int value in new[] { 110, 90, 95, 111, 115, 101, 100, -30000, 30000 })
        {
            bench.Publish(RuleBench.Signed, value);
            bench.Run(20);
        }

        // 111 is 11 away from 100; 101 is 10 away from 111, and 100 is 11.
        Assert.Equal(["020200006F", "0202000064", "0202008AD0", "0202007530"], bench.Sink.Records.Select(record => record.Signals));
        Assert.All(bench.Sink.Records, record => Assert.Equal(1, record.Cause));
    }

    [Fact]
    public void A_change_of_a_uint32_is_unsigned()
    {
        RuleBench bench = new();
        bench.Publish(RuleBench.Wide, int.MaxValue);
        bench.Load(RuleBench.Rule(new ChangeTrigger(RuleBench.Wide, 1, 0), RuleBench.Flag));
        bench.Run(20);
        bench.Publish(RuleBench.Wide, int.MinValue);
        bench.Run(20);
        Assert.Empty(bench.Sink.Records);
        bench.Publish(RuleBench.Wide, -1);
        bench.Run(20);
        Assert.Single(bench.Sink.Records);
        bench.Publish(RuleBench.Wide, 0);
        bench.Run(20);
        Assert.Equal(2, bench.Sink.Records.Count);
    }

    [Fact]
    public void Another_quality_is_a_change_whatever_the_threshold()
    {
        RuleBench bench = new RuleBench().Load(RuleBench.Rule(new ChangeTrigger(RuleBench.Signed, uint.MaxValue, 0), RuleBench.Signed));
        bench.Run(30);
        bench.Publish(RuleBench.Signed, 5);
        bench.Run(30);
        bench.Publish(RuleBench.Signed, 30_001);
        bench.Run(30);
        bench.Publish(RuleBench.Signed, 6);
        bench.Run(30);
        bench.Signals.TimeOut(2);
        bench.Run(30);
        Assert.Equal(["0202000005", "0202020005", "0202000006", "0202030006"], bench.Sink.Records.Select(record => record.Signals));
    }

    [Fact]
    public void The_least_interval_holds_a_change_back_and_does_not_lose_it()
    {
        RuleBench bench = new RuleBench().Load(RuleBench.Rule(new ChangeTrigger(RuleBench.Word, 0, 500)));
        bench.Run(9);
        for (int value = 1; value <= 60; value++)
        {
            bench.Publish(RuleBench.Word, value);
            bench.Run(10);
        }

        bench.Run(2000);
        Assert.Equal([1, 51, 60], bench.Sink.Records.Select(record => Convert.ToInt32(record.Signals[6..], 16)));
        Assert.InRange(bench.Sink.Records[1].TimeMs - bench.Sink.Records[0].TimeMs, 500u, 510u);
        Assert.InRange(bench.Sink.Records[2].TimeMs - bench.Sink.Records[1].TimeMs, 500u, 510u);
    }

    public static TheoryData<Comparison, int, int, bool> Comparisons => new()
    {
        { Comparison.Equal, 5, 5, true }, { Comparison.Equal, 5, 6, false },
        { Comparison.NotEqual, 5, 6, true }, { Comparison.NotEqual, 5, 5, false },
        { Comparison.Less, -1, 0, true }, { Comparison.Less, 0, 0, false },
        { Comparison.LessOrEqual, 0, 0, true }, { Comparison.LessOrEqual, 1, 0, false },
        { Comparison.Greater, 1, 0, true }, { Comparison.Greater, 0, 0, false },
        { Comparison.GreaterOrEqual, 0, 0, true }, { Comparison.GreaterOrEqual, -1, 0, false },
    };

    [Theory]
    [MemberData(nameof(Comparisons))]
    public void A_signal_is_compared_with_a_number_and_with_another_signal(Comparison comparison, int left, int right, bool isTrue)
    {
        foreach (bool isSignal in new[] { false, true })
        {
            RuleTerm term = new(RuleBench.Signed, comparison, isSignal, isSignal ? RuleBench.Other : right);
            RuleBench bench = new RuleBench().Load(RuleBench.Rule(new ConditionTrigger(false, [term], 0)));
            bench.Publish(RuleBench.Signed, left);
            bench.Publish(RuleBench.Other, right);
            bench.Run(20);
            Assert.Equal(isTrue ? 1 : 0, bench.Sink.Records.Count);
        }
    }

    [Fact]
    public void A_uint32_compares_unsigned_also_with_a_signed_signal()
    {
        RuleBench bench = new RuleBench().Load(
            RuleBench.Rule(new ConditionTrigger(false, [new(RuleBench.Wide, Comparison.Greater, false, 0x80000000)], 0)),
            RuleBench.Rule(new ConditionTrigger(false, [new(RuleBench.Wide, Comparison.Greater, true, RuleBench.Other)], 0)) with { Id = 2 });
        bench.Publish(RuleBench.Wide, -2);
        bench.Publish(RuleBench.Other, int.MaxValue);
        bench.Run(20);
        Assert.Equal([1, 2], bench.Sink.Records.Select(record => record.Rule));
    }

    [Fact]
    public void A_condition_fires_when_it_becomes_true_and_not_while_it_is()
    {
        RuleBench bench = new RuleBench().Load(RuleBench.Rule(new ConditionTrigger(
            false, [new(RuleBench.Word, Comparison.Greater, false, 80), new(RuleBench.Flag, Comparison.Equal, false, 1)], 0)));
        void Set(int word, int flag, int expected)
        {
            bench.Publish(RuleBench.Word, word);
            bench.Publish(RuleBench.Flag, flag);
            bench.Run(40);
            Assert.Equal(expected, bench.Sink.Records.Count);
        }

        Set(81, 0, 0);
        Set(81, 1, 1);
        Set(90, 1, 1);
        Set(80, 1, 1);
        Set(81, 1, 2);
        Assert.Equal([1, 2], bench.Sink.Records.Select(record => record.Count));
        Assert.All(bench.Sink.Records, record => Assert.Equal(2, record.Cause));
    }

    [Fact]
    public void Any_of_several_comparisons_is_enough_where_any_is_asked_for()
    {
        RuleBench bench = new RuleBench().Load(RuleBench.Rule(new ConditionTrigger(
            true, [new(RuleBench.Word, Comparison.Greater, false, 80), new(RuleBench.Flag, Comparison.Equal, false, 1)], 0)));
        bench.Publish(RuleBench.Flag, 1);
        bench.Run(20);
        bench.Publish(RuleBench.Word, 81);
        bench.Run(20);
        Assert.Single(bench.Sink.Records);
    }

    [Fact]
    public void A_signal_without_a_valid_value_makes_every_comparison_false()
    {
        RuleBench bench = new RuleBench().Load(
            RuleBench.Rule(new ConditionTrigger(false, [new(RuleBench.Signed, Comparison.NotEqual, false, 7)], 0)),
            RuleBench.Rule(new ConditionTrigger(false, [new(RuleBench.Word, Comparison.NotEqual, true, RuleBench.Signed)], 0)) with { Id = 2 });
        bench.Publish(RuleBench.Word, 1);
        bench.Run(20);
        Assert.Empty(bench.Sink.Records);
        bench.Publish(RuleBench.Signed, 8);
        bench.Run(20);
        Assert.Equal([1, 2], bench.Sink.Records.Select(record => record.Rule));
        bench.Signals.TimeOut(2);
        bench.Run(20);
        bench.Publish(RuleBench.Signed, 8);
        bench.Run(20);
        Assert.Equal([1, 2, 1, 2], bench.Sink.Records.Select(record => record.Rule));
    }

    [Fact]
    public void A_condition_that_comes_again_too_early_fires_when_its_interval_is_over()
    {
        RuleBench bench = new RuleBench().Load(RuleBench.Rule(new ConditionTrigger(false, [new(RuleBench.Word, Comparison.Greater, false, 80)], 1000)));
        bench.Publish(RuleBench.Word, 81);
        bench.Run(20);
        bench.Publish(RuleBench.Word, 80);
        bench.Run(20);
        bench.Publish(RuleBench.Word, 81);
        bench.Run(3000);
        Assert.Equal(2, bench.Sink.Records.Count);
        Assert.InRange(bench.Sink.Records[1].TimeMs - bench.Sink.Records[0].TimeMs, 1000u, 1010u);
    }

    [Fact]
    public void A_DTC_fires_when_its_test_fails_and_at_no_other_change()
    {
        RuleBench bench = new RuleBench().Load(
            RuleBench.Rule(new DtcTrigger(0x0A1B00)),
            RuleBench.Rule(new DtcTrigger(0)) with { Id = 2 });
        void Note(uint dtc, byte before, byte now, params byte[] rules)
        {
            bench.Sink.Records.Clear();
            bench.Engine.NoteDtc(dtc, before, now);
            bench.Run(20);
            Assert.Equal(rules, bench.Sink.Records.Select(record => record.Rule));
        }

        Note(0x0A1B00, 0x50, 0x2F, 1, 2);
        Note(0x0A1B00, 0x2F, 0x2E);
        Note(0x0A1B00, 0x2F, 0x2F);
        Note(0x0A1C00, 0x2E, 0x2F, 2);
        Assert.Equal((3, 2), (bench.Sink.Records[0].Cause, bench.Sink.Records[0].Count));
    }

    [Fact]
    public void A_log_without_room_loses_the_sample_and_nothing_else()
    {
        RuleBench bench = new RuleBench().Load(EverySecond);
        bench.Run(1000);
        bench.Sink.Room = 0;
        bench.Run(1000);
        bench.Sink.Room = 100;
        bench.Run(1000);
        Assert.Equal([1, 3], bench.Sink.Records.Select(record => record.Count));
        Assert.Equal(1, bench.Sink.Dropped);
    }

    [Fact]
    public void New_rules_begin_without_a_past()
    {
        RuleBench bench = new RuleBench().Load(EverySecond with { Window = new RuleWindow(100, 1000, 1000) });
        bench.Run(1500);
        bench.Load(RuleBench.Rule(new DtcTrigger(0)) with { Window = new RuleWindow(100, 1000, 0) });
        bench.Sink.Records.Clear();
        bench.Run(250);
        bench.Engine.NoteDtc(1, 0, 1);
        bench.Run(100);
        Assert.Equal([3, 4, 4], bench.Sink.Records.Select(record => (int)record.Cause).Order());
        Assert.All(bench.Sink.Records, record => Assert.Equal(1, record.Count));
    }

    [Fact]
    public void Steady_state_allocates_nothing()
    {
        RuleBench bench = new();
        bench.Sink.Room = 0;
        bench.Load(
            EverySecond with { Trigger = new PeriodTrigger(10), Window = new RuleWindow(10, 50, 50) },
            RuleBench.Rule(new ChangeTrigger(RuleBench.Word, 0, 0)) with { Id = 2 },
            RuleBench.Rule(new ConditionTrigger(false, [new(RuleBench.Word, Comparison.Greater, false, 80)], 0)) with { Id = 3 });
        bench.Run(200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            bench.Signals.Publish(1, i);
            bench.Run(10);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.True(bench.Sink.Dropped > 100);
    }
}
