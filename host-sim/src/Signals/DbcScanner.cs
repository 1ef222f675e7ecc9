// Cuts the text of a DBC file into words, numbers, strings and marks. Line ends, tabs and spaces only separate; whoever
// wrote `SG_ a:0|8@1+(1,0)[0|0]""b` is understood as well as who wrote a space everywhere.
// Invariant: it takes every text and ends; what is no token becomes a mark of one character.
// Tests: tests/host-sim/Signals/DbcParserTests.cs.
using System.Globalization;
using System.Text;

namespace EsyncSim.Signals;

/// <summary>What a token is.</summary>
internal enum DbcTokenKind
{
    End,
    Word,
    Number,
    Text,
    Mark,
}

/// <summary>A token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its characters; of a string those between the quotes.</param>
/// <param name="Line">Line from 1.</param>
/// <param name="IsFirst">True for the first of its line.</param>
internal readonly record struct DbcToken(DbcTokenKind Kind, string Text, int Line, bool IsFirst)
{
    public bool IsMark(char mark) => Kind == DbcTokenKind.Mark && Text[0] == mark;

    public bool IsWord(string word) => Kind == DbcTokenKind.Word && Text == word;
}

/// <summary>Text to tokens.</summary>
internal sealed class DbcScanner(string text)
{
    private int _at;
    private int _line = 1;
    private bool _isFirst = true;

    /// <summary>Line of a string that nothing closed; 0 when there is none.</summary>
    public int OpenStringLine { get; private set; }

    /// <summary>The next token; End for ever at the end.</summary>
    public DbcToken Next()
    {
        SkipBetween();
        if (_at >= text.Length)
        {
            return new DbcToken(DbcTokenKind.End, "", _line, _isFirst);
        }

        int line = _line;
        bool isFirst = _isFirst;
        _isFirst = false;
        char c = text[_at];
        if (c == '"')
        {
            return new DbcToken(DbcTokenKind.Text, ReadString(), line, isFirst);
        }

        if (IsWordStart(c))
        {
            return new DbcToken(DbcTokenKind.Word, Take(IsWordPart), line, isFirst);
        }

        return NumberLength() is var length and > 0
            ? new DbcToken(DbcTokenKind.Number, TakeLength(length), line, isFirst)
            : new DbcToken(DbcTokenKind.Mark, TakeLength(1), line, isFirst);
    }

    /// <summary>The value of a number token.</summary>
    public static double ValueOf(string number) =>
        number.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? ulong.TryParse(number.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong hex) ? hex : double.NaN
            : double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;

    private static bool IsWordStart(char c) => char.IsAsciiLetter(c) || c == '_' || (c > '\u007F' && char.IsLetter(c));

    private static bool IsWordPart(char c) => IsWordStart(c) || char.IsAsciiDigit(c);

    private void SkipBetween()
    {
        while (_at < text.Length)
        {
            if (text[_at] == '\n')
            {
                _line++;
                _isFirst = true;
                _at++;
            }
            else if (char.IsWhiteSpace(text[_at]) || text[_at] is '\uFEFF' or '\0' or '\u001A')
            {
                _at++;
            }
            else if (IsAt("//"))
            {
                _at = EndOf("\n", 0);
            }
            else if (IsAt("/*"))
            {
                int end = EndOf("*/", 2);
                _line += text.AsSpan(_at, end - _at).Count('\n');
                _at = end;
            }
            else
            {
                return;
            }
        }
    }

    private bool IsAt(string mark) => string.CompareOrdinal(text, _at, mark, 0, mark.Length) == 0;

    private int EndOf(string mark, int length)
    {
        int end = text.IndexOf(mark, Math.Min(_at + length, text.Length), StringComparison.Ordinal);
        return end < 0 ? text.Length : end + length;
    }

    private string ReadString()
    {
        int line = _line;
        var content = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            char c = text[_at];
            if (c == '"')
            {
                _at++;
                return content.ToString();
            }

            if (c == '\\' && _at + 1 < text.Length && text[_at + 1] == '"')
            {
                content.Append('"');
                _at++;
            }
            else if (c != '\r')
            {
                _line += c == '\n' ? 1 : 0;
                content.Append(c);
            }
        }

        OpenStringLine = line;
        return content.ToString();
    }

    private string Take(Func<char, bool> belongs)
    {
        int end = _at;
        while (end < text.Length && belongs(text[end]))
        {
            end++;
        }

        return TakeLength(end - _at);
    }

    private string TakeLength(int length)
    {
        string taken = text.Substring(_at, length);
        _at += length;
        return taken;
    }

    // A sign belongs to the number only with a digit or a point behind it: of `@1-(…` it is a mark.
    private int NumberLength()
    {
        int at = text[_at] is '+' or '-' ? _at + 1 : _at;
        if (string.Compare(text, at, "0x", 0, 2, StringComparison.OrdinalIgnoreCase) == 0 && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 2]))
        {
            return Digits(at + 2, char.IsAsciiHexDigit) - _at;
        }

        int whole = Digits(at, char.IsAsciiDigit);
        int end = whole < text.Length && text[whole] == '.' ? Digits(whole + 1, char.IsAsciiDigit) : whole;
        bool hasDigit = whole > at || end > whole + 1;
        return hasDigit ? WithExponent(end) - _at : 0;
    }

    private int WithExponent(int end)
    {
        if (end < text.Length && text[end] is 'e' or 'E')
        {
            int digits = end + 1 < text.Length && text[end + 1] is '+' or '-' ? end + 2 : end + 1;
            int last = Digits(digits, char.IsAsciiDigit);
            return last > digits ? last : end;
        }

        return end;
    }

    private int Digits(int from, Func<char, bool> isDigit)
    {
        int end = from;
        while (end < text.Length && isDigit(text[end]))
        {
            end++;
        }

        return end;
    }
}
