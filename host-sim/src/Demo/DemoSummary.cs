// The tables that close a demo: transfers, then the verdict.
// Tests: tests/host-sim/Demo.
using System.Globalization;
using Spectre.Console;

namespace EsyncSim.Demo;

/// <summary>Prints what a demo has shown.</summary>
public static class DemoSummary
{
    private static readonly string[] Columns = ["ECU", "version", "board", "encoding", "image bytes", "transferred", "bus s", "kB/s", "limit kB/s", "% of limit"];

    /// <summary>Prints the tables.</summary>
    public static void Write(IAnsiConsole console, DemoReport report, TimeSpan wall)
    {
        if (report.Transfers.Count > 0)
        {
            console.WriteLine();
            console.Write(TableOf(report));
        }

        int passed = report.Steps.Count(step => step.Pass);
        string verdict = report.IsPassed ? "[green]pass[/]" : "[red]fail[/]";
        console.MarkupLine(string.Create(CultureInfo.InvariantCulture, $"{verdict}: {passed} of {report.Steps.Count} steps as expected; {report.VirtualSeconds:F0} s of the ECUs' time in {wall.TotalSeconds:F1} s"));
    }

    private static Table TableOf(DemoReport report)
    {
        Table transfers = new() { Border = TableBorder.Simple, Title = new TableTitle("Transfers") };
        for (int i = 0; i < Columns.Length; i++)
        {
            TableColumn column = new(Columns[i]) { NoWrap = true };
            transfers.AddColumn(i < 4 ? column : column.RightAligned());
        }

        foreach (TransferResult transfer in report.Transfers)
        {
            transfers.AddRow(
                transfer.Ecu,
                Markup.Escape(transfer.Version),
                transfer.Board,
                transfer.Encoding,
                Number(transfer.ImageBytes, "N0"),
                Number(transfer.Bytes, "N0"),
                Number(transfer.BusSeconds, "F2"),
                Number(transfer.KBps, "F1"),
                Number(transfer.LimitKBps, "F1"),
                Number(transfer.PercentOfLimit, "F1"));
        }

        return transfers;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
