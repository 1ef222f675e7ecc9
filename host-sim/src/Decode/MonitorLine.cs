// One line of a monitor, for people and for programs.
// Plain data. Tests: tests/host-sim/Decode/BusMonitorTests.cs.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace EsyncSim.Decode;

/// <summary>How deep a monitor looks.</summary>
public enum MonitorLayer
{
    /// <summary>Every frame as it is.</summary>
    Frame,

    /// <summary>Every ISO-TP frame of the known identifiers.</summary>
    IsoTp,

    /// <summary>The messages that they carry, and what went wrong on their way.</summary>
    Uds,
}

/// <summary>A line.</summary>
/// <param name="Seconds">End of the frame or message, since the first frame.</param>
/// <param name="Layer">frame, isotp or uds.</param>
/// <param name="Bus">The bus.</param>
/// <param name="Ecu">The ECU whose identifier it is; empty for none.</param>
/// <param name="Direction">request, response, or empty.</param>
/// <param name="Identifier">CAN identifier, hexadecimal; eight digits have 29 bits.</param>
/// <param name="Text">In words.</param>
/// <param name="Step">eSync message that it is a part of; empty for none.</param>
/// <param name="Data">Its bytes, hexadecimal.</param>
/// <param name="Frames">Frames that it came in.</param>
/// <param name="Us">Microseconds from its beginning to its end.</param>
/// <param name="Mark">negative, fault, or empty.</param>
public sealed record MonitorLine(
    double Seconds, string Layer, string Bus, string Ecu, string Direction, string Identifier, string Text, string Step, string Data, int Frames, long Us, string Mark)
{
    private const int BytesShown = 16;

    /// <summary>The line for people.</summary>
    public string ToText()
    {
        string arrow = Direction switch { "request" => "→", "response" => "←", _ => " " };
        string data = Data.Length > 2 * BytesShown ? $"{Spaced(Data[..(2 * BytesShown)])} … {Data.Length / 2} bytes" : Spaced(Data);
        string mark = Mark.Length == 0 ? string.Empty : Mark == "fault" ? "! " : "- ";
        string text = Text.Length == 0 ? string.Empty : $"{mark}{Text}  ";
        return string.Create(CultureInfo.InvariantCulture, $"{Seconds,12:F6}  {Identifier,8} {arrow} {Ecu,-10}  {text}[{data}]");
    }

    /// <summary>The line for programs: one object.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, MonitorJsonContext.Default.MonitorLine);

    private static string Spaced(string digits) => string.Join(' ', digits.Chunk(2).Select(pair => new string(pair)));
}

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(MonitorLine))]
[JsonSerializable(typeof(MonitorEnd))]
internal sealed partial class MonitorJsonContext : JsonSerializerContext;
