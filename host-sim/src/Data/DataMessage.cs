// What passes between vehicle and server about reports, as JSON: batches of records up, acknowledgements down. Values are data points
// of COVESA VSS (path, ts, value), events are eSync's log-report.
// Invariants: absent fields are not written; unknown ones are ignored; a message is UTF-8 without byte order mark.
// Documented with an example in host-sim/README.md, "Messages".
// Tests: tests/host-sim/Data/DataMessageTests.cs.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Data;

/// <summary>Records of one ECU, in order.</summary>
public sealed record DataBatch
{
    /// <summary>Value of <see cref="Type"/>.</summary>
    public const string TypeName = "esync.data";

    /// <summary><see cref="TypeName"/>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>Name of the ECU.</summary>
    [JsonPropertyName("ecu")]
    public required string Ecu { get; init; }

    /// <summary>Life of the ECU's log, eight hexadecimal digits.</summary>
    [JsonPropertyName("epoch")]
    public required string Epoch { get; init; }

    /// <summary>Number of the record before them: the server has it, or nobody has; 0 when there was none.</summary>
    [JsonPropertyName("after")]
    public required uint After { get; init; }

    /// <summary>What the ECU says that it has dropped in this life of its log, when it was asked.</summary>
    [JsonPropertyName("dropped")]
    public DataDropped? Dropped { get; init; }

    /// <summary>Units of the paths below, where they have one.</summary>
    [JsonPropertyName("units")]
    public IReadOnlyDictionary<string, string>? Units { get; init; }

    /// <summary>The records, ascending by number.</summary>
    [JsonPropertyName("records")]
    public required IReadOnlyList<DataRecord> Records { get; init; }
}

/// <summary>Records that an ECU has dropped.</summary>
public sealed record DataDropped(
    [property: JsonPropertyName("low")] uint Low,
    [property: JsonPropertyName("normal")] uint Normal,
    [property: JsonPropertyName("high")] uint High,
    [property: JsonPropertyName("expired")] uint Expired);

/// <summary>One record.</summary>
public sealed record DataRecord
{
    /// <summary>Its number.</summary>
    [JsonPropertyName("sequence")]
    public required uint Sequence { get; init; }

    /// <summary>sample, start, time, dtc, rules, or other.</summary>
    [JsonPropertyName("kind")]
    public required string Kind { get; init; }

    /// <summary>low, normal or high.</summary>
    [JsonPropertyName("priority")]
    public required string Priority { get; init; }

    /// <summary>Number of the ECU's start.</summary>
    [JsonPropertyName("boot")]
    public required ushort Boot { get; init; }

    /// <summary>Milliseconds of that start.</summary>
    [JsonPropertyName("ms")]
    public required uint Ms { get; init; }

    /// <summary>UTC of it (<see cref="UtcText"/>).</summary>
    [JsonPropertyName("ts")]
    public required string Ts { get; init; }

    /// <summary>True when the ECU was not told the time in that start, so that <see cref="Ts"/> lies between its neighbours.</summary>
    [JsonPropertyName("estimated")]
    public bool? IsEstimated { get; init; }

    /// <summary>Rule of a sample.</summary>
    [JsonPropertyName("rule")]
    public byte? Rule { get; init; }

    /// <summary>Why a sample was taken: period, change, condition, dtc, before, after.</summary>
    [JsonPropertyName("cause")]
    public string? Cause { get; init; }

    /// <summary>Count of the rule's triggers.</summary>
    [JsonPropertyName("trigger")]
    public ushort? Trigger { get; init; }

    /// <summary>Values of a sample, or of a DTC's snapshot.</summary>
    [JsonPropertyName("values")]
    public IReadOnlyList<VssValue>? Values { get; init; }

    /// <summary>What has happened, unless it is a sample.</summary>
    [JsonPropertyName("event")]
    public LogReport? Event { get; init; }

    /// <summary>Bytes that the vehicle could not read, hexadecimal.</summary>
    [JsonPropertyName("raw")]
    public string? Raw { get; init; }
}

/// <summary>A data point of COVESA VSS.</summary>
public sealed record VssValue
{
    /// <summary>The signal.</summary>
    [JsonPropertyName("path")]
    public required string Path { get; init; }

