// Exit codes of the process: a script that calls the tool tells from them what went wrong without reading text.
// The numbers are documented in host-sim/README.md ("Exit codes") and never change their meaning.
// Tests: tests/host-sim/Cli.
namespace EsyncSim;

/// <summary>What the process ends with.</summary>
public static class ExitCode
{
    /// <summary>Everything as asked.</summary>
    public const int Ok = 0;

    /// <summary>It ran, but the outcome is not the expected one.</summary>
    public const int UnexpectedOutcome = 1;

    /// <summary>The command line is wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>A file is missing, unreadable or malformed.</summary>
    public const int BadFile = 3;

    /// <summary>A key cannot be used, or a signature does not verify.</summary>
    public const int KeyProblem = 4;

    /// <summary>An ECU refused, or did not answer.</summary>
    public const int EcuRefused = 5;

    /// <summary>The broker cannot be reached.</summary>
    public const int BrokerUnreachable = 6;

    /// <summary>The CAN bus cannot be used: no such interface, down, or none on this system.</summary>
    public const int BusUnusable = 7;
}
