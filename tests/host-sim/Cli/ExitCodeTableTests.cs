// The table of exit codes in host-sim/README.md is the one of ExitCode.cs, number by number and word by word where both are short.
using System.Reflection;
using System.Text.RegularExpressions;
using EsyncSim;
using EsyncSim.Cli;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed partial class ExitCodeTableTests
{
    [Fact]
    public void The_table_has_every_code_and_no_other()
    {
        int[] inCode = [.. Constants(typeof(ExitCode)), EsyncCommandLine.InternalError, EsyncCommandLine.Interrupted];

        Assert.True(inCode.Length == inCode.Distinct().Count(), "two codes are one number");
        Assert.Equal(inCode.Order(), Table().Select(row => row.Code).Order());
    }

    [Theory]
    [InlineData(ExitCode.Ok, "everything as asked")]
    [InlineData(ExitCode.UnexpectedOutcome, "the outcome is not the expected one")]
    [InlineData(ExitCode.BadUsage, "the command line is wrong")]
    [InlineData(ExitCode.BadFile, "a file is missing, unreadable or malformed")]
    [InlineData(ExitCode.KeyProblem, "a key cannot be used, or a signature does not verify")]
    [InlineData(ExitCode.EcuRefused, "an ECU refused, or did not answer")]
    [InlineData(ExitCode.BrokerUnreachable, "cannot be reached")]
    [InlineData(ExitCode.BusUnusable, "the CAN bus cannot be used")]
    [InlineData(EsyncCommandLine.InternalError, "the tool itself failed")]
    [InlineData(EsyncCommandLine.Interrupted, "Ctrl-C")]
    public void A_code_means_what_it_always_meant(int code, string words) => Assert.Contains(words, Table().Single(row => row.Code == code).Meaning);

    private static IEnumerable<int> Constants(Type type) => type.GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!);

    private static List<(int Code, string Meaning)> Table()
    {
        string text = File.ReadAllText(Repository.PathOf("host-sim/README.md"));
        int from = text.IndexOf("## Exit codes", StringComparison.Ordinal);
        int to = text.IndexOf("\n## ", from + 1, StringComparison.Ordinal);
        return [.. Row().Matches(text[from..to]).Select(match => (int.Parse(match.Groups[1].ValueSpan), match.Groups[2].Value))];
    }

    [GeneratedRegex(@"^\| (\d+) \| (.*) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
