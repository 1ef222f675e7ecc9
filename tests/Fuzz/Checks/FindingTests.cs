// What fuzzing has found, each input as it was found and made shorter: none breaks a rule any more.
using System.Text;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.Fuzzing.Checks;

public sealed class FindingTests
{
    // YamlDotNet's scanner threw InvalidOperationException and ArgumentException, or ended without a word; esync ended with a stack trace.
    [Theory]
    [InlineData("config", "00000000353A007B263A0A52")]
    [InlineData("config", "2E2E2E0000")]
    [InlineData("config", "3A007B002C0A01")]
    [InlineData("config", "3A00E2002A61")]
    [InlineData("config", "21215B003A")]

    // An ECU whose name is empty was told as one that cannot name an ECU, and then asked for its first letter.
    [InlineData("config", "0000000A656375733A0A00006E3A0A202000000000743A000A2020202020206C3A000A20203F00653A000A20203A0000")]

    // The client indexed into answers that were too short, transferred for ever in blocks without data, and waited for ever for an
    // answer among others: one bad ECU took down the client that serves them all.
    [InlineData("responses", "000000")]
    [InlineData("responses", "040100")]
    [InlineData("responses", "040100120000000000000000000000000000000000000000")]
    [InlineData("responses", "04011E0000000000000000000000000000000000000000000000")]
    [InlineData("responses", "070100")]
    [InlineData("responses", "090100")]
    [InlineData("responses", "0A011E000000")]
    [InlineData("responses", "0A0103200002")]
    [InlineData("responses", "0C0100")]
    [InlineData("responses", "0C010100")]
    [InlineData("responses", "0269030000")]
    [InlineData("responses", "1000030000000000000000000000000000000000000000000100")]
    [InlineData("responses", "2D1100")]
    [InlineData("responses", "40CE00")]
    [InlineData("responses", "CEC500")]
    public void An_input_that_was_found_breaks_no_rule_any_more(string target, string input) =>
        Assert.Null(new InputChecker(FuzzTargets.Make(target)).Check(Convert.FromHexString(input)));

    [Theory]
    [InlineData("00000000353A007B263A0A52")]
    [InlineData("2E2E2E0000")]
    [InlineData("21215B003A")]
    public void A_text_over_which_the_reader_of_YAML_stumbles_is_told_with_its_place(string input)
    {
        IReadOnlyList<ConfigProblem> problems = NfConfig.Read("nf.config", Encoding.UTF8.GetString(Convert.FromHexString(input)), []).Problems;
        Assert.Matches(@"^nf\.config\(\d+,\d+\): error .*This is not YAML", Assert.Single(problems).ToString());
    }
}
