// Bad input by the user: one clear line and an exit code, never a stack trace.
// Whoever throws it says what is wrong, where, and what to do; the command line prints it as it is.
// Tests: tests/host-sim/Cli.
namespace EsyncSim;

/// <summary>An error that the user can mend; the message says what, where, and what to do.</summary>
public sealed class UserErrorException(int exitCode, string message) : Exception(message)
{
    /// <summary>Exit code of the process, documented in host-sim/README.md.</summary>
    public int ExitCode { get; } = exitCode;
}
