// Constant records and DTCs.
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

    [Fact]
    public void Two_events_do_not_share_a_DTC()
    {
        ExpectLine("16: { dtc: 0x0A1B00 }", "16: { dtc: 0x5A0600 }", ConfigRule.DuplicateDtc, "DTC 0x5A0600 belongs to event 6 in line");
    }

    [Fact]
    public void Events_fit_into_their_NvM_block()
    {
        Expect(With("demLengthMax: 200", "demLengthMax: 55"), ConfigRule.TooSmall, "16: { dtc", "9 events do not fit into nvm.demLengthMax, 55 bytes: they need 56 (PROTOCOL.md, \"NvM\"). Make demLengthMax 56 or more");
        Assert.Empty(Problems(With("demLengthMax: 200", "demLengthMax: 56")));
    }

    [Fact]
    public void An_ECU_has_32_events_at_the_most()
    {
        string With(int count) => ConfigBench.With("16: { dtc: 0x0A1B00 }", string.Join("\n      ", Enumerable.Range(16, count - 8).Select(n => $"{n}: {{ dtc: {0x100 + n} }}")));
        Assert.Empty(Problems(With(32)));
        Expect(With(33), ConfigRule.OutOfRange, "16: { dtc", "There are 33 events, but an ECU keeps 32 at the most");
    }
}
