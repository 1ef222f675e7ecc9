// UTC of a start: counted over the wrap of the milliseconds, marked in the log when it is news, and told to the log for its ages.
using System.Buffers.Binary;
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.Data;

public sealed class DataClockTests
{
    private const long Utc = 1_795_700_000_000;

    private readonly Marks marks = new();
    private readonly ReportLogBench bench = ReportLogBench.New();
    private readonly DataClock clock;

    public DataClockTests() => clock = new DataClock(bench.Log, marks);

    private void At(uint nowMs) => clock.MainFunction(nowMs);

    private void SetAt(uint nowMs, long utcMs)
    {
        At(nowMs);
        clock.Set(utcMs);
        At(nowMs);
    }

    [Fact]
    public void Before_it_is_said_it_is_not_known()
    {
        At(5000);
        Assert.Equal((false, 0L, 5000u), (clock.IsSet, clock.UtcMs, clock.NowMs));
        Assert.Empty(marks.All);
    }

    [Fact]
    public void The_first_time_leaves_a_mark_of_that_moment()
    {
        SetAt(5000, Utc);
        Assert.Equal([(5000u, Utc)], marks.All);
        At(5250);
        Assert.Equal(Utc + 250, clock.UtcMs);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(100, 1)]
    [InlineData(-100, 1)]
    [InlineData(101, 2)]
    [InlineData(-101, 2)]
    [InlineData(-1_000_000_000, 2)]
    public void A_later_time_leaves_one_when_it_is_off_by_more_than_the_tolerance(long off, int count)
    {
        SetAt(5000, Utc);
        SetAt(6000, Utc + 1000 + off);
        Assert.Equal(count, marks.All.Count);
        Assert.Equal(Utc + 1000 + off, clock.UtcMs);
    }

    [Fact]
    public void Small_differences_do_not_add_up_to_an_error_but_are_taken_over()
    {
        SetAt(0, Utc);
        for (uint hour = 1; hour <= 24; hour++)
        {
            SetAt(hour * 3_600_000, Utc + (hour * 3_600_090L));
            Assert.Equal(Utc + (hour * 3_600_090L), clock.UtcMs);
        }

        Assert.Single(marks.All);
    }

    [Fact]
    public void Milliseconds_wrap_twice_and_UTC_goes_on_with_marks_near_enough_to_tell_the_wraps_apart()
    {
        SetAt(uint.MaxValue - 1000, Utc);
        const uint StepMs = 3_600_000;
        for (long hour = 1; hour <= 24 * 110; hour++)
        {
            At(unchecked((uint)(uint.MaxValue - 1000 + (hour * StepMs))));
            Assert.Equal(Utc + (hour * StepMs), clock.UtcMs);
        }

        Assert.InRange(marks.All.Count, 8, 10);
        foreach ((uint ms, long utc) in marks.All)
        {
            Assert.Equal(unchecked((uint)(uint.MaxValue - 1000 + (utc - Utc))), ms);
        }

        Assert.All(marks.All.Zip(marks.All.Skip(1)), pair => Assert.InRange(pair.Second.UtcMs - pair.First.UtcMs, 1, int.MaxValue));
    }

    [Fact]
    public void A_mark_that_finds_no_room_comes_later_and_is_right_for_its_own_moment()
    {
        marks.Room = DataClock.MarkLength - 1;
        SetAt(5000, Utc);
        At(6000);
        Assert.Empty(marks.All);
        marks.Room = 100;
        marks.IsRefusing = true;
        At(6500);
        marks.IsRefusing = false;
        At(7000);
        At(8000);
        Assert.Equal([(7000u, Utc + 2000)], marks.All);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(long.MaxValue, false)]
    [InlineData(1, true)]
    [InlineData(4_294_967_294_999, true)]
    [InlineData(4_294_967_295_000, false)]
    public void Only_what_seconds_of_32_bits_hold_is_possible(long utcMs, bool isPossible) => Assert.Equal(isPossible, DataClock.IsPossible(utcMs));

    [Fact]
    public void The_log_is_told_for_the_ages_of_its_records()
    {
        bench.Store(7, retentionHours: 1);
        bench.Store(8, retentionHours: 0);
        SetAt(bench.NowMs, Utc);
        Assert.Equal([7u, 8u], bench.Marks());
        for (int quarter = 0; quarter < 9; quarter++)
        {
            bench.NowMs += 900_000;
            At(bench.NowMs);
            bench.Turn();
        }

        Assert.Equal([8u], bench.Marks());
    }

    private sealed class Marks : IReportSink
    {
        public List<(uint Ms, long UtcMs)> All { get; } = [];

        public int Room { get; set; } = 100;

        public bool IsRefusing { get; set; }

        public bool IsPresent => true;

        public int RoomFor(byte priority) => Room;

        public void CountDropped(byte priority) => throw new InvalidOperationException("a clock drops nothing");

        public bool Append(byte kind, byte priority, ushort retentionHours, uint timeMs, byte[] body, int offset, int count)
        {
            Assert.Equal((ReportKind.Time, ReportPriority.High, (ushort)0, DataClock.MarkLength), (kind, priority, retentionHours, count));
            if (!IsRefusing)
            {
                All.Add((timeMs, BinaryPrimitives.ReadInt64BigEndian(body.AsSpan(offset))));
            }

            return !IsRefusing;
        }
    }
}
