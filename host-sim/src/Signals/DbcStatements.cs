// The statements of a DBC file that speak of messages and signals, applied to them when all of them are known; the others are
// counted, for they say nothing about signals.
// Invariant: what refers to a message or signal that is not there is noted.
// Tests: tests/host-sim/Signals/DbcParserTests.cs.
using System.Globalization;

namespace EsyncSim.Signals;

/// <summary>Collects statements and applies them.</summary>
internal sealed class DbcStatements(DbcFile file)
{
    private static readonly Dictionary<string, string> Unused = new()
    {
        ["EV_"] = "environment variables are no signals of the bus",
        ["EV_DATA_"] = "environment variables are no signals of the bus",
        ["ENVVAR_DATA_"] = "environment variables are no signals of the bus",
        ["BO_TX_BU_"] = "who else may send a message makes no difference to who reads it",
        ["SIG_GROUP_"] = "groups of signals have no counterpart",
        ["VAL_TABLE_"] = "a table of values that no signal has by itself says nothing",
    };

    private readonly List<(DbcToken Keyword, List<DbcToken> Tokens)> _statements = [];

    /// <summary>Adds a statement: its keyword and what stands between it and the semicolon.</summary>
    public void Add(DbcToken keyword, List<DbcToken> tokens) => _statements.Add((keyword, tokens));

    /// <summary>Applies all of them.</summary>
    public void Apply()
    {
        foreach ((DbcToken keyword, List<DbcToken> tokens) in _statements)
        {
            string? problem = keyword.Text switch
            {
                "CM_" => Comment(tokens),
                "BA_" => Attribute(tokens),
                "BA_DEF_DEF_" => AttributeDefault(tokens),
                "VAL_" => Values(tokens),
                "SIG_VALTYPE_" => ValueType(tokens),
                "SG_MUL_VAL_" => Multiplexing(tokens),
                _ => null,
            };
            if (problem is not null)
            {
                file.Notes.Add(new DbcNote(keyword.Line, $"{keyword.Text} {problem}"));
            }
        }

        foreach (var unused in _statements.Where(s => Unused.ContainsKey(s.Keyword.Text)).GroupBy(s => s.Keyword.Text))
        {
            file.Notes.Add(new DbcNote(unused.First().Keyword.Line, $"{unused.Key} is left out, {unused.Count()} in all: {Unused[unused.Key]}"));
        }
    }

    private string? Comment(List<DbcToken> tokens)
    {
        if (tokens.Count == 0 || tokens[^1].Kind != DbcTokenKind.Text)
        {
            return "has no text";
        }

        string text = tokens[^1].Text;
        (DbcMessage? message, DbcSignal? signal, string? problem) = Owner(tokens);
        if (signal is not null)
        {
            signal.Comment = text;
        }
        else if (message is not null)
        {
            message.Comment = text;
        }

        return problem;
    }

    private string? Attribute(List<DbcToken> tokens)
    {
        if (tokens.Count < 2 || tokens[0].Kind != DbcTokenKind.Text)
        {
            return "is not of the form `BA_ \"name\" of what value`";
        }

        (DbcMessage? message, DbcSignal? signal, string? problem) = Owner(tokens[1..]);
        Dictionary<string, string>? attributes = signal?.Attributes ?? message?.Attributes;
        if (attributes is not null)
        {
            attributes[tokens[0].Text] = tokens[^1].Text;
        }

        return problem;
    }

    private string? AttributeDefault(List<DbcToken> tokens)
    {
        if (tokens.Count < 2 || tokens[0].Kind != DbcTokenKind.Text)
        {
            return "is not of the form `BA_DEF_DEF_ \"name\" value`";
        }

        file.AttributeDefaults[tokens[0].Text] = tokens[1].Text;
        return null;
    }

    // VAL_ identifier signal 0 "off" 1 "on"; a name instead of an identifier is an environment variable.
    private string? Values(List<DbcToken> tokens)
    {
        if (tokens.Count > 0 && tokens[0].Kind == DbcTokenKind.Word)
        {
            return null;
        }

        (DbcSignal? signal, string? problem) = Signal(tokens, 0);
        if (signal is null)
        {
            return problem;
        }

        var values = new List<(double, string)>();
        for (int i = 2; i < tokens.Count; i += 2)
        {
            if (i + 1 == tokens.Count || tokens[i].Kind != DbcTokenKind.Number || tokens[i + 1].Kind != DbcTokenKind.Text)
            {
                problem = $"of `{signal.Name}` is not made of numbers and texts behind the {values.Count}th; those before it are taken";
                break;
            }

            values.Add((DbcScanner.ValueOf(tokens[i].Text), tokens[i + 1].Text));
        }

        signal.Values = values;
        return problem;
    }

    private string? ValueType(List<DbcToken> tokens)
    {
        (DbcSignal? signal, string? problem) = Signal(tokens, 0);
        if (signal is null)
        {
            return problem;
        }

        ulong? type = tokens[^1].Kind == DbcTokenKind.Number ? DbcSignalReader.Whole(tokens[^1].Text) : null;
        if (type is null or > 2)
        {
            return $"of `{signal.Name}` has no type 0 to 2";
        }

        signal.ValueType = (DbcValueType)type;
        return null;
    }

    // SG_MUL_VAL_ identifier signal multiplexor 0-2, 5-5
    private string? Multiplexing(List<DbcToken> tokens)
    {
        (DbcSignal? signal, string? problem) = Signal(tokens, 0);
        if (signal is null)
        {
            return problem;
        }

        ulong[] bounds = [.. tokens.Skip(3).Where(t => t.Kind == DbcTokenKind.Number).Select(t => DbcSignalReader.Whole(t.Text.TrimStart('-', '+')) ?? ulong.MaxValue)];
        if (tokens.Count < 4 || tokens[2].Kind != DbcTokenKind.Word || bounds.Length == 0 || bounds.Length % 2 != 0)
        {
            return $"of `{signal.Name}` is not of the form `multiplexor first-last, …`";
        }

        signal.Multiplexing = new DbcMultiplexing(tokens[2].Text, [.. bounds.Chunk(2).Select(b => (b[0], b[1]))]);
        return null;
    }

    // BO_ identifier, SG_ identifier name; nothing or another keyword is neither message nor signal.
    private (DbcMessage? Message, DbcSignal? Signal, string? Problem) Owner(List<DbcToken> tokens)
    {
        if (tokens[0].IsWord("SG_"))
        {
            (DbcSignal? signal, string? problem) = Signal(tokens, 1);
            return (null, signal, problem);
        }

        if (tokens[0].IsWord("BO_"))
        {
            DbcMessage? message = Message(tokens, 1);
            return (message, null, message is null ? $"speaks of message {TextAt(tokens, 1)}, which is not there" : null);
        }

        return (null, null, null);
    }

    private (DbcSignal? Signal, string? Problem) Signal(List<DbcToken> tokens, int at)
    {
        DbcSignal? signal = Message(tokens, at)?.Signals.Find(s => s.Name == TextAt(tokens, at + 1));
        return (signal, signal is null ? $"speaks of signal `{TextAt(tokens, at + 1)}` of message {TextAt(tokens, at)}, which is not there" : null);
    }

    private DbcMessage? Message(List<DbcToken> tokens, int at) =>
        ulong.TryParse(TextAt(tokens, at), NumberStyles.None, CultureInfo.InvariantCulture, out ulong identifier) ? file.Message(identifier) : null;

    private static string TextAt(List<DbcToken> tokens, int at) => at < tokens.Count ? tokens[at].Text : "";
}
