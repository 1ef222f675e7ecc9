// Collection rules in nf.config: they become what the agent reads, and what it would refuse has its line.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Rules;
using EsyncTests.HostSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Rules;

public sealed class BuiltInRulesTests
{
    private const string Rule = "- { id: 3, signals: [Vehicle.Cabin.Fan], everyMs: 5000 }";

    [Fact]
    public void They_are_what_the_agent_reads()
    {
        EcuConfig config = ConfigBench.Read(ConfigBench.Good).Ecu("climate").Config;
        RuleList list = RuleList.Decode(config.Data.BuiltInRules);
        Assert.Equal((0u, config.Data.SignalTableId), (list.Sequence, list.TableId));
        Assert.Equal(new PeriodTrigger(5000), Assert.Single(list.Rules).Trigger);
        Assert.Null(RuleLimits.ProblemOf(config.Data.BuiltInRules, config.Data));
        Assert.Empty(ConfigBench.Read(ConfigBench.Good).Ecu("motor").Config.Data.BuiltInRules);
    }

    [Fact]
    public void What_the_agent_would_refuse_is_a_problem()
    {
        string problem = Assert.Single(ConfigBench.Problems(ConfigBench.With(Rule, string.Join("\n        ", Enumerable.Range(1, 16).Select(id => Rule.Replace("3,", $"{id},", StringComparison.Ordinal)))))).ToString();
        Assert.Contains("there are too many rules; the ECU takes 15", problem, StringComparison.Ordinal);
        problem = Assert.Single(ConfigBench.Problems(ConfigBench.With("Vehicle.Cabin.Fan], every", "Vehicle.Cabin.Fun], every"))).ToString();
        Assert.Contains("This ECU has no signal `Vehicle.Cabin.Fun`", problem, StringComparison.Ordinal);
    }
}
