// YAML as far as nf.config uses it: places are kept, and what could hide a value is refused.
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Config;

public sealed class ConfigYamlTests
{
    [Theory]
    [InlineData("a: 1\n\tb: 2", 1, "not YAML")]
    [InlineData("a: [1, 2", 2, "not YAML")]
    [InlineData("a: &x 1\nb: 2", 1, "Anchors and aliases")]
    [InlineData("a: !!str 1", 1, "Tags")]
    [InlineData("a: 1\n---\nb: 2", 2, "second YAML document")]
    [InlineData("- a\n- b", 1, "a list where keys are expected")]
    [InlineData("", 1, "empty")]
    public void What_is_not_plain_YAML_is_refused_with_its_line(string text, int line, string reason)
    {
        var problems = new ConfigProblems();
        ConfigYaml.Read("f", text, problems);
        ConfigProblem problem = problems.InOrder[0];
        Assert.Equal((ConfigRule.Syntax, line), (problem.Rule, problem.Line));
        Assert.Contains(reason, problem.Reason);
    }

    [Fact]
    public void Nodes_keep_the_line_and_column_where_they_start()
    {
        var problems = new ConfigProblems();
        ConfigNode root = ConfigYaml.Read("f", "# c\na:\n  b: [1, two]\n", problems)!;
        ConfigNode two = root.Entry("a")!.Value.Entry("b")!.Value.Items[1];
        Assert.Equal((0, "two", 3, 10), (problems.Count, two.Text, two.Line, two.Column));
    }

    [Fact]
    public void Deep_nesting_is_refused_instead_of_exhausting_the_stack()
    {
        var problems = new ConfigProblems();
        Assert.Null(ConfigYaml.Read("f", "a: " + new string('[', 5000), problems));
        Assert.Contains("nested too deeply", Assert.Single(problems.InOrder).Reason);
    }
}
