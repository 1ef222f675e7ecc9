// The tokens of one SG_ to a signal: name multiplexing : start|length@order sign (factor,offset) [min|max] "unit" receivers.
// Range, unit and receivers may be missing; what is before them may not.
// Tests: tests/host-sim/Signals/DbcParserTests.cs.
using System.Globalization;

namespace EsyncSim.Signals;

/// <summary>Reader of one signal.</summary>
internal sealed class DbcSignalReader(List<DbcToken> tokens)
{
    private int _at;
    private bool _isSound = true;

    private DbcToken Token => _at < tokens.Count ? tokens[_at] : default;

    /// <summary>The signal; null when the tokens are none.</summary>
    public DbcSignal? Read(int line)
    {
        string name = Word();
        bool isMultiplexor = false;
        ulong? multiplexValue = null;
        if (Token.Kind == DbcTokenKind.Word)
        {
            (isMultiplexor, multiplexValue) = Multiplexing(Word());
        }

        Mark(':');
        ulong start = Whole();
        Mark('|');
        ulong length = Whole();
        Mark('@');
        (ulong order, bool isSigned) = Order();
        double factor = 1, offset = 0, min = 0, max = 0;
        Mark('(');
        factor = Number();
        Mark(',');
        offset = Number();
        Mark(')');
        if (_isSound && Token.IsMark('['))
        {
            _at++;
            min = Number();
            Mark('|');
            max = Number();
            Mark(']');
        }

        string unit = Token.Kind == DbcTokenKind.Text ? Token.Text : "";
        return !_isSound || order > 1
            ? null
            : new DbcSignal
            {
                Name = name,
                Line = line,
                IsMultiplexor = isMultiplexor,
                MultiplexValue = multiplexValue,
                StartBit = start,
                Length = length,
                IsBigEndian = order == 0,
                IsSigned = isSigned,
                Factor = factor,
                Offset = offset,
                Min = min,
                Max = max,
                Unit = unit,
            };
    }

    /// <summary>A whole number without a sign; null for another text.</summary>
    public static ulong? Whole(string text)
    {
        double value = DbcScanner.ValueOf(text);
        return value is >= 0 and <= uint.MaxValue && Math.Floor(value) == value ? (ulong)value : null;
    }

    // M, m3 or m3M.
    private (bool IsMultiplexor, ulong? Value) Multiplexing(string word)
    {
        if (word == "M")
        {
            return (true, null);
        }

        bool isBoth = word.EndsWith('M');
        ReadOnlySpan<char> digits = word.AsSpan(1, word.Length - (isBoth ? 2 : 1));
        _isSound &= word[0] == 'm';
        _isSound &= ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value);
        return (isBoth, value);
    }

    // The sign may stand beside the order or before the parenthesis; of `@1+` the scanner makes a number and a mark.
    private (ulong Order, bool IsSigned) Order()
    {
        ulong order = Whole();
        bool isSigned = Token.IsMark('-');
        _isSound &= isSigned || Token.IsMark('+');
        _at++;
        return (order, isSigned);
    }

    private string Word()
    {
        string word = Token.Kind == DbcTokenKind.Word ? Token.Text : "";
        _isSound &= word.Length > 0;
        _at++;
        return word;
    }

    private void Mark(char mark)
    {
        _isSound &= Token.Kind == DbcTokenKind.Mark && Token.IsMark(mark);
        _at++;
    }

    private ulong Whole()
    {
        ulong? value = Token.Kind == DbcTokenKind.Number ? Whole(Token.Text) : null;
        _isSound &= value is not null;
        _at++;
        return value ?? 0;
    }

    private double Number()
    {
        double value = Token.Kind == DbcTokenKind.Number ? DbcScanner.ValueOf(Token.Text) : double.NaN;
        _isSound &= double.IsFinite(value);
        _at++;
        return value;
    }
}
