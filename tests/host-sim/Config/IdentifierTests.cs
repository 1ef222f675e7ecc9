// CAN identifiers: form and clashes, within an ECU and between ECUs of one bus.
using EsyncSim.Config;
using Xunit;
using static EsyncTests.HostSim.Config.ConfigBench;

namespace EsyncTests.HostSim.Config;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("physicalRequest: 0x7E2", "physicalRequest: 0x802", "`physicalRequest` is 0x802, but an identifier of 11 bits ends at 0x7FF")]
    [InlineData("response: 0x7EA", "response: 0x18DAF198", "set `identifierBits: 29`")]
    [InlineData("physicalRequest: 0x18DA98F1", "physicalRequest: 0x38DA98F1", "an identifier of 29 bits ends at 0x1FFFFFFF")]
    [InlineData("physicalRequest: 0x18DA98F1", "physicalRequest: 0x18DB98F1", "physical requests are 18DA")]
    [InlineData("response: 0x18DAF198", "response: 0x18DAF199", "Write 0x18DAF198")]
    [InlineData("functionalRequest: 0x18DB33F1", "functionalRequest: 0x18DA33F1", "functional requests are 18DB")]
    public void An_identifier_fits_its_addressing(string old, string replacement, string reason)
    {
        ExpectLine(old, replacement, ConfigRule.IdentifierForm, reason);
    }

    [Theory]
    [InlineData("response: 0x7EA", "response: 0x7E8", "0x7E8 is response of `battery` and response of `motor` (line")]
    [InlineData("physicalRequest: 0x7E2", "physicalRequest: 0x7E0", "0x7E0 is physicalRequest of `battery` and physicalRequest of `motor`")]
    [InlineData("physicalRequest: 0x7E2", "physicalRequest: 0x7E8", "0x7E8 is physicalRequest of `battery` and response of `motor`")]
    [InlineData("response: 0x7EA", "response: 0x7E2", "0x7E2 is response of `battery` and physicalRequest of `battery`")]
    [InlineData("response: 0x7EA", "response: 0x7DF", "0x7DF is response of `battery` and functionalRequest of `motor`")]
    public void No_two_uses_of_an_identifier_meet_on_a_bus(string old, string replacement, string reason)
    {
        string text = With(old, replacement);
        ConfigProblem problem = Problems(text)[0];
        Assert.Equal(ConfigRule.IdentifierClash, problem.Rule);
        Assert.Contains(reason, problem.Reason);
        Assert.Contains(replacement, text.Split('\n')[problem.Line - 1]);
    }

    [Fact]
    public void A_functional_identifier_that_an_earlier_ECU_owns_is_a_clash()
    {
        string text = With("can: { physicalRequest: 0x7E2, response: 0x7EA }", "can: { physicalRequest: 0x7E2, response: 0x7EA, functionalRequest: 0x7E0 }");
        Expect(text, ConfigRule.IdentifierClash, "functionalRequest: 0x7E0", "0x7E0 is functionalRequest of `battery` and physicalRequest of `motor`");
    }

    [Fact]
    public void A_clash_is_named_together_with_what_else_is_wrong_in_the_ECU()
    {
        string text = With(With("response: 0x7EA", "response: 0x7E8"), "classId: 576f40ba", "classId: x576f40ba");
        Assert.Equal([ConfigRule.IdentifierClash, ConfigRule.Malformed], Problems(text).Select(p => p.Rule));
    }

    [Fact]
    public void The_same_identifiers_on_another_bus_are_no_clash()
    {
        string text = With("bus: other\n    can:", "bus: main\n    can:");
        text = With(text, "board: bench\n    bus: main\n    can: { physicalRequest: 0x7E2, response: 0x7EA }", "board: bench\n    bus: other\n    can: { physicalRequest: 0x7E0, response: 0x7E8 }");
        Assert.Empty(Problems(text));
    }
}
