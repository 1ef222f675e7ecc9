// Layout of one NvM record: magic, block, level of sparing writes, length, sequence, data, CRC-32, padded with FF to a multiple of 32 bytes.
// Invariant: every record is a whole number of write units on every supported part.
// PROTOCOL.md "NvM". Tests: tests/agent-firmware/NvM.
using System;

namespace EsyncAgent;

/// <summary>Builds and reads NvM records.</summary>
internal static class NvMRecord
{
    /// <summary>Bytes before the data.</summary>
    internal const int HeaderLength = 12;

    /// <summary>Records are multiples of this.</summary>
    internal const int Unit = 32;

    private const uint Magic = 0x45534E56;
    private const int CrcLength = 4;

    /// <summary>Length in flash of a record with so much data.</summary>
    internal static int PaddedLength(int dataLength)
    {
        return (HeaderLength + dataLength + CrcLength + Unit - 1) & ~(Unit - 1);
    }

    /// <summary>Length in flash of the longest record.</summary>
    internal static int PaddedLengthMax(NvMConfig config)
    {
        int longest = 0;
        for (int block = 0; block < NvMBlock.Count; block++)
        {
            int padded = PaddedLength(config.LengthMax[block]);
            longest = padded > longest ? padded : longest;
        }

        return longest;
    }

    /// <summary>Writes a record to the start of <paramref name="into"/>; returns its padded length.</summary>
    internal static int Build(byte[] into, byte block, int level, uint sequence, byte[] data, int length)
    {
        int end = HeaderLength + length;
        int padded = PaddedLength(length);
        BigEndian.WriteU32(into, 0, Magic);
        into[4] = block;
        into[5] = (byte)level;
        BigEndian.WriteU16(into, 6, (ushort)length);
        BigEndian.WriteU32(into, 8, sequence);
        Array.Copy(data, 0, into, HeaderLength, length);
        BigEndian.WriteU32(into, end, Crc32.Compute(into, 0, end));
        Bytes.Fill(into, end + CrcLength, padded - end - CrcLength, 0xFF);
        return padded;
    }

    /// <summary>Length of the data when the 12 bytes at <paramref name="index"/> are a header of a known block, else 0.</summary>
    internal static int DataLength(byte[] from, int index, NvMConfig config)
    {
        if (BigEndian.ReadU32(from, index) != Magic || from[index + 4] >= NvMBlock.Count || from[index + 5] > GrowingDelay.LevelMax)
        {
            return 0;
        }

        int length = BigEndian.ReadU16(from, index + 6);
        return length <= config.LengthMax[from[index + 4]] ? length : 0;
    }

    /// <summary>True when the CRC of a record with so much data is right.</summary>
    internal static bool IsWhole(byte[] from, int index, int length)
    {
        int end = HeaderLength + length;
        return BigEndian.ReadU32(from, index + end) == Crc32.Compute(from, index, end);
    }
}
