// From starts and milliseconds to UTC: told late, told often, told never; the wrap, the drift, the order of starts.
using EsyncSim.Data;
using Xunit;
using static EsyncTests.HostSim.Data.TestSignals;

namespace EsyncTests.HostSim.Data;

public sealed class TimeLineTests
{
    private const long Day = 86_400_000;
    private const long Noon = 1_767_268_800_000;
    private const uint Epoch = 0xE1;
    private readonly TimeLine _line = new();

    [Fact]
    public void Records_from_before_the_ECU_was_told_the_time_are_dated_afterwards()
    {
        Assert.Null(_line.TimeOf(Epoch, 3, 1000, 1));
        _line.Observe(Epoch, Sample(1, 3, 1000, 0));
        Assert.Null(_line.TimeOf(Epoch, 3, 1000, 1));

        _line.Observe(Epoch, Time(2, 3, 61_000, Noon));

        Assert.Equal(new ReportTime(Noon - 60_000, false), _line.TimeOf(Epoch, 3, 1000, 1));
        Assert.Equal(new ReportTime(Noon + 500, false), _line.TimeOf(Epoch, 3, 61_500, 3));
    }

    [Fact]
    public void Of_several_correlations_the_nearest_counts()
    {
        // A clock that is a second fast in each thousand.
        Correlate(3, 0, 1, Noon);
        Correlate(3, 1_001_000, 500, Noon + 1_000_000);

        Assert.Equal(Noon + 100, At(3, 100, 2));
        Assert.Equal(Noon + 999_900, At(3, 1_000_900, 499));

        // Nearest in time, although the log has few records before and many after.
        Assert.Equal(Noon + 10_000, At(3, 10_000, 499));
    }

    [Fact]
    public void The_wrap_of_the_milliseconds_does_no_harm()
    {
        Correlate(3, uint.MaxValue - 999, 10, Noon);

        Assert.Equal(Noon + 2000, At(3, 1000, 11));
        Assert.Equal(Noon - 2000, At(3, uint.MaxValue - 2999, 9));
    }

    [Fact]
    public void A_start_that_runs_for_months_is_dated_by_where_its_records_stand_in_the_log()
    {
        for (int day = 0; day <= 100; day += 10)
        {
            Correlate(3, (uint)(day * Day), (uint)(100 * day) + 1, Noon + (day * Day));
        }

        for (int day = 0; day <= 100; day++)
        {
            Assert.Equal(Noon + (day * Day) + 7, At(3, (uint)((day * Day) + 7), (uint)(100 * day) + 1));
        }
    }

    [Fact]
    public void A_start_that_was_never_told_lies_between_its_neighbours()
    {
        _line.Observe(Epoch, Time(1, 3, 0, Noon));
        _line.Observe(Epoch, Sample(2, 3, 10_000, 0));
        _line.Observe(Epoch, Sample(3, 4, 100, 0));
        _line.Observe(Epoch, Sample(4, 4, 20_000, 0));
        _line.Observe(Epoch, Sample(5, 5, 30_000, 0));
        _line.Observe(Epoch, Time(6, 6, 1000, Noon + 121_000));

        // 110 s between the last record of start 3 and the beginning of start 6; 50 s of them ran, three pauses of 20 s.
        Assert.Equal(new ReportTime(Noon + 30_100, true), _line.TimeOf(Epoch, 4, 100, 3));
        Assert.Equal(new ReportTime(Noon + 50_000, true), _line.TimeOf(Epoch, 4, 20_000, 4));
        Assert.Equal(new ReportTime(Noon + 100_000, true), _line.TimeOf(Epoch, 5, 30_000, 5));
        Assert.Equal(new ReportTime(Noon + 120_000, false), _line.TimeOf(Epoch, 6, 0, 6));
    }

