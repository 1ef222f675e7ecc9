// The price list: complete, and strict about what it does not know.
using EsyncSim.Ecu;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class IlCostsTests
{
    [Fact]
    public void The_committed_table_has_a_figure_for_every_operation()
    {
        Assert.All(IlCosts.Operations, operation => Assert.True(IlCosts.Committed[operation] > 0, operation.ToString()));
        Assert.Equal(416, IlCosts.Committed.IlToNs(1)); // at 2.4 million a second
    }

    [Fact]
    public void A_missing_figure_and_an_unknown_name_are_errors_that_name_it()
    {
        string table = Repository.Read(IlCosts.RepositoryPath);
        Assert.Contains("sendFirst", Assert.Throws<InvalidDataException>(() => IlCosts.Parse(table.Replace("\"sendFirst\"", "\"sendLast\""))).Message);
        Assert.Contains("surprise", Assert.Throws<InvalidDataException>(() => IlCosts.Parse(table.Replace("\"sendFirst\"", "\"surprise\": 1, \"sendFirst\""))).Message);
        Assert.Contains("spiByteNs", Assert.Throws<InvalidDataException>(() => IlCosts.Parse(table.Replace("\"spiByteNs\"", "\"x\""))).Message);
    }
}
