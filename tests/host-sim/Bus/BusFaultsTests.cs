// Faults: what each kind does, what it costs in bits, and that a seed repeats it.
using EsyncSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Bus;

public sealed class BusFaultsTests
{
    private const int BitNs = 2000;

    [Fact]
    public void A_dropped_frame_takes_its_time_and_reaches_nobody()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Bus.Faults.Add(new BusFaultRule { Name = "drop", Kind = BusFaultKind.Drop, MatchIndex = 1 });
        bench.Send(a, 0x100, 1);
        bench.Send(a, 0x100, 2);
        bench.Send(a, 0x100, 3);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal(["100#01", "100#03"], bench.Drain(b));
        Assert.Equal([BusFate.Delivered, BusFate.Dropped, BusFate.Delivered], bench.Records.Select(r => r.Fate));
        Assert.Equal(1, bench.Bus.StatisticsOf(0x100).Dropped);
    }

    [Fact]
    public void A_corrupted_frame_is_followed_by_an_error_frame_and_sent_again()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Bus.Faults.Add(new BusFaultRule { Name = "corrupt", Kind = BusFaultKind.Corrupt, Probability = 1, CountMax = 1 });
        bench.Send(a, 0x100, 1, 2, 3, 4, 5, 6, 7, 8);
        bench.Time.RunFor(2 * VirtualTime.NsPerMs);
        Assert.Equal([BusFate.Corrupted, BusFate.Delivered], bench.Records.Select(r => r.Fate));
        Assert.Equal(["100#0102030405060708"], bench.Drain(b));
        BusRecord error = bench.Records[0];
        // Bits up to the destroyed one, flags of 6 to 12 bits, delimiter, space; and then at once the same frame.
        Assert.InRange(error.Bits, 20 + 6 + 8 + 3, 135 - 13 + 12 + 8 + 3);
        Assert.Equal(error.Bits * BitNs, bench.Records[1].StartNs);
        Assert.Equal(bench.Bus.BitsToNs(error.Bits), bench.Bus.BitsToNs(bench.Bus.StatisticsOf(0x100).ErrorBits));
        Assert.Equal(7, a.TransmitErrorCounter);
    }

    [Fact]
    public void After_a_corrupted_frame_a_more_urgent_one_may_come_first()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Bus.Faults.Add(new BusFaultRule { Name = "corrupt", Kind = BusFaultKind.Corrupt, Probability = 1, CountMax = 1 });
        bench.Send(a, 0x300, 1);
        bench.Time.RunFor(5 * BitNs);
        bench.Send(b, 0x200, 2);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal([0x300u, 0x200u, 0x300u], bench.Records.Select(r => r.Frame.Identifier));
    }

    [Fact]
    public void A_sender_whose_every_attempt_is_destroyed_goes_bus_off_after_32_attempts()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        bench.Node("b");
        bench.Bus.Faults.Add(new BusFaultRule { Name = "corrupt", Kind = BusFaultKind.Corrupt, Probability = 1, CountMax = 32 });
        bench.Send(a, 0x100, 1);
        bench.Time.RunFor(20 * VirtualTime.NsPerMs);
        Assert.Equal(32, bench.Bus.ErrorFrameCount);
        Assert.Equal(1u, a.BusOffCount);
        Assert.Equal(1, bench.Bus.FrameCount); // sent after the recovery
    }

    [Fact]
    public void A_duplicated_frame_arrives_twice_and_is_on_the_wire_twice()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Bus.Faults.Add(new BusFaultRule { Name = "duplicate", Kind = BusFaultKind.Duplicate, MatchIndex = 0 });
        bench.Send(a, 0x100, 1);
        bench.Send(a, 0x100, 2);
        bench.Time.RunFor(2 * VirtualTime.NsPerMs);
        Assert.Equal(["100#01", "100#01", "100#02"], bench.Drain(b));
        Assert.Equal(bench.Records[0].EndNs + ((6 + 8 + 3) * BitNs), bench.Records[1].StartNs);
    }

    [Fact]
    public void A_delayed_frame_arrives_later_and_is_not_overtaken_by_its_own_identifier()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        VirtualCan b = bench.Node("b");
        bench.Bus.Faults.Add(new BusFaultRule { Name = "delay", Kind = BusFaultKind.Delay, MatchIndex = 0, Identifier = 0x100, DelayNsMax = 50 * VirtualTime.NsPerMs });
        bench.Send(a, 0x100, 1);
        bench.Send(a, 0x100, 2);
        bench.Send(a, 0x101, 3);
        bench.Time.RunFor(100 * VirtualTime.NsPerMs);
        Assert.Equal(["101#03", "100#01", "100#02"], bench.Drain(b));
    }

    [Fact]
    public void The_same_seed_strikes_the_same_frames_and_another_seed_others()
    {
        List<string> first = Traffic(5, hasOtherRule: false);
        Assert.Equal(first, Traffic(5, hasOtherRule: false));
        Assert.NotEqual(first, Traffic(6, hasOtherRule: false));
        Assert.Contains(first, line => line.StartsWith("Dropped", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_rule_does_not_change_where_a_rule_strikes()
    {
        Assert.Equal(Drops(Traffic(5, hasOtherRule: false)), Drops(Traffic(5, hasOtherRule: true)));
        static IEnumerable<string> Drops(List<string> lines) => lines.Where(line => line.StartsWith("Dropped", StringComparison.Ordinal));
    }

    [Fact]
    public void A_rule_strikes_within_its_time_only_and_with_its_probability()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        bench.Node("b");
        BusFaultRule rule = bench.Bus.Faults.Add(new BusFaultRule
        {
            Name = "half", Kind = BusFaultKind.Drop, Probability = 0.5, FromNs = VirtualTime.NsPerSecond, UntilNs = 2 * VirtualTime.NsPerSecond,
        });
        a.FrameSent = () => bench.Send(a, 0x100, 1);
        bench.Send(a, 0x100, 1);
        bench.Time.RunFor(3 * VirtualTime.NsPerSecond);
        Assert.InRange(rule.StrikeCount, rule.MatchCount * 0.45, rule.MatchCount * 0.55);
        Assert.All(bench.Records.Where(r => r.Fate == BusFate.Dropped), r => Assert.InRange(r.EndNs, VirtualTime.NsPerSecond, 2 * VirtualTime.NsPerSecond));
    }

    private static List<string> Traffic(ulong seed, bool hasOtherRule)
    {
        BusBench bench = new(seed: seed);
        VirtualCan a = bench.Node("a");
        bench.Node("b");
        bench.Bus.Faults.Add(new BusFaultRule { Name = "drop", Kind = BusFaultKind.Drop, Probability = 0.05 });
        if (hasOtherRule)
        {
            bench.Bus.Faults.Add(new BusFaultRule { Name = "corrupt", Kind = BusFaultKind.Corrupt, Probability = 0.05 });
        }

        int number = 0;
        a.FrameSent = () =>
        {
            if (number < 200)
            {
                bench.Send(a, 0x100, (byte)number++);
            }
        };
        bench.Send(a, 0x100);
        bench.Time.RunFor(VirtualTime.NsPerSecond);
        return bench.Records.Select(r => $"{r.Fate} {r.Frame}{(hasOtherRule ? "" : " " + r.EndNs)}").Select(l => l.Split(' ')).Select(p => $"{p[0]} {p[1]}").ToList();
    }
}
