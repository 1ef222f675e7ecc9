// The conformance catalogue against the product, and what each case has to say of itself.
using EsyncSim.Config;
using EsyncSim.Conformance;
using Xunit;

namespace EsyncTests.HostSim.Conformance;

public sealed class CatalogueTests
{
    [Fact]
    public void The_product_passes_every_case_that_applies()
    {
        EcuDefinition motor = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
        using VirtualConformanceTarget target = new(motor, ProfileOfConfig.Of(motor), 1, CancellationToken.None);

        ConformanceResult[] results = [.. ConformanceCatalogue.All.Select(one => ConformanceRunner.Run(one, target))];

        Assert.All(results, result => Assert.True(
            result.Verdict is ConformanceVerdict.Pass or ConformanceVerdict.NotApplicable,
            $"{result.Case.Id} {result.Verdict} {result.Reason} {result.Broken}"));
    }

    [Fact]
    public void Ids_are_unique_and_every_case_says_what_it_is_about()
    {
        Assert.Distinct(ConformanceCatalogue.All.Select(one => one.Id));
        Assert.All(ConformanceCatalogue.All, one =>
        {
            Assert.Matches("^(TP|DSL|SVC|ACC|DL|LC)-[0-9]{3}$", one.Id);
            Assert.NotEmpty(one.Name);
            Assert.Matches("^(ISO 1|PROTOCOL)", one.Clause);
            Assert.NotEmpty(one.Requirement);
        });
    }
}
