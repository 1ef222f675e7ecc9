// Service 11 on the wire: the response first, then the reset.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid11EcuResetTests
{
    [Theory]
    [InlineData("11 01", "51 01", "reset hard")]
    [InlineData("11 03", "51 03", "reset soft")]
    public void When_extended_11_Then_response_and_reset(string request, string response, string reset)
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Expect(request, response);
        bench.Run(20);
        Assert.Equal([reset], bench.Modes.Calls.Where(c => c.StartsWith("reset", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_reset_waits_for_the_response_to_leave()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.IsEcuMute = true;
        bench.Send("11 01");
        bench.Run(200);
        Assert.DoesNotContain("reset hard", bench.Modes.Calls);
        bench.IsEcuMute = false;
        bench.Run(20);
        Assert.Equal("51 01", bench.Said[^1].Pdu);
        Assert.Contains("reset hard", bench.Modes.Calls);
    }

    [Fact]
    public void The_controller_gets_ten_milliseconds_to_send_what_it_took()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Expect("11 01", "51 01");
        bench.Run(8);
        Assert.Empty(bench.Modes.Calls);
        bench.Run(5);
        Assert.Contains("reset hard", bench.Modes.Calls);
    }

    [Fact]
    public void A_bus_that_takes_nothing_delays_the_reset_by_a_second_at_most()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.IsEcuMute = true;
        bench.Send("11 01");
        bench.Run(1100);
        Assert.Contains("reset hard", bench.Modes.Calls);
    }

    [Fact]
    public void When_suppressed_Then_reset_without_a_word()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Expect("11 81", string.Empty);
        Assert.Contains("reset hard", bench.Modes.Calls);
    }

    [Fact]
    public void After_the_reset_was_asked_for_nothing_is_served()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Expect("11 01", "51 01");
        bench.Run(20);
        Assert.Equal(DcmSession.Default, bench.Dcm.Session);
        bench.Expect("3E 00", string.Empty);
    }

    [Fact]
    public void The_reset_takes_an_unfinished_transfer_along()
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect("34 00 44 10 00 00 00 00 00 10 00", "74 20 0F FF");
        bench.Expect("11 01", "51 01");
        bench.Run(20);
        Assert.Contains("AbortTransfer", bench.Target.Calls);
    }

    [Theory]
    [InlineData("11", "7F 11 13")]
    [InlineData("11 02", "7F 11 12")]
    [InlineData("11 04", "7F 11 12")]
    [InlineData("11 01 00", "7F 11 13")]
    public void Checks_come_in_order(string request, string response)
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.Expect(request, response);
        bench.Run(20);
        Assert.Empty(bench.Modes.Calls);
    }

    [Fact]
    public void In_a_trial_a_reset_takes_access_and_an_attempt_without_is_remembered()
    {
        DcmBench bench = new();
        bench.Target.IsOnTrial = true;
        bench.Enter(DcmSession.Extended);
        bench.Expect("11 01", "7F 11 33");
        bench.Expect("11 83", "7F 11 33");
        Assert.Equal("7F 11 33", bench.AskAll("11 01"));
        bench.Run(20);
        Assert.Empty(bench.Modes.Calls);
        byte[] entry = new byte[EsyncAgent.IdsM.EntryLength];
        Assert.Equal(1, bench.IdsM.ReadNewest(1, entry, 0));
        Assert.Equal((IdsMEvent.ResetRefused, 3), (entry[4], BigEndian.ReadU16(entry, 8)));
        bench.OpenAccess();
        bench.Expect("11 01", "51 01");
        bench.Run(20);
        Assert.Contains("reset hard", bench.Modes.Calls);
    }

    [Fact]
    public void When_default_Then_7F()
    {
        DcmBench bench = new();
        bench.Expect("11 01", "7F 11 7F");
        bench.Expect("11", "7F 11 7F");
    }
}