    /// <summary>UTC of the value (<see cref="UtcText"/>).</summary>
    [JsonPropertyName("ts")]
    public required string Ts { get; init; }

    /// <summary>The value; null when there never was one.</summary>
    [JsonPropertyName("value")]
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required VssScalar? Value { get; init; }

    /// <summary>Absent when the value is good; else never-set, out-of-range or timed-out: the value is the last good one.</summary>
    [JsonPropertyName("quality")]
    public string? Quality { get; init; }
}

/// <summary>A number or a boolean.</summary>
[JsonConverter(typeof(VssScalarConverter))]
public readonly record struct VssScalar(double Number, bool IsBoolean);

/// <summary>eSync's message about something that happened.</summary>
public sealed record LogReport(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("body")] LogReportBody Body)
{
    /// <summary>Value of <see cref="Type"/>.</summary>
    public const string TypeName = "esync.log-report";
}

/// <summary>Content of a log report.</summary>
public sealed record LogReportBody
{
    /// <summary>The ECU as a target: <c>/ECU/motor</c>.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    /// <summary>EVENT, INFO, WARN or ERROR.</summary>
    [JsonPropertyName("level")]
    public required string Level { get; init; }

    /// <summary>UTC of it.</summary>
    [JsonPropertyName("timestamp")]
    public required string Timestamp { get; init; }

    /// <summary>A sentence for people.</summary>
    [JsonPropertyName("message")]
    public required string Message { get; init; }

    /// <summary>The same for programs.</summary>
    [JsonPropertyName("compound")]
    public LogReportCompound? Compound { get; init; }
}

/// <summary>What has happened, for programs.</summary>
public sealed record LogReportCompound
{
    /// <summary>The DTC, six hexadecimal digits; its snapshot is the record's values.</summary>
    [JsonPropertyName("dtc")]
    public string? Dtc { get; init; }

    /// <summary>Its status byte before, hexadecimal.</summary>
    [JsonPropertyName("status-before")]
    public string? StatusBefore { get; init; }

    /// <summary>Its status byte now, hexadecimal.</summary>
    [JsonPropertyName("status")]
    public string? Status { get; init; }

    /// <summary>Number of the event in the ECU.</summary>
    [JsonPropertyName("event")]
    public byte? Event { get; init; }

    /// <summary>Table of signals of the start, hexadecimal.</summary>
    [JsonPropertyName("signal-table")]
    public string? SignalTable { get; init; }

    /// <summary>Why the ECU has started, by its number.</summary>
    [JsonPropertyName("reset-cause")]
    public byte? ResetCause { get; init; }

    /// <summary>Sequence number of the rules in force.</summary>
    [JsonPropertyName("rules")]
    public uint? Rules { get; init; }

    /// <summary>First 16 bytes of their digest, hexadecimal.</summary>
    [JsonPropertyName("digest")]
    public string? Digest { get; init; }
}

/// <summary>The server has an ECU's records up to a number.</summary>
/// <param name="Type"><see cref="TypeName"/>.</param>
/// <param name="Ecu">Name of the ECU.</param>
/// <param name="Epoch">Life of its log.</param>
/// <param name="Sequence">The number.</param>
public sealed record DataAcknowledgement(
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("ecu")] string Ecu,
    [property: JsonPropertyName("epoch")] string Epoch,
    [property: JsonPropertyName("sequence")] uint Sequence)
{
    /// <summary>Value of <see cref="Type"/>.</summary>
    public const string TypeName = "esync.data-acknowledge";
}

/// <summary>Numbers and booleans of JSON, and nothing else.</summary>
internal sealed class VssScalarConverter : JsonConverter<VssScalar>
{
    public override VssScalar Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.True => new VssScalar(1, true),
        JsonTokenType.False => new VssScalar(0, true),
        JsonTokenType.Number when reader.GetDouble() is double number && double.IsFinite(number) => new VssScalar(number, false),
        _ => throw new JsonException("a value is a number, true or false"),
    };

    public override void Write(Utf8JsonWriter writer, VssScalar value, JsonSerializerOptions options)
    {
        if (value.IsBoolean)
        {
            writer.WriteBooleanValue(value.Number != 0);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DataBatch))]
[JsonSerializable(typeof(DataAcknowledgement))]
[JsonSerializable(typeof(LogReport))]
internal sealed partial class DataJsonContext : JsonSerializerContext;
