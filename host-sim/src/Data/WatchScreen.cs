// How the board looks: a table that fits the terminal with the last events below, or a line for each value and event where there is no
// terminal.
// Tests: tests/host-sim/Data/WatchBoardTests.cs.
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace EsyncSim.Data;

/// <summary>Draws a board.</summary>
public static class WatchScreen
{
    private const int EventLinesMax = 5;

    // Head and rule of the table, an empty line, the counts, and the line that the cursor stands in.
    private const int OtherLines = 5;
    private const int OldMs = 60_000;
    private const int PathWidthMin = 12, ValueWidthMin = 10, AgeWidthMin = 7;
    private const string Gap = "  ";

    /// <summary>The board as a picture of so many columns and lines at the most.</summary>
    public static IRenderable Draw(WatchBoard board, string source, int width, int height, long nowMs)
    {
        WatchEvent[] events = [.. board.Events.TakeLast(Math.Min(EventLinesMax, Math.Max(height - OtherLines - 1, 0) / 2))];
        int room = Math.Max(height - OtherLines - events.Length, 1);
        WatchRow[] rows = [.. board.Rows.Take(room)];
        string counts = board.RecordCount == 0 ? "waiting for the first report" : $"{board.Rows.Count} signals, {board.ValueCount} values in {board.RecordCount} records";
        string more = board.Rows.Count > room ? $"; {rows.Length.ToString(CultureInfo.InvariantCulture)} shown: --signal PATTERN" : string.Empty;
        return new Rows(
        [
            .. Table(board, rows, width, nowMs),
            new Text(string.Empty),
            Styled("grey", $"{counts}{more}; Ctrl-C ends; {source}", width),
            .. events.Select(entry => Styled(entry.Report.Level is "WARN" or "ERROR" ? "yellow" : "grey", TextLine(entry), width)),
        ]);
    }

    /// <summary>A value as a line.</summary>
    public static string Line(WatchRow row) => string.Join(
        ' ', new[] { row.Value.Ts, row.Vehicle, row.Ecu, row.Value.Path, Text(row), row.Unit, row.Value.Quality is { } quality ? $"({quality})" : string.Empty }.Where(word => word.Length > 0));

    /// <summary>An event as a line.</summary>
    public static string TextLine(WatchEvent entry) => $"{entry.Report.Timestamp} {entry.Vehicle} {entry.Ecu} {entry.Report.Level} {entry.Report.Message}";

    // The path gives way when the terminal is narrow, and keeps its end, which says most.
    private static IEnumerable<IRenderable> Table(WatchBoard board, WatchRow[] rows, int width, long nowMs)
    {
        (string Head, Func<WatchRow, string> Text, int WidthMin)[] columns =
        [
            ("vehicle", row => row.Vehicle, 0), ("ECU", row => row.Ecu, 0), ("signal", row => row.Value.Path, 0), ("value", Text, ValueWidthMin), ("unit", row => row.Unit, 0),
            ("age", row => WatchBoard.AgeText(board.AgeMs(row, nowMs)), AgeWidthMin), (string.Empty, row => row.Value.Quality ?? string.Empty, 0),
        ];
        const int PathColumn = 2;
        int[] widths = [.. columns.Select(column => Math.Max(column.WidthMin, rows.Select(row => column.Text(row).Length).Append(column.Head.Length).Max()))];
        int rest = widths.Sum() - widths[PathColumn] + (Gap.Length * (columns.Length - 1));
        widths[PathColumn] = Math.Min(widths[PathColumn], Math.Max(width - rest, PathWidthMin));
        yield return Styled("bold", Row(column => columns[column].Head), width);
        yield return Styled("grey", new string('─', Math.Min(widths.Sum() + (Gap.Length * (columns.Length - 1)), width)), width);
        foreach (WatchRow row in rows)
        {
            yield return Styled(row.Value.Quality is not null ? "yellow" : board.AgeMs(row, nowMs) > OldMs ? "grey" : "default", Row(column => columns[column].Text(row)), width);
        }

        string Row(Func<int, string> text) => string.Join(Gap, columns.Select((column, i) => Padded(text(i), widths[i], column.WidthMin > 0)));
    }

    private static string Padded(string text, int width, bool isRight) =>
        text.Length > width ? $"…{text[^(width - 1)..]}" : isRight ? text.PadLeft(width) : text.PadRight(width);

    private static Markup Styled(string style, string text, int width) =>
        new($"[{style}]{Markup.Escape(text.Length <= width ? text.TrimEnd() : $"{text[..Math.Max(width - 1, 0)]}…")}[/]");

    private static string Text(WatchRow row) => row.Value.Value is null ? "–" : ExportWriter.Text(row.Value.Value);
}
