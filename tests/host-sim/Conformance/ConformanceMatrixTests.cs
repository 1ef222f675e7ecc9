// The table in README.md beside this file: each fault with every case that finds it, all pairs tried. Trying them takes
// minutes and is asked for; the table is then written anew:
//   ESYNC_EVERY_STEP=1 dotnet run --project tests -c Release -- -class "*ConformanceMatrixTests"
// Otherwise the table is only compared with the faults and with the cases that are named for each.
using System.Globalization;
using System.Text;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class ConformanceMatrixTests
{
    private const string Page = "tests/host-sim/Conformance/README.md";
    private const string Head = "| fault of the agent | cases that find it |\n| --- | --- |\n";

    [Fact]
    public void The_table_names_every_fault_and_at_least_the_cases_that_are_named_for_it()
    {
        if (EveryStep.Stride(2) == 1)
        {
            Write();
        }

        Dictionary<string, string[]> rows = Rows(Repository.Read(Page));

        Assert.Equal(ConformanceMutants.All.Select(row => row.Mutant.Name), rows.Keys);
        Assert.All(ConformanceMutants.All, row => Assert.Empty(row.Cases.Except(rows[row.Mutant.Name])));
    }

    private static Dictionary<string, string[]> Rows(string page)
    {
        int start = page.IndexOf(Head, StringComparison.Ordinal) + Head.Length;
        return page[start..].Split('\n').TakeWhile(line => line.StartsWith('|')).Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1], cells => cells[2].Split(' '));
    }

    private static void Write()
    {
        using ConformanceProgram program = new();
        StringBuilder table = new(Head);
        foreach (ConformanceMutant row in ConformanceMutants.All)
        {
            string[] found = [.. program.Cases.Where(id => program.Run(row.Mutant, id).IsFail)];
            table.Append(CultureInfo.InvariantCulture, $"| {row.Mutant.Name} | {string.Join(' ', found)} |\n");
        }

        string page = Repository.Read(Page);
        int start = page.IndexOf(Head, StringComparison.Ordinal);
        string rest = page[start..];
        int end = rest.Split('\n').TakeWhile(line => line.StartsWith('|')).Sum(line => line.Length + 1);
        File.WriteAllText(Repository.PathOf(Page), $"{page[..start]}{table}{rest[Math.Min(end, rest.Length)..]}");
    }
}
