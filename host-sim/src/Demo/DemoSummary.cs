// The tables that close a demo: transfers, then the verdict.
// Tests: tests/host-sim/Demo.
using System.Globalization;
using Spectre.Console;

namespace EsyncSim.Demo;

/// <summary>Prints what a demo has shown.</summary>
public static class DemoSummary
{
    private static readonly string[] Columns = ["ECU", "version", "encoding", "sent", "full image", "%", "bus s", "full image s", "kB/s", "% of limit"];

    /// <summary>Prints the tables.</summary>
    public static void Write(IAnsiConsole console, DemoReport report, TimeSpan wall)
    {
        if (report.Transfers.Count > 0)
        {
            console.WriteLine();
            console.Write(TableOf(report));
            if (Saved(report) is { } saved)
            {
                console.WriteLine(saved);
            }
        }

        if (report.Data is { } data)
        {
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"data up: {data.Made:N0} records made, {data.Delivered:N0} delivered, {data.Lost:N0} lost, {data.Duplicated:N0} twice at the server; a download takes {data.SlowDownPercent:F1} % longer meanwhile"));
        }

        int passed = report.Steps.Count(step => step.Pass);
        string verdict = report.IsPassed ? "[green]pass[/]" : "[red]fail[/]";
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"{verdict}: {passed} of {report.Steps.Count} steps as expected; {report.VirtualSeconds:F0} s of the ECUs' time in {wall.TotalSeconds:F1} s"));
    }

    private static Table TableOf(DemoReport report)
    {
        Table transfers = new() { Border = TableBorder.Simple, Title = new TableTitle($"Transfers, board {string.Join(", ", report.Transfers.Select(transfer => transfer.Board).Distinct())}") };
        for (int i = 0; i < Columns.Length; i++)
        {
            TableColumn column = new(Columns[i]) { NoWrap = true };
            transfers.AddColumn(i < 3 ? column : column.RightAligned());
        }

        foreach (TransferResult transfer in report.Transfers)
        {
            transfers.AddRow(
                transfer.Ecu,
                Markup.Escape(transfer.Version),
                transfer.Encoding,
                Number(transfer.Bytes, "N0"),
                Number(transfer.ImageBytes, "N0"),
                Number(transfer.PercentOfImage, "F1"),
                Number(transfer.BusSeconds, "F2"),
                FullSeconds(transfer),
                Number(transfer.KBps, "F1"),
                Number(transfer.PercentOfLimit, "F1"));
        }

        return transfers;
    }

    // What all the small forms together have cost, parts that were sent twice included, and what their images would have.
    private static string? Saved(DemoReport report)
    {
        TransferResult[] parts = [.. report.Transfers.Where(transfer => transfer.IsSmall)];
        TransferResult[] updates = [.. parts.DistinctBy(transfer => (transfer.Ecu, transfer.Version, transfer.Encoding))];
        if (updates.Length == 0)
        {
            return null;
        }

        long sent = parts.Sum(transfer => (long)transfer.Bytes);
        long images = updates.Sum(transfer => (long)transfer.ImageBytes);
        string seconds = updates.All(transfer => transfer.FullImageSeconds is not null)
            ? string.Create(CultureInfo.InvariantCulture, $"; {parts.Sum(transfer => transfer.BusSeconds):F1} s on the bus in place of {updates.Sum(transfer => transfer.FullImageSeconds):F1} s")
            : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"small updates: {sent:N0} bytes sent for {updates.Length} image{(updates.Length == 1 ? string.Empty : "s")} of {images:N0} bytes, {sent * 100.0 / images:F1} %{seconds}");
    }

    // With ~ where the whole image was not sent.
    private static string FullSeconds(TransferResult transfer) => transfer.FullImageSeconds is { } seconds
        ? (seconds == transfer.BusSeconds ? string.Empty : "~") + Number(seconds, "F2")
        : "-";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
