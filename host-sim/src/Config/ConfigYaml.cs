// Reads YAML into ConfigNodes. YamlDotNet's parser events are used rather than its object mapping, because every
// later message needs the line and because a configuration has no use for anchors, aliases, tags or several
// documents: they are refused, so that what one reads in the file is what holds.
// Tests: tests/host-sim/Config/ConfigYamlTests.cs.
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace EsyncSim.Config;

/// <summary>YAML to a tree with places.</summary>
internal sealed class ConfigYaml
{
    private const int DepthMax = 16;

    private readonly string _file;
    private readonly string _model;
    private readonly ConfigProblems _problems;
    private readonly Parser _parser;

    private ConfigYaml(string file, string text, ConfigProblems problems, string model)
    {
        _file = file;
        _model = model;
        _problems = problems;
        _parser = new Parser(new StringReader(text));
    }

    /// <summary>The root map of <paramref name="text"/>; null, with a problem recorded, when there is none. <paramref name="model"/> says where to find a good file.</summary>
    public static ConfigNode? Read(string file, string text, ConfigProblems problems, string model = "the nf.config in the repository")
    {
        var reader = new ConfigYaml(file, text, problems, model);
        try
        {
            return reader.ReadDocument();
        }
        catch (YamlException e)
        {
            Mark mark = e.Start;
            problems.Add(
                new ConfigNode(ConfigNodeKind.Scalar, file, Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column)),
                ConfigRule.Syntax,
                "This is not YAML: " + FirstSentence(e),
                "Mind the indentation: two spaces a level, no tabs, a space after each colon");
            return null;
        }
    }

    private ConfigNode? ReadDocument()
    {
        Take<StreamStart>();
        if (_parser.Current is not DocumentStart)
        {
            Refuse(_parser.Current!, "The file is empty", $"Start from {_model}");
            return null;
        }

        Take<DocumentStart>();
        ConfigNode root = ReadNode(0);
        Take<DocumentEnd>();
        if (_parser.Current is DocumentStart second)
        {
            Refuse(second, "A second YAML document begins here", "Keep everything in one document");
        }

        if (root.Kind != ConfigNodeKind.Map)
        {
            _problems.Add(root, ConfigRule.Syntax, $"The file holds {root.KindName} where keys are expected", $"Start from {_model}");
            return null;
        }

        return root;
    }

    private ConfigNode ReadNode(int depth)
    {
        ParsingEvent current = _parser.Current!;
        if (depth > DepthMax)
        {
            throw new YamlException(current.Start, current.End, "nested too deeply");
        }

        if (current is NodeEvent { Anchor.IsEmpty: false } or AnchorAlias)
        {
            Refuse(current, "Anchors and aliases are not used here", "Write the value out, or put it under `defaults`");
        }

        if (current is NodeEvent { Tag.IsEmpty: false })
        {
            Refuse(current, "Tags are not used here", "Leave the tag out; the key decides what a value is");
        }

        switch (current)
        {
            case MappingStart:
                return ReadMap(depth);
            case SequenceStart:
                return ReadList(depth);
            default:
                Advance();
                var scalar = current as Scalar;
                return new ConfigNode(ConfigNodeKind.Scalar, _file, Line(current), Column(current))
                {
                    Text = scalar?.Value ?? "",
                    IsQuoted = scalar is { Style: ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted },
                };
        }
    }

    private ConfigNode ReadMap(int depth)
    {
        var map = new ConfigNode(ConfigNodeKind.Map, _file, Line(_parser.Current!), Column(_parser.Current!));
        Advance();
        while (_parser.Current is not MappingEnd)
        {
            ConfigNode key = ReadNode(depth + 1);
            ConfigNode value = ReadNode(depth + 1);
            ConfigEntry? former = map.Entry(key.Text);
            if (former is null)
            {
                map.Entries.Add(new ConfigEntry(key, value));
            }
            else
            {
                _problems.Add(key, ConfigRule.DuplicateKey, $"`{key.Text}` stands here a second time; the first is in line {former.Key.Line}", "Remove one of the two");
            }
        }

        Advance();
        return map;
    }

    private ConfigNode ReadList(int depth)
    {
        var list = new ConfigNode(ConfigNodeKind.List, _file, Line(_parser.Current!), Column(_parser.Current!));
        Advance();
        while (_parser.Current is not SequenceEnd)
        {
            list.Items.Add(ReadNode(depth + 1));
        }

        Advance();
        return list;
    }

    private void Take<T>()
        where T : ParsingEvent
    {
        if (_parser.Current is null)
        {
            Advance();
        }

        if (_parser.Current is not T)
        {
            throw new YamlException(_parser.Current!.Start, _parser.Current.End, $"{typeof(T).Name} expected");
        }

        Advance();
    }

    // YamlDotNet's scanner loses its own state over some texts (a NUL is in most of them): it then throws whatever it meets, or
    // ends without the events that close what is open.
    private void Advance()
    {
        Mark place = _parser.Current?.End ?? Mark.Empty;
        bool hasMore;
        try
        {
            hasMore = _parser.MoveNext();
        }
        catch (Exception e) when (e is not YamlException)
        {
            throw new YamlException(place, place, "the reader cannot go on behind this place");
        }

        if (!hasMore)
        {
            throw new YamlException(place, place, "it ends before everything is closed");
        }
    }

    private void Refuse(ParsingEvent at, string reason, string remedy) =>
        _problems.Add(new ConfigNode(ConfigNodeKind.Scalar, _file, Line(at), Column(at)), ConfigRule.Syntax, reason, remedy);

    private static int Line(ParsingEvent at) => (int)at.Start.Line;

    private static int Column(ParsingEvent at) => (int)at.Start.Column;

    // The parser's message repeats the place in front; ours has it already.
    private static string FirstSentence(YamlException e)
    {
        string text = (e.InnerException?.Message ?? e.Message).ReplaceLineEndings(" ").TrimEnd('.', ' ');
        int close = text.StartsWith('(') ? text.LastIndexOf("): ", StringComparison.Ordinal) : -1;
        return close < 0 ? text : text[(close + 3)..];
    }
}
