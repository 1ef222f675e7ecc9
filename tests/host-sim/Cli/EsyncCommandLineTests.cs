// The command line as a user meets it: help, wrong usage, errors.
using EsyncSim;
using EsyncSim.Cli;
using EsyncSim.Files;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public class EsyncCommandLineTests
{
    internal static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync(null, arguments);

    internal static async Task<(int Code, string Output, string Error)> RunAsync(MemoryFileSystem? disk, params string[] arguments)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = await EsyncCommandLine.RunAsync(arguments, output, error, disk);
        return (code, output.ToString(), error.ToString());
    }

    [Fact]
    public async Task Help_shows_the_first_step()
    {
        (int code, string output, string error) = await RunAsync("--help");

        Assert.Equal(ExitCode.Ok, code);
        Assert.Contains("esync demo", output);
        Assert.Empty(error);
    }

    [Fact]
    public async Task Unknown_command_is_one_line_and_a_way_on()
    {
        (int code, string output, string error) = await RunAsync("fly");

        Assert.Equal(ExitCode.BadUsage, code);
        Assert.StartsWith("error: ", error);
        Assert.Contains("esync --help", error);
        Assert.Empty(output);
    }
}
