// Measures what the agent and the drivers cost, and compares the agent with host-sim/src/Ecu/il-costs.json:
//   dotnet run --project tests/IlCounter -c Release              prints figures, and what differs (exit code 1)
//   dotnet run --project tests/IlCounter -c Release -- --write   writes the table
//   dotnet run --project tests/IlCounter -c Release -- --methods prints what the methods of the agent cost in a download
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
namespace EsyncTests.IlCounting;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is ["--methods"])
        {
            Print("IL instructions of a download by method, for 1,000 consecutive frames", Counter.MeasureMethods().Take(50));
            return 0;
        }

        if (arguments is not ([] or ["--write"]))
        {
            Console.Error.WriteLine("Known arguments: --write, which writes the table anew, and --methods.");
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
        Print("IL instructions of drivers, the agent's classes that they use included", Counter.MeasureDrivers());
        Print("IL instructions of decoders, in downloads of one image in each form", Counter.MeasureDecoders());
        Print("The same downloads, charged and executed", Counter.MeasureEncodedTotals(table));
        Print("Records of the report log and periodic data, charged and executed", Counter.MeasureData(table));
        Print("One update, charged and executed", Counter.MeasureTotals(table));
        IReadOnlyList<string> differences = CostTable.Compare(table, prices);
        foreach (string line in differences)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(differences.Count == 0 ? "The table is current." : $"To write the table: {CostTable.WriteCommand}");
        return differences.Count == 0 ? 0 : 1;
    }

    private static void Print(string title, IEnumerable<KeyValuePair<string, long>> figures)
    {
        Console.WriteLine(title);
        foreach ((string name, long value) in figures)
        {
            Console.WriteLine($"  {name,-72} {value,12:N0}");
        }
    }
}
