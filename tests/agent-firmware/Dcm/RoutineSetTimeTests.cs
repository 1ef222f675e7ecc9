// Routine 0232 on the wire: what it answers, what FD12 says then, and the mark that it leaves in the report log.
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class RoutineSetTimeTests
{
    private const long Utc = 1_795_700_000_123;

    private static DcmBench Unlocked(bool hasLog = true)
    {
        DcmBench bench = new(hasLog: hasLog);
        bench.Enter(DcmSession.Extended);
        bench.OpenAccess();
        return bench;
    }

    private static string Hex(long value) => DcmBench.Hex(BitConverter.GetBytes(value).Reverse());

    // The milliseconds of the start for which the time was taken.
    private static uint Set(DcmBench bench, long utcMs, string boot = "00 01")
    {
        string response = bench.Ask($"31 01 02 32 {Hex(utcMs)}");
        Assert.StartsWith($"71 01 02 32 00 00 {boot} ", response);
        uint ms = Convert.ToUInt32(response[24..].Replace(" ", string.Empty), 16);
        Assert.InRange(ms, bench.NowMs - 10, bench.NowMs);
        return ms;
    }

    private static List<FetchedReport> Marks(DcmBench bench)
    {
        bench.RunUntil(() => bench.Data.Reports.IsIdle);
        byte[] into = new byte[4096];
        Assert.True(bench.Data.Reports.BeginRead(1, into, 0, into.Length));
        bench.RunUntil(() => bench.Data.Reports.AdvanceRead(bench.NowMs) == StdReturn.Ok);
        List<FetchedReport> all = [];
        for (int at = 0; at < bench.Data.Reports.ReadLength; at += (into[at] << 8) | into[at + 1])
        {
            all.Add(FetchedReport.Of(into.AsSpan(at, (into[at] << 8) | into[at + 1])));
        }

        return [.. all.Where(r => r.Kind == ReportKind.Time)];
    }

    [Fact]
    public void From_then_on_FD12_counts_UTC()
    {
        DcmBench bench = Unlocked();
        Assert.StartsWith("62 FD 12 00 01 ", bench.Ask("22 FD 12"));
        Assert.EndsWith(" 00 00 00 00 00 00 00 00", bench.Ask("22 FD 12"));
        uint ms = Set(bench, Utc);
        bench.Run(1500);
        string time = bench.Ask("22 FD 12");
        uint now = Convert.ToUInt32(time[15..26].Replace(" ", string.Empty), 16);
        Assert.True(now - ms > 1500);
        Assert.Equal($"62 FD 12 00 01 {Hex(now)[12..]} {Hex(Utc + (now - ms))}", time);
    }

    [Fact]
    public void It_leaves_one_mark_of_high_priority_and_another_only_when_the_client_says_something_else()
    {
        DcmBench bench = Unlocked();
        uint ms = Set(bench, Utc);
        FetchedReport mark = Assert.Single(Marks(bench));
        Assert.Equal((ReportPriority.High, (ushort)0, Hex(Utc + (mark.TimeMs - ms)).Replace(" ", string.Empty)), (mark.Priority, mark.RetentionHours, mark.Body));
        bench.Run(500);
        Set(bench, Utc + (bench.NowMs - ms) + 50);
        Assert.Single(Marks(bench));
        Set(bench, Utc + (bench.NowMs - ms) + 500);
        Assert.Equal(2, Marks(bench).Count);
    }

    [Theory]
    [InlineData("00 00 00 00 00 00 00 00")]
    [InlineData("80 00 00 00 00 00 00 00")]
    [InlineData("FF FF FF FF FF FF FF FF")]
    [InlineData("00 00 03 E7 FF FF FC 18")]
    public void A_time_that_cannot_be_is_31_and_changes_nothing(string utc)
    {
        DcmBench bench = Unlocked();
        bench.Expect($"31 01 02 32 {utc}", "7F 31 31");
        Assert.False(bench.Data.Clock.IsSet);
    }

    [Theory]
    [InlineData("31 01 02 32", "7F 31 13")]
    [InlineData("31 01 02 32 00 00 01 99 00 00 00", "7F 31 13")]
    [InlineData("31 01 02 32 00 00 01 99 00 00 00 00 00", "7F 31 13")]
    public void Its_length_is_checked_first(string request, string response) => Unlocked().Expect(request, response);

    [Fact]
    public void A_reset_forgets_the_time_and_counts_the_start()
    {
        DcmBench bench = Unlocked();
        Set(bench, Utc);
        Marks(bench);
        DcmBench next = bench.AfterReset();
        next.RunUntil(() => next.Data.Reports.IsReady);
        Assert.StartsWith("62 FD 12 00 02 ", next.Ask("22 FD 12"));
        Assert.EndsWith(" 00 00 00 00 00 00 00 00", next.Ask("22 FD 12"));
        next.Enter(DcmSession.Extended);
        next.OpenAccess();
        Set(next, Utc + 9000, boot: "00 02");
        Assert.Equal([1, 2], Marks(next).Select(r => (int)r.Boot));
    }

    [Fact]
    public void Without_a_log_the_time_is_taken_all_the_same()
    {
        DcmBench bench = Unlocked(hasLog: false);
        Set(bench, Utc, boot: "00 00");
        bench.Run(10);
        Assert.StartsWith("62 FD 12 00 00 ", bench.Ask("22 FD 12"));
        Assert.True(bench.Data.Clock.UtcMs > Utc);
    }
}
