// esync data export: the server's database as CSV or JSON lines.
// Invariant: a file is written as a whole or not at all; what goes to standard output goes row by row.
// Tests: tests/host-sim/Cli/DataCommandTests.cs.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Data;

namespace EsyncSim.Cli;

/// <summary>The command `data export`.</summary>
internal static class DataExportCommand
{
    private const string Csv = "csv", Jsonl = "jsonl";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> db = new("--db") { Description = "The server's database", Required = true, HelpName = "FILE" };
        Option<string> format = new("--format") { Description = "csv with a head, or jsonl with an object a line", HelpName = "csv|jsonl", DefaultValueFactory = _ => Csv };
        format.AcceptOnlyFromAmong(Csv, Jsonl);
        Option<string[]> signals = DataCommand.Signals();
        Option<string?> vehicle = DataCommand.Vehicle();
        Option<string?> ecu = new("--ecu") { Description = "Only this ECU", HelpName = "NAME" };
        Option<string?> from = new("--from") { Description = "From this moment on, UTC: 2026-01-31 or 2026-01-31T12:00:00Z", HelpName = "TIME" };
        Option<string?> to = new("--to") { Description = "Up to this moment, which is not wanted any more", HelpName = "TIME" };
        Option<bool> events = new("--events") { Description = "Events (DTCs, starts, other rules) in place of values" };
        Option<string?> output = new("--out") { Description = "Write to a file in place of standard output", HelpName = "FILE" };
        ToolCommand command = new("export", "Write what the server's database has of signals or events, in the order of time.")
        {
            db, format, signals, vehicle, ecu, from, to, events, output,
        };
        command.WithExample("esync data export --db reports.db --signal \"Vehicle.Powertrain.*\" --from 2026-01-31 --out powertrain.csv", "values of these signals from that day on, for a spreadsheet")
            .WithExample("esync data export --db reports.db --events --format jsonl", "DTCs with their status, starts and rules, an object a line");
        command.SetAction(parsed =>
        {
            string[] patterns = parsed.GetValue(signals) ?? [];
            bool isOfEvents = parsed.GetValue(events);
            if (isOfEvents && patterns.Length > 0)
            {
                throw new UserErrorException(ExitCode.BadUsage, "--events and --signal exclude each other: an event is of no signal");
            }

            ExportFilter filter = new()
            {
                Signals = patterns,
                Vehicle = parsed.GetValue(vehicle),
                Ecu = parsed.GetValue(ecu),
                FromMs = Moment("--from", parsed.GetValue(from)),
                ToMs = Moment("--to", parsed.GetValue(to)),
            };
            return Run(parsed.InvocationConfiguration, parsed.GetRequiredValue(db), filter, isOfEvents, parsed.GetValue(format) == Jsonl ? ExportFormat.Jsonl : ExportFormat.Csv, parsed.GetValue(output));
        });
        return command;
    }

    private static long? Moment(string option, string? text) => text is null ? null : UtcText.TryParseUser(text)
        ?? throw new UserErrorException(ExitCode.BadUsage, $"{option} {text} is no moment; write 2026-01-31, 2026-01-31T12:00Z or 2026-01-31T12:00:00Z, in UTC");

    private static int Run(InvocationConfiguration console, string db, ExportFilter filter, bool isOfEvents, ExportFormat format, string? path)
    {
        OutputFiles.RequireWritable(path);
        using DataStore store = DataStore.OpenExisting(db);
        using StringWriter? file = path is null ? null : new StringWriter(CultureInfo.InvariantCulture);
        ExportWriter writer = new(file ?? console.Output, format);
        long count = isOfEvents ? writer.Write(DataExport.Events(store, filter)) : writer.Write(DataExport.Values(store, filter));
        OutputFiles.Write(path, file?.ToString());
        if (path is not null)
        {
            console.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {(isOfEvents ? "events" : "values")} in {path}"));
        }

        return ExitCode.Ok;
    }
}
