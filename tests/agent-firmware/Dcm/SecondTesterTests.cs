// A second tester speaks while a request of the first is received, served or answered.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class SecondTesterTests
{
    private static DcmBench Busy(out int before, int pendingCalls = 30)
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Target.PendingCalls = pendingCalls;
        before = bench.Said.Count;
        bench.Send("31 01 FF 00");
        bench.Run(3);
        return bench;
    }

    private static IEnumerable<string> SaidSince(DcmBench bench, int before)
    {
        bench.Run(200);
        return bench.Said.Skip(before).Select(h => h.Pdu);
    }

    [Fact]
    public void TesterPresent_to_all_disturbs_nothing()
    {
        DcmBench bench = Busy(out int before);
        for (int i = 0; i < 10; i++)
        {
            bench.SendFunctional("3E 80");
            bench.Run(1);
        }

        Assert.Equal(["71 01 FF 00 00 00"], SaidSince(bench, before));
    }

    [Theory]
    [InlineData("3E 00", "7F 3E 21")]
    [InlineData("10 01", "7F 10 21")]
    [InlineData("3E 80 00", "7F 3E 21")]
    public void Any_other_request_to_all_is_to_be_repeated(string request, string response)
    {
        DcmBench bench = Busy(out int before);
        bench.SendFunctional(request);
        Assert.Equal([response, "71 01 FF 00 00 00"], SaidSince(bench, before));
        Assert.Equal(DcmSession.Programming, bench.Dcm.Session);
    }

    [Fact]
    public void A_short_request_to_this_ECU_alone_is_to_be_repeated_as_well()
    {
        DcmBench bench = Busy(out int before);
        bench.SendFrame("02 10 01 CC CC CC CC CC");
        Assert.Equal(["7F 10 21", "71 01 FF 00 00 00"], SaidSince(bench, before));
    }

    [Fact]
    public void Who_asks_without_pause_keeps_neither_the_78_nor_the_answer_from_the_first()
    {
        DcmBench bench = Busy(out int before, pendingCalls: 100);
        for (int i = 0; i < 150; i++)
        {
            bench.SendFunctional("3E 00");
            bench.Run(1);
        }

        string[] first = [.. bench.Said.Skip(before).Select(h => h.Pdu).Where(pdu => !pdu.StartsWith("7F 3E", StringComparison.Ordinal) && !pdu.StartsWith("7E", StringComparison.Ordinal))];
        Assert.Equal(["7F 31 78", "71 01 FF 00 00 00"], first);
    }

    [Fact]
    public void A_long_request_meanwhile_finds_no_buffer_and_the_first_is_unharmed()
    {
        DcmBench bench = Busy(out int before);
        bench.SendFrame("10 14 36 01 00 00 00 00");
        Assert.Equal(["71 01 FF 00 00 00"], SaidSince(bench, before));
        bench.Target.PendingCalls = 0;
        bench.Expect("3E 00", "7E 00");
    }

    [Fact]
    public void After_the_78_the_first_still_gets_its_answer()
    {
        DcmBench bench = Busy(out int before, pendingCalls: 100);
        bench.Run(60);
        bench.SendFunctional("10 01");
        Assert.Equal(["7F 31 78", "7F 10 21", "71 01 FF 00 00 00"], SaidSince(bench, before));
    }

    [Fact]
    public void While_a_long_request_arrives_TesterPresent_is_served()
    {
        DcmBench bench = new();
        bench.Enter(DcmSession.Extended);
        bench.SendFrame("10 0B 22 F1 86 F1 86 F1");
        bench.Run(2);
        bench.SendFunctional("3E 80");
        bench.Run(2);
        bench.SendFunctional("3E 00");
        bench.Run(2);
        Assert.Equal("7E 00", bench.Said[^1].Pdu);
        bench.SendFrame("21 86 F1 86 F1 86 CC CC");
        bench.Run(10);
        Assert.Equal("62 F1 86 03 F1 86 03 F1 86 03 F1 86 03 F1 86 03", bench.Said[^1].Pdu);
    }

    [Fact]
    public void A_request_that_comes_while_the_response_leaves_is_served_after_it()
    {
        DcmBench bench = new();
        bench.IsEcuMute = true;
        bench.Send("3E 00");
        bench.Run(5);
        bench.SendFrame("03 22 F1 86 CC CC CC CC");
        bench.Run(5);
        bench.IsEcuMute = false;
        bench.Run(20);
        Assert.Equal(["7E 00", "62 F1 86 01"], bench.Said.Select(h => h.Pdu));
    }

    [Fact]
    public void A_request_to_all_and_one_to_this_ECU_in_the_same_cycle_are_both_answered()
    {
        DcmBench bench = new();
        bench.SendFunctional("3E 00");
        bench.SendFrame("03 22 F1 86 CC CC CC CC");
        bench.Run(20);
        Assert.Equal(["62 F1 86 01", "7E 00"], bench.Said.Select(h => h.Pdu));
    }
}
