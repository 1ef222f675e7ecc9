// esync data watch | export: what vehicles report, as it passes and out of the server's database.
// Tests: tests/host-sim/Cli/DataCommandTests.cs.
using System.CommandLine;

namespace EsyncSim.Cli;

/// <summary>The command `data`.</summary>
internal static class DataCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create() =>
        new ToolCommand("data", "Look at what vehicles report: signals and events, live in the terminal or out of the server's database.") { DataWatchCommand.Create(), DataExportCommand.Create() }
            .WithExample("esync data watch --broker mqtt://127.0.0.1:1883", "newest values of all signals, while another program is vehicle and server at that broker")
            .WithExample("esync data export --db reports.db --signal \"*.Temperature\"", "values of these signals as CSV");

    /// <summary>Paths that are wanted.</summary>
    public static Option<string[]> Signals() => new("--signal")
    {
        Description = "Only signals of this path; * stands for any characters; may be given several times",
        HelpName = "PATTERN",
    };

    /// <summary>The vehicle that is wanted.</summary>
    public static Option<string?> Vehicle() => new("--vehicle") { Description = "Only this vehicle", HelpName = "VIN" };
}
