// Reads a DBC file as files in the wild are: what it understands it takes, what it does not it notes with the line and goes on
// with the next statement. Sections that say nothing about signals are counted in one note each.
// Invariants: it takes every text; a message or signal is either in the result or in a note.
// The statements that refer to messages (CM_, BA_, VAL_ …) are applied at the end, wherever they stand: DbcStatements.
// Tests: tests/host-sim/Signals/DbcParserTests.cs.
namespace EsyncSim.Signals;

/// <summary>Text to <see cref="DbcFile"/>.</summary>
internal sealed class DbcParser
{
    // What may follow NS_, each for a section of the same name (which need not be there).
    private static readonly HashSet<string> NewSymbols =
    [
        "NS_DESC_", "CM_", "BA_DEF_", "BA_", "VAL_", "CAT_DEF_", "CAT_", "FILTER", "BA_DEF_DEF_", "EV_DATA_", "ENVVAR_DATA_", "SGTYPE_", "SGTYPE_VAL_",
        "BA_DEF_SGTYPE_", "BA_SGTYPE_", "SIG_TYPE_REF_", "VAL_TABLE_", "SIG_GROUP_", "SIG_VALTYPE_", "SIGTYPE_VALTYPE_", "BO_TX_BU_", "BA_DEF_REL_",
        "BA_REL_", "BA_DEF_DEF_REL_", "BA_SGTYPE_REL_", "SG_MUL_VAL_", "BU_SG_REL_", "BU_EV_REL_", "BU_BO_REL_", "EV_",
    ];

    private static readonly HashSet<string> Keywords = [.. NewSymbols, "VERSION", "NS_", "BS_", "BU_", "BO_", "SG_"];

    private readonly DbcFile _file = new();
    private readonly DbcScanner _scanner;
    private readonly DbcStatements _statements;
    private DbcToken _token;

    private DbcParser(string text)
    {
        _scanner = new DbcScanner(text);
        _statements = new DbcStatements(_file);
    }

    /// <summary>Reads a text.</summary>
    public static DbcFile Parse(string text)
    {
        var parser = new DbcParser(text);
        parser.Read();
        return parser._file;
    }

    private void Read()
    {
        Advance();
        while (_token.Kind != DbcTokenKind.End)
        {
            ReadStatement();
        }

        if (_scanner.OpenStringLine != 0)
        {
            Note(_scanner.OpenStringLine, "a string begins here that nothing closes; all behind it is lost");
        }

        _statements.Apply();
        _file.Notes.Sort((a, b) => a.Line.CompareTo(b.Line));
    }

    private void ReadStatement()
    {
        DbcToken start = _token;
        switch (start.Kind == DbcTokenKind.Word ? start.Text : "")
        {
            case "VERSION":
                Advance();
                TakeIf(DbcTokenKind.Text);
                break;
            case "NS_":
                SkipNewSymbols();
                break;
            case "BS_" or "BU_":
                Advance();
                SkipToKeyword();
                break;
            case "BO_":
                ReadMessage();
                break;
            case "SG_":
                Note(start.Line, "a signal without a message");
                Advance();
                SkipToKeyword();
                break;
            case var word when NewSymbols.Contains(word):
                Advance();
                _statements.Add(start, TakeStatement());
                break;
            default:
                Note(start.Line, $"`{start.Text}` begins no statement that is known");
                Advance();
                SkipToKeyword();
                break;
        }
    }

    // `NS_ :` and names, most often each on a line. A name that goes on in its line with something else is a statement already.
    private void SkipNewSymbols()
    {
        Advance();
        TakeIf(':');
        while (_token.Kind == DbcTokenKind.Word && NewSymbols.Contains(_token.Text))
        {
            DbcToken symbol = _token;
            Advance();
            if (!_token.IsFirst && _token.Kind != DbcTokenKind.End && !NewSymbols.Contains(_token.Text) && !_token.IsWord("BS_"))
            {
                _statements.Add(symbol, TakeStatement());
                return;
            }
        }
    }

