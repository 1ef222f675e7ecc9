// UTC in milliseconds since 1970 as text of RFC 3339, and back: 2026-01-31T12:00:00.125Z.
// Invariant: what was written is read as the same millisecond; anything else than this form is none.
// Clause: RFC 3339 §5.6.
// Tests: tests/host-sim/Data/TimeLineTests.cs.
using System.Globalization;

namespace EsyncSim.Data;

/// <summary>Moments as text.</summary>
public static class UtcText
{
    /// <summary>The last millisecond of the year 9999.</summary>
    public const long MsMax = 253_402_300_799_999;

    private const string Form = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private static readonly string[] UserForms =
        [Form, "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd"];

    /// <summary>As text; <paramref name="utcMs"/> is 0 to <see cref="MsMax"/>.</summary>
    public static string Of(long utcMs) => DateTimeOffset.FromUnixTimeMilliseconds(utcMs).ToString(Form, CultureInfo.InvariantCulture);

    /// <summary>Reads text; null when it is none, or before 1970.</summary>
    public static long? TryParse(string text) => TryParse(text, [Form]);

    /// <summary>Reads what a person writes: the same with less, down to the day.</summary>
    public static long? TryParseUser(string text) => TryParse(text, UserForms);

    private static long? TryParse(string text, string[] forms) =>
        DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset moment)
        && moment.ToUnixTimeMilliseconds() is >= 0 and long utcMs ? utcMs : null;
}
