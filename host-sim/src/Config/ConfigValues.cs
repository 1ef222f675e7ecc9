// How values are written in nf.config: numbers (decimal or 0x), sizes (KiB, MiB), UUIDs, bytes in hexadecimal.
// Pure text to value; who asks reports what is wrong.
// Tests: tests/host-sim/Config/ConfigValuesTests.cs.
using System.Globalization;

namespace EsyncSim.Config;

/// <summary>Parsing of scalar texts.</summary>
internal static class ConfigValues
{
    /// <summary>A decimal number, or a hexadecimal one after 0x; at most 64 bits.</summary>
    public static bool TryNumber(string text, out ulong value)
    {
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>A whole number with or without a sign: a number as <see cref="TryNumber"/> takes it.</summary>
    public static bool TryWhole(string text, out long value)
    {
        bool isNegative = text.StartsWith('-');
        bool isNumber = TryNumber(isNegative ? text[1..] : text, out ulong number) && number <= long.MaxValue;
        value = isNumber ? (isNegative ? -(long)number : (long)number) : 0;
        return isNumber;
    }

    /// <summary>A finite decimal number, with sign, fraction and exponent as it likes.</summary>
    public static bool TryReal(string text, out double value) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    /// <summary>How files and messages write such a number: the shortest text that reads back as the same.</summary>
    public static string RealText(double value) => value == 0 ? "0" : value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>A number of bytes: a number, or a number with KiB or MiB.</summary>
    public static bool TrySize(string text, out ulong value)
    {
        foreach ((string unit, ulong factor) in new[] { ("KiB", 1024UL), ("MiB", 1024UL * 1024) })
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                bool isNumber = TryNumber(text[..^unit.Length].TrimEnd(' '), out value) && value <= ulong.MaxValue / factor;
                value *= factor;
                return isNumber;
            }
        }

        return TryNumber(text, out value);
    }

    /// <summary>A UUID in its usual form with dashes, as 16 bytes in the order of its digits (RFC 9562 §4).</summary>
    public static bool TryUuid(string text, out byte[] bytes)
    {
        bool isUuid = Guid.TryParseExact(text, "D", out Guid uuid);
        bytes = uuid.ToByteArray(bigEndian: true);
        return isUuid && uuid != Guid.Empty;
    }

    /// <summary>Bytes as pairs of hexadecimal digits; spaces between pairs are allowed.</summary>
    public static bool TryHexBytes(string text, out byte[] bytes)
    {
        bytes = [];
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0 || words.Any(w => w.Length % 2 != 0 || !w.All(char.IsAsciiHexDigit)))
        {
            return false;
        }

        bytes = Convert.FromHexString(string.Concat(words));
        return true;
    }

    /// <summary>How messages write a number of bytes: in KiB or MiB when it is a whole number of them.</summary>
    public static string SizeText(ulong bytes) => bytes switch
    {
        0 => "0",
        _ when bytes % (1024 * 1024) == 0 => $"{bytes / 1024 / 1024} MiB",
        _ when bytes % 1024 == 0 => $"{bytes / 1024} KiB",
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} bytes"),
    };
}
