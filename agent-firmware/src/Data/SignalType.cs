// Types and qualities of signals, as numbers of nf.config's generated code and of the wire.
// Invariant: the numbers are part of formats (PROTOCOL.md, "Signals"): never reorder.
// Tests: tests/agent-firmware/Data/SignalTableTests.
namespace EsyncAgent;

/// <summary>Type of a signal's raw value (data types of COVESA VSS that fit into 32 bits).</summary>
public static class SignalType
{
    /// <summary>One byte, 00 or 01.</summary>
    public const byte Boolean = 0;

    /// <summary>One byte, unsigned.</summary>
    public const byte UInt8 = 1;

    /// <summary>One byte, signed.</summary>
    public const byte Int8 = 2;

    /// <summary>Two bytes, unsigned.</summary>
    public const byte UInt16 = 3;

    /// <summary>Two bytes, signed.</summary>
    public const byte Int16 = 4;

    /// <summary>Four bytes, unsigned; the agent holds its bits in an int.</summary>
    public const byte UInt32 = 5;

    /// <summary>Four bytes, signed.</summary>
    public const byte Int32 = 6;

    /// <summary>Bytes of a value on the wire: 1, 2 or 4.</summary>
    public static int Length(byte type)
    {
        return type < UInt16 ? 1 : type < UInt32 ? 2 : 4;
    }

    /// <summary>Writes a raw value, big-endian, and returns its length.</summary>
    public static int Write(byte type, int raw, byte[] into, int offset)
    {
        if (type < UInt16)
        {
            into[offset] = (byte)raw;
            return 1;
        }

        if (type < UInt32)
        {
            BigEndian.WriteU16(into, offset, (ushort)raw);
            return 2;
        }

        BigEndian.WriteU32(into, offset, (uint)raw);
        return 4;
    }

    /// <summary>Reads a raw value as <see cref="Write"/> writes it; signed types with their sign.</summary>
    public static int Read(byte type, byte[] from, int offset)
    {
        switch (type)
        {
            case Int8:
                return (sbyte)from[offset];
            case UInt16:
                return BigEndian.ReadU16(from, offset);
            case Int16:
                return (short)BigEndian.ReadU16(from, offset);
            case UInt32:
            case Int32:
                return (int)BigEndian.ReadU32(from, offset);
            default:
                return from[offset];
        }
    }

    /// <summary>True where values compare as unsigned.</summary>
    public static bool IsUnsigned(byte type)
    {
        return type == UInt32;
    }
}

/// <summary>What a signal's value is worth.</summary>
public static class SignalQuality
{
    /// <summary>Published, in its range, and not too old.</summary>
    public const byte Valid = 0;

    /// <summary>Never published since the start.</summary>
    public const byte NeverSet = 1;

    /// <summary>The last published value was out of its range; the value is the last valid one.</summary>
    public const byte OutOfRange = 2;

    /// <summary>Its CAN frame has not come for longer than its timeout; the value is the last valid one.</summary>
    public const byte TimedOut = 3;
}
