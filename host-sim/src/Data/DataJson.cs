// Turns batches and acknowledgements into bytes and back, strictly: what a broker hands over may be from anybody.
// Invariant: what TryDecode returns has every part that its kind has, moments and numbers that are some, and its records in order.
// Tests: tests/host-sim/Data/DataMessageTests.cs.
using System.Globalization;
using System.Text.Json;
using EsyncSim.Server;

namespace EsyncSim.Data;

/// <summary>Data messages as bytes.</summary>
public static class DataJson
{
    /// <summary>Records that a batch has at most.</summary>
    public const int RecordCountMax = 1000;

    private static readonly string[] Kinds = ["sample", "start", "time", "dtc", "rules", "other"];
    private static readonly string[] Priorities = ["low", "normal", "high"];
    private static readonly string[] Causes = ["period", "change", "condition", "dtc", "before", "after"];
    private static readonly string[] Qualities = ["never-set", "out-of-range", "timed-out"];
    private static readonly string[] Levels = ["EVENT", "INFO", "WARN", "ERROR"];

    /// <summary>The batch as UTF-8.</summary>
    public static byte[] Encode(DataBatch batch) => JsonSerializer.SerializeToUtf8Bytes(batch, DataJsonContext.Default.DataBatch);

    /// <summary>The acknowledgement as UTF-8.</summary>
    public static byte[] Encode(DataAcknowledgement acknowledgement) => JsonSerializer.SerializeToUtf8Bytes(acknowledgement, DataJsonContext.Default.DataAcknowledgement);

    /// <summary>Reads a batch; null when the bytes are none.</summary>
    public static DataBatch? TryDecode(ReadOnlyMemory<byte> payload) =>
        EsyncJson.TryDecode(payload.Span, DataJsonContext.Default.DataBatch) is { } batch && IsWhole(batch) ? batch : null;

    /// <summary>Reads an acknowledgement; null when the bytes are none.</summary>
    public static DataAcknowledgement? TryDecodeAcknowledgement(ReadOnlyMemory<byte> payload) =>
        EsyncJson.TryDecode(payload.Span, DataJsonContext.Default.DataAcknowledgement) is { Type: DataAcknowledgement.TypeName } read && TryParseEpoch(read.Epoch) is not null ? read : null;

    /// <summary>The life of a log as text.</summary>
    public static string EpochText(uint epoch) => epoch.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Reads <see cref="EpochText"/>; null when the text is none.</summary>
    public static uint? TryParseEpoch(string text) =>
        text.Length == 8 && uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint epoch) && EpochText(epoch) == text ? epoch : null;

    /// <summary>The word for a kind.</summary>
    internal static string Word(ReportKind kind) => Kinds[kind is >= ReportKind.Sample and <= ReportKind.Rules ? (int)kind - 1 : Kinds.Length - 1];

    /// <summary>The word for a priority.</summary>
    internal static string Word(ReportPriority priority) => Priorities[(int)priority];

    /// <summary>The word for a cause.</summary>
    internal static string Word(SampleCause cause) => Causes[(int)cause];

    /// <summary>The word for a quality; null for a good value.</summary>
    internal static string? Word(SignalQuality quality) => quality == SignalQuality.Valid ? null : Qualities[(int)quality - 1];

    private static bool IsWhole(DataBatch batch)
    {
        if (batch.Type != DataBatch.TypeName || batch.Ecu.Length == 0 || TryParseEpoch(batch.Epoch) is null || batch.Records.Count is 0 or > RecordCountMax
            || batch.Units?.Any(unit => unit.Value is null) == true)
        {
            return false;
        }

        uint last = batch.After;
        foreach (DataRecord? record in batch.Records)
        {
            if (record is null || record.Sequence <= last || !IsWhole(record))
            {
                return false;
            }

            last = record.Sequence;
        }

        return true;
    }

    private static bool IsWhole(DataRecord record) =>
        Kinds.Contains(record.Kind)
        && Priorities.Contains(record.Priority)
        && UtcText.TryParse(record.Ts) is not null
        && (record.Cause is null || Causes.Contains(record.Cause))
        && (record.Kind != "sample" || record.Raw is not null || record is { Rule: not null, Cause: not null, Trigger: not null, Values: not null })
        && (record.Kind is "sample" or "time" or "other" || record.Raw is not null || record.Event is not null)
        && (record.Raw is null || IsHexadecimal(record.Raw))
        && record.Values?.All(value => value is not null && IsWhole(value)) != false
        && (record.Event is null || IsWhole(record.Event));

    private static bool IsWhole(VssValue value) =>
        value.Path.Length > 0
        && UtcText.TryParse(value.Ts) is not null
        && (value.Quality is null ? value.Value is not null : Qualities.Contains(value.Quality));

    private static bool IsWhole(LogReport report) =>
        report.Type == LogReport.TypeName && Levels.Contains(report.Body.Level) && UtcText.TryParse(report.Body.Timestamp) is not null;

    private static bool IsHexadecimal(string text) => text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
}
