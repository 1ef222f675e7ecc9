// Exported values and events as lines of CSV or JSON.
// Invariants: CSV is UTF-8 with a head, commas and LF; what holds a comma, a quote or a line end is quoted; a number is written so that
// it is read as the same one; fields that are not there are empty in CSV and absent in JSON.
// Clause: RFC 4180 but for its line ends.
// Tests: tests/host-sim/Data/DataExportTests.cs, tests/host-sim/Cli/DataCommandTests.cs.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Data;

/// <summary>Forms of an export.</summary>
public enum ExportFormat
{
    /// <summary>Comma-separated values with a head.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Jsonl,
}

/// <summary>Writes exports.</summary>
public sealed class ExportWriter(TextWriter output, ExportFormat format)
{
    /// <summary>Writes values; returns how many.</summary>
    public long Write(IEnumerable<ExportedValue> values)
    {
        Head("ts", "vehicle", "ecu", "path", "value", "unit", "quality", "estimated", "kind", "rule", "cause", "sequence");
        return Each(values, value => format == ExportFormat.Csv ? Csv(value) : Json(ValueLine.Of(value), ExportContext.Default.ValueLine));
    }

    /// <summary>Writes events; returns how many.</summary>
    public long Write(IEnumerable<ExportedEvent> events)
    {
        Head("ts", "vehicle", "ecu", "level", "message", "estimated", "kind", "sequence");
        return Each(events, entry => format == ExportFormat.Csv ? Csv(entry) : Json(EventLine.Of(entry), ExportContext.Default.EventLine));
    }

    /// <summary>A value as text: shortest form that is read as the same number.</summary>
    public static string Text(VssScalar? value) => value switch
    {
        null => string.Empty,
        { IsBoolean: true } flag => flag.Number != 0 ? "true" : "false",
        { } number => number.Number.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Csv(ExportedValue value) => Row(
        UtcText.Of(value.Origin.UtcMs), value.Origin.Vehicle, value.Origin.Ecu, value.Path, Text(value.Value), value.Unit, value.Quality, Flag(value.Origin.IsEstimated),
        value.Origin.Kind, value.Rule?.ToString(CultureInfo.InvariantCulture), value.Cause, value.Origin.Sequence.ToString(CultureInfo.InvariantCulture));

    private static string Csv(ExportedEvent entry) => Row(
        UtcText.Of(entry.Origin.UtcMs), entry.Origin.Vehicle, entry.Origin.Ecu, entry.Report.Body.Level, entry.Report.Body.Message, Flag(entry.Origin.IsEstimated),
        entry.Origin.Kind, entry.Origin.Sequence.ToString(CultureInfo.InvariantCulture));

    private static string Flag(bool isSet) => isSet ? "true" : string.Empty;

    private static string Row(params string?[] fields) => string.Join(',', fields.Select(Quote));

    private static string Quote(string? field) =>
        field is null ? string.Empty : field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Json<T>(T line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> form) => JsonSerializer.Serialize(line, form);

    private void Head(params string[] names)
    {
        if (format == ExportFormat.Csv)
        {
            output.Write($"{Row(names)}\n");
        }
    }

    private long Each<T>(IEnumerable<T> entries, Func<T, string> line)
    {
        long count = 0;
        foreach (T entry in entries)
        {
            output.Write($"{line(entry)}\n");
            count++;
        }

        return count;
    }
}

/// <summary>A value as a line of JSON.</summary>
internal sealed record ValueLine
{
    public required string Vehicle { get; init; }

    public required string Ecu { get; init; }

    public required string Path { get; init; }

    public required string Ts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public VssScalar? Value { get; init; }

    public string? Unit { get; init; }

    public string? Quality { get; init; }

    public bool? Estimated { get; init; }

    public required string Kind { get; init; }

    public long? Rule { get; init; }

    public string? Cause { get; init; }

    public required uint Sequence { get; init; }

    internal static ValueLine Of(ExportedValue value) => new()
    {
        Vehicle = value.Origin.Vehicle,
        Ecu = value.Origin.Ecu,
        Path = value.Path,
        Ts = UtcText.Of(value.Origin.UtcMs),
        Value = value.Value,
        Unit = value.Unit.Length == 0 ? null : value.Unit,
        Quality = value.Quality,
        Estimated = value.Origin.IsEstimated ? true : null,
        Kind = value.Origin.Kind,
        Rule = value.Rule,
        Cause = value.Cause,
        Sequence = value.Origin.Sequence,
    };
}

/// <summary>An event as a line of JSON.</summary>
internal sealed record EventLine
{
    public required string Vehicle { get; init; }

    public required string Ecu { get; init; }

    public bool? Estimated { get; init; }

    public required string Kind { get; init; }

    public required uint Sequence { get; init; }

    public required LogReport Event { get; init; }

    internal static EventLine Of(ExportedEvent entry) => new()
    {
        Vehicle = entry.Origin.Vehicle,
        Ecu = entry.Origin.Ecu,
        Estimated = entry.Origin.IsEstimated ? true : null,
        Kind = entry.Origin.Kind,
        Sequence = entry.Origin.Sequence,
        Event = entry.Report,
    };
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ValueLine))]
[JsonSerializable(typeof(EventLine))]
internal sealed partial class ExportContext : JsonSerializerContext;
