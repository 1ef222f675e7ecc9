// The subjects `il` and `memory`: counted by the repository's own program tests/IlCounter, which compiles the agent, instruments it and
// runs it; it needs the sources, and so it runs as a process of its own, in the repository.
// Must not know what is counted. Tests: tests/host-sim/Measure, tests/host-sim/Cli/BenchCommandTests.cs.
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace EsyncSim.Measure;

/// <summary>Starts the counting program.</summary>
public static class CountedBench
{
    /// <summary>Subject: IL instructions.</summary>
    public const string Il = "il";

    /// <summary>Subject: memory.</summary>
    public const string Memory = "memory";

    private const string Project = "tests/IlCounter";

    /// <summary>True where the program is: in the repository.</summary>
    public static bool CanMeasure(string configPath) => Directory.Exists(Path.Combine(RootOf(configPath), Project));

    /// <summary>Refuses to count anywhere else.</summary>
    /// <exception cref="UserErrorException">This is no repository.</exception>
    public static void RequireRepository(string configPath, IReadOnlyList<string> subjects)
    {
        if (!CanMeasure(configPath))
        {
            throw new UserErrorException(ExitCode.BadFile, $"{string.Join(" and ", subjects)} cannot be counted: {Project} of the repository does it, and is not in {RootOf(configPath)}; run esync inside of the repository");
        }
    }

    /// <summary>Counts subjects, in one run of the program.</summary>
    /// <param name="configPath">nf.config, beside which the repository's tests are.</param>
    /// <param name="subjects"><see cref="Il"/>, <see cref="Memory"/> or both.</param>
    /// <param name="progress">Called with what is being done.</param>
    /// <param name="stop">Ends the process before its end.</param>
    /// <exception cref="UserErrorException">This is no repository, or the program failed.</exception>
    public static async Task<IReadOnlyList<BenchTable>> MeasureAsync(string configPath, IReadOnlyList<string> subjects, Action<string> progress, CancellationToken stop)
    {
        RequireRepository(configPath, subjects);
        string root = RootOf(configPath);
        progress($"{Project} is built, compiles and instruments the agent, and runs it");
        string file = Path.GetTempFileName();
        try
        {
            await RunAsync(root, ["run", "--project", Project, "-c", "Release", "--", "--json", file, .. subjects], stop);
            IReadOnlyList<BenchTable> tables = BenchFile.Parse(await File.ReadAllTextAsync(file, stop)).Subjects;
            string[] missing = [.. subjects.Except(tables.Select(table => table.Subject))];
            return missing.Length == 0 ? tables : throw new UserErrorException(ExitCode.UnexpectedOutcome, $"{Project} counted nothing of {string.Join(", ", missing)}");
        }
        catch (JsonException exception)
        {
            throw new UserErrorException(ExitCode.UnexpectedOutcome, $"what {Project} wrote cannot be read: {exception.Message}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string RootOf(string configPath) => Path.GetDirectoryName(Path.GetFullPath(configPath))!;

    private static async Task RunAsync(string root, string[] arguments, CancellationToken stop)
    {
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", arguments)
            {
                WorkingDirectory = root,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        Start(process);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(stop);
            Task<string> error = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            if (process.ExitCode != ExitCode.Ok)
            {
                throw new UserErrorException(ExitCode.UnexpectedOutcome, $"`dotnet {string.Join(' ', arguments)}` in {root} ended with {process.ExitCode}: {LastLine(await error) ?? LastLine(await output) ?? "it said nothing"}");
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static void Start(Process process)
    {
        try
        {
            process.Start();
        }
        catch (Win32Exception exception)
        {
            throw new UserErrorException(ExitCode.BadFile, $"`{process.StartInfo.FileName}` of the .NET SDK cannot be started: {exception.Message}");
        }
    }

    private static string? LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault();
}
