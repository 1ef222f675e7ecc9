// The tables of `esync bench` on a terminal: figure, value, goal, met or missed; notes stand below their table by number, so that they
// have a whole line on a terminal of 80 columns too.
// Tests: tests/host-sim/Cli/BenchCommandTests.cs.
using System.Globalization;
using EsyncSim.Measure;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>Prints measured figures.</summary>
internal static class BenchScreen
{
    private const double TwoDecimalsBelow = 100;
    private const double OneDecimalBelow = 10_000;

    /// <summary>Prints a table and its notes.</summary>
    public static void Write(IAnsiConsole console, BenchTable table)
    {
        List<string> notes = [];
        Table shown = new() { Border = TableBorder.Simple };
        shown.AddColumn("figure");
        shown.AddColumn(new TableColumn("value") { NoWrap = true, Alignment = Justify.Right });
        shown.AddColumn(new TableColumn("unit"));
        shown.AddColumn(new TableColumn("goal") { NoWrap = true, Alignment = Justify.Right });
        shown.AddColumn(new TableColumn("") { NoWrap = true });
        shown.AddColumn(new TableColumn("note") { NoWrap = true, Alignment = Justify.Right });
        foreach (BenchRow row in table.Rows)
        {
            shown.AddRow(
                new Padder(new Text(row.Figure.TrimStart()), new Padding(row.Figure.Length - row.Figure.TrimStart().Length, 0, 0, 0)),
                new Text(Number(row.Value)),
                new Text(row.Unit),
                new Text(row.Goal ?? string.Empty),
                Verdict(row),
                new Text(NumberOf(row.Note, notes)));
        }

        console.WriteLine();
        console.Write(new Text(table.Title, new Style(decoration: Decoration.Bold)));
        console.WriteLine();
        console.Write(shown);
        WriteNotes(console, notes);
    }

    /// <summary>A figure as it is printed: as many digits as somebody reads.</summary>
    public static string Number(double value) => value.ToString(
        value == Math.Floor(value) ? "N0" : Math.Abs(value) < TwoDecimalsBelow ? "N2" : Math.Abs(value) < OneDecimalBelow ? "N1" : "N0",
        CultureInfo.InvariantCulture);

    private static Text Verdict(BenchRow row) => row.IsMet switch
    {
        true => new Text("met", new Style(Color.Green)),
        false => new Text("missed", new Style(Color.Red)),
        null => new Text(string.Empty),
    };

    // Rows that say the same share a note.
    private static string NumberOf(string? note, List<string> notes)
    {
        if (note is null)
        {
            return string.Empty;
        }

        int index = notes.IndexOf(note);
        if (index < 0)
        {
            index = notes.Count;
            notes.Add(note);
        }

        return (index + 1).ToString(CultureInfo.InvariantCulture);
    }

    private static void WriteNotes(IAnsiConsole console, List<string> notes)
    {
        if (notes.Count == 0)
        {
            return;
        }

        Grid grid = new();
        grid.AddColumn(new GridColumn { NoWrap = true, Alignment = Justify.Right });
        grid.AddColumn(new GridColumn());
        for (int i = 0; i < notes.Count; i++)
        {
            grid.AddRow(new Text((i + 1).ToString(CultureInfo.InvariantCulture)), new Text(notes[i]));
        }

        console.Write(grid);
    }
}
