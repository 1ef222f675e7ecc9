// A classic CAN data frame as a value: it is copied, never shared, and costs no allocation.
// Invariant: bytes of Data beyond Length are zero.
// Tests: tests/host-sim/Bus.
using System.Buffers.Binary;
using EsyncAgent;

namespace EsyncSim.Bus;

/// <summary>One classic CAN data frame (ISO 11898-1) on the virtual bus.</summary>
public readonly record struct BusFrame
{
    /// <summary>Makes a frame of 0 to 8 bytes.</summary>
    public BusFrame(uint identifier, bool isExtended, ReadOnlySpan<byte> data)
        : this(identifier, isExtended, data.Length, Pack(data))
    {
    }

    /// <summary>Makes a frame from eight packed bytes, the first one in the highest place.</summary>
    public BusFrame(uint identifier, bool isExtended, int length, ulong data)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, 8u, nameof(length));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(identifier, isExtended ? 0x1FFFFFFFu : 0x7FFu);
        Identifier = identifier;
        IsExtended = isExtended;
        Length = length;
        Data = length == 0 ? 0 : data & (ulong.MaxValue << (64 - (8 * length)));
    }

    /// <summary>11 or 29 bits.</summary>
    public uint Identifier { get; }

    /// <summary>True for 29 bits.</summary>
    public bool IsExtended { get; }

    /// <summary>Number of data bytes, 0 to 8.</summary>
    public int Length { get; }

    /// <summary>The data bytes, the first one in bits 63 to 56.</summary>
    public ulong Data { get; }

    /// <summary>What the bits of the arbitration field say, left-aligned: the frame with the smallest value wins the bus.</summary>
    /// <remarks>
    /// Standard: 11 bits, RTR 0, IDE 0. Extended: 11 bits, SRR 1, IDE 1, 18 bits, RTR 0. A standard frame thus wins
    /// against an extended one with the same first 11 bits.
    /// </remarks>
    public uint ArbitrationField => IsExtended
        ? ((Identifier >> 18) << 21) | (3u << 19) | ((Identifier & 0x3FFFF) << 1)
        : Identifier << 21;

    /// <summary>Data byte by index.</summary>
    public byte this[int index] => (byte)(Data >> (56 - (8 * index)));

    /// <summary>The frame of the agent's port as a value.</summary>
    public static BusFrame From(CanFrame frame) =>
        new(frame.Identifier, frame.IsExtended, frame.Length, BinaryPrimitives.ReadUInt64BigEndian(frame.Data));

    /// <summary>Writes the frame into the agent's port form; all eight bytes of its data are written.</summary>
    public void CopyTo(CanFrame into)
    {
        into.Identifier = Identifier;
        into.IsExtended = IsExtended;
        into.Length = (byte)Length;
        BinaryPrimitives.WriteUInt64BigEndian(into.Data, Data);
    }

    /// <summary>Identifier and data as candump writes them: <c>7E0#0210</c>, <c>18DA10F1#3E00</c>.</summary>
    public override string ToString()
    {
        Span<char> text = stackalloc char[32];
        return new string(text[..Format(text)]);
    }

    /// <summary>Writes what <see cref="ToString"/> gives; 25 characters at most.</summary>
    public int Format(Span<char> into)
    {
        Identifier.TryFormat(into, out int length, IsExtended ? "X8" : "X3");
        into[length++] = '#';
        for (int i = 0; i < Length; i++)
        {
            this[i].TryFormat(into[length..], out int digits, "X2");
            length += digits;
        }

        return length;
    }

    private static ulong Pack(ReadOnlySpan<byte> data)
    {
        ulong packed = 0;
        for (int i = 0; i < data.Length && i < 8; i++)
        {
            packed |= (ulong)data[i] << (56 - (8 * i));
        }

        return packed;
    }
}
