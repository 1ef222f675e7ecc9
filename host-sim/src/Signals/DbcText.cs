// The bytes of a DBC file as text: UTF-8 where it is that, else Windows-1252, in which most tools write their degree signs.
// Invariant: it takes all bytes.
// Tests: tests/host-sim/Signals/DbcTextTests.cs.
using System.Text;

namespace EsyncSim.Signals;

/// <summary>Bytes to text.</summary>
internal static class DbcText
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly Encoding Windows = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Decodes a file.</summary>
    public static string Decode(byte[] bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Windows.GetString(bytes);
        }
    }

    /// <summary>Text for one line of another file: blanks in a row are one, control characters none, and it is cut to a length.</summary>
    public static string OneLine(string text, int lengthMax)
    {
        string line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        line = string.Concat(line.Where(c => !char.IsControl(c) && c is not ('\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF') && !char.IsSurrogate(c)));
        return line.Length <= lengthMax ? line : line[..(lengthMax - 1)] + "…";
    }
}
