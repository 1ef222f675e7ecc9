// Measures what the agent costs and compares it with host-sim/src/Ecu/il-costs.json:
//   dotnet run --project tests/IlCounter -c Release              prints figures, and what differs (exit code 1)
//   dotnet run --project tests/IlCounter -c Release -- --write   writes the table
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
namespace EsyncTests.IlCounting;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is not ([] or ["--write"]))
        {
            Console.Error.WriteLine($"Only one argument is known, --write: {CostTable.WriteCommand}");
            return 2;
        }

        string table = File.ReadAllText(CostTable.FilePath);
        IReadOnlyDictionary<string, long> prices = Counter.MeasurePrices();
        if (arguments.Length == 1)
        {
            table = CostTable.Update(table, prices);
            File.WriteAllText(CostTable.FilePath, table);
        }

        Print("IL instructions", Counter.MeasureFigures());
        Print("One update, charged and executed", Counter.MeasureTotals(table));
        IReadOnlyList<string> differences = CostTable.Compare(table, prices);
        foreach (string line in differences)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(differences.Count == 0 ? "The table is current." : $"To write the table: {CostTable.WriteCommand}");
        return differences.Count == 0 ? 0 : 1;
    }

    private static void Print(string title, IReadOnlyDictionary<string, long> figures)
    {
        Console.WriteLine(title);
        foreach ((string name, long value) in figures)
        {
            Console.WriteLine($"  {name,-46} {value,12:N0}");
        }
    }
}
