// Service 31 on the wire: sessions and access of each routine, results, conditions.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid31RoutineControlTests
{
    private const string Nonce = "00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF";

    private static DcmBench In(byte session, bool isOpen)
    {
        DcmBench bench = new();
        bench.Enter(session);
        if (isOpen)
        {
            bench.OpenAccess();
        }

        return bench;
    }

    [Theory]
    [InlineData("02 10", true, true)]
    [InlineData("02 11", true, true)]
    [InlineData("02 12", false, true)]
    [InlineData("02 13", false, true)]
    [InlineData("02 14", true, true)]
    [InlineData("02 15", true, true)]
    [InlineData("02 30 00 00 00 01", false, true)]
    [InlineData("02 31 00 00 00 00 00 00 00 01", false, true)]
    [InlineData("02 32 00 00 01 99 00 00 00 00", false, true)]
    [InlineData("FF 00", true, true)]
    [InlineData("FF 01", true, true)]
    [InlineData("02 03", false, false)]
    [InlineData("02 04 " + Nonce, false, false)]
    public void Each_routine_has_its_sessions_and_its_access(string routine, bool isProgrammingOnly, bool isAccessNeeded)
    {
        string request = "31 01 " + routine;
        string echo = "71 01 " + routine[..5];
        new DcmBench().Expect(request, "7F 31 7F");
        foreach (byte session in new[] { DcmSession.Programming, DcmSession.Extended })
        {
            foreach (bool isOpen in new[] { false, true })
            {
                string response = In(session, isOpen).Ask(request);
                if (isProgrammingOnly && session == DcmSession.Extended)
                {
                    Assert.Equal("7F 31 31", response);
                }
                else if (isAccessNeeded && !isOpen)
                {
                    Assert.Equal("7F 31 33", response);
                }
                else
                {
                    Assert.StartsWith(echo, response);
                }
            }
        }
    }

    [Theory]
    [InlineData("31", "7F 31 13")]
    [InlineData("31 01 02", "7F 31 13")]
    [InlineData("31 04 02", "7F 31 13")]
    [InlineData("31 02 02 10", "7F 31 12")]
    [InlineData("31 03 02 10", "7F 31 12")]
    [InlineData("31 00 02 10", "7F 31 12")]
    [InlineData("31 02 99 99", "7F 31 12")]
    [InlineData("31 01 99 99", "7F 31 31")]
    [InlineData("31 01 02 10 00", "7F 31 33")]
    [InlineData("31 01 02 03 00", "7F 31 13")]
    [InlineData("31 01 02 04", "7F 31 13")]
    [InlineData("31 01 02 04 " + Nonce + " 00", "7F 31 13")]
    [InlineData("31 01 02 20", "7F 31 13")]
    public void Checks_come_in_order(string request, string response) => In(DcmSession.Programming, isOpen: false).Expect(request, response);

    [Fact]
    public void With_access_an_option_record_that_is_not_asked_for_is_13()
    {
        DcmBench bench = In(DcmSession.Programming, isOpen: true);
        bench.Target.Condition = FotaError.Busy;
        bench.Expect("31 01 02 10 00", "7F 31 13");
        bench.Expect("31 01 FF 00 01", "7F 31 13");
        Assert.DoesNotContain(bench.Target.Calls, c => c.StartsWith("StartRoutine", StringComparison.Ordinal));
    }

    [Fact]
    public void Preconditions_are_consent_and_reasons() => In(DcmSession.Extended, isOpen: false).Expect("31 01 02 03", "71 01 02 03 02 01");

    [Fact]
    public void The_version_report_carries_the_nonce()
    {
        byte[] response = DcmBench.Unhex(In(DcmSession.Extended, isOpen: false).Ask("31 01 02 04 " + Nonce));
        Assert.Equal(4 + 239, response.Length);
        Assert.Equal(DcmBench.Unhex("71 01 02 04 00 01 02"), response[..7]);
        Assert.Equal(DcmBench.Unhex(Nonce), response[(4 + 191)..(4 + 207)]);
    }

    [Fact]
    public void A_version_report_that_cannot_be_authenticated_is_22()
    {
        DcmBench bench = In(DcmSession.Extended, isOpen: false);
        bench.Target.IsProvisioned = false;
        bench.Expect("31 01 02 04 " + Nonce, "7F 31 22");
    }

    [Fact]
    public void A_version_report_longer_than_a_message_is_14()
    {
        DcmBench bench = new(c => c.ResponseLengthMax = 64);
        bench.Enter(DcmSession.Extended);
        bench.Expect("31 01 02 04 " + Nonce, "7F 31 14");
        bench.Expect("3E 00", "7E 00");
    }

    [Theory]
    [InlineData("02 10")]
    [InlineData("02 11")]
    [InlineData("02 12")]
    [InlineData("02 13")]
    [InlineData("02 14")]
    [InlineData("02 15")]
    [InlineData("FF 00")]
    [InlineData("FF 01")]
    public void A_routine_that_ran_answers_its_result_good_or_bad(string routine)
    {
        DcmBench bench = In(DcmSession.Programming, isOpen: true);
        bench.Expect("31 01 " + routine, $"71 01 {routine} 00 00");
        bench.Target.Outcome = FotaError.SignatureInvalid;
        bench.Expect("31 01 " + routine, $"71 01 {routine} 00 05");
    }

    [Fact]
    public void A_routine_that_may_not_run_is_22_and_is_not_started()
    {
        DcmBench bench = In(DcmSession.Programming, isOpen: true);
        bench.Target.Condition = FotaError.TrialRunning;
        bench.Expect("31 01 FF 00", "7F 31 22");
        Assert.DoesNotContain("StartRoutine FF00", bench.Target.Calls);
        Assert.Equal([FotaError.TrialRunning], bench.Target.Refusals);
    }

    [Fact]
    public void A_long_routine_is_polled_each_cycle_and_answered_after_78()
    {
        DcmBench bench = In(DcmSession.Programming, isOpen: true);
        bench.Target.PendingCalls = 200;
        int before = bench.Said.Count;
        bench.Expect("31 01 FF 00", "71 01 FF 00 00 00");
        Assert.Equal("7F 31 78", bench.Said[before].Pdu);
        Assert.Equal(before + 2, bench.Said.Count);
        Assert.Equal(200, bench.Target.Calls.Count(c => c == "PollRoutine"));
    }

    [Fact]
    public void Suppressed_and_quick_it_says_nothing()
    {
        DcmBench bench = In(DcmSession.Programming, isOpen: true);
        bench.Expect("31 81 02 12", string.Empty);
        Assert.Contains("StartRoutine 0212", bench.Target.Calls);
    }

    [Fact]
    public void Suppressed_but_after_78_it_answers()
    {
        DcmBench bench = In(DcmSession.Programming, isOpen: true);
        bench.Target.PendingCalls = 100;
        bench.Expect("31 81 02 12", "71 01 02 12 00 00");
    }
}
