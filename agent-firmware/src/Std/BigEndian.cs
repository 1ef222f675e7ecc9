// Big-endian integers in byte arrays, as ISO 14229-1, RFC 8554 and CBOR lay them out.
// No bounds of its own: the caller owns the length; an index outside the array throws, as everywhere.
// Tests: tests/agent-firmware/Std.
namespace EsyncAgent;

/// <summary>Reads and writes big-endian integers at a given index.</summary>
public static class BigEndian
{
    /// <summary>Two bytes as an unsigned number.</summary>
    public static ushort ReadU16(byte[] from, int offset)
    {
        return (ushort)((from[offset] << 8) | from[offset + 1]);
    }

    /// <summary>Three bytes as an unsigned number (a DTC, ISO 14229-1:2020 §12.3).</summary>
    public static uint ReadU24(byte[] from, int offset)
    {
        return ((uint)from[offset] << 16) | ((uint)from[offset + 1] << 8) | from[offset + 2];
    }

    /// <summary>Four bytes as an unsigned number.</summary>
    public static uint ReadU32(byte[] from, int offset)
    {
        return ((uint)from[offset] << 24) | ((uint)from[offset + 1] << 16) | ((uint)from[offset + 2] << 8) | from[offset + 3];
    }

    /// <summary>Writes two bytes.</summary>
    public static void WriteU16(byte[] into, int offset, ushort value)
    {
        into[offset] = (byte)(value >> 8);
        into[offset + 1] = (byte)value;
    }

    /// <summary>Writes the low three bytes of <paramref name="value"/>.</summary>
    public static void WriteU24(byte[] into, int offset, uint value)
    {
        into[offset] = (byte)(value >> 16);
        into[offset + 1] = (byte)(value >> 8);
        into[offset + 2] = (byte)value;
    }

    /// <summary>Writes four bytes.</summary>
    public static void WriteU32(byte[] into, int offset, uint value)
    {
        into[offset] = (byte)(value >> 24);
        into[offset + 1] = (byte)(value >> 16);
        into[offset + 2] = (byte)(value >> 8);
        into[offset + 3] = (byte)value;
    }

    /// <summary>Eight bytes as a signed number.</summary>
    public static long ReadI64(byte[] from, int offset)
    {
        return (long)(((ulong)ReadU32(from, offset) << 32) | ReadU32(from, offset + 4));
    }

    /// <summary>Writes eight bytes.</summary>
    public static void WriteI64(byte[] into, int offset, long value)
    {
        WriteU32(into, offset, (uint)(value >> 32));
        WriteU32(into, offset + 4, (uint)value);
    }
}
