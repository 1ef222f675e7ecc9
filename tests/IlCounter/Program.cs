// Measures what the agent and the drivers cost, and compares with host-sim/src/Ecu/il-costs.json and tests/IlCounter/figures.json:
//   dotnet run --project tests/IlCounter -c Release              prints figures, and what differs (exit code 1)
//   dotnet run --project tests/IlCounter -c Release -- --write   writes both files
//   dotnet run --project tests/IlCounter -c Release -- --json FILE [il|memory]...   writes the tables of these subjects, without a subject of both
//   dotnet run --project tests/IlCounter -c Release -- --heap [heatshrink|delta|encryption|data]...   lists every object that the agent holds, with these parts
//   dotnet run --project tests/IlCounter -c Release -- --methods prints what the methods of the agent cost in a download
// Tests: tests/host-sim/Ecu/IlCounterTests.cs, tests/host-sim/Measure.
using System.Globalization;
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

internal static class Program
{
    private const int UsageError = 2;

    private static int Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["--methods"]:
                Print("IL instructions of a download by method, for 1,000 consecutive frames", Counter.MeasureMethods().Take(50));
                return 0;
            case ["--json", string file, .. string[] subjects] when subjects.All(Counter.Subjects.Contains):
                File.WriteAllText(file, new BenchFile([.. Counter.Subjects.Where(subject => subjects.Length == 0 || subjects.Contains(subject)).Select(Counter.MeasureTable)]).ToJson());
                return 0;
            case ["--heap", .. string[] parts] when parts.All(AgentParts.Known.Contains):
                foreach (string line in Counter.ListHeap(Measurement.Ecu, string.Join(' ', parts)))
                {
                    Console.WriteLine(line);
                }

                return 0;
            case [] or ["--write"]:
                return Compare(isWritten: arguments.Length == 1);
            default:
                Console.Error.WriteLine($"Known arguments: --write, which writes both files anew; --json FILE and any of {string.Join(", ", Counter.Subjects)}; --heap and any of {string.Join(", ", AgentParts.Known)}; --methods.");
                return UsageError;
        }
    }

    private static int Compare(bool isWritten)
    {
        string table = File.ReadAllText(CostTable.FilePath);
        IReadOnlyDictionary<string, long> prices = Counter.MeasurePrices();
        BenchTable[] tables = [.. Counter.Subjects.Select(Counter.MeasureTable)];
        if (isWritten)
        {
            table = CostTable.Update(table, prices);
            File.WriteAllText(CostTable.FilePath, table);
            File.WriteAllText(FigureFile.FilePath, FigureFile.Text(tables));
        }

        Print("IL instructions", Counter.MeasureFigures());
        Print("IL instructions of drivers, the agent's classes that they use included", Counter.MeasureDrivers());
        Print("IL instructions of decoders, in downloads of one image in each form", Counter.MeasureDecoders());
        Print("The same downloads, charged and executed", Counter.MeasureEncodedTotals(table));
        Print("Records of the report log and periodic data, charged and executed", Counter.MeasureData(table));
        Print("One update, charged and executed", Counter.MeasureTotals(table));
        foreach (BenchTable subject in tables)
        {
            Print(subject);
        }

        IReadOnlyList<string> differences = [.. CostTable.Compare(table, prices), .. FigureFile.Compare(File.ReadAllText(FigureFile.FilePath), tables)];
        foreach (string line in differences)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(differences.Count == 0 ? "Both files are current." : $"To write them: {CostTable.WriteCommand}");
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

    private static void Print(BenchTable table)
    {
        Console.WriteLine(table.Title);
        foreach (BenchRow row in table.Rows)
        {
            string verdict = row.IsMet is { } isMet ? $"{row.Goal} {(isMet ? "met" : "missed")}" : string.Empty;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row.Figure,-72} {row.Value,14:#,0.##} {row.Unit,-18} {verdict,-20} {row.Note}"));
        }
    }
}
