// Service 2F on the wire: who has an output, what it is set to, and when it goes back.
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid2FInputOutputControlByIdentifierTests
{
    private static DcmBench Unlocked()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.OpenAccess();
        return bench;
    }

    // The application's turn: what it wants, and what the output is set to.
    private static int Fan(DcmBench bench, int wanted) => bench.Data.Outputs.Apply(TestSignals.Fan, wanted);

    [Fact]
    public void An_adjustment_holds_whatever_the_application_wants_until_control_returns()
    {
        DcmBench bench = Unlocked();
        Assert.Equal(7, Fan(bench, 7));
        bench.Expect("2F 10 01 03 FF 9C", "6F 10 01 03 FF 9C");
        Assert.Equal(-100, Fan(bench, 8));
        bench.Expect("22 10 01", "62 10 01 FF 9C");
        bench.Expect("2F 10 01 00", "6F 10 01 00 00 08");
        Assert.Equal(9, Fan(bench, 9));
    }

    [Fact]
    public void A_default_is_held_like_an_adjustment()
    {
        DcmBench bench = Unlocked();
        Fan(bench, 7);
        bench.Expect("2F 10 01 01", "6F 10 01 01 FF F6");
        Assert.Equal(-10, Fan(bench, 8));
    }

    [Fact]
    public void Frozen_it_stays_as_it_was_be_it_the_applications_or_a_testers()
    {
        DcmBench bench = Unlocked();
        Fan(bench, 7);
        bench.Expect("2F 10 01 02", "6F 10 01 02 00 07");
        Assert.Equal(7, Fan(bench, 8));
        bench.Expect("2F 10 01 03 00 20", "6F 10 01 03 00 20");
        bench.Expect("2F 10 01 02", "6F 10 01 02 00 20");
        Assert.Equal(0x20, Fan(bench, 8));
    }

    [Fact]
    public void Outputs_are_taken_one_by_one()
    {
        DcmBench bench = Unlocked();
        bench.Expect("2F 10 00 03 64", "6F 10 00 03 64");
        Assert.Equal(100, bench.Data.Outputs.Apply(TestSignals.Lamp, 1));
        Assert.Equal(7, Fan(bench, 7));
    }

    [Theory]
    [InlineData("2F", "7F 2F 13")]
    [InlineData("2F 10 00", "7F 2F 13")]
    [InlineData("2F 10 02 00", "7F 2F 31")]
    [InlineData("2F 02 00 00", "7F 2F 31")]
    [InlineData("2F 10 02 03 01 02 03 04", "7F 2F 31")]
    [InlineData("2F 10 00 04", "7F 2F 31")]
    [InlineData("2F 10 00 83 01", "7F 2F 31")]
    [InlineData("2F 10 00 00 01", "7F 2F 13")]
    [InlineData("2F 10 00 01 01", "7F 2F 13")]
    [InlineData("2F 10 00 02 01", "7F 2F 13")]
    [InlineData("2F 10 00 03", "7F 2F 13")]
    [InlineData("2F 10 00 03 01 01", "7F 2F 13")]
    [InlineData("2F 10 01 03 01", "7F 2F 13")]
    [InlineData("2F 10 00 03 65", "7F 2F 31")]
    [InlineData("2F 10 01 03 00 65", "7F 2F 31")]
    [InlineData("2F 10 01 03 FF 9B", "7F 2F 31")]
    public void Checks_come_in_order_and_nothing_is_set(string request, string response)
    {
        DcmBench bench = Unlocked();
        bench.Expect(request, response);
        Assert.False(bench.Data.Outputs.IsForced(0) || bench.Data.Outputs.IsForced(1));
    }

    [Fact]
    public void A_value_out_of_range_leaves_the_tester_what_he_had()
    {
        DcmBench bench = Unlocked();
        bench.Expect("2F 10 00 03 32", "6F 10 00 03 32");
        bench.Expect("2F 10 00 03 65", "7F 2F 31");
        bench.Expect("22 10 00", "62 10 00 32");
    }

    [Fact]
    public void Sessions_and_access_come_before_everything_else()
    {
        DcmBench bench = new();
        bench.Expect("2F 10 00 01", "7F 2F 7F");
        bench.Enter(DcmSession.Extended);
        bench.Expect("2F 10 00 01", "7F 2F 33");
        bench.Expect("2F 10", "7F 2F 33");
        bench.OpenAccess();
        Assert.Equal("7F 2F 33", bench.AskAll("2F 10 00 01"));
        bench.Expect("2F 10 00 01", "6F 10 00 01 05");
        bench.Unlock();
        bench.Expect("2F 10 00 01", "7F 2F 7F");
    }

    [Theory]
    [InlineData("10 01")]
    [InlineData("10 02")]
    [InlineData("10 03")]
    public void Every_change_of_session_takes_access_and_with_it_the_outputs(string request)
    {
        DcmBench bench = Unlocked();
        bench.Expect("2F 10 01 03 00 20", "6F 10 01 03 00 20");
        Assert.StartsWith("50", bench.Ask(request));
        Assert.Equal(9, Fan(bench, 9));
    }

    [Fact]
    public void The_end_by_S3_gives_outputs_back()
    {
        DcmBench bench = Unlocked();
        bench.Expect("2F 10 01 03 00 20", "6F 10 01 03 00 20");
        bench.Run(4900);
        Assert.Equal(0x20, Fan(bench, 9));
        bench.Run(200);
        Assert.Equal(9, Fan(bench, 9));
    }
}
