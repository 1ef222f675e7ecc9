// The committed figures of the subjects "il" and "memory" are what the sources cost, to the instruction and to the byte.
using EsyncSim.Measure;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class IlFigureTests
{
    /// <summary>Measured once for all tests.</summary>
    internal static readonly Lazy<IReadOnlyDictionary<string, double>> Figures = new(Counter.MeasureIl);

    private static readonly Lazy<BenchTable[]> Tables = new(() => [IlTable.Make(Figures.Value), Counter.MeasureTable(MemoryTable.Subject)]);

    [Fact]
    public void The_committed_figures_are_what_is_measured()
    {
        IReadOnlyList<string> differences = FigureFile.Compare(File.ReadAllText(FigureFile.FilePath), Tables.Value);
        Assert.True(differences.Count == 0, $"{string.Join('\n', differences)}\nTo write them again: {CostTable.WriteCommand}");
    }

    [Fact]
    public void A_figure_that_differs_by_one_is_named_and_so_is_one_too_many_or_too_few()
    {
        BenchTable table = new("il", "three", [BenchRow.Report("il-a", "a", 1, "IL"), BenchRow.Report("il-b", "b", 2.5, "IL"), BenchRow.Report("il-c", "c", 3, "IL")]);
        string text = FigureFile.Text([table]);
        Assert.Empty(FigureFile.Compare(text, [table]));
        BenchTable other = table with { Rows = [table.Rows[0] with { Value = 2 }, table.Rows[1], BenchRow.Report("il-d", "d", 4, "IL")] };
        Assert.Equal(["il-a: 1 in the file, 2 measured", "il-c: 3 in the file, nothing measured", "il-d: nothing in the file, 4 measured"], FigureFile.Compare(text, [other]));
    }

    [Fact]
    public void Every_row_has_a_name_of_its_own_and_a_missed_goal_says_why()
    {
        BenchRow[] rows = [.. Tables.Value.SelectMany(table => table.Rows)];
        Assert.Equal(rows.Length, rows.Select(row => row.Id).Distinct().Count());
        Assert.All(Tables.Value, table => Assert.All(table.Rows, row => Assert.Matches($"^{table.Subject}-[a-z0-9-]+$", row.Id)));
        Assert.All(rows.Where(row => row.IsMet == false), row => Assert.False(string.IsNullOrEmpty(row.Note)));
    }

    [Fact]
    public void The_parts_of_the_heap_are_all_of_it()
    {
        IReadOnlyList<BenchRow> rows = Tables.Value[1].Rows;
        double total = rows.Single(row => row.Id == "memory-agent").Value;
        Assert.Equal(total, SumOf("memory-module-"));
        Assert.Equal(total, SumOf("memory-kind-"));
        Assert.All(rows.Where(row => row.Id.StartsWith("memory-adds-", StringComparison.Ordinal)), row => Assert.True(row.Value > 1000, row.Figure));

        double SumOf(string prefix) => rows.Where(row => row.Id.StartsWith(prefix, StringComparison.Ordinal)).Sum(row => row.Value);
    }
}
