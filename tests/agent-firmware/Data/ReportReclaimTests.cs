// Which records go when the log is full: what is acknowledged, what has expired, then the oldest of the lowest priority that
// is not above the new one's; each counted. And how the erases are spread.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class ReportReclaimTests
{
    private const int Body = 180;

    [Fact]
    public void The_oldest_of_the_lowest_priority_goes_and_is_counted()
    {
        ReportLogBench bench = ReportLogBench.New(6);
        for (uint mark = 1; mark <= 300; mark++)
        {
            bench.Store(mark, mark <= 20 ? ReportPriority.High : ReportPriority.Low, Body);
        }

        uint[] marks = bench.Marks();
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (uint)i), marks.Take(20));
        Assert.Equal(300u - (uint)marks.Length, bench.Log.DroppedOf(ReportPriority.Low));
        Assert.Equal(Enumerable.Range(0, marks.Length - 20).Select(i => (uint)(300 - marks.Length + 21 + i)), marks.Skip(20));
        Assert.Equal(0u, bench.Log.DroppedOf(ReportPriority.High));
        Assert.Equal(marks, bench.Restart().Marks());
    }

    [Fact]
    public void A_record_below_all_that_is_there_is_dropped_itself()
    {
        ReportLogBench bench = ReportLogBench.New(6);
        uint mark = 0;
        while (bench.Log.DroppedOf(ReportPriority.High) == 0)
        {
            bench.Store(++mark, ReportPriority.High, Body);
        }

        uint[] before = bench.Marks();
        uint dropped = bench.Log.DroppedOf(ReportPriority.High);
        bench.Store(1000, ReportPriority.Low, Body).Store(1001, ReportPriority.Normal, Body);
        Assert.Equal(before, bench.Marks());
        Assert.Equal([1u, 1u, dropped], Enumerable.Range(0, 3).Select(p => bench.Log.DroppedOf((byte)p)));
    }

    [Fact]
    public void Acknowledged_sectors_are_taken_before_anything_is_dropped()
    {
        ReportLogBench bench = ReportLogBench.New(8);
        for (uint mark = 1; mark <= 400; mark++)
        {
            bench.Store(mark, (byte)(mark % 3), Body);
            if (mark % 10 == 0)
            {
                bench.Log.Acknowledge(bench.Log.Epoch, bench.Log.NextSequence - 5);
            }
        }

        Assert.Equal([0u, 0u, 0u], Enumerable.Range(0, 3).Select(p => bench.Log.DroppedOf((byte)p)));
        Assert.Equal([397u, 398u, 399u, 400u], bench.Marks());
    }

    [Fact]
    public void Two_sectors_stay_free_and_the_newest_header_tells_which()
    {
        ReportLogBench bench = ReportLogBench.New(6);
        uint mark = 0;
        while (bench.Log.DroppedOf(ReportPriority.Low) < 50)
        {
            bench.Store(++mark, ReportPriority.Low, Body);
            string[] headers = [.. Enumerable.Range(0, 6).Select(i => Header(bench, i)).Where(h => h.StartsWith("4553524C", StringComparison.Ordinal))];
            string newest = headers.MaxBy(h => h[16..24])!;
            uint[] givenUp = [.. new[] { 88, 96 }.Select(at => Convert.ToUInt32(newest.Substring(at, 8), 16)).Where(first => first != 0)];
            uint[] firsts = [.. headers.Select(h => Convert.ToUInt32(h.Substring(40, 8), 16))];
            Assert.All(givenUp, first => Assert.Contains(first, firsts));
            Assert.True(6 - headers.Length + givenUp.Length >= 2, $"after {mark} records {headers.Length} sectors are in use, {givenUp.Length} given up");
        }
    }

    [Fact]
    public void A_full_log_is_worn_evenly_and_headers_count_the_erases()
    {
        ReportLogBench bench = ReportLogBench.New(8);
        for (uint mark = 1; mark <= 3000; mark++)
        {
            bench.Store(mark, ReportPriority.Low, Body);
        }

        int[] erases = [.. Enumerable.Range(2, 8).Select(bench.Flash.Memory.EraseCount)];
        Assert.InRange(erases.Max(), erases.Min(), erases.Min() + 1);
        Assert.Equal(erases, Enumerable.Range(0, 8).Select(i => Convert.ToInt32(Header(bench, i).Substring(26, 6), 16)));
        bench = bench.Restart();
        bench.Store(1);
        Assert.Equal(erases.Sum() + 1, Enumerable.Range(2, 8).Sum(bench.Flash.Memory.EraseCount));
    }

    [Fact]
    public void Starts_that_write_little_use_the_sectors_in_turn()
    {
        ReportLogBench bench = ReportLogBench.New(8);
        for (uint start = 1; start <= 80; start++)
        {
            bench = bench.Store(start).Restart();
        }

        int[] erases = [.. Enumerable.Range(2, 8).Select(bench.Flash.Memory.EraseCount)];
        Assert.All(erases, count => Assert.InRange(count, 9, 11));
        Assert.Equal(80u, bench.Marks()[^1]);
        Assert.Equal(80u, bench.Log.DroppedOf(ReportPriority.Low) + (uint)bench.Marks().Length);
    }

    private static string Header(ReportLogBench bench, int sector) =>
        Convert.ToHexString(bench.Flash.Memory.ToBytes(), (int)bench.Area.Start + (4096 * sector), 64);
}
