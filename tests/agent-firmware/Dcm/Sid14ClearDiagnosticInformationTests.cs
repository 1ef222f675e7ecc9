// Service 14 on the wire: all DTCs or one, answered when it is in flash, and no way to wear the flash out.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid14ClearDiagnosticInformationTests
{
    private static DcmBench WithTwoDtcs()
    {
        DcmBench bench = new();
        bench.Dem.SetEvent(4, true);
        bench.Dem.SetEvent(16, true);
        bench.Run(5);
        bench.RunUntil(() => bench.NvM.IsIdle);
        bench.Expect("19 02 08", "59 02 7F 5A 04 00 2F 5A 10 00 2F");
        return bench;
    }

    [Fact]
    public void FFFFFF_clears_all()
    {
        DcmBench bench = WithTwoDtcs();
        bench.Expect("14 FF FF FF", "54");
        bench.Expect("19 02 FF", "59 02 7F 5A 04 00 50 5A 10 00 50");
    }

    [Fact]
    public void A_DTC_clears_that_one()
    {
        DcmBench bench = WithTwoDtcs();
        bench.Enter(DcmSession.Extended);
        bench.Expect("14 5A 10 00", "54");
        bench.Expect("19 0A", "59 0A 7F 5A 04 00 2F 5A 10 00 50");
    }

    [Fact]
    public void The_answer_waits_for_the_flash()
    {
        DcmBench bench = WithTwoDtcs();
        bench.NvM.ForgiveSparing();
        bench.Flash.BusyPolls = 100;
        int before = bench.Said.Count;
        bench.Expect("14 FF FF FF", "54");
        Assert.Equal("7F 14 78", bench.Said[before].Pdu);
        Assert.Equal(StdReturn.Ok, bench.NvM.WriteResult(NvMBlock.Dem));
        bench.Flash.BusyPolls = 0;
        bench.AfterReset().Expect("19 02 2F", "59 02 7F");
    }

    [Fact]
    public void A_flash_that_fails_is_72()
    {
        DcmBench bench = WithTwoDtcs();
        bench.NvM.ForgiveSparing();
        bench.Flash.IsBroken = true;
        bench.Expect("14 FF FF FF", "7F 14 72");
    }

    [Fact]
    public void Nothing_to_clear_is_answered_at_once_and_writes_nothing()
    {
        DcmBench bench = new();
        int before = bench.Flash.ProgramCount;
        bench.Expect("14 FF FF FF", "54");
        bench.Run(100);
        Assert.Equal(before, bench.Flash.ProgramCount);
    }

    // Whoever provokes a failure and clears it, over and over, is soon refused, and the flash is written when its time comes.
    [Fact]
    public void A_storm_of_clears_is_refused_and_writes_next_to_nothing()
    {
        DcmBench bench = new();
        int before = bench.Flash.ProgramCount;
        for (int i = 0; i < 100; i++)
        {
            bench.Dem.SetEvent(16, true);
            bench.Run(5);
            bench.Expect("14 FF FF FF", i < 4 ? "54" : "7F 14 22");
            bench.Expect("19 02 2F", i < 4 ? "59 02 7F" : "59 02 7F 5A 10 00 2F");
        }

        Assert.InRange(bench.Flash.ProgramCount - before, 1, 12);
        bench.Run(60_000);
        bench.Expect("14 FF FF FF", "54");
    }

    [Fact]
    public void It_clears_while_DTC_setting_is_off()
    {
        DcmBench bench = WithTwoDtcs();
        bench.Enter(DcmSession.Extended);
        bench.Expect("85 02", "C5 02");
        bench.Expect("14 FF FF FF", "54");
        bench.Dem.SetEvent(16, true);
        bench.Run(5);
        bench.Expect("19 02 2F", "59 02 7F");
    }

    [Theory]
    [InlineData("14", "7F 14 13")]
    [InlineData("14 FF FF", "7F 14 13")]
    [InlineData("14 FF FF FF 00", "7F 14 13")]
    [InlineData("14 00 00 00", "7F 14 31")]
    [InlineData("14 FF FF 33", "7F 14 31")]
    [InlineData("14 5A 10 01", "7F 14 31")]
    public void What_is_refused_clears_nothing(string request, string response)
    {
        DcmBench bench = WithTwoDtcs();
        bench.Expect(request, response);
        bench.Expect("19 01 08", "59 01 7F 01 00 02");
    }

    [Fact]
    public void When_programming_Then_7F()
    {
        DcmBench bench = WithTwoDtcs();
        bench.Enter(DcmSession.Programming);
        bench.Expect("14 FF FF FF", "7F 14 7F");
        bench.Expect("19 01 08", "59 01 7F 01 00 02");
    }
}