    [Fact]
    public void With_one_neighbour_it_lies_right_beside_it()
    {
        _line.Observe(Epoch, Sample(1, 2, 5000, 0));
        _line.Observe(Epoch, Time(2, 3, 1000, Noon));
        _line.Observe(Epoch, Sample(3, 4, 7000, 0));

        Assert.Equal(new ReportTime(Noon - 1000, true), _line.TimeOf(Epoch, 2, 5000, 1));
        Assert.Equal(new ReportTime(Noon + 7000, true), _line.TimeOf(Epoch, 4, 7000, 3));
    }

    [Fact]
    public void Estimates_keep_the_order_even_when_clocks_contradict_each_other()
    {
        _line.Observe(Epoch, Time(1, 3, 0, Noon));
        _line.Observe(Epoch, Sample(2, 4, 90_000, 0));
        _line.Observe(Epoch, Time(3, 5, 0, Noon + 1000));

        Assert.Equal(Noon + 500, At(4, 500, 2));
        Assert.Equal(Noon + 1000, At(4, 90_000, 2));
    }

    [Fact]
    public void Lives_of_the_log_are_apart()
    {
        Correlate(3, 0, 5, Noon);
        _line.Observe(0xE2, Sample(1, 3, 100, 0));

        Assert.Null(_line.TimeOf(0xE2, 3, 100, 1));
        Assert.False(_line.Knows(0xE2, 3));
        Assert.True(_line.Knows(Epoch, 3));
    }

    [Fact]
    public void The_table_of_a_start_is_remembered()
    {
        _line.Observe(Epoch, Start(1, 3, table: 0x12345678));
        _line.Observe(Epoch, Sample(2, 3, 100, 0));

        Assert.Equal(0x12345678u, _line.TableOf(Epoch, 3));
        Assert.Null(_line.TableOf(Epoch, 4));
    }

    [Fact]
    public void The_memory_is_bounded_and_forgets_the_oldest()
    {
        for (uint i = 1; i <= 2000; i++)
        {
            Correlate((ushort)i, 0, i, Noon + (i * 1000));
        }

        Assert.Equal(TimeLine.CorrelationCountMax, _line.Correlations.Count);
        Assert.Equal(TimeLine.BootCountMax, _line.Boots.Count);
        Assert.True(_line.Knows(Epoch, 2000));
        Assert.False(_line.Knows(Epoch, 1));
    }

    [Fact]
    public void The_same_correlation_counts_once()
    {
        Assert.True(_line.Correlate(new TimeCorrelation(Epoch, 1, 2, 3, Noon)));
        Assert.False(_line.Correlate(new TimeCorrelation(Epoch, 1, 2, 3, Noon)));
        Assert.Single(_line.Correlations);
    }

    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000Z")]
    [InlineData(Noon + 7, "2026-01-01T12:00:00.007Z")]
    [InlineData(UtcText.MsMax, "9999-12-31T23:59:59.999Z")]
    public void Moments_are_text_and_back(long utcMs, string text)
    {
        Assert.Equal(text, UtcText.Of(utcMs));
        Assert.Equal(utcMs, UtcText.TryParse(text));
    }

    [Theory]
    [InlineData("2026-01-01T12:00:00Z")]
    [InlineData("2026-01-01T12:00:00.007+01:00")]
    [InlineData("2026-13-01T12:00:00.007Z")]
    [InlineData("1969-12-31T23:59:59.999Z")]
    [InlineData("")]
    public void Another_form_is_no_moment(string text) => Assert.Null(UtcText.TryParse(text));

    [Theory]
    [InlineData("2026-01-01", Noon - (Day / 2))]
    [InlineData("2026-01-01T12:00Z", Noon)]
    [InlineData("2026-01-01T12:00:00Z", Noon)]
    [InlineData("yesterday", null)]
    public void People_may_write_less(string text, long? utcMs) => Assert.Equal(utcMs, UtcText.TryParseUser(text));

    private long At(ushort boot, uint ms, uint sequence) => _line.TimeOf(Epoch, boot, ms, sequence)!.Value.UtcMs;

    private void Correlate(ushort boot, uint ms, uint sequence, long utcMs) => _line.Correlate(new TimeCorrelation(Epoch, boot, ms, sequence, utcMs));
}
