// Small operations on byte ranges that several modules need.
// Must not be used on secrets: comparing here stops at the first difference (Csm.ConstantTime does not).
// Tests: tests/agent-firmware/Std.
namespace EsyncAgent;

/// <summary>Comparing and filling of byte ranges.</summary>
public static class Bytes
{
    /// <summary>True when both ranges hold the same bytes. Not for secrets.</summary>
    public static bool AreEqual(byte[] a, int aOffset, byte[] b, int bOffset, int count)
    {
        // Eight bytes by two native calls: an interpreter pays for every instruction of a loop over bytes.
        int end = aOffset + count;
        int shift = bOffset - aOffset;
        int i = aOffset;
        for (; i <= end - 8; i += 8)
        {
            if (System.BitConverter.ToInt64(a, i) != System.BitConverter.ToInt64(b, i + shift))
            {
                return false;
            }
        }

        for (; i < end; i++)
        {
            if (a[i] != b[i + shift])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>True when every byte of the range is <paramref name="value"/>.</summary>
    public static bool AreAll(byte[] data, int offset, int count, byte value)
    {
        int end = offset + count;
        for (int i = offset; i < end; i++)
        {
            if (data[i] != value)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Fills a range by doubling native copies: the interpreter touches a few bytes only.</summary>
    public static void Fill(byte[] data, int offset, int count, byte value)
    {
        if (count <= 0)
        {
            return;
        }

        data[offset] = value;
        int filled = 1;
        while (filled < count)
        {
            int step = filled < count - filled ? filled : count - filled;
            System.Array.Copy(data, offset, data, offset + filled, step);
            filled += step;
        }
    }
}
