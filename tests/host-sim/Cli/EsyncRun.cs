// The command line of esync as a test of it sees it: a run that is good and says what it did, or one that fails with one line and
// an exit code.
using EsyncSim;
using EsyncSim.Files;
using Xunit;

namespace EsyncTests.HostSim.Cli;

internal static class EsyncRun
{
    /// <summary>A run that is good; returns what it says.</summary>
    public static Task<string> Ok(params string[] arguments) => Ok(null, arguments);

    /// <summary>The same with key files and packages on another disk.</summary>
    public static async Task<string> Ok(MemoryFileSystem? disk, params string[] arguments)
    {
        (int code, string output, string error) = await EsyncCommandLineTests.RunAsync(disk, arguments);
        Assert.Equal((string.Empty, ExitCode.Ok), (error, code));
        return output;
    }

    /// <summary>A run that fails with this exit code; returns what it says.</summary>
    public static Task<string> Fails(int expected, params string[] arguments) => Fails(null, expected, arguments);

    /// <summary>The same with key files and packages on another disk.</summary>
    public static async Task<string> Fails(MemoryFileSystem? disk, int expected, params string[] arguments)
    {
        (int code, string _, string error) = await EsyncCommandLineTests.RunAsync(disk, arguments);
        Assert.StartsWith("error: ", error);
        Assert.DoesNotContain("   at ", error);

        // What a command refuses is one line; the parser adds where there is help.
        Assert.True(error.Contains("\nsee: esync ", StringComparison.Ordinal) || !error.Trim().Contains('\n'), error);
        Assert.True(expected == code, $"{code}: {error}");
        return error;
    }

    /// <summary>A run whose power fails if it comes so far; true when it did, and it is good otherwise.</summary>
    public static async Task<bool> IsCut(MemoryFileSystem disk, params string[] arguments)
    {
        (int code, string _, string error) = await EsyncCommandLineTests.RunAsync(disk, arguments);
        bool isCut = error.Contains(nameof(PowerCutException), StringComparison.Ordinal);
        Assert.True(isCut || code == ExitCode.Ok, error);
        return isCut;
    }
}
