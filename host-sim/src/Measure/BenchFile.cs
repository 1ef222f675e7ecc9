// The JSON of `esync bench --json`, which other programs write as well when they measure for it:
// { "subjects": [ { "subject", "title", "rows": [ { "id", "figure", "value", "unit", "goal", "isMet", "note" } ] } ] }.
// Tests: tests/host-sim/Measure.
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EsyncSim.Measure;

/// <summary>A file of measured figures.</summary>
/// <param name="Subjects">One table for each subject that was measured.</param>
public sealed record BenchFile(IReadOnlyList<BenchTable> Subjects)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // ≥ and ≤ as they are: the file is UTF-8 and no web page
    };

    /// <summary>The file's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Format) + "\n";

    /// <summary>Reads a file's text.</summary>
    /// <exception cref="JsonException">It is no such file.</exception>
    public static BenchFile Parse(string json)
    {
        BenchFile? file = JsonSerializer.Deserialize<BenchFile>(json, Format);
        return file?.Subjects is null ? throw new JsonException("no \"subjects\" in it") : file;
    }
}
