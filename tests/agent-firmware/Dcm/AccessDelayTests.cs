// The delay after failed accesses: how long, for whom, and that neither reset nor time's wrap helps.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class AccessDelayTests
{
    private const string SixteenZeros = "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00";
    private const string AskChallenge = $"29 05 00 {DcmBench.Algorithm}";

    private static DcmBench InExtended(DcmBench bench)
    {
        bench.Enter(DcmSession.Extended);
        return bench;
    }

    private static void FailBy27(DcmBench bench)
    {
        Assert.StartsWith("67 01 ", bench.Ask("27 01"));
        bench.Expect("27 02 " + SixteenZeros, "7F 27 35");
    }

    // Asks again and again until a seed comes, keeping the session alive, and says how long that took.
    private static uint WaitForSeed(DcmBench bench)
    {
        uint since = bench.NowMs;
        string response;
        do
        {
            response = bench.Ask("27 01");
            Assert.True(response == "7F 27 37" || response.StartsWith("67 01 ", StringComparison.Ordinal), response);
        }
        while (response == "7F 27 37");
        return bench.NowMs - since;
    }

    [Fact]
    public void While_the_delay_runs_seed_and_challenge_are_37_and_a_key_is_36()
    {
        DcmBench bench = InExtended(new DcmBench());
        FailBy27(bench);
        bench.Expect("27 01", "7F 27 37");
        bench.Expect(AskChallenge, "7F 29 37");
        bench.Expect("27 02 " + SixteenZeros, "7F 27 36");
        bench.Expect($"29 06 {DcmBench.Algorithm}", "7F 29 24");
    }

    [Fact]
    public void The_delay_doubles_with_each_failure_up_to_its_cap()
    {
        DcmBench bench = InExtended(new DcmBench(c =>
        {
            c.AccessDelayMs = 100;
            c.AccessDelayMsMax = 500;
        }));
        foreach (uint expected in new uint[] { 100, 200, 400, 500, 500 })
        {
            Assert.StartsWith("67 01", bench.Ask("27 01"));
            bench.Expect("27 02 " + SixteenZeros, "7F 27 35");
            Assert.InRange(WaitForSeed(bench), expected - 5, expected + 10);
        }
    }

    [Fact]
    public void Failures_of_29_and_27_count_together()
    {
        DcmBench bench = InExtended(new DcmBench(c => c.AccessDelayMs = 100));
        FailBy27(bench);
        WaitForSeed(bench);
        byte[] wrong = bench.Challenge29();
        wrong[0] ^= 1;
        bench.Expect(DcmBench.Proof29(wrong), "7F 29 58");
        Assert.InRange(WaitForSeed(bench), 195u, 210u);
    }

    [Fact]
    public void A_good_access_forgives_what_was_before()
    {
        DcmBench bench = InExtended(new DcmBench(c => c.AccessDelayMs = 100));
        FailBy27(bench);
        WaitForSeed(bench);
        FailBy27(bench);
        WaitForSeed(bench);
        bench.OpenAccess();
        bench.Run(5);
        Assert.Equal(0, bench.Dem.StatusOf(DemEvent.AccessFailed) & DemStatus.TestFailed);
        bench.Expect("10 03", "50 03 00 32 01 F4");
        FailBy27(bench);
        Assert.InRange(WaitForSeed(bench), 95u, 110u);
    }

    [Fact]
    public void After_a_reset_the_delay_starts_anew_with_the_same_count()
    {
        DcmBench bench = InExtended(new DcmBench(c => c.AccessDelayMs = 200));
        FailBy27(bench);
        WaitForSeed(bench);
        FailBy27(bench);
        bench.Run(390);
        DcmBench again = InExtended(bench.AfterReset());
        Assert.InRange(WaitForSeed(again), 350u, 410u);
        FailBy27(again);
        Assert.InRange(WaitForSeed(again), 795u, 810u);
    }

    [Fact]
    public void Failures_under_the_longest_delay_are_written_no_more_whatever_resets_there_are()
    {
        DcmBench bench = InExtended(new DcmBench(c =>
        {
            c.AccessDelayMs = 100;
            c.AccessDelayMsMax = 400;
        }));
        int written = 0;
        for (int i = 0; i < 12; i++)
        {
            WaitForSeed(bench);
            int before = bench.NvM.Data(NvMBlock.SecurityAccess)[0];
            FailBy27(bench);
            written += bench.NvM.Data(NvMBlock.SecurityAccess)[0] != before ? 1 : 0;
            Assert.InRange(WaitForSeed(bench), i < 2 ? 90u : 395u, 410u);
            if (i % 3 == 2)
            {
                bench = InExtended(bench.AfterReset());
            }
        }

        Assert.Equal(3, written);
        WaitForSeed(bench);
        int programs = bench.Flash.ProgramCount;
        FailBy27(bench);
        bench.Run(300);
        Assert.Equal(programs, bench.Flash.ProgramCount);
        WaitForSeed(bench);
        bench.OpenAccess();
        bench.Run(50);
        Assert.Equal(0, bench.NvM.Data(NvMBlock.SecurityAccess)[0]);
    }

    [Fact]
    public void A_count_that_the_flash_did_not_take_is_written_with_the_next_failure()
    {
        DcmBench bench = InExtended(new DcmBench(c => c.AccessDelayMsMax = c.AccessDelayMs = 100));
        Assert.StartsWith("67 01 ", bench.Ask("27 01"));
        bench.Flash.IsBroken = true;
        bench.Expect("27 02 " + SixteenZeros, "7F 27 35");
        WaitForSeed(bench);
        bench.Flash.IsBroken = false;
        FailBy27(bench);
        DcmBench again = InExtended(bench.AfterReset());
        again.Expect("27 01", "7F 27 37");
    }

    // Held from old times, the delay would come back each time the clock has gone round.
    [Fact]
    public void A_delay_that_is_over_stays_over_when_the_clock_has_gone_round()
    {
        DcmConfig config = new() { AccessDelayMs = 300 };
        DcmBench bench = InExtended(new DcmBench(c => c.AccessDelayMs = 300));
        AccessDelay delay = new(config, bench.NvM);
        bench.Run(1);
        delay.MainFunction(1000);
        Assert.False(delay.IsRunning);
        delay.CountFailure();
        bench.RunUntil(() => bench.NvM.IsIdle);
        delay.MainFunction(2000);
        Assert.True(delay.IsRunning);
        delay.MainFunction(2299);
        Assert.True(delay.IsRunning);
        delay.MainFunction(2300);
        Assert.False(delay.IsRunning);
        foreach (uint later in new uint[] { 0x80000000, uint.MaxValue, 1999, 2000, 2100, 2299 })
        {
            delay.MainFunction(later);
            Assert.False(delay.IsRunning);
        }
    }

    [Fact]
    public void A_session_change_does_not_shorten_the_delay()
    {
        DcmBench bench = InExtended(new DcmBench());
        FailBy27(bench);
        bench.Run(500);
        bench.Expect("10 01", "50 01 00 32 01 F4");
        bench.Expect("10 03", "50 03 00 32 01 F4");
        bench.Expect("27 01", "7F 27 37");
    }

    [Fact]
    public void The_answer_waits_until_the_failure_is_in_flash()
    {
        DcmBench bench = InExtended(new DcmBench());
        Assert.StartsWith("67 01 ", bench.Ask("27 01"));
        bench.Flash.BusyPolls = 400;
        int before = bench.Said.Count;
        bench.Send("27 02 " + SixteenZeros);
        bench.RunUntil(() => bench.Said.Count > before);
        Assert.Equal("7F 27 78", bench.Said[^1].Pdu);
        Assert.False(bench.NvM.IsIdle);
        bench.RunUntil(() => bench.Said.Count > before + 1);
        Assert.Equal("7F 27 35", bench.Said[^1].Pdu);
        Assert.NotEqual(StdReturn.Pending, bench.NvM.WriteResult(NvMBlock.SecurityAccess));
    }

    [Fact]
    public void A_flash_that_fails_does_not_shorten_the_delay()
    {
        DcmBench bench = InExtended(new DcmBench());
        Assert.StartsWith("67 01 ", bench.Ask("27 01"));
        bench.Flash.IsBroken = true;
        bench.Expect("27 02 " + SixteenZeros, "7F 27 35");
        bench.Expect("27 01", "7F 27 37");
    }

    [Fact]
    public void A_delay_that_begins_just_before_the_clock_wraps_ends_in_time()
    {
        DcmBench bench = InExtended(new DcmBench(c => c.AccessDelayMs = 300, startMs: uint.MaxValue - 250));
        FailBy27(bench);
        Assert.InRange(WaitForSeed(bench), 295u, 310u);
    }
}
