// The table in README.md beside this file: each fault with every case that finds it, all pairs tried. Trying them takes
// half an hour and is asked for; each row is then written anew:
//   ESYNC_EVERY_STEP=1 dotnet run --project tests -c Release -- -class "*ConformanceMatrixTests"
// Otherwise the table is only compared with the faults and with the cases that are named for each.
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

    // After each fault, so that a run that is cut short leaves what it has found out.
    private static void Write()
    {
        using ConformanceProgram program = new();
        foreach (ConformanceMutant row in ConformanceMutants.All)
        {
            string[] found = [.. program.Cases.Where(id => program.Run(row.Mutant, id).IsFail)];
            string begin = $"| {row.Mutant.Name} | ";
            IEnumerable<string> lines = Repository.Read(Page).Split('\n').Select(line => line.StartsWith(begin, StringComparison.Ordinal) ? $"{begin}{string.Join(' ', found)} |" : line);
            File.WriteAllText(Repository.PathOf(Page), string.Join('\n', lines));
        }
    }
}
