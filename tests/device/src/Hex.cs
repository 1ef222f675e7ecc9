// Bytes from hexadecimal text: vectors are written as the standards print them.
namespace EsyncAgent.DeviceTests;

/// <summary>Hexadecimal text.</summary>
internal static class Hex
{
    private const string Digits = "0123456789abcdef";

    /// <summary>The bytes of pairs of digits, blanks between them left out.</summary>
    internal static byte[] Bytes(string text)
    {
        string digits = text.ToLower();
        byte[] bytes = new byte[digits.Length / 2];
        int count = 0;
        for (int i = 0; i < digits.Length; i++)
        {
            if (digits[i] != ' ')
            {
                bytes[count / 2] = (byte)((bytes[count / 2] << 4) | Digits.IndexOf(digits[i]));
                count++;
            }
        }

        byte[] whole = new byte[count / 2];
        System.Array.Copy(bytes, 0, whole, 0, whole.Length);
        return whole;
    }

    /// <summary>Bytes as pairs of digits without blanks.</summary>
    internal static string Text(byte[] bytes)
    {
        char[] text = new char[bytes.Length * 2];
        for (int i = 0; i < bytes.Length; i++)
        {
            text[i * 2] = Digits[bytes[i] >> 4];
            text[(i * 2) + 1] = Digits[bytes[i] & 15];
        }

        return new string(text);
    }
}
