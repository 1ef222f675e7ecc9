// struct can_frame of linux/can.h, 16 bytes: identifier with flags (0..3, in the machine's byte order), length (4), three
// bytes that do not matter (5..7), data (8..15). struct can_filter, 8 bytes: identifier, then mask.
// Invariant: what is read is either a classic data frame or nothing.
// Tests: tests/host-sim/Bus/Real/CanFrameLayoutTests.cs.
using System.Runtime.InteropServices;

namespace EsyncSim.Bus.Real;

/// <summary>Frames and filters as the kernel lays them out.</summary>
internal static class CanFrameLayout
{
    /// <summary>Bytes of a frame.</summary>
    public const int FrameLength = 16;

    /// <summary>Bytes of a filter.</summary>
    public const int FilterLength = 8;

    private const uint ExtendedFlag = 0x80000000;
    private const uint RemoteFlag = 0x40000000;
    private const uint ErrorFlag = 0x20000000;
    private const uint ExtendedMask = 0x1FFFFFFF;
    private const uint StandardMask = 0x7FF;
    private const int LengthOffset = 4;
    private const int DataOffset = 8;

    /// <summary>Writes a frame; bytes beyond its length are zero.</summary>
    public static void Write(in BusFrame frame, Span<byte> into)
    {
        into[..FrameLength].Clear();
        uint identifier = frame.Identifier | (frame.IsExtended ? ExtendedFlag : 0);
        MemoryMarshal.Write(into, in identifier);
        into[LengthOffset] = (byte)frame.Length;
        for (int i = 0; i < frame.Length; i++)
        {
            into[DataOffset + i] = frame[i];
        }
    }

    /// <summary>Reads a frame; false when it is an error frame, a remote frame, or none at all.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BusFrame frame)
    {
        frame = default;
        if (bytes.Length != FrameLength || bytes[LengthOffset] > 8)
        {
            return false;
        }

        uint identifier = MemoryMarshal.Read<uint>(bytes);
        if ((identifier & (ErrorFlag | RemoteFlag)) != 0)
        {
            return false;
        }

        bool isExtended = (identifier & ExtendedFlag) != 0;
        frame = new BusFrame(identifier & (isExtended ? ExtendedMask : StandardMask), isExtended, bytes.Slice(DataOffset, bytes[LengthOffset]));
        return true;
    }

    /// <summary>Filters that let exactly these identifiers through, as data frames of their own format.</summary>
    public static byte[] Filters(IReadOnlyList<(uint Identifier, bool IsExtended)> accepted)
    {
        byte[] filters = new byte[accepted.Count * FilterLength];
        for (int i = 0; i < accepted.Count; i++)
        {
            (uint identifier, bool isExtended) = accepted[i];
            uint value = identifier | (isExtended ? ExtendedFlag : 0);
            uint mask = (isExtended ? ExtendedMask : StandardMask) | ExtendedFlag | RemoteFlag;
            MemoryMarshal.Write(filters.AsSpan(i * FilterLength), in value);
            MemoryMarshal.Write(filters.AsSpan((i * FilterLength) + 4), in mask);
        }

        return filters;
    }
}