    private void SkipToKeyword()
    {
        while (_token.Kind != DbcTokenKind.End && !IsKeyword)
        {
            Advance();
        }
    }

    // FILTER and VERSION are names of signals and nodes as well.
    private bool IsKeyword => _token.Kind == DbcTokenKind.Word && Keywords.Contains(_token.Text) && (_token.IsFirst || _token.Text.EndsWith('_'));

    // The tokens up to the semicolon. Where it is missing, a keyword at the start of a line ends the statement.
    private List<DbcToken> TakeStatement()
    {
        var tokens = new List<DbcToken>();
        while (_token.Kind != DbcTokenKind.End && !_token.IsMark(';') && !(IsKeyword && _token.IsFirst))
        {
            tokens.Add(_token);
            Advance();
        }

        TakeIf(';');
        return tokens;
    }

    // BO_ identifier name : length transmitter
    private void ReadMessage()
    {
        int line = _token.Line;
        Advance();
        ulong? identifier = TakeWhole();
        string name = TakeIf(DbcTokenKind.Word);
        bool isSound = TakeIf(':') && identifier is not null && name.Length > 0;
        ulong? length = TakeWhole();
        string transmitter = _token.Kind == DbcTokenKind.Word && !IsKeyword ? TakeIf(DbcTokenKind.Word) : "";
        var message = new DbcMessage { Name = name, Line = line, MarkedIdentifier = identifier ?? 0, Length = length ?? 0, Transmitter = transmitter };
        if (!isSound || length is null)
        {
            Note(line, "a message is not of the form `BO_ identifier name: length transmitter`; it is left out with its signals");
        }
        else if (_file.Message(message.MarkedIdentifier) is { } twin)
        {
            Note(line, $"message `{name}` has the identifier of `{twin.Name}` (line {twin.Line}); it is left out with its signals");
        }
        else
        {
            _file.Messages.Add(message);
        }

        _ = TakeIf(';');
        while (_token.IsWord("SG_"))
        {
            ReadSignal(message);
        }

        if (_token.Kind != DbcTokenKind.End && !IsKeyword)
        {
            Note(_token.Line, $"`{_token.Text}` is neither a signal nor a statement");
            SkipToKeyword();
        }
    }

    private void ReadSignal(DbcMessage message)
    {
        int line = _token.Line;
        Advance();
        DbcSignal? signal = new DbcSignalReader(TakeSignal()).Read(line);
        if (signal is null)
        {
            Note(line, $"a signal of `{message.Name}` is not of the form `SG_ name : start|length@order sign (factor,offset) [min|max] \"unit\" receivers`; it is left out");
        }
        else if (message.Signals.Find(s => s.Name == signal.Name) is { } twin)
        {
            Note(line, $"`{message.Name}` has a signal `{signal.Name}` already (line {twin.Line}); the second is left out");
        }
        else
        {
            message.Signals.Add(signal);
        }
    }

    private List<DbcToken> TakeSignal()
    {
        var tokens = new List<DbcToken>();
        while (_token.Kind != DbcTokenKind.End && !IsKeyword)
        {
            tokens.Add(_token);
            Advance();
        }

        return tokens;
    }

    private void Note(int line, string text) => _file.Notes.Add(new DbcNote(line, text));

    private void Advance() => _token = _scanner.Next();

    private bool TakeIf(char mark)
    {
        bool isThere = _token.IsMark(mark);
        if (isThere)
        {
            Advance();
        }

        return isThere;
    }

    private string TakeIf(DbcTokenKind kind)
    {
        string text = _token.Kind == kind ? _token.Text : "";
        if (_token.Kind == kind)
        {
            Advance();
        }

        return text;
    }

    private ulong? TakeWhole()
    {
        ulong? value = _token.Kind == DbcTokenKind.Number ? DbcSignalReader.Whole(_token.Text) : null;
        TakeIf(DbcTokenKind.Number);
        return value;
    }
}
