// Each fault of the agent is found by the cases that the table names, and these find nothing in the product.
using EsyncTests.Mutants;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class ConformanceMutantTests
{
    [Fact]
    public void All_mutants_compile()
    {
        using MutatedProgram program = MutatedProgram.Switched("conformance", [.. ConformanceMutants.All.Select(row => row.Mutant)]);

        Assert.True(ConformanceMutants.All.Count >= 40);
        Assert.Equal(ConformanceMutants.All.Count, ConformanceMutants.All.Select(row => row.Mutant.Name).Distinct().Count());
    }
}
