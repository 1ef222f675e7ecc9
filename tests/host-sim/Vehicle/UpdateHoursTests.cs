// When a vehicle takes updates.
using EsyncSim;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class UpdateHoursTests
{
    private const long Day = 20_000L * 24 * 3600 * 1000;

    [Theory]
    [InlineData("always", "12:00", "12:00")]
    [InlineData("22:00-23:30", "22:00", "22:00")]
    [InlineData("22:00-23:30", "23:29", "23:29")]
    [InlineData("22:00-23:30", "23:30", "22:00")]
    [InlineData("22:00-05:30", "23:59", "23:59")]
    [InlineData("22:00-05:30", "05:29", "05:29")]
    [InlineData("22:00-05:30", "05:30", "22:00")]
    [InlineData("00:00-01:00", "12:00", "00:00")]
    public void An_update_begins_at_once_or_when_the_hours_come(string text, string now, string next)
    {
        long nowMs = Day + (long)TimeOnly.Parse(now, null).ToTimeSpan().TotalMilliseconds, nextMs = (long)TimeOnly.Parse(next, null).ToTimeSpan().TotalMilliseconds;
        nextMs += Day + (Day + nextMs < nowMs ? 24 * 3600 * 1000 : 0);
        Assert.Equal(nextMs, UpdateHours.Parse(text).NextMs(nowMs));
    }

    [Fact]
    public void Never_is_never() => Assert.Null(UpdateHours.Parse("never").NextMs(Day));

    [Theory]
    [InlineData("")]
    [InlineData("sometimes")]
    [InlineData("22:00")]
    [InlineData("22:00-22:00")]
    [InlineData("22:00-24:00")]
    [InlineData("2-3")]
    public void What_is_no_time_is_told(string text) => Assert.Contains("22:00-05:30", Assert.Throws<UserErrorException>(() => UpdateHours.Parse(text)).Message, StringComparison.Ordinal);
}
