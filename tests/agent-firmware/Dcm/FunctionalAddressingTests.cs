// Requests to all: what is answered, and what an ECU that is not meant keeps to itself.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class FunctionalAddressingTests
{
    [Theory]
    [InlineData("10 03", "50 03 00 32 01 F4")]
    [InlineData("3E 00", "7E 00")]
    [InlineData("22 F1 86", "62 F1 86 01")]
    public void Positive_responses_are_sent(string request, string response) => Assert.Equal(response, new DcmBench().AskAll(request));

    [Theory]
    [InlineData("BA")]
    [InlineData("3E 01")]
    [InlineData("22 12 34")]
    [InlineData("10 02")]
    [InlineData("11 01")]
    public void The_responses_11_12_31_7E_and_7F_are_not_sent(string request)
    {
        DcmBench bench = new();
        Assert.Equal(string.Empty, bench.AskAll(request));
        Assert.StartsWith("7F", bench.Ask(request));
    }

    [Theory]
    [InlineData("3E", "7F 3E 13")]
    [InlineData("27 02", "7F 27 24")]
    [InlineData("31 01 02 12", "7F 31 33")]
    public void Other_negative_responses_are_sent(string request, string response)
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        Assert.Equal(response, bench.AskAll(request));
    }

    [Theory]
    [InlineData("31 01 02 13", "7F 31 33")]
    [InlineData("31 01 FF 00", "7F 31 33")]
    [InlineData("37", "7F 37 33")]
    public void Access_that_was_opened_on_the_physical_address_is_not_open_to_requests_to_all(string request, string response)
    {
        DcmBench bench = new();
        bench.Unlock();
        Assert.Equal(response, bench.AskAll(request));
        Assert.NotEqual(response, bench.Ask(request));
    }

    [Fact]
    public void A_suppressed_request_to_all_works_in_silence()
    {
        DcmBench bench = new();
        Assert.Equal(string.Empty, bench.AskAll("10 83"));
        Assert.Equal(DcmSession.Extended, bench.Dcm.Session);
        Assert.Equal(string.Empty, bench.AskAll("85 82"));
        Assert.False(bench.Dem.IsStorageEnabled);
        Assert.Equal(string.Empty, bench.AskAll("28 83 01"));
        Assert.Equal(["communication 03 01"], bench.Modes.Calls);
    }

    [Fact]
    public void After_a_78_even_a_silent_code_is_sent()
    {
        DcmBench bench = new();
        bench.Application.PutOffCount = 100;
        int before = bench.Said.Count;
        Assert.Equal("7F 22 31", bench.AskAll("22 01 00"));
        Assert.Equal("7F 22 78", bench.Said[before].Pdu);
    }
}
