// Compares host-sim/src/Ecu/il-costs.json with what is measured, and writes it.
// Invariant: writing changes figures of "il" only; comments and everything under "native" stay as they are.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using System.Globalization;
using System.Text.RegularExpressions;
using EsyncSim.Ecu;

namespace EsyncTests.IlCounting;

/// <summary>The committed price list as a file.</summary>
public static class CostTable
{
    /// <summary>How a user writes it again.</summary>
    public const string WriteCommand = "dotnet run --project tests/IlCounter -c Release -- --write";

    /// <summary>The file.</summary>
    public static string FilePath { get; } = Path.Combine(AgentCompiler.RepositoryRoot, IlCosts.RepositoryPath);

    /// <summary>What differs, one line each; empty when the file is current.</summary>
    public static IReadOnlyList<string> Compare(string table, IReadOnlyDictionary<string, long> measured)
    {
        IlCosts committed = IlCosts.Parse(table);
        List<string> lines = [];
        foreach (IlOperation operation in IlCosts.Operations)
        {
            string name = IlCosts.NameOf(operation);
            if (!measured.TryGetValue(name, out long il))
            {
                lines.Add($"{name}: no turn of the measured update shows it by itself");
            }
            else if (il != committed[operation])
            {
                lines.Add($"{name}: {committed[operation]} in the table, {il} measured");
            }
        }

        return lines;
    }

    /// <summary>The table with the measured figures.</summary>
    public static string Update(string table, IReadOnlyDictionary<string, long> measured)
    {
        foreach ((string name, long il) in measured)
        {
            table = Regex.Replace(table, $"(?<=^ +\"{name}\": )[0-9]+", il.ToString(CultureInfo.InvariantCulture), RegexOptions.Multiline);
        }

        return table;
    }
}
