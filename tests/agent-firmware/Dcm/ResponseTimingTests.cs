// P2 and P2* in virtual time: an answer or a 78 in time, always (ISO 14229-2:2013 §7.2).
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class ResponseTimingTests
{
    private static DcmBench Unlocked(ushort p2Ms = 50, ushort p2StarMs = 5000)
    {
        DcmBench bench = new(c =>
        {
            c.P2ServerMsMax = p2Ms;
            c.P2StarServerMsMax = p2StarMs;
        });
        Assert.StartsWith("50 03", bench.Ask("10 03"));
        Assert.StartsWith("50 02", bench.Ask("10 02"));
        bench.OpenAccess();
        return bench;
    }

    private static List<uint> Gaps(DcmBench bench, string request, int pendingCalls)
    {
        bench.Target.PendingCalls = pendingCalls;
        int before = bench.Said.Count;
        bench.Send(request);
        uint since = bench.NowMs;
        bench.RunUntil(() => bench.Said.Count > before && !bench.Said[^1].Pdu.EndsWith("78", StringComparison.Ordinal));
        List<uint> gaps = [];
        foreach (Heard heard in bench.Said.Skip(before))
        {
            gaps.Add(heard.AtMs - since);
            since = heard.AtMs;
        }

        return gaps;
    }

    [Fact]
    public void What_is_done_at_once_is_answered_in_the_same_cycle()
    {
        DcmBench bench = Unlocked();
        List<uint> gaps = Gaps(bench, "3E 00", 0);
        Assert.InRange(Assert.Single(gaps), 0u, 2u);
    }

    [Fact]
    public void A_response_pending_leaves_as_much_earlier_as_a_turn_may_last()
    {
        DcmBench bench = new(c =>
        {
            c.P2ServerMsMax = 150;
            c.TurnMsMax = 65;
        });
        bench.Ask("10 03");
        bench.Ask("10 02");
        bench.OpenAccess();
        Assert.InRange(Gaps(bench, "31 01 FF 00", 300)[0], 84u, 87u);
    }

    [Theory]
    [InlineData(50, 5000)]
    [InlineData(25, 2000)]
    [InlineData(50, 500)]
    public void A_78_comes_before_P2_and_then_before_each_P2Star(ushort p2Ms, ushort p2StarMs)
    {
        List<uint> gaps = Gaps(Unlocked(p2Ms, p2StarMs), "31 01 FF 00", p2StarMs * 3);
        Assert.InRange(gaps[0], p2Ms / 2u, p2Ms - 1u);
        foreach (uint gap in gaps.Skip(1).SkipLast(1))
        {
            Assert.InRange(gap, p2StarMs * 8u / 10, p2StarMs - 1u);
        }

        Assert.InRange(gaps.Count, 4, 6);
        Assert.True(gaps[^1] < p2StarMs);
    }

    [Fact]
    public void What_is_done_before_P2_gets_no_78()
    {
        Assert.Single(Gaps(Unlocked(), "31 01 FF 00", 40));
        Assert.Equal(2, Gaps(Unlocked(), "31 01 FF 00", 50).Count);
    }

    [Fact]
    public void P2Star_holds_over_the_wrap_of_the_clock()
    {
        DcmBench bench = new(c => c.P2StarServerMsMax = 500, startMs: uint.MaxValue - 700);
        Assert.StartsWith("50 03", bench.Ask("10 03"));
        Assert.StartsWith("50 02", bench.Ask("10 02"));
        bench.OpenAccess();
        List<uint> gaps = Gaps(bench, "31 01 FF 00", 2000);
        Assert.True(bench.NowMs < 3000);
        Assert.All(gaps.Skip(1), gap => Assert.InRange(gap, 1u, 499u));
        Assert.InRange(gaps.Count, 5, 7);
    }

    [Fact]
    public void A_78_that_the_bus_holds_back_delays_nothing_else()
    {
        DcmBench bench = Unlocked();
        bench.Target.PendingCalls = 100;
        bench.IsEcuMute = true;
        int before = bench.Said.Count;
        bench.Send("31 01 FF 00");
        bench.Run(200);
        Assert.Equal(before, bench.Said.Count);
        bench.IsEcuMute = false;
        bench.Run(20);
        Assert.Equal(["7F 31 78", "71 01 FF 00 00 00"], bench.Said.Skip(before).Select(h => h.Pdu));
    }
}
