// Rules whose trigger can never come are refused, with line and reason.
using EsyncSim.Config;
using EsyncTests.HostSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Rules;

public sealed class RuleReachTests
{
    private const string Rule = "- { id: 3, signals: [Vehicle.Cabin.Fan], everyMs: 5000 }";

    [Theory]
    [InlineData("Vehicle.Cabin.Fan > 99", "`data.rules`: rule 3 has a comparison that is never true: Vehicle.Cabin.Fan is valid from 1 to 99 percent, and another value changes its quality only. Choose a trigger that can come")]
    [InlineData("Vehicle.Cabin.Fan >= 100", "has a comparison that is never true")]
    [InlineData("Vehicle.Cabin.Fan < 1", "has a comparison that is never true")]
    [InlineData("Vehicle.Cabin.Fan <= 0", "has a comparison that is never true")]
    [InlineData("Vehicle.Cabin.Fan == 100", "has a comparison that is never true")]
    [InlineData("Vehicle.Cabin.Fan >= 99", null)]
    [InlineData("Vehicle.Cabin.Fan <= 1", null)]
    [InlineData("Vehicle.Cabin.Fan == 1", null)]
    [InlineData("Vehicle.Cabin.Fan != 0", null)]
    public void A_comparison_that_is_never_true_is_refused(string comparison, string? reason)
    {
        string rule = $"- {{ id: 3, signals: [Vehicle.Cabin.Fan], when: {{ all: [\"{comparison}\"] }} }}";
        Expect(rule, reason);
    }

    [Theory]
    [InlineData("98", "rule 3 waits for a change that never comes: Vehicle.Cabin.Fan is valid from 1 to 99 percent, and its threshold is as wide as that")]
    [InlineData("97", null)]
    public void A_threshold_that_is_never_passed_is_refused(string threshold, string? reason) =>
        Expect($"- {{ id: 3, signals: [Vehicle.Cabin.Fan], onChange: {{ signal: Vehicle.Cabin.Fan, threshold: {threshold} }} }}", reason);

    [Theory]
    [InlineData("0x0B0001", "rule 3 waits for DTC 0x0B0001, which no event of this ECU sets; those of nf.config are 0x5A0000, ")]
    [InlineData("0x0B0000", null)]
    [InlineData("any", null)]
    public void A_DTC_that_no_event_sets_is_refused(string dtc, string? reason) => Expect($"- {{ id: 3, signals: [Vehicle.Cabin.Fan], onDtc: {dtc} }}", reason);

    private static void Expect(string rule, string? reason)
    {
        IReadOnlyList<ConfigProblem> problems = ConfigBench.Problems(ConfigBench.With(Rule, rule));
        if (reason is null)
        {
            Assert.Empty(problems);
            return;
        }

        ConfigProblem problem = Assert.Single(problems);
        Assert.Contains(reason, problem.ToString(), StringComparison.Ordinal);
        Assert.Equal(ConfigRule.NeverTrue, problem.Rule);
    }
}
