// S3 in virtual time: when a session ends on its own, and what keeps it (ISO 14229-2:2013 §7.3).
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class SessionTimingTests
{
    [Theory]
    [InlineData(DcmSession.Programming)]
    [InlineData(DcmSession.Extended)]
    public void A_session_without_requests_ends_after_S3(byte session)
    {
        DcmBench bench = new();
        bench.Enter(session);
        bench.Run(4990);
        Assert.Equal(session, bench.Dcm.Session);
        bench.Run(20);
        Assert.Equal(DcmSession.Default, bench.Dcm.Session);
    }

    [Fact]
    public void The_configured_S3_counts()
    {
        DcmBench bench = new(c => c.S3ServerMs = 1000);
        bench.Enter(DcmSession.Extended);
        bench.Run(990);
        Assert.Equal(DcmSession.Extended, bench.Dcm.Session);
        bench.Run(20);
        Assert.Equal(DcmSession.Default, bench.Dcm.Session);
    }

    [Theory]
    [InlineData("22 F1 86")]
    [InlineData("3E 80")]
    [InlineData("BA")]
    [InlineData("10 04")]
    public void Any_request_starts_S3_anew(string request)
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Run(4000);
        bench.Ask(request);
        bench.Run(4000);
        Assert.Equal(DcmSession.Extended, bench.Dcm.Session);
    }

    [Fact]
    public void S3_takes_access_along()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.OpenAccess();
        bench.Run(5100);
        bench.Enter(DcmSession.Extended);
        bench.Expect("31 01 02 12", "7F 31 33");
    }

    [Fact]
    public void S3_stands_still_while_a_request_is_served_and_starts_with_the_response()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Target.PendingCalls = 20000;
        int before = bench.Said.Count;
        bench.Send("31 01 FF 00");
        bench.RunUntil(() => bench.Said.Count > before && bench.Said[^1].Pdu.StartsWith("71", StringComparison.Ordinal));
        bench.Run(4990);
        Assert.Equal(DcmSession.Programming, bench.Dcm.Session);
        bench.Run(20);
        Assert.Equal(DcmSession.Default, bench.Dcm.Session);
    }

    [Fact]
    public void S3_stands_still_while_a_request_arrives_and_a_broken_one_starts_it_anew()
    {
        DcmBench bench = new(c => c.S3ServerMs = 500);
        bench.Enter(DcmSession.Extended);
        bench.Run(400);
        bench.SendFrame("10 20 36 01 00 00 00 00");
        bench.Run(900);
        Assert.Equal(DcmSession.Extended, bench.Dcm.Session);
        bench.Run(500);
        Assert.Equal(DcmSession.Extended, bench.Dcm.Session);
        bench.Run(200);
        Assert.Equal(DcmSession.Default, bench.Dcm.Session);
    }

    [Fact]
    public void The_default_session_has_no_S3()
    {
        DcmBench bench = new();
        bench.Run(20000);
        Assert.Empty(bench.Modes.Calls);
        Assert.Equal(DcmSession.Default, bench.Dcm.Session);
    }

    [Fact]
    public void S3_holds_over_the_wrap_of_the_clock()
    {
        DcmBench bench = new(startMs: uint.MaxValue - 2000);
        bench.Enter(DcmSession.Extended);
        bench.Run(4950);
        Assert.True(bench.NowMs < 10000);
        Assert.Equal(DcmSession.Extended, bench.Dcm.Session);
        bench.Run(100);
        Assert.Equal(DcmSession.Default, bench.Dcm.Session);
    }
}
