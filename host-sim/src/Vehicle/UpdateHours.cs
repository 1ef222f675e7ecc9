// When a vehicle takes updates, by its owner's wish: always, never, or within hours of the day.
// Invariant: hours are UTC, minutes exact, and may pass midnight; the beginning belongs to them, the end does not.
// Tests: tests/host-sim/Vehicle/UpdateHoursTests.cs.
using System.Globalization;

namespace EsyncSim.Vehicle;

/// <summary>Hours of the day.</summary>
/// <param name="FromMinute">First minute of the day, 0 to 1439.</param>
/// <param name="ToMinute">Minute of the day at which they are over; that of the beginning is the whole day.</param>
public sealed record UpdateHours(int FromMinute, int ToMinute)
{
    private const int MinutesPerDay = 24 * 60;
    private const long MsPerMinute = 60_000;

    /// <summary>At any time.</summary>
    public static UpdateHours Always { get; } = new(0, 0);

    /// <summary>At no time.</summary>
    public static UpdateHours Never { get; } = new(-1, -1);

    /// <summary>Reads always, never or HH:MM-HH:MM.</summary>
    /// <exception cref="UserErrorException">It is none of them.</exception>
    public static UpdateHours Parse(string text)
    {
        switch (text)
        {
            case "always":
                return Always;
            case "never":
                return Never;
        }

        string[] ends = text.Split('-');
        return ends.Length == 2 && TryMinute(ends[0]) is { } from && TryMinute(ends[1]) is { } to && from != to ? new UpdateHours(from, to)
            : throw new UserErrorException(ExitCode.BadUsage, $"--updates {text} says no time: write always, never, or hours of the day in UTC such as 22:00-05:30");
    }

    /// <summary>When an update may begin that is asked for now: that moment, a later one, or null for never; milliseconds since 1970 UTC.</summary>
    public long? NextMs(long nowMs)
    {
        if (this == Never)
        {
            return null;
        }

        long minute = nowMs / MsPerMinute % MinutesPerDay;
        bool isOpen = FromMinute == ToMinute || (FromMinute < ToMinute ? minute >= FromMinute && minute < ToMinute : minute >= FromMinute || minute < ToMinute);
        long waitMinutes = (FromMinute - minute + MinutesPerDay) % MinutesPerDay;
        return isOpen ? nowMs : (nowMs / MsPerMinute * MsPerMinute) + (waitMinutes * MsPerMinute);
    }

    private static int? TryMinute(string text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time) ? (time.Hour * 60) + time.Minute : null;
}
