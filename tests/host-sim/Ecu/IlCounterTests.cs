// The committed price list is what the sources cost, and charging by it comes to what is really executed.
using EsyncSim.Ecu;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class IlCounterTests
{
    [Fact]
    public void The_committed_price_list_is_what_is_measured()
    {
        IReadOnlyList<string> differences = CostTable.Compare(Repository.Read(IlCosts.RepositoryPath), Counter.MeasurePrices());
        Assert.True(differences.Count == 0, $"{string.Join('\n', differences)}\nTo write it again: {CostTable.WriteCommand}");
    }

    [Fact]
    public void What_an_update_is_charged_differs_from_what_it_executes_by_less_than_a_tenth()
    {
        IReadOnlyDictionary<string, long> totals = Counter.MeasureTotals(Repository.Read(IlCosts.RepositoryPath));
        AssertClose(totals["executed"], totals["charged"]);
        AssertClose(totals["executedInDownload"], totals["chargedInDownload"]);
    }

    [Fact]
    public void A_figure_that_differs_is_named_and_writing_changes_it_alone()
    {
        string table = Repository.Read(IlCosts.RepositoryPath);
        Dictionary<string, long> measured = IlCosts.Operations.ToDictionary(IlCosts.NameOf, operation => (long)IlCosts.Committed[operation]);
        Assert.Empty(CostTable.Compare(table, measured));
        measured["loop"] = 12_345;
        Assert.Contains("12345", Assert.Single(CostTable.Compare(table, measured)));
        string written = CostTable.Update(table, measured);
        Assert.Equal(table.Replace(FormattableString.Invariant($"\"loop\": {IlCosts.Committed[IlOperation.Loop]},"), "\"loop\": 12345,"), written);
        measured.Remove("loop");
        Assert.StartsWith("loop: no turn", Assert.Single(CostTable.Compare(table, measured)), StringComparison.Ordinal);
    }

    private static void AssertClose(long executed, long charged) =>
        Assert.InRange((double)charged / executed, 0.9, 1.1);
}
