// How the end of a fleet's run is shown: what runs, how it ended, what it cost.
// Tests: tests/host-sim/Cli/FleetCommandTests.cs.
using System.Globalization;
using EsyncSim.Scale;

namespace EsyncSim.Cli;

/// <summary>Prints a fleet's report.</summary>
internal static class FleetSummary
{
    /// <summary>Prints it.</summary>
    public static void Write(TextWriter output, FleetReport report)
    {
        Terminal.WriteTable(output, ["ECU, version and state in the version report", "vehicles"], Rows(report.Running));
        if (report.Ends.Count > 0)
        {
            Terminal.WriteTable(output, ["end at the server", "targets"], Rows(report.Ends));
        }

        List<(string, string)> fields =
        [
            ("vehicles", Text($"{report.Vehicles}, {report.Confirmed} with the new version confirmed on all of {string.Join(", ", report.Ecus)}; {report.BadVehicles} bad")),
            ("virtual time", Text($"{report.VirtualSeconds:F1} s")),
            ("messages", Text($"{report.Messages}, {report.MessagesLost} lost, {report.MessageBytes / 1e6:F1} MB")),
            ("bus frames", Text($"{report.BusFrames}")),
        ];
        if (report.Measured is { } measured)
        {
            fields.Add(("wall time", Text($"{measured.Seconds:F1} s on {measured.Cores} cores, {measured.ProcessorSeconds:F1} s of processor time")));
            fields.Add(("rates", Text($"{measured.VehiclesPerCoreMinute:F0} vehicles per core and minute, {measured.VehiclesPerProcessorMinute:F0} per minute of processor time, {measured.MessagesPerSecond:F0} messages per second")));
            fields.Add(("memory", Text($"{measured.HeapBytesPerVehicle / 1024} KiB of heap per vehicle, working set {measured.WorkingSetBytes / 1048576} MiB")));
        }

        Terminal.WriteFields(output, "fleet", fields);
        string contradictions = report.Contradictions == 0 ? string.Empty : Text($", and the server has another end than the ECUs show for {report.Contradictions}");
        string campaign = report.Campaign.Length == 0 ? string.Empty : $", campaign {report.Campaign}";
        output.WriteLine(Text($"FLEET {report.Outcome.ToUpperInvariant()}: {report.Confirmed} of {report.Vehicles} vehicles{campaign}{contradictions}"));
    }

    private static IEnumerable<string[]> Rows(IReadOnlyDictionary<string, int> counts) => counts.Select(row => (string[])[row.Key, Text($"{row.Value}")]);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
