// Tables on the terminal. Output that goes into a file or a pipe is wide enough for a digest on one line and carries no
// colours.
// Tests: tests/host-sim/Cli.
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>Prints tables to a writer.</summary>
internal static class Terminal
{
    private const int WidthWithoutTerminal = 160;

    /// <summary>Prints rows of a name and a value under a heading.</summary>
    public static void WriteFields(TextWriter output, string title, IEnumerable<(string Name, string Value)> rows)
    {
        (string Name, string Value)[] fields = [.. rows];
        (output as FieldsWriter)?.Add(new FieldsSection(title, [fields], IsTable: false));
        Table table = new() { Border = TableBorder.Simple, Title = new TableTitle(Markup.Escape(title)), ShowHeaders = false };
        table.AddColumn(new TableColumn("name") { NoWrap = true });
        table.AddColumn("value");
        foreach ((string name, string value) in fields)
        {
            table.AddRow(Markup.Escape(name), Markup.Escape(value));
        }

        ConsoleOf(output).Write(table);
    }

    /// <summary>Prints rows under column heads.</summary>
    public static void WriteTable(TextWriter output, string[] heads, IEnumerable<string[]> rows)
    {
        string[][] all = [.. rows];
        (output as FieldsWriter)?.Add(new FieldsSection(string.Empty, [.. all.Select(row => (IReadOnlyList<(string, string)>)[.. heads.Zip(row)])], IsTable: true));
        Table table = new() { Border = TableBorder.Simple };
        foreach (string head in heads)
        {
            table.AddColumn(new TableColumn(Markup.Escape(head)) { NoWrap = true });
        }

        foreach (string[] row in all)
        {
            table.AddRow([.. row.Select(Markup.Escape)]);
        }

        ConsoleOf(output).Write(table);
    }

    /// <summary>A console over a writer.</summary>
    public static IAnsiConsole ConsoleOf(TextWriter output)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output is FieldsWriter recorded ? recorded.Inner : output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = WidthWithoutTerminal;
        }

        return console;
    }
}
