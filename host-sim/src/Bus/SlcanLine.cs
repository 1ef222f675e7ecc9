// A frame as a line of the serial ASCII protocol (slcan): `t7E08027E00CCCCCCCCCC`, `T18DA10F1202…`, remote ones `r7E08`.
// Invariant: what was read can be on a classic CAN bus; nothing of a line is passed over.
// Tests: tests/host-sim/Bus/Serve/SlcanConversationTests.cs, ConversationPropertyTests.cs.
using System.Globalization;

namespace EsyncSim.Bus;

/// <summary>Frames as lines of slcan.</summary>
public static class SlcanLine
{
    /// <summary>Longest line, its end included.</summary>
    public const int LengthMax = 27;

    private const byte CarriageReturn = 13;
    private const int SmallBit = 0x20; // what parts a small letter from its capital

    /// <summary>True for the first letter of a remote frame.</summary>
    public static bool IsRemote(byte letter) => (letter | SmallBit) == 'r';

    /// <summary>Writes a frame as a line with its end; returns its length.</summary>
    public static int Format(in BusFrame frame, Span<byte> into)
    {
        into[0] = (byte)(frame.IsExtended ? 'T' : 't');
        frame.Identifier.TryFormat(into[1..], out int length, frame.IsExtended ? "X8" : "X3", CultureInfo.InvariantCulture);
        length++;
        into[length++] = (byte)('0' + frame.Length);
        for (int i = 0; i < frame.Length; i++)
        {
            frame[i].TryFormat(into[length..], out int digits, "X2", CultureInfo.InvariantCulture);
            length += digits;
        }

        into[length++] = CarriageReturn;
        return length;
    }

    /// <summary>Reads a line without its end; false when it is no frame. A remote frame has no data.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out BusFrame frame)
    {
        frame = default;
        if (line.Length == 0 || line[0] is not ((byte)'t' or (byte)'T' or (byte)'r' or (byte)'R'))
        {
            return false;
        }

        bool isExtended = line[0] is (byte)'T' or (byte)'R';
        int digits = isExtended ? 8 : 3;
        if (line.Length < digits + 2 || line[digits + 1] is < (byte)'0' or > (byte)'8')
        {
            return false;
        }

        int dataLength = IsRemote(line[0]) ? 0 : line[digits + 1] - '0';
        if (line.Length != digits + 2 + (2 * dataLength) || !TryHex(line.Slice(1, digits), out uint identifier) || identifier > (isExtended ? 0x1FFFFFFFu : 0x7FFu))
        {
            return false;
        }

        Span<byte> data = stackalloc byte[8];
        for (int i = 0; i < dataLength; i++)
        {
            if (!TryHex(line.Slice(digits + 2 + (2 * i), 2), out uint value))
            {
                return false;
            }

            data[i] = (byte)value;
        }

        frame = new BusFrame(identifier, isExtended, data[..dataLength]);
        return true;
    }

    private static bool TryHex(ReadOnlySpan<byte> text, out uint value) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
