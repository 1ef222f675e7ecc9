// Bisection in tables that the generated configuration keeps in ascending order. One method for each type of table: the target knows no generics of our own.
// Invariant: the table ascends and holds each number once; nf.config sees to it.
// Tests: tests/agent-firmware/Std.
namespace EsyncAgent;

/// <summary>Finds numbers in ascending tables.</summary>
public static class Ascending
{
    /// <summary>Index of <paramref name="wanted"/>; −1 when the table does not have it.</summary>
    public static int IndexOf(byte[] table, byte wanted)
    {
        int low = 0;
        int high = table.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            byte found = table[middle];
            if (found == wanted)
            {
                return middle;
            }

            if (found < wanted)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }

    /// <summary>Index of <paramref name="wanted"/>; −1 when the table does not have it.</summary>
    public static int IndexOf(ushort[] table, ushort wanted)
    {
        int low = 0;
        int high = table.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            ushort found = table[middle];
            if (found == wanted)
            {
                return middle;
            }

            if (found < wanted)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }

    /// <summary>Index of <paramref name="wanted"/>; −1 when the table does not have it.</summary>
    public static int IndexOf(uint[] table, uint wanted)
    {
        int low = 0;
        int high = table.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            uint found = table[middle];
            if (found == wanted)
            {
                return middle;
            }

            if (found < wanted)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return -1;
    }
}
