// Constant records.
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class RecordRuleTests
{
    [Theory]
    [InlineData("0xF186")]
    [InlineData("0xF189")]
    [InlineData("0xF19F")]
    [InlineData("0xF15A")]
    [InlineData("0xFD00")]
    [InlineData("0x0100")]
    [InlineData("0x1F187")]
    public void An_identifier_that_is_not_a_constant_record_is_refused(string id)
    {
        ExpectLine("0xF187: { text: \"PART\" }", id + ": { text: \"PART\" }", ConfigRule.RecordNotConfigurable, $"`{id}` cannot be a constant record");
    }

    [Theory]
    [InlineData("{ text: \"PART\" }", "{ text: \"PÄRT\" }", "not printable ASCII")]
    [InlineData("{ text: \"PART\" }", "{ text: \"PART\", hex: \"00\" }", "either `text` or `hex`")]
    [InlineData("{ hex: \"26 07 01\" }", "{ hex: \"26 7 01\" }", "no bytes in hexadecimal")]
    [InlineData("{ hex: \"26 07 01\" }", "26 07 01", "holds keys")]
    [InlineData("0xF187: { text", "part: { text", "is no number")]
    public void A_record_is_text_or_bytes(string old, string replacement, string reason)
    {
        string text = With(old, replacement);
        ConfigProblem problem = Problems(text)[0];
        Assert.Equal(ConfigRule.Malformed, problem.Rule);
        Assert.Contains(reason, problem.Reason);
        Assert.Contains(replacement, text.Split('\n')[problem.Line - 1]);
    }
}
