// Ages of records: nothing expires without UTC; what has expired is not handed out, is counted once, and goes first.
using EsyncAgent;
using EsyncSim.Flash;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class ReportExpiryTests
{
    private const long Noon = 1_800_000_000_000;
    private const long HourMs = 3_600_000;

    [Fact]
    public void Without_UTC_nothing_expires_and_with_it_only_what_has_a_retention()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1, retentionHours: 1).Store(2, retentionHours: 3).Store(3);
        bench.NowMs += 5 * (uint)HourMs;
        Assert.Equal([1u, 2u, 3u], bench.Marks());

        bench.Log.SetUtc(bench.NowMs, Noon);
        Assert.Equal([1u, 2u, 3u], bench.Marks());
        bench.NowMs += (uint)HourMs + 2000;
        Assert.Equal([2u, 3u], bench.Marks());
        bench.NowMs += 2 * (uint)HourMs;
        Assert.Equal([3u], bench.Marks());
    }

    [Fact]
    public void What_a_reader_was_not_given_is_counted_once_when_it_acknowledges_what_lies_beyond()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1, retentionHours: 1).Store(2, retentionHours: 1).Store(3);
        bench.Log.SetUtc(bench.NowMs, Noon);
        bench.NowMs += (uint)HourMs + 2000;
        Assert.Equal([3u], bench.Marks());
        Assert.Equal([3u], bench.Marks());
        Assert.Equal(0u, bench.Log.ExpiredCount);
        bench.Log.Acknowledge(bench.Log.Epoch, 3);
        Assert.Equal(2u, bench.Log.ExpiredCount);
        bench.Run(() => bench.NowMs % 4000 == 0);
        Assert.Equal(2u, bench.Restart().Log.ExpiredCount);
    }

    [Fact]
    public void The_age_of_records_is_known_over_restarts_by_headers_and_by_records_of_the_time()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1, retentionHours: 2);
        byte[] utc = [.. BitConverter.GetBytes(Noon).Reverse()];
        Assert.True(bench.Log.Append(ReportKind.Time, ReportPriority.Low, 0, bench.NowMs, utc, 0, 8));
        bench = bench.Settle().Restart();
        bench.Store(2, retentionHours: 2).Store(3, ReportPriority.High);
        bench = bench.Restart();
        bench.Log.SetUtc(bench.NowMs, Noon + HourMs);
        Assert.Equal(4, bench.ReadAll().Count);
        bench = bench.Restart();
        bench.Log.SetUtc(bench.NowMs, Noon + (2 * HourMs) + 2000);
        Assert.Equal([2u, 3u, 4u], bench.ReadAll().Select(r => r.Number));
    }

    [Fact]
    public void Sectors_of_which_all_has_expired_go_before_anything_is_dropped()
    {
        ReportLogBench bench = ReportLogBench.New(8);
        uint mark = 0;
        for (; mark < 60; mark++)
        {
            bench.Store(mark + 1, ReportPriority.High, 180, retentionHours: 1);
        }

        bench.Log.SetUtc(bench.NowMs, Noon);
        bench.NowMs += (uint)HourMs + 2000;
        for (; mark < 120; mark++)
        {
            bench.Store(mark + 1, ReportPriority.Low, 180);
        }

        Assert.Equal(0u, bench.Log.DroppedOf(ReportPriority.Low));
        Assert.InRange(bench.Log.ExpiredCount, 15u, 60u);
        Assert.Equal(Enumerable.Range(61, 60).Select(i => (uint)i), bench.Marks());
    }

    [Fact]
    public void A_clock_that_was_wrong_is_put_right_before_anything_expires_by_it()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Log.SetUtc(bench.NowMs, Noon);
        bench.Store(1, retentionHours: 24);
        bench.Log.SetUtc(bench.NowMs, Noon + 1000);
        bench.Log.SetUtc(bench.NowMs, Noon + (100 * HourMs));
        Assert.Equal([1u], bench.Marks());
        bench.Log.SetUtc(bench.NowMs, -1);
        bench.NowMs += 24 * (uint)HourMs + 2000;
        Assert.Empty(bench.Marks());
    }

    // However marks come: a record is never taken for older than it is.
    [Fact]
    public void Marks_never_make_a_record_older_than_it_is()
    {
        Gen<int[]> steps = Gen.Choose(1, 5_000).ListOf().Select(list => list.Concat(Enumerable.Range(1, 40)).ToArray());
        Properties.Hold(
            steps,
            minutes =>
            {
                ReportClock clock = new();
                uint nowMs = 0, number = 0;
                long utcMinutes = Noon / 60_000;
                List<(uint Number, long Minute)> made = [];
                foreach (int step in minutes)
                {
                    utcMinutes += step;
                    nowMs += (uint)step * 60_000;
                    made.Add((++number, utcMinutes));
                    clock.Set(nowMs, utcMinutes * 60_000, number);
                }

                foreach (ushort hours in new ushort[] { 1, 5, 24, 500, 3000 })
                {
                    uint upTo = clock.ExpiredUpTo(nowMs, hours);
                    Assert.All(made.Where(m => m.Number <= upTo), m => Assert.True(utcMinutes - m.Minute >= hours * 60));
                    Assert.True(upTo > 0 || utcMinutes - made[0].Minute < hours * 60 + 1);
                }
            },
            60);
    }
}
