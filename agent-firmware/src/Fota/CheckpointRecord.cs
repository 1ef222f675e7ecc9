// Layout of the checkpoint list's records (PROTOCOL.md "Checkpoints"): a head of 32 bytes, or a chunk with a decoder's state.
// Both begin with kind and chunk; both end with a CRC-32. A length is a multiple of 32, the largest write unit.
// Invariant: in flash; never changed.
// Tests: tests/agent-firmware/Fota/CheckpointLogTests.
using System;

namespace EsyncAgent;

/// <summary>Writes records and tells whole ones.</summary>
public static class CheckpointRecord
{
    /// <summary>Length of a record without a state.</summary>
    public const int Length = 32;

    /// <summary>Bytes of the manifest digest in a record.</summary>
    public const int DigestLength = 16;

    /// <summary>First record of an area: a = sequence of the area, b = chunks recorded before it ("ESCP").</summary>
    public const uint Header = 0x45534350;

    /// <summary>The same, followed by the state at the end of these chunks ("ESCQ").</summary>
    public const uint HeaderWithState = 0x45534351;

    /// <summary>a = index of the chunk up to which all are in the bank ("ESCK").</summary>
    public const uint Chunk = 0x4553434B;

    /// <summary>The same with a decoder's state at the chunk's end ("ESCS").</summary>
    public const uint State = 0x45534353;

    private const int CrcLength = 4;
    private const int CrcOffset = Length - CrcLength;
    private const int StateLengthOffset = 8;
    private const int StateOffset = 12;

    /// <summary>Length of a record with a state of so many bytes.</summary>
    public static int StateLength(int stateLength)
    {
        return (StateOffset + stateLength + CrcLength + Length - 1) / Length * Length;
    }

    /// <summary>Writes a record without state at the start of an array and returns its length.</summary>
    public static int Write(byte[] into, uint kind, uint a, uint b, byte[] digest)
    {
        BigEndian.WriteU32(into, 0, kind);
        BigEndian.WriteU32(into, 4, a);
        BigEndian.WriteU32(into, 8, b);
        Array.Copy(digest, 0, into, 12, DigestLength);
        BigEndian.WriteU32(into, CrcOffset, Crc32.Compute(into, 0, CrcOffset));
        return Length;
    }

    /// <summary>Writes a record with a state and returns its length.</summary>
    public static int WriteState(byte[] into, int offset, uint chunkIndex, DecoderCheckpoint state)
    {
        int length = StateLength(state.Length);
        int crc = length - CrcLength;
        Array.Clear(into, offset, length);
        BigEndian.WriteU32(into, offset, State);
        BigEndian.WriteU32(into, offset + 4, chunkIndex);
        BigEndian.WriteU16(into, offset + StateLengthOffset, (ushort)state.Length);
        Array.Copy(state.Data, 0, into, offset + StateOffset, state.Length);
        BigEndian.WriteU32(into, offset + crc, Crc32.Compute(into, offset, crc));
        return length;
    }

    /// <summary>True when a record without state is whole.</summary>
    public static bool IsWhole(byte[] from, int offset)
    {
        return BigEndian.ReadU32(from, offset + CrcOffset) == Crc32.Compute(from, offset, CrcOffset);
    }

    /// <summary>Bytes of state that a record says to hold.</summary>
    public static int StateLengthAt(byte[] from, int offset)
    {
        return BigEndian.ReadU16(from, offset + StateLengthOffset);
    }

    /// <summary>True when a record of <paramref name="length"/> bytes with a state is whole.</summary>
    public static bool IsWholeState(byte[] from, int offset, int length)
    {
        int crc = length - CrcLength;
        return BigEndian.ReadU32(from, offset) == State && BigEndian.ReadU32(from, offset + crc) == Crc32.Compute(from, offset, crc);
    }

    /// <summary>Reads the state of a whole record.</summary>
    public static void ReadState(byte[] from, int offset, DecoderCheckpoint state)
    {
        state.Length = StateLengthAt(from, offset);
        Array.Copy(from, offset + StateOffset, state.Data, 0, state.Length);
    }
}
