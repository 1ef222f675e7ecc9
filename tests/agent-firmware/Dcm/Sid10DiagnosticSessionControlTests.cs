// Service 10 on the wire.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid10DiagnosticSessionControlTests
{
    [Fact]
    public void When_default_10_03_Then_timing_is_reported()
    {
        DcmBench bench = new();
        bench.Expect("10 03", "50 03 00 32 01 F4");
        bench.Expect("22 F1 86", "62 F1 86 03");
    }

    [Fact]
    public void Configured_timing_is_reported_in_its_units()
    {
        DcmBench bench = new(c =>
        {
            c.P2ServerMsMax = 25;
            c.P2StarServerMsMax = 2000;
        });
        bench.Expect("10 01", "50 01 00 19 00 C8");
    }

    [Fact]
    public void When_default_10_02_Then_7E()
    {
        DcmBench bench = new();
        bench.Expect("10 02", "7F 10 7E");
        bench.Expect("22 F1 86", "62 F1 86 01");
    }

    [Theory]
    [InlineData("10 02", "50 02 00 32 01 F4")]
    [InlineData("10 01", "50 01 00 32 01 F4")]
    [InlineData("10 03", "50 03 00 32 01 F4")]
    public void When_extended_Then_every_session_may_be_entered(string request, string response)
    {
        DcmBench bench = new();
        bench.Expect("10 03", "50 03 00 32 01 F4");
        bench.Expect(request, response);
    }

    [Theory]
    [InlineData("10 02", "50 02 00 32 01 F4")]
    [InlineData("10 01", "50 01 00 32 01 F4")]
    [InlineData("10 03", "50 03 00 32 01 F4")]
    public void When_programming_Then_every_session_may_be_entered(string request, string response)
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Programming);
        bench.Expect(request, response);
    }

    [Theory]
    [InlineData("10", "7F 10 13")]
    [InlineData("10 04", "7F 10 12")]
    [InlineData("10 00", "7F 10 12")]
    [InlineData("10 84", "7F 10 12")]
    [InlineData("10 04 00", "7F 10 12")]
    [InlineData("10 02 00", "7F 10 7E")]
    [InlineData("10 03 00", "7F 10 13")]
    public void Checks_come_in_order(string request, string response) => new DcmBench().Expect(request, response);

    [Fact]
    public void Suppressed_session_change_happens_all_the_same()
    {
        DcmBench bench = new();
        bench.Expect("10 83", string.Empty);
        bench.Expect("22 F1 86", "62 F1 86 03");
    }

    [Theory]
    [InlineData("10 02")]
    [InlineData("10 03")]
    [InlineData("10 01")]
    public void Every_change_takes_access_along(string request)
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("27 01", "67 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
        bench.Ask(request);
        bench.Ask("10 03");
        Assert.NotEqual("67 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", bench.Ask("27 01"));
    }

    [Theory]
    [InlineData("10 02")]
    [InlineData("10 03")]
    [InlineData("10 01")]
    public void Every_change_takes_an_unfinished_transfer_along(string request)
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("34 00 44 10 00 00 00 00 00 10 00", "74 20 0F FF");
        bench.Ask(request);
        Assert.Contains("AbortTransfer", bench.Target.Calls);
        bench.Enter(DcmSession.Programming);
        bench.OpenAccess();
        bench.Expect("36 01 AA", "7F 36 24");
    }

    [Fact]
    public void A_refused_change_leaves_access_alone()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("10 04", "7F 10 12");
        bench.Expect("10 03 00", "7F 10 13");
        bench.Expect("27 01", "67 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
    }

    [Fact]
    public void Default_session_restores_what_28_and_85_switched()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Expect("85 02", "C5 02");
        bench.Expect("28 03 01", "68 03");
        bench.Expect("10 02", "50 02 00 32 01 F4");
        Assert.False(bench.Dem.IsStorageEnabled);
        bench.Expect("10 01", "50 01 00 32 01 F4");
        Assert.True(bench.Dem.IsStorageEnabled);
        Assert.Equal("communication 00 03", bench.Modes.Calls[^1]);
    }
}
