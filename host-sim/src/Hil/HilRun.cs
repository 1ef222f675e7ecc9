// A run of a rack as tests/hil/run.sh records it: a folder with one line for each step in steps.tsv, and a log for each.
//   <name> TAB <kind> TAB <exit code, or - when it was not run> TAB <milliseconds> TAB <log, or why it was not run>
// Kinds: nanoff, device-tests, esync.
// Invariant: a step without a log that can be read, or a line that is not of this form, is an error and no step that passed.
// Tests: tests/host-sim/Hil/HilRunTests.cs.
using System.Globalization;
using System.Text;
using EsyncSim.Files;

namespace EsyncSim.Hil;

/// <summary>Reads a recorded run.</summary>
internal static class HilRun
{
    /// <summary>File with the list of steps.</summary>
    public const string StepsFile = "steps.tsv";

    private const long LogLengthMax = 64 * 1024 * 1024;
    private const int Columns = 5;
    private const int TimedOut = 124; // of timeout(1)

    /// <summary>The suites of the run, in the order of its steps.</summary>
    /// <exception cref="UserErrorException">The folder holds no such run.</exception>
    public static IReadOnlyList<HilSuite> Read(string folder, DeviceTestExpectation expected)
    {
        string path = Path.Combine(folder, StepsFile);
        string[] lines = Encoding.UTF8.GetString(AtomicFile.ReadInput(path, "list of steps", LogLengthMax)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return lines.Length > 0
            ? [.. lines.Select((line, index) => ReadStep(folder, line, $"{path}({index + 1})", expected))]
            : throw new UserErrorException(ExitCode.BadFile, $"{path} lists no step; did the run begin?");
    }

    private static HilSuite ReadStep(string folder, string line, string place, DeviceTestExpectation expected)
    {
        string[] columns = line.Split('\t');
        if (columns.Length != Columns || !long.TryParse(columns[3], NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds))
        {
            throw new UserErrorException(ExitCode.BadFile, $"{place} is no step; a step is name, kind, exit code, milliseconds and log, with tabs between");
        }

        (string name, string kind, double seconds) = (columns[0], columns[1], milliseconds / 1000.0);
        if (columns[2] == "-")
        {
            return new HilSuite(name, seconds, [new HilCase(kind, name, HilEnd.Skipped, 0, columns[4])]);
        }

        if (!int.TryParse(columns[2], NumberStyles.None, CultureInfo.InvariantCulture, out int exitCode))
        {
            throw new UserErrorException(ExitCode.BadFile, $"{place}: \"{columns[2]}\" is no exit code");
        }

        byte[] log = AtomicFile.ReadInput(Path.Combine(folder, columns[4]), "log", LogLengthMax);
        IReadOnlyList<HilCase> cases = kind switch
        {
            "nanoff" => [Tool(kind, name, seconds, NanoffLog.Problem(exitCode, Text(log)), Text(log))],
            "esync" => [Tool(kind, name, seconds, EsyncProblem(exitCode, Text(log)), Text(log))],
            "device-tests" => [.. DeviceTestLog.Read(log, expected), .. Recorder(exitCode)],
            _ => throw new UserErrorException(ExitCode.BadFile, $"{place}: \"{kind}\" is no kind of step; there are nanoff, device-tests and esync"),
        };
        return new HilSuite(name, seconds, cases);
    }

    private static HilCase Tool(string kind, string name, double seconds, string problem, string output) =>
        new(kind, name, problem.Length == 0 ? HilEnd.Passed : HilEnd.Failed, seconds, problem, output);

    private static string EsyncProblem(int exitCode, string output)
    {
        if (exitCode == 0)
        {
            return "";
        }

        const string Error = "error: ";
        string? line = Array.FindLast(output.Split('\n'), one => one.StartsWith(Error, StringComparison.Ordinal));
        return line is null ? $"exit code {exitCode}" : $"exit code {exitCode}: {line[Error.Length..].Trim()}";
    }

    // The tests themselves say how they went; this is about the line that they came over.
    private static HilCase[] Recorder(int exitCode) => exitCode switch
    {
        0 => [],
        TimedOut => [new HilCase("recording", "in time", HilEnd.Error, 0, "the time was over before the program had ended")],
        _ => [new HilCase("recording", "serial line", HilEnd.Error, 0, $"the serial line could not be recorded: exit code {exitCode}")],
    };

    private static string Text(byte[] log) => Encoding.UTF8.GetString(log);
}
