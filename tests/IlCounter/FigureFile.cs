// The committed figures of "il" and "memory", tests/IlCounter/figures.json: identifier and value of every row.
// Invariant: compared without tolerance; what is counted is the same on every machine.
// Tests: tests/host-sim/Measure/IlFigureTests.cs.
using System.Globalization;
using System.Text.Json;
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

/// <summary>The file.</summary>
public static class FigureFile
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>The file's path.</summary>
    public static string FilePath { get; } = Path.Combine(AgentCompiler.RepositoryRoot, "tests", "IlCounter", "figures.json");

    /// <summary>The text of a file that holds these tables.</summary>
    public static string Text(IEnumerable<BenchTable> tables) =>
        JsonSerializer.Serialize(tables.SelectMany(table => table.Rows).ToDictionary(row => row.Id, row => row.Value), Format) + "\n";

    /// <summary>What differs, one line each; empty when the text is that of these tables.</summary>
    public static IReadOnlyList<string> Compare(string text, IEnumerable<BenchTable> tables)
    {
        Dictionary<string, double> committed = JsonSerializer.Deserialize<Dictionary<string, double>>(text)!;
        Dictionary<string, double> measured = tables.SelectMany(table => table.Rows).ToDictionary(row => row.Id, row => row.Value);
        return [.. committed.Keys.Union(measured.Keys).Where(id => ValueOf(committed, id) != ValueOf(measured, id)).Select(id => $"{id}: {ValueOf(committed, id)} in the file, {ValueOf(measured, id)} measured")];
    }

    private static string ValueOf(Dictionary<string, double> figures, string id) => figures.TryGetValue(id, out double value) ? value.ToString(CultureInfo.InvariantCulture) : "nothing";
}
