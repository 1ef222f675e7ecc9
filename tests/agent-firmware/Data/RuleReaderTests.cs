// Rule sets as the agent reads them: one form of each content, every bound, and the reason with its place.
using EsyncAgent;
using EsyncSim.Rules;
using EsyncTests.AgentFirmware.Fota;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class RuleReaderTests
{
    private static readonly byte[] Sixteen = new byte[16];

    private static readonly CollectionRule Plain = RuleBench.Rule(new PeriodTrigger(1000));

    [Fact]
    public void A_set_is_what_was_written()
    {
        RuleBench bench = new();
        RuleList list = RuleBench.ListOf(
            Plain with { Signals = [RuleBench.Flag, RuleBench.Wide], Priority = RulePriority.High, RetentionHours = 48 },
            Plain with { Id = 7, Trigger = new ChangeTrigger(RuleBench.Signed, 12, 250), Window = new RuleWindow(100, 250, 300) },
            Plain with
            {
                Id = 255,
                Trigger = new ConditionTrigger(true, [new(RuleBench.Wide, Comparison.Greater, false, 0xFFFFFFFE), new(RuleBench.Signed, Comparison.Less, false, -5), new(RuleBench.Word, Comparison.Equal, true, RuleBench.Other)], 50),
            }) with { DeviceId = [.. Enumerable.Repeat((byte)9, 16)], Sequence = 70_000 };

        Assert.Equal(StdReturn.Ok, bench.Read(list.Encode()));
        RuleSet set = bench.Set;
        Assert.Equal((3, 70_000u, true, (byte)9), (set.Count, set.SequenceNumber, set.HasDeviceId, set.DeviceId[0]));
        Assert.Equal([1, 7, 255], set.Ids[..3]);
        Assert.Equal([2, 1, 1], set.Priorities[..3]);
        Assert.Equal([48, 0, 0], set.RetentionHours[..3]);
        Assert.Equal([0, 2, 3, 4], set.SignalFirst[..4]);
        Assert.Equal([0, 3, 1, 1], set.Signals[..4]);
        Assert.Equal([4 + 4 + 7, 4 + 5, 4 + 5], set.BodyLengths[..3]);
        Assert.Equal((EsyncAgent.RuleTrigger.Change, 2, 12u, 250u), (set.Triggers[1], set.Watched[1], set.Operands[1], set.IntervalMs[1]));
        Assert.Equal((100u, 250u, 300u, 3), (set.SamplePeriodMs[1], set.BeforeMs[1], set.AfterMs[1], set.HistoryCount[1]));
        Assert.Equal((true, 0, 3, 50u), (set.IsAny[2], set.TermFirst[2], set.TermFirst[3], set.IntervalMs[2]));
        Assert.Equal([-2, -5, 4], set.TermRight[..3]);
        Assert.Equal([false, false, true], set.TermIsSignal[..3]);
        Assert.InRange(set.Cost, 1000, bench.Config.IlPerTurnMax);
    }

    [Fact]
    public void An_empty_set_collects_nothing_and_is_good()
    {
        RuleBench bench = new();
        Assert.Equal(StdReturn.Ok, bench.Read(RuleBench.ListOf().Encode()));
        Assert.Equal(0, bench.Set.Count);
    }

    public static TheoryData<string, byte[]> Malformed
    {
        get
        {
            byte[] good = RuleBench.ListOf(Plain).Encode();
            byte[] Rule(params (long, byte[])[] members) => With(Cbor.Array(Cbor.Map(members)));
            (long, byte[])[] Of(byte[] trigger) => [(1, Cbor.Uint(1)), (2, Cbor.Array(Cbor.Uint(0x201))), (3, trigger), (4, Cbor.Uint(1)), (5, Cbor.Uint(0))];
            byte[] Terms(params byte[][] terms) => Rule(Of(Cbor.Array(Cbor.Uint(2), Cbor.Uint(0), Cbor.Array(terms), Cbor.Uint(0))));
            byte[] Term(ulong comparison, ulong kind, byte[] right) => Cbor.Array(Cbor.Uint(0x201), Cbor.Uint(comparison), Cbor.Uint(kind), right);
            byte[] period = Cbor.Array(Cbor.Uint(0), Cbor.Uint(1000));
            return new TheoryData<string, byte[]>
            {
                { "nothing", [] },
                { "one byte too many", [.. good, 0] },
                { "one byte too few", good[..^1] },
                { "a member too many", Cbor.Map([.. Members(Cbor.Array()), (8, Cbor.Uint(0))]) },
                { "a member is missing", Cbor.Map([.. Members(Cbor.Array()).Where(member => member.Item1 != 6)]) },
                { "members out of order", Cbor.Map([.. Members(Cbor.Array()).Reverse()]) },
                { "a rule without identifier", Rule([.. Of(period).Skip(1)]) },
                { "rule 0", Rule([(1, Cbor.Uint(0)), .. Of(period).Skip(1)]) },
                { "rule 256", Rule([(1, Cbor.Uint(256)), .. Of(period).Skip(1)]) },
                { "a rule twice", With(Cbor.Array(Cbor.Map(Of(period)), Cbor.Map(Of(period)))) },
                { "no signals", Rule([(1, Cbor.Uint(1)), (2, Cbor.Array()), .. Of(period).Skip(2)]) },
                { "a signal twice", Rule([(1, Cbor.Uint(1)), (2, Cbor.Array(Cbor.Uint(0x201), Cbor.Uint(0x201))), .. Of(period).Skip(2)]) },
                { "signals that do not ascend", Rule([(1, Cbor.Uint(1)), (2, Cbor.Array(Cbor.Uint(0x202), Cbor.Uint(0x201))), .. Of(period).Skip(2)]) },
                { "trigger 4", Rule(Of(Cbor.Array(Cbor.Uint(4), Cbor.Uint(1000)))) },
                { "a period of three items", Rule(Of(Cbor.Array(Cbor.Uint(0), Cbor.Uint(1000), Cbor.Uint(1)))) },
                { "a change of two items", Rule(Of(Cbor.Array(Cbor.Uint(1), Cbor.Uint(0x201)))) },
                { "a period of more than a day", Rule(Of(Cbor.Array(Cbor.Uint(0), Cbor.Uint(86_400_001)))) },
                { "a DTC of four bytes", Rule(Of(Cbor.Array(Cbor.Uint(3), Cbor.Uint(0x1000000)))) },
                { "a condition without comparison", Terms() },
                { "comparison 6", Terms(Term(6, 0, Cbor.Uint(1))) },
                { "neither constant nor signal", Terms(Term(0, 2, Cbor.Uint(1))) },
                { "a constant of 33 bits", Terms(Term(0, 0, Cbor.Uint(0x100000000))) },
                { "a constant above what an int16 can be compared with", Terms(Term(0, 0, Cbor.Uint(0x80000000))) },
                { "a comparison of three items", Terms(Cbor.Array(Cbor.Uint(0x201), Cbor.Uint(0), Cbor.Uint(0))) },
                { "priority 3", Rule([.. Of(period).Take(3), (4, Cbor.Uint(3)), (5, Cbor.Uint(0))]) },
                { "retention of 65536 hours", Rule([.. Of(period).Take(4), (5, Cbor.Uint(65_536))]) },
                { "a window without time", Rule([.. Of(period), (6, Cbor.Array(Cbor.Uint(100), Cbor.Uint(0), Cbor.Uint(0)))]) },
                { "a window of two items", Rule([.. Of(period), (6, Cbor.Array(Cbor.Uint(100), Cbor.Uint(100)))]) },
                { "a number that is longer than it needs to be", Rule([(1, [0x18, 0x01]), .. Of(period).Skip(1)]) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_is_not_in_its_one_form_is_refused(string what, byte[] document)
    {
        RuleBench bench = new();
        Assert.Equal(StdReturn.NotOk, bench.Read(document));
        Assert.True(bench.Reader.Error == RuleError.Malformed, $"{what}: {bench.Reader.Error}");
        Assert.InRange(bench.Reader.ErrorDetail, 0u, (uint)document.Length);
    }

    [Fact]
    public void The_place_of_a_fault_counts_from_where_the_document_begins()
    {
        RuleBench bench = new();
        byte[] document = With(Cbor.Array(Cbor.Map((1, Cbor.Uint(0)))));
        Assert.Equal(StdReturn.NotOk, bench.Read(document, position: 3000));

        // A map of one member where five or six belong, the last three bytes of the document.
        Assert.Equal((RuleError.Malformed, 3000u + (uint)document.Length - 3), (bench.Reader.Error, bench.Reader.ErrorDetail));
    }

    [Fact]
    public void Another_version_and_another_table_have_their_own_reasons()
    {
        RuleBench bench = new();
        byte[] document = RuleBench.ListOf(Plain).Encode();
        document[2] = 2;
        bench.Read(document);
        Assert.Equal((RuleError.VersionUnknown, 2u), (bench.Reader.Error, bench.Reader.ErrorDetail));

        bench.Read((RuleBench.ListOf(Plain) with { TableId = RuleBench.TableId + 1 }).Encode());
        Assert.Equal(RuleError.TableMismatch, bench.Reader.Error);
        Assert.False(bench.Reader.IsHeadRead);
    }

    public static TheoryData<string, CollectionRule> Unknown => new()
    {
        { "sampled", Plain with { Signals = [RuleBench.Word, 0x0333] } },
        { "watched", Plain with { Trigger = new ChangeTrigger(0x0333, 1, 0) } },
        { "compared", Plain with { Trigger = new ConditionTrigger(false, [new(0x0333, Comparison.Equal, false, 1)], 0) } },
        { "compared with", Plain with { Trigger = new ConditionTrigger(false, [new(RuleBench.Word, Comparison.Equal, true, 0x0333)], 0) } },
    };

    [Theory]
    [MemberData(nameof(Unknown))]
    public void A_signal_that_is_not_here_is_named(string what, CollectionRule rule)
    {
        RuleBench bench = new();
        Assert.Equal(StdReturn.NotOk, bench.Read(RuleBench.ListOf(rule).Encode()));
        Assert.True((bench.Reader.Error, bench.Reader.ErrorDetail) == (RuleError.SignalUnknown, 0x0333u), what);
    }

    [Fact]
    public void Each_bound_holds_to_the_last_one_and_names_itself_and_the_rule()
    {
        CollectionRule four = Plain with { Signals = [RuleBench.Flag, RuleBench.Word, RuleBench.Signed, RuleBench.Wide] };
        RuleTerm term = new(RuleBench.Word, Comparison.Equal, false, 1);
        CollectionRule Condition(byte id, int terms) => Plain with { Id = id, Trigger = new ConditionTrigger(false, [.. Enumerable.Repeat(term, terms)], 0) };
        void Check(Action<DataConfig> limit, byte bound, CollectionRule[] good, CollectionRule[] bad, byte rule)
        {
            DataConfig config = RuleBench.NewConfig();
            config.IlPerTurnMax = ushort.MaxValue;
            limit(config);
            RuleBench bench = new(config);
            Assert.Equal(StdReturn.Ok, bench.Read(RuleBench.ListOf(good).Encode()));
            Assert.Equal(StdReturn.NotOk, bench.Read(RuleBench.ListOf(bad).Encode()));
            Assert.Equal((RuleError.BoundExceeded, ((uint)bound << 24) | ((uint)rule << 16)), (bench.Reader.Error, bench.Reader.ErrorDetail));
        }

        int length = RuleBench.ListOf(Plain).Encode().Length;
        Check(config => config.RulesLengthMax = (ushort)length, RuleBound.Length, [Plain], [Plain with { RetentionHours = 24 }], 0);
        Check(config => config.RuleCountMax = 2, RuleBound.Rules, [Plain, Plain with { Id = 2 }], [Plain, Plain with { Id = 2 }, Plain with { Id = 3 }], 0);
        Check(config => config.RuleSignalsMax = 5, RuleBound.Signals, [four, Plain with { Id = 2 }], [four, Plain with { Id = 2 }, Plain with { Id = 3 }], 3);
        Check(config => config.RuleTermsMax = 3, RuleBound.Terms, [Condition(1, 2), Condition(2, 1)], [Condition(1, 2), Condition(2, 2)], 2);

        // A sample before a trigger takes its time and its body: 4 + 4 + 5 bytes.
        CollectionRule Window(byte id, uint before) => Plain with { Id = id, Window = new RuleWindow(10, before, 0) };
        Check(config => config.HistoryLength = 39, RuleBound.History, [Window(1, 20), Window(2, 10)], [Window(1, 20), Window(2, 11)], 2);
        Check(_ => { }, RuleBound.Period, [RuleBench.Rule(new PeriodTrigger(10))], [RuleBench.Rule(new PeriodTrigger(9))], 1);
        Check(_ => { }, RuleBound.Period, [Window(1, 10)], [Plain with { Window = new RuleWindow(0, 10, 0) }], 1);

        RuleBench measure = new();
        measure.Read(RuleBench.ListOf(Plain).Encode());
        Check(config => config.IlPerTurnMax = (ushort)measure.Set.Cost, RuleBound.Cost, [Plain], [Plain with { Signals = [RuleBench.Flag, RuleBench.Word] }], 1);
    }

    [Fact]
    public void Arrays_that_promise_more_than_there_is_end_at_once()
    {
        RuleBench bench = new();
        byte[] start = With([]);
        Assert.Equal(StdReturn.NotOk, bench.Read([.. start, 0x9A, 0xFF, 0xFF, 0xFF, 0xFF]));
        Assert.Equal((RuleError.BoundExceeded, (uint)RuleBound.Rules << 24), (bench.Reader.Error, bench.Reader.ErrorDetail));
        Assert.Equal(StdReturn.NotOk, bench.Read([.. start, 0x81, 0xA5, 0x01, 0x01, 0x02, 0x9A, 0xFF, 0xFF, 0xFF, 0xFF]));
        Assert.Equal((RuleError.BoundExceeded, ((uint)RuleBound.Signals << 24) | 0x10000u), (bench.Reader.Error, bench.Reader.ErrorDetail));
    }

    private static (long, byte[])[] Members(byte[] rules) =>
        [(1, Cbor.Uint(1)), (2, Cbor.Uint(1)), (3, Cbor.Bytes(Sixteen)), (4, Cbor.Bytes(Sixteen)), (6, Cbor.Uint(RuleBench.TableId)), (7, rules)];

    private static byte[] With(byte[] rules) => Cbor.Map(Members(rules));
}
