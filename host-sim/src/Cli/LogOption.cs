// The options of a command that runs a bus: --log writes its traffic, --log-errors with the error frames of a virtual bus.
// Invariant: the file is refused before the run when its ending names no kind or it cannot be written.
// Tests: tests/host-sim/Cli/LogOptionTests.cs.
using System.CommandLine;
using EsyncSim.Logs;

namespace EsyncSim.Cli;

/// <summary>Options for a log of the bus.</summary>
internal sealed class LogOption
{
    private readonly Option<string?> _log = new("--log") { Description = $"Write the bus traffic into a file, by its ending {BusLog.Kinds}", HelpName = "FILE" };
    private readonly Option<bool> _errors = new("--log-errors") { Description = "With --log: error frames of a virtual bus as well, which not every reader expects" };

    /// <summary>Adds the options to a command.</summary>
    public LogOption(Command command)
    {
        command.Add(_log);
        command.Add(_errors);
    }

    /// <summary>Both options, for those who forbid them.</summary>
    public Option[] Options => [_log, _errors];

    /// <summary>Begins the log; null when nobody wants one.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="clock">What time it is; null: as the bus is, simulated or not.</param>
    /// <exception cref="UserErrorException">It cannot be written.</exception>
    public BusLog? Open(ParseResult parsed, LogClock? clock = null)
    {
        if (parsed.GetValue(_log) is { } path)
        {
            OutputFiles.RequireWritable(path);
            return BusLog.Create(path, parsed.GetValue(_errors), clock);
        }

        return parsed.GetValue(_errors) ? throw new UserErrorException(ExitCode.BadUsage, "--log-errors says what goes into the log; name it with --log FILE") : null;
    }
}
