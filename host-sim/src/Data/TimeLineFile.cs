// An ECU's time line on disk, beside the queue: a record may wait there for longer than the client or the ECU runs, and is dated by
// what was known when it was made. One file for each ECU, replaced as a whole.
// Invariant: a damaged file is none; what it said is learned again from the ECU, and older records are dated by estimate.
// Tests: tests/host-sim/Data/TimeLineFileTests.cs.
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using EsyncSim.Files;
using EsyncSim.Server;

namespace EsyncSim.Data;

/// <summary>Keeps time lines.</summary>
public static class TimeLineFile
{
    private const string Format = "esync-time-line/1";

    /// <summary>The file of an ECU in a queue's directory.</summary>
    public static string PathOf(string directory, string ecu) => Path.Combine(directory, $"{Uri.EscapeDataString(ecu)}.time");

    /// <summary>Writes a time line; it is on the medium when this returns.</summary>
    /// <exception cref="IOException">The disk does not take it; the file is as before.</exception>
    public static void Save(IFileSystem files, string path, TimeLine line)
    {
        byte[] text = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new TimeLineForm(Format, line.Correlations, line.Boots), TimeLineContext.Default.TimeLineForm);
        AtomicFile.Write(files, path, [.. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(text))), (byte)'\n', .. text]);
    }

    /// <summary>Reads a time line; an empty one when there is none.</summary>
    /// <param name="files">Where it lies.</param>
    /// <param name="path">Its file.</param>
    /// <param name="isDamaged">True when there is one that cannot be used.</param>
    public static TimeLine Load(IFileSystem files, string path, out bool isDamaged)
    {
        isDamaged = false;
        if (!files.Exists(path))
        {
            return new TimeLine();
        }

        byte[] file = files.Read(path);
        int end = Array.IndexOf(file, (byte)'\n');
        byte[] text = end < 0 ? [] : file[(end + 1)..];
        bool isWhole = end > 0 && Encoding.ASCII.GetString(file, 0, end) == Convert.ToHexStringLower(SHA256.HashData(text));
        TimeLineForm? form = isWhole ? EsyncJson.TryDecode(text, TimeLineContext.Default.TimeLineForm) : null;
        isDamaged = form?.Format != Format;
        return isDamaged ? new TimeLine() : TimeLine.From(form!.Correlations, form.Boots);
    }
}

/// <summary>The file as JSON.</summary>
internal sealed record TimeLineForm(
    [property: JsonPropertyName("format")] string Format,
    [property: JsonPropertyName("correlations")] IReadOnlyList<TimeCorrelation> Correlations,
    [property: JsonPropertyName("starts")] IReadOnlyList<BootSpan> Boots);

/// <summary>Serialisation code made by the compiler.</summary>
[JsonSourceGenerationOptions(RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TimeLineForm))]
internal sealed partial class TimeLineContext : JsonSerializerContext;
