// Numbers on the command line: what is too small or none is refused before anything runs, in words that name the option.
using EsyncSim;
using EsyncSim.Cli;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public class NumberOptionTests
{
    [Theory]
    [InlineData("--failures takes a number from 1", "sim", "--seeds", "1..1", "--failures", "0")]
    [InlineData("--failures takes a number from 1", "sim", "--seeds", "1..1", "--failures", "-1")]
    [InlineData("--parallel takes a number from 1", "sim", "--seeds", "1..1", "--parallel", "0")]
    [InlineData("--operations-max takes a number from 0", "sweep", "--operations-max", "-1")]
    [InlineData("--restarts takes a number from 0", "hil", "collect", "--run", ".", "--junit", "x", "--restarts", "few")]
    [InlineData("--tests takes a number from 0", "hil", "collect", "--run", ".", "--junit", "x", "--tests", "-1")]
    [InlineData("it takes a whole number from 0", "sim", "--seed", "x")]
    [InlineData("it takes a whole number", "package", "diff", "a", "b", "--window-bits", "x")]
    public async Task What_no_number_can_be_is_refused_with_the_option_s_name(string words, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();

        int code = await EsyncCommandLine.RunAsync(arguments, output, error);

        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }
}
