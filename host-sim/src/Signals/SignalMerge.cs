// Puts signals into the text of nf.config: behind those that an ECU has, or as a new section at its end. Every other line stays as
// it is, comments and line ends included.
// Whether what comes out keeps the rules is asked afterwards, of the whole text.
// Tests: tests/host-sim/Signals/SignalMergeTests.cs.
using EsyncSim.Config;

namespace EsyncSim.Signals;

/// <summary>Merges lines into a configuration.</summary>
internal static class SignalMerge
{
    private const string Section = "signals";

    /// <summary>The text with the lines of <see cref="SignalYaml"/> in it.</summary>
    /// <exception cref="UserErrorException">There is no such ECU, or its section is of a form that lines cannot be put into.</exception>
    public static string Into(string path, string text, string ecu, IReadOnlyList<string> lines)
    {
        var problems = new ConfigProblems();
        ConfigNode? root = ConfigYaml.Read(path, text, problems);
        ConfigEntry? entry = root?.Entry("ecus")?.Value.Entry(ecu);
        if (entry is null)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} has no ECU `{ecu}`");
        }

        string ending = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        List<string> file = [.. text.Split('\n').Select(line => line.TrimEnd('\r'))];
        if (entry.Value.Entry(Section) is { } section)
        {
            Append(path, file, section, lines);
        }
        else
        {
            AddSection(path, file, entry, lines);
        }

        return string.Join(ending, file);
    }

    private static void Append(string path, List<string> file, ConfigEntry section, IReadOnlyList<string> lines)
    {
        int at = section.Key.Line - 1;
        int indent = section.Key.Column - 1;
        bool isEmpty = section.Value.Entries.Count == 0 && section.Value.Items.Count == 0;
        if (isEmpty && section.Value.Line == section.Key.Line && file[at].Contains('{', StringComparison.Ordinal))
        {
            int brace = file[at].IndexOf('{', StringComparison.Ordinal), close = file[at].IndexOf('}', brace);
            file[at] = close < 0 ? throw Unfit(path, section) : (file[at][..brace].TrimEnd() + file[at][(close + 1)..]).TrimEnd();
        }
        else if (section.Value.Kind == ConfigNodeKind.Map && section.Value.Line == section.Key.Line)
        {
            throw Unfit(path, section);
        }

        bool hasSignals = section.Value.Kind == ConfigNodeKind.Map && section.Value.Entries.Count > 0;
        int inner = hasSignals ? section.Value.Entries[0].Key.Column - 1 : indent + 2;
        file.InsertRange(EndOf(file, at, indent) + 1, lines.Select(line => new string(' ', inner) + line));
    }

    private static void AddSection(string path, List<string> file, ConfigEntry ecu, IReadOnlyList<string> lines)
    {
        if (ecu.Value.Kind != ConfigNodeKind.Map || ecu.Value.Line == ecu.Key.Line)
        {
            throw Unfit(path, ecu);
        }

        int inner = ecu.Value.Entries[0].Key.Column - 1;
        string indent = new(' ', inner);
        file.InsertRange(EndOf(file, ecu.Key.Line - 1, ecu.Key.Column - 1) + 1, lines.Select(line => $"{indent}  {line}").Prepend($"{indent}{Section}:"));
    }

    // The last line of the block below a key: what follows is indented deeper. Comments and empty lines at its end are not its.
    private static int EndOf(List<string> file, int key, int indent)
    {
        int last = key;
        for (int i = key + 1; i < file.Count; i++)
        {
            string content = file[i].TrimStart(' ');
            if (content.Length == 0 || content[0] == '#')
            {
                continue;
            }

            if (file[i].Length - content.Length <= indent)
            {
                break;
            }

            last = i;
        }

        return last;
    }

    private static UserErrorException Unfit(string path, ConfigEntry entry) =>
        new(ExitCode.BadFile, $"{path}({entry.Key.Line}): `{entry.Key.Text}` stands in braces, and lines cannot be put into it. Write it as a block, one key a line, and try again.");
}
