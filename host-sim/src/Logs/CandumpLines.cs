// candump's lines (can-utils): those of its files, `(seconds.microseconds) interface identifier#data`, and those of its screen with
// timestamps, `(seconds.microseconds)  interface  identifier   [length]  bytes`, which people save by redirection.
// Identifiers of eight digits have 29 bits; 20000000 in them is the mark of an error frame. `##` is CAN FD, R a remote frame.
// A screen without timestamps is refused: nobody could replay it.
// Tests: tests/host-sim/Logs/LogReaderTests.cs.
using System.Globalization;
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>Lines of candump.</summary>
internal sealed class CandumpLines : LogLines
{
    private const uint ErrorFlag = 0x20000000;
    private const int DataLengthMax = 8;
    private const string DateForm = "yyyy-MM-dd HH:mm:ss.FFFFFFF";

    /// <inheritdoc/>
    public override bool TryTake(string line, out LoggedFrame frame)
    {
        frame = default;
        string text = line.Trim();
        if (text.Length == 0)
        {
            return false;
        }

        int end = text.IndexOf(')');
        if (text[0] != '(' || end < 0)
        {
            throw new FormatException("has no time in round brackets: record with `candump -l`, or on the screen with `candump -ta`");
        }

        long ns = TimeOf(text[1..end]);
        string[] words = text[(end + 1)..].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 2)
        {
            throw new FormatException("ends before its frame");
        }

        return words[1].Contains('#') ? TakeFile(ns, words[0], words[1], out frame) : TakeScreen(ns, words, out frame);
    }

    private static long TimeOf(string text)
    {
        if (TryReadSeconds(text, out long ns))
        {
            return ns;
        }

        return DateTime.TryParseExact(text, DateForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime date)
            ? (date - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick
            : throw new FormatException($"has the time ({text}), which is none");
    }

    private bool TakeFile(long ns, string bus, string text, out LoggedFrame frame)
    {
        frame = default;
        int mark = text.IndexOf('#');
        if (!TryReadIdentifier(text.AsSpan(0, mark), out uint identifier, out bool isExtended))
        {
            return false;
        }

        ReadOnlySpan<char> data = text.AsSpan(mark + 1);
        if (data.StartsWith("#"))
        {
            LeftOut.Fd++;
            return false;
        }

        if (data.StartsWith("R"))
        {
            LeftOut.Remote++;
            return false;
        }

        // A raw length code behind `_` is that of a frame of eight bytes that says more.
        int raw = data.IndexOf('_');
        frame = new LoggedFrame(ns, bus, FrameOf(identifier, isExtended, BytesOf(raw < 0 ? data : data[..raw])));
        return true;
    }

    // With -x there are direction and flags between interface and identifier: the frame ends where the length in square brackets stands.
    private bool TakeScreen(long ns, string[] words, out LoggedFrame frame)
    {
        frame = default;
        int at = Array.FindIndex(words, word => word.StartsWith('[') && word.EndsWith(']'));
        if (at < 2)
        {
            throw new FormatException("is no frame of candump: neither identifier#data nor a length in square brackets");
        }

        if (!TryReadIdentifier(words[at - 1], out uint identifier, out bool isExtended))
        {
            return false;
        }

        if (!TryReadNumber(words[at].AsSpan(1, words[at].Length - 2), false, out uint length))
        {
            throw new FormatException($"has the length {words[at]}, which is none");
        }

        if (length > DataLengthMax || words[at].Length == "[08]".Length)
        {
            LeftOut.Fd++;
            return false;
        }

        if (words.Length > at + 1 && words[at + 1] == "remote")
        {
            LeftOut.Remote++;
            return false;
        }

        if (words.Length < at + 1 + length)
        {
            throw new FormatException($"has fewer bytes than its length {words[at]} says");
        }

        frame = new LoggedFrame(ns, words[0], FrameOf(identifier, isExtended, BytesOf(string.Concat(words.Skip(at + 1).Take((int)length)))));
        return true;
    }

    private bool TryReadIdentifier(ReadOnlySpan<char> text, out uint identifier, out bool isExtended)
    {
        isExtended = text.Length == 8;
        if (text.Length is not (3 or 8) || !TryReadNumber(text, true, out identifier))
        {
            throw new FormatException($"has the identifier {text}, which is none of three or eight hexadecimal digits");
        }

        if (isExtended && (identifier & ErrorFlag) != 0)
        {
            LeftOut.Error++;
            return false;
        }

        return true;
    }

    private static byte[] BytesOf(ReadOnlySpan<char> digits)
    {
        if (digits.Length > 2 * DataLengthMax || digits.Length % 2 != 0 || digits.IndexOfAnyExcept("0123456789ABCDEFabcdef") >= 0)
        {
            throw new FormatException($"has the data {digits}, which are no bytes of a classic frame");
        }

        return Convert.FromHexString(digits);
    }
}
