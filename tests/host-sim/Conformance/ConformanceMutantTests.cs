// Each fault of the agent is found by the cases that the table names; that these find nothing in the product is
// CatalogueTests' affair. Which case finds which fault, every pair tried, stands in README.md beside this file:
//   ESYNC_EVERY_STEP=1 dotnet run --project tests -c Release -- -class "*ConformanceMutantTests" -showliveoutput
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class ConformanceMutantTests(ConformanceProgram program) : IClassFixture<ConformanceProgram>
{
    public static TheoryData<string> Names => [.. ConformanceMutants.All.Select(row => row.Mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_fault_of_the_agent_is_found_by_the_cases_that_are_named_for_it(string name)
    {
        ConformanceMutant row = ConformanceMutants.All.Single(one => one.Mutant.Name == name);

        MutantVerdict[] verdicts = [.. row.Cases.Select(id => program.Run(row.Mutant, id))];

        Assert.NotEmpty(verdicts);
        Assert.All(verdicts, verdict => Assert.True(verdict.IsFail, $"{name}: {verdict}"));
    }
}
