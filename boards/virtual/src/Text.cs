// Words for people: bytes as hexadecimal, padded text fields, states and the reasons that a run can meet.
// The target's Enum.ToString() gives numbers and its formats lack alignment: what is printed is put together here.
// Tests: tests/boards/virtual/TextTests.cs.
using System.Text;

namespace EsyncAgent.Emulator;

/// <summary>Texts.</summary>
public static class Text
{
    private const string Digits = "0123456789ABCDEF";

    /// <summary>Bytes as hexadecimal, two digits each, separated by spaces.</summary>
    public static string Hex(byte[] data, int offset, int count)
    {
        char[] text = new char[count == 0 ? 0 : (count * 3) - 1];
        for (int i = 0; i < count; i++)
        {
            text[i * 3] = Digits[data[offset + i] >> 4];
            text[(i * 3) + 1] = Digits[data[offset + i] & 15];
            if (i + 1 < count)
            {
                text[(i * 3) + 2] = ' ';
            }
        }

        return new string(text);
    }

    /// <summary>A byte as two hexadecimal digits.</summary>
    public static string Hex(byte value)
    {
        return Hex(new byte[] { value }, 0, 1);
    }

    /// <summary>An ASCII field that is padded with 00 to <paramref name="length"/>.</summary>
    public static string Field(byte[] data, int offset, int length)
    {
        int end = offset;
        while (end < offset + length && data[end] != 0)
        {
            end++;
        }

        return Encoding.UTF8.GetString(data, offset, end - offset);
    }

    /// <summary>A number with commas between thousands.</summary>
    public static string Number(int value)
    {
        string digits = value.ToString();
        string text = "";
        while (digits.Length > 3)
        {
            text = "," + digits.Substring(digits.Length - 3) + text;
            digits = digits.Substring(0, digits.Length - 3);
        }

        return digits + text;
    }

    /// <summary>State of a bank.</summary>
    public static string Of(BankState state)
    {
        switch (state)
        {
            case BankState.Empty:
                return "EMPTY";
            case BankState.Receiving:
                return "RECEIVING";
            case BankState.Verified:
                return "VERIFIED";
            case BankState.Trial:
                return "TRIAL";
            case BankState.Confirmed:
                return "CONFIRMED";
            case BankState.Previous:
                return "PREVIOUS";
            default:
                return "REJECTED";
        }
    }

    /// <summary>A reason by its name and number; only the number for one that no story expects.</summary>
    public static string Of(FotaError reason)
    {
        return NameOf(reason) + " (" + ((int)reason).ToString() + ")";
    }

    private static string NameOf(FotaError reason)
    {
        switch (reason)
        {
            case FotaError.None:
                return "None";
            case FotaError.DigestMismatch:
                return "DigestMismatch";
            case FotaError.RoleMissing:
                return "RoleMissing";
            case FotaError.SignatureInvalid:
                return "SignatureInvalid";
            case FotaError.ChunkMismatch:
                return "ChunkMismatch";
            case FotaError.FlashFailed:
                return "FlashFailed";
            case FotaError.SelfTestFailed:
                return "SelfTestFailed";
            case FotaError.AliveLost:
                return "AliveLost";
            case FotaError.RolledBackByClient:
                return "RolledBackByClient";
            case FotaError.LoadFailed:
                return "LoadFailed";
            default:
                return "FotaError";
        }
    }
}
