// What the readers of both kinds of logs have in common: one line at a time, numbers, bytes, and a frame out of them.
// Invariant: whatever is wrong is said as the end of a sentence that begins with "this line".
// Tests: tests/host-sim/Logs/LogReaderTests.cs.
using System.Globalization;
using EsyncSim.Bus;

namespace EsyncSim.Logs;

/// <summary>Understands the lines of one kind of log.</summary>
internal abstract class LogLines
{
    private const int DecimalsMax = 9;

    /// <summary>What was left out so far.</summary>
    public LogLeftOut LeftOut { get; } = new();

    /// <summary>Takes the next line; false when it holds no data frame.</summary>
    /// <exception cref="FormatException">It is no line of such a log.</exception>
    public abstract bool TryTake(string line, out LoggedFrame frame);

    /// <summary>Seconds with up to nine decimals as nanoseconds.</summary>
    protected static bool TryReadSeconds(ReadOnlySpan<char> text, out long ns)
    {
        ns = 0;
        int dot = text.IndexOf('.');
        ReadOnlySpan<char> whole = dot < 0 ? text : text[..dot];
        ReadOnlySpan<char> part = dot < 0 ? [] : text[(dot + 1)..];
        if (!uint.TryParse(whole, NumberStyles.None, CultureInfo.InvariantCulture, out uint seconds) || part.Length > DecimalsMax)
        {
            return false;
        }

        uint rest = 0;
        if (part.Length > 0 && !uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out rest))
        {
            return false;
        }

        for (int i = part.Length; i < DecimalsMax; i++)
        {
            rest *= 10;
        }

        ns = (seconds * VirtualTime.NsPerSecond) + rest;
        return true;
    }

    /// <summary>A number without sign.</summary>
    protected static bool TryReadNumber(ReadOnlySpan<char> text, bool isHex, out uint value) =>
        uint.TryParse(text, isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out value);

    /// <summary>A frame, when its identifier is one.</summary>
    /// <exception cref="FormatException">It is too large.</exception>
    protected static BusFrame FrameOf(uint identifier, bool isExtended, ReadOnlySpan<byte> data)
    {
        if (identifier > (isExtended ? 0x1FFFFFFFu : 0x7FFu))
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"has the identifier {identifier:X}, which {(isExtended ? 29 : 11)} bits cannot hold"));
        }

        return new BusFrame(identifier, isExtended, data);
    }
}
