// How often sectors are opened, however often there is a reset: 96 first openings of a start at once, one more with each
// minute; counted by the erases of the flash model. What is held back waits in memory.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class ReportBudgetTests
{
    private const int Sectors = 512;

    private static readonly byte[] Priorities = [ReportPriority.High, ReportPriority.Low, ReportPriority.Normal];

    private readonly List<int> _erased = [];

    [Theory]
    [InlineData(2_000, 96, 102)]
    [InlineData(61_000, 250, 299)]
    [InlineData(95_000, 250, 412)]
    public void Resets_at_any_pace_open_no_more_sectors_than_that(int everyMs, int least, int most)
    {
        ReportLogBench bench = New();
        uint beginMs = bench.NowMs;
        for (int start = 0; start < 200; start++)
        {
            bench = bench.Restart();
            uint until = bench.NowMs + (uint)everyMs;
            AppendAll(bench);
            bench.Run(() => bench.NowMs == until);
        }

        Assert.InRange(_erased.Count, least, most);
        Assert.True(_erased.Count <= ReportLog.OpeningsAtOnce + ((bench.NowMs - beginMs) / MinuteBudget.DelayMs));
        Assert.Equal(0u, Priorities.Aggregate(0u, (sum, priority) => sum + bench.Log.DroppedOf(priority)));
    }

    [Fact]
    public void A_start_that_is_held_back_waits_a_minute_and_loses_nothing()
    {
        ReportLogBench bench = Exhausted();
        Assert.True(bench.Append(7, ReportPriority.High));
        uint beginMs = bench.NowMs;
        bench.Turn();
        Assert.True(bench.Log.IsHeldBack);
        Assert.True(bench.Log.IsIdle, "a reset that was asked for waits for nothing");
        int before = _erased.Count;
        bench.Settle();
        Assert.InRange(bench.NowMs - beginMs, MinuteBudget.DelayMs - 1000, MinuteBudget.DelayMs + 1000);
        Assert.Equal(before + 1, _erased.Count);
        Assert.Contains(7u, bench.Marks());

        // Its sector is open now: what comes later waits no more.
        beginMs = bench.NowMs;
        bench.Store(8, ReportPriority.High);
        Assert.True(bench.NowMs - beginMs < 1000);
    }

    [Fact]
    public void What_is_held_back_is_lost_by_a_reset_without_a_number_and_what_finds_no_room_is_counted()
    {
        ReportLogBench bench = Exhausted();
        (uint next, ushort boot) = (bench.Log.NextSequence, bench.Log.BootNumber);
        int refused = 0;
        for (uint mark = 0; mark < 40; mark++)
        {
            refused += bench.Append(1000 + mark, ReportPriority.Low) ? 0 : 1;
            bench.Turn();
        }

        Assert.True(refused > 0);
        Assert.Equal((uint)refused, bench.Log.DroppedOf(ReportPriority.Low));
        bench = bench.Restart();
        Assert.Equal((next, boot), (bench.Log.NextSequence, bench.Log.BootNumber));
        Assert.DoesNotContain(bench.Marks(), mark => mark >= 1000);
    }

    [Theory]
    [InlineData(9, 9)]
    [InlineData(20, 20)]
    public void A_start_that_lasts_makes_good_what_others_took_as_far_as_its_records_tell(int minutes, int most)
    {
        ReportLogBench bench = Exhausted();
        bench.Store(1, ReportPriority.High);
        uint until = bench.NowMs + ((uint)minutes * MinuteBudget.DelayMs);
        bench.Run(() => bench.NowMs == until);
        bench.Store(2, ReportPriority.High);
        int before = _erased.Count;
        for (int start = 0; start < 40; start++)
        {
            bench = bench.Restart();
            uint end = bench.NowMs + 1000;
            bench.Append(3, ReportPriority.High);
            bench.Run(() => bench.NowMs == end);
        }

        Assert.InRange(_erased.Count - before, most - 1, most);
    }

    // Acknowledgements carry the time too: an ECU that reports little is none that starts often.
    [Fact]
    public void An_acknowledgement_tells_how_long_a_start_lasted()
    {
        ReportLogBench bench = Exhausted();
        bench.Store(1, ReportPriority.High);
        uint until = bench.NowMs + (60 * MinuteBudget.DelayMs);
        bench.Run(() => bench.NowMs == until);
        bench.Log.Acknowledge(bench.Log.Epoch, bench.Log.NextSequence - 1);
        until = bench.NowMs + 2000;
        bench.Run(() => bench.NowMs == until);
        bench = bench.Restart();
        uint beginMs = bench.NowMs;
        bench.Store(2, ReportPriority.High);
        Assert.True(bench.NowMs - beginMs < 1000);
    }

    private static void AppendAll(ReportLogBench bench)
    {
        foreach (byte priority in Priorities)
        {
            Assert.True(bench.Append(priority, priority));
        }
    }

    private ReportLogBench New()
    {
        ReportLogBench bench = ReportLogBench.New(Sectors);
        bench.Flash.Observer = operation =>
        {
            if (operation.Kind == FlashOperationKind.Erase)
            {
                _erased.Add(_erased.Count);
            }
        };
        return bench;
    }

    // A log after so many starts that the next one is held back.
    private ReportLogBench Exhausted()
    {
        ReportLogBench bench = New();
        for (int start = 0; start < 32; start++)
        {
            bench = bench.Restart();
            AppendAll(bench);
            bench.Settle();
        }

        return bench.Restart();
    }
}
