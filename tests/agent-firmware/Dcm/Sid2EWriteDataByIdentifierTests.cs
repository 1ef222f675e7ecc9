// Service 2E on the wire.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid2EWriteDataByIdentifierTests
{
    private const string Fingerprint = "26 11 24 01 02 03 04 05 06";

    private static DcmBench Unlocked()
    {
        DcmBench bench = new();
        bench.Unlock();
        return bench;
    }

    [Fact]
    public void A_fingerprint_is_kept_over_a_reset()
    {
        DcmBench bench = Unlocked();
        bench.Expect($"2E F1 5A {Fingerprint}", "6E F1 5A");
        bench.Expect("22 F1 5A", $"62 F1 5A {Fingerprint}");
        bench.AfterReset().Expect("22 F1 5A", $"62 F1 5A {Fingerprint}");
    }

    [Fact]
    public void The_response_waits_for_the_flash()
    {
        DcmBench bench = Unlocked();
        bench.Flash.BusyPolls = 300;
        int before = bench.Said.Count;
        bench.Expect($"2E F1 5A {Fingerprint}", "6E F1 5A");
        Assert.Equal("7F 2E 78", bench.Said[before].Pdu);
        Assert.Equal(StdReturn.Ok, bench.NvM.WriteResult(NvMBlock.Fingerprint));
    }

    [Fact]
    public void A_flash_that_fails_is_72()
    {
        DcmBench bench = Unlocked();
        bench.Flash.IsBroken = true;
        bench.Expect($"2E F1 5A {Fingerprint}", "7F 2E 72");
    }

    [Theory]
    [InlineData("2E", "7F 2E 13")]
    [InlineData("2E F1 5A", "7F 2E 13")]
    [InlineData("2E F1 90 00", "7F 2E 31")]
    [InlineData("2E F1 5A 26", "7F 2E 13")]
    [InlineData("2E F1 5A 26 11 24 01 02 03 04 05 06 07", "7F 2E 13")]
    [InlineData("2E F1 5A 2A 11 24 01 02 03 04 05 06", "7F 2E 31")]
    [InlineData("2E F1 5A A0 11 24 01 02 03 04 05 06", "7F 2E 31")]
    [InlineData("2E F1 5A 26 13 24 01 02 03 04 05 06", "7F 2E 31")]
    [InlineData("2E F1 5A 26 00 24 01 02 03 04 05 06", "7F 2E 31")]
    [InlineData("2E F1 5A 26 11 00 01 02 03 04 05 06", "7F 2E 31")]
    [InlineData("2E F1 5A 26 11 32 01 02 03 04 05 06", "7F 2E 31")]
    [InlineData("2E F1 5A 26 0A 24 01 02 03 04 05 06", "7F 2E 31")]
    public void Checks_come_in_order(string request, string response) => Unlocked().Expect(request, response);

    [Fact]
    public void When_programming_without_access_Then_33()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Programming);
        bench.Expect("2E", "7F 2E 33");
        bench.Expect($"2E F1 5A {Fingerprint}", "7F 2E 33");
    }

    [Fact]
    public void When_extended_Then_7F()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.OpenAccess();
        bench.Expect($"2E F1 5A {Fingerprint}", "7F 2E 7F");
    }
}
