// --json of commands whose result is tables on the terminal: whatever they print as fields or as rows goes into a file as well.
// Invariants: the file holds what the terminal shows, value by value as text; a command that fails leaves a file that says why, with the exit
// code, for a script has nothing else to read.
// Tests: tests/host-sim/Cli/FieldsFileTests.cs.
using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace EsyncSim.Cli;

/// <summary>Fields or rows under a title.</summary>
/// <param name="Title">The title; empty for a table without one.</param>
/// <param name="Rows">Names and values; a section of fields is one row.</param>
/// <param name="IsTable">True for rows under column heads.</param>
internal sealed record FieldsSection(string Title, IReadOnlyList<IReadOnlyList<(string Name, string Value)>> Rows, bool IsTable);

/// <summary>An output that remembers what <see cref="Terminal"/> prints to it.</summary>
/// <param name="inner">Where the text goes.</param>
internal sealed class FieldsWriter(TextWriter inner) : TextWriter
{
    private readonly List<FieldsSection> _sections = [];

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Where the text goes.</summary>
    public TextWriter Inner => inner;

    /// <summary>What was printed so far.</summary>
    public IReadOnlyList<FieldsSection> Sections => _sections;

    /// <summary>Remembers a section.</summary>
    public void Add(FieldsSection section) => _sections.Add(section);

    /// <inheritdoc/>
    public override void Write(char value) => inner.Write(value);

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(value);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => inner.WriteLine(value);
}

/// <summary>The option.</summary>
internal sealed class FieldsFile
{
    private readonly Option<string?> _json = new("--json") { Description = "Write what is shown as JSON; also when the command fails, with the reason", HelpName = "FILE" };

    /// <summary>Adds the option to a command.</summary>
    public FieldsFile(Command command) => command.Add(_json);

    /// <summary>Runs the command and writes the file, if somebody wants it.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="run">The command; it prints to the output that it is given, and returns the exit code.</param>
    public int Run(ParseResult parsed, Func<TextWriter, int> run)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        if (parsed.GetValue(_json) is not { } path)
        {
            return run(output);
        }

        OutputFiles.RequireWritable(path);
        using FieldsWriter writer = new(output);
        try
        {
            int code = run(writer);
            OutputFiles.Write(path, ToJson(writer.Sections, code, null));
            return code;
        }
        catch (UserErrorException error)
        {
            OutputFiles.Write(path, ToJson(writer.Sections, error.ExitCode, error.Message));
            throw;
        }
    }

    /// <summary>A name as a key: words in camelCase.</summary>
    internal static string Key(string name)
    {
        string[] words = [.. new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ')]).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        return string.Concat(words.Select((word, i) => i == 0 ? word.ToLowerInvariant() : char.ToUpperInvariant(word[0]) + word[1..]));
    }

    private static byte[] ToJson(IReadOnlyList<FieldsSection> sections, int code, string? error)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("sections");
            foreach (FieldsSection section in sections)
            {
                Write(writer, section);
            }

            writer.WriteEndArray();
            if (error is not null)
            {
                writer.WriteString("error", error);
            }

            writer.WriteNumber("exitCode", code);
            writer.WriteString("outcome", code == ExitCode.Ok ? "pass" : "fail");
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, FieldsSection section)
    {
        writer.WriteStartObject();
        writer.WriteString("title", section.Title);
        if (section.IsTable)
        {
            writer.WriteStartArray("rows");
            foreach (IReadOnlyList<(string Name, string Value)> row in section.Rows)
            {
                Write(writer, row);
            }

            writer.WriteEndArray();
        }
        else
        {
            writer.WritePropertyName("fields");
            Write(writer, section.Rows[0]);
        }

        writer.WriteEndObject();
    }

    // A name that stands twice has its values in a list.
    private static void Write(Utf8JsonWriter writer, IReadOnlyList<(string Name, string Value)> row)
    {
        writer.WriteStartObject();
        foreach (IGrouping<string, string> field in row.GroupBy(field => Key(field.Name), field => field.Value))
        {
            string[] values = [.. field];
            if (values.Length == 1)
            {
                writer.WriteString(field.Key, values[0]);
                continue;
            }

            writer.WriteStartArray(field.Key);
            Array.ForEach(values, writer.WriteStringValue);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
