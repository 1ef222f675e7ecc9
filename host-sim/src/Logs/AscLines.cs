// Lines of a Vector ASC log: a head (`date`, `base hex|dec  timestamps absolute|relative`), then events, each `seconds channel …`.
// A data frame is `seconds channel identifier[x] Rx|Tx d length bytes …`; whatever follows its bytes (Length =, BitCount =) is left.
// Remote frames (r), ErrorFrame, CANFD and all other events are counted. A request to send (TxRq) is an event, for its frame follows.
// Invariant: without a head numbers are hexadecimal and times absolute, as CANoe's own reader takes them.
// Tests: tests/host-sim/Logs/LogReaderTests.cs.
using System.Globalization;
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>Lines of an ASC log.</summary>
internal sealed class AscLines : LogLines
{
    private const int DataLengthMax = 8;
    private const int LengthCodeMax = 15;

    private static readonly string[] Heads = ["date ", "internal events", "no internal events", "//", "begin triggerblock", "end triggerblock"];

    private bool _isDecimal;
    private bool _isRelative;
    private long _ns;

    /// <inheritdoc/>
    public override bool TryTake(string line, out LoggedFrame frame)
    {
        frame = default;
        string text = line.Trim();
        if (text.Length == 0 || Array.Exists(Heads, head => text.StartsWith(head, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words[0].Equals("base", StringComparison.OrdinalIgnoreCase))
        {
            TakeBase(words);
            return false;
        }

        if (!TryReadSeconds(words[0], out long ns))
        {
            throw new FormatException("begins neither with a time nor with a word of an ASC log's head");
        }

        _ns = _isRelative ? _ns + ns : ns;
        return TakeEvent(words, out frame);
    }

    private void TakeBase(string[] words)
    {
        string number = words.ElementAtOrDefault(1) ?? string.Empty;
        string times = words.ElementAtOrDefault(3) ?? "absolute";
        if (number is not ("hex" or "dec") || times is not ("absolute" or "relative"))
        {
            throw new FormatException("names its base and timestamps in another form than `base hex|dec  timestamps absolute|relative`");
        }

        _isDecimal = number == "dec";
        _isRelative = times == "relative";
    }

    private bool TakeEvent(string[] words, out LoggedFrame frame)
    {
        frame = default;
        if (words.Length > 2 && words[1] == "Start" && words[2] == "of")
        {
            return false;
        }

        if (words.Length > 1 && words[1] == "CANFD")
        {
            LeftOut.Fd++;
            return false;
        }

        if (words.Length > 2 && words[2] == "ErrorFrame")
        {
            LeftOut.Error++;
            return false;
        }

        bool isFrame = words.Length > 4 && TryReadNumber(words[1], false, out _) && words[3] is "Rx" or "Tx" or "TxRq" && words[4] is "d" or "r";
        if (!isFrame || words[3] == "TxRq")
        {
            LeftOut.Event++;
            return false;
        }

        if (words[4] == "r")
        {
            LeftOut.Remote++;
            return false;
        }

        frame = new LoggedFrame(_ns, "can" + words[1], Data(words));
        return true;
    }

    private BusFrame Data(string[] words)
    {
        bool isExtended = words[2].EndsWith('x') || words[2].EndsWith('X');
        if (!TryReadNumber(isExtended ? words[2].AsSpan(0, words[2].Length - 1) : words[2], !_isDecimal, out uint identifier))
        {
            throw new FormatException($"has {words[2]} in place of an identifier: export the log without symbolic names");
        }

        // A length code above 8 stands for 8 bytes. It is hexadecimal in every log.
        if (words.Length < 6 || !TryReadNumber(words[5], true, out uint code) || code > LengthCodeMax)
        {
            throw new FormatException("has no length of 0 to 8");
        }

        int length = Math.Min((int)code, DataLengthMax);
        if (words.Length < 6 + length)
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"has fewer bytes than its length {length} says"));
        }

        byte[] data = new byte[length];
        for (int i = 0; i < length; i++)
        {
            string word = words[6 + i];
            data[i] = TryReadNumber(word, !_isDecimal, out uint value) && value <= byte.MaxValue ? (byte)value : throw new FormatException($"has {word} in place of a byte");
        }

        return FrameOf(identifier, isExtended, data);
    }
}
