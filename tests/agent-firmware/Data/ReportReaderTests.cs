// Reading while the log lives: records are appended, sectors given up, bits turn over.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class ReportReaderTests
{
    private const int Body = 180;

    [Fact]
    public void A_read_ends_before_the_first_record_that_does_not_fit()
    {
        ReportLogBench bench = ReportLogBench.New();
        bench.Store(1, bodyLength: 180).Store(2, bodyLength: 180).Store(3, bodyLength: 4);
        Assert.Equal([1u, 2u], bench.Read(1, 420).Select(r => r.Number));
        Assert.Equal([1u], bench.Read(1, 399).Select(r => r.Number));
        Assert.Equal([2u, 3u], bench.Read(2, 230).Select(r => r.Number));
        Assert.Empty(bench.Read(4));
        Assert.Empty(bench.Read(uint.MaxValue));
    }

    [Fact]
    public void What_is_written_during_a_read_comes_with_the_next_one_in_order()
    {
        ReportLogBench bench = ReportLogBench.New();
        List<uint> got = [];
        Random random = new(1);
        uint mark = 0;
        byte[] into = new byte[600];
        while (mark < 600)
        {
            Assert.True(bench.Log.BeginRead(got.Count == 0 ? 1 : got[^1] + 1, into, 0, 600));
            while (bench.Log.AdvanceRead(bench.NowMs) == StdReturn.Pending)
            {
                for (int i = random.Next(3); i > 0; i--)
                {
                    bench.Append(++mark, (byte)random.Next(3), random.Next(4, 60));
                }

                bench.Turn();
            }

            for (int at = 0; at < bench.Log.ReadLength; at += ReportLayout.LengthOf(into, at))
            {
                got.Add(ReportLayout.NumberOf(into, at));
            }

            if (random.Next(4) == 0)
            {
                bench.Append(++mark, (byte)random.Next(3));
                bench.Turn();
            }
        }

        got.AddRange(bench.Settle().ReadAll(got[^1] + 1).Select(r => r.Number));
        uint refused = Enumerable.Range(0, 3).Aggregate(0u, (sum, p) => sum + bench.Log.DroppedOf((byte)p));
        Assert.Equal(Enumerable.Range(1, (int)(mark - refused)).Select(i => (uint)i), got);
    }

    [Fact]
    public void A_read_whose_sector_is_given_up_and_written_anew_goes_on_with_whole_records()
    {
        ReportLogBench bench = ReportLogBench.New(6);
        uint mark = 0;
        for (; mark < 90; mark++)
        {
            bench.Store(mark + 1, ReportPriority.Low, Body);
        }

        byte[] into = new byte[16_000];
        Assert.True(bench.Log.BeginRead(1, into, 0, 16_000));
        while (bench.Log.AdvanceRead(bench.NowMs) == StdReturn.Pending)
        {
            bench.Append(++mark, ReportPriority.Low, Body);
            bench.Append(++mark, ReportPriority.Low, Body);
            bench.Run(() => bench.Log.IsIdle);
        }

        uint before = 0;
        for (int at = 0; at < bench.Log.ReadLength; at += ReportLayout.LengthOf(into, at))
        {
            Assert.True(ReportLayout.IsWhole(into, at));
            Assert.True(ReportLayout.NumberOf(into, at) > before);
            before = ReportLayout.NumberOf(into, at);
        }

        Assert.InRange(before, 1u, 90u);
        Assert.True(bench.Log.DroppedOf(ReportPriority.Low) > 0);
    }

    [Fact]
    public void Each_flipped_bit_of_a_sector_costs_one_record_at_the_most()
    {
        ReportLogBench bench = ReportLogBench.New();
        for (uint mark = 1; mark <= 12; mark++)
        {
            bench.Store(mark, ReportPriority.Normal, 4 + (int)mark);
        }

        FlashSnapshot whole = bench.Flash.Memory.Snapshot();
        for (int bit = 0; bit < 8 * 700; bit++)
        {
            bench.Flash.Memory.Restore(whole);
            bench.Flash.Memory.FlipBit(bench.Area.Start + (uint)(bit / 8), bit % 8);
            ReportLogBench again = bench.Restart();
            List<FetchedReport> all = again.ReadAll();
            Assert.InRange(all.Count, bit < 8 * ReportSectorHeader.Length ? 12 : 11, 12);
            Assert.All(all, r => Assert.Equal(r.Number, ReportLogBench.MarkOf(r)));
            Assert.InRange(again.Log.NextSequence, 13u, 14u);
            Assert.Equal(bench.Log.Epoch, again.Log.Epoch);
        }
    }

    [Fact]
    public void A_repeated_read_gives_the_same_and_work_for_each_call_is_bounded()
    {
        ReportLogBench bench = ReportLogBench.New();
        for (uint mark = 1; mark <= 200; mark++)
        {
            bench.Store(mark, (byte)(mark % 3), 30);
        }

        List<FetchedReport> once = bench.Read(150, 3000);
        Assert.Equal(once, bench.Read(150, 3000));
        Assert.Equal(51, once.Count);
        byte[] into = new byte[4000];
        Assert.True(bench.Log.BeginRead(150, into, 0, 4000));
        long reads = bench.Flash.Statistics.ReadBytes;
        int calls = 0;
        while (bench.Log.AdvanceRead(0) == StdReturn.Pending)
        {
            bench.Turn();
            Assert.InRange(bench.Flash.Statistics.ReadBytes - reads, 0, 3 * ReportLogBench.RecordLengthMax);
            reads = bench.Flash.Statistics.ReadBytes;
            calls++;
        }

        Assert.InRange(calls, 10, 400);
    }
}
