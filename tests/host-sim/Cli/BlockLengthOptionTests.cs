// --block-length: what it means, and what is refused before anything runs.
using System.CommandLine;
using EsyncSim;
using EsyncSim.Cli;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class BlockLengthOptionTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(null, "--block-length", "auto")]
    [InlineData(4095, "--block-length", "max")]
    [InlineData(16, "--block-length", "16")]
    [InlineData(4095, "--block-length", "4095")]
    [InlineData(514, "--block-length", "514")]
    public void It_is_chosen_or_fixed(int? expected, params string[] arguments)
    {
        Command command = new("update");
        BlockLengthOption option = new(command);

        ParseResult parsed = command.Parse(arguments);

        Assert.Empty(parsed.Errors);
        Assert.Equal(expected, option.Read(parsed));
    }

    [Theory]
    [InlineData("update", "15")]
    [InlineData("update", "4096")]
    [InlineData("update", "-1")]
    [InlineData("update", "long")]
    [InlineData("client", "0x100")]
    [InlineData("rules", "0")]
    public async Task What_is_no_length_is_refused(string command, string text)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        string[] arguments = command switch
        {
            "client" => ["client", "--broker", "mqtt://127.0.0.1:1", "--journal", "x", "--ecu", "motor=x", "--block-length", text],
            "rules" => ["rules", "push", "x", "--flash", "x", "--block-length", text],
            _ => ["update", "--package", "x", "--flash", "x", "--block-length", text],
        };

        int code = await EsyncCommandLine.RunAsync(arguments, output, error);

        Assert.Equal(ExitCode.BadUsage, code);
        Assert.Contains("--block-length takes auto, max, or a number from 16 to 4095", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }
}
