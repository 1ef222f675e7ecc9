// Layout of a sector header of the report log (PROTOCOL.md "Report log"), which stands twice at the start of its sector.
// Invariant: in flash; never changed. The second copy is programmed when the first was read back.
// Tests: tests/agent-firmware/Data.
using System;

namespace EsyncAgent;

/// <summary>Writes headers and reads whole ones.</summary>
public static class ReportSectorHeader
{
    /// <summary>Length of one copy.</summary>
    public const int CopyLength = 64;

    /// <summary>Where the records of a sector begin.</summary>
    public const int Length = 2 * CopyLength;

    /// <summary>Sectors that a header can declare given up.</summary>
    public const int GivenUpMax = 2;

    private const uint Magic = 0x4553524C;
    private const byte Format = 1;
    private const int PriorityOffset = 5;
    private const int BootOffset = 6;
    private const int SequenceOffset = 8;
    private const int OpeningsOffset = 12;
    private const int ErasesOffset = 13;
    private const int EpochOffset = 16;
    private const int NextOffset = 20;
    private const int AcknowledgedOffset = 24;
    private const int CountersOffset = 28;
    private const int GivenUpOffset = CountersOffset + ReportState.CountersLength;
    private const int MarkOffset = GivenUpOffset + (4 * GivenUpMax);
    private const int CrcOffset = CopyLength - 4;

    /// <summary>Writes one copy at the start of an array.</summary>
    public static void Write(byte[] into, byte priority, uint sequence, uint erases, ReportState state, ReportSectors sectors, ReportClock clock)
    {
        BigEndian.WriteU32(into, 0, Magic);
        into[4] = Format;
        into[PriorityOffset] = priority;
        BigEndian.WriteU16(into, BootOffset, state.BootNumber);
        BigEndian.WriteU32(into, SequenceOffset, sequence);
        into[OpeningsOffset] = state.Openings;
        BigEndian.WriteU24(into, ErasesOffset, erases);
        BigEndian.WriteU32(into, EpochOffset, state.Epoch);
        BigEndian.WriteU32(into, NextOffset, state.Next);
        BigEndian.WriteU32(into, AcknowledgedOffset, state.AcknowledgedUpTo);
        state.WriteCounters(into, CountersOffset);
        for (int i = 0; i < GivenUpMax; i++)
        {
            BigEndian.WriteU32(into, GivenUpOffset + (4 * i), sectors.FirstOfGivenUp(i));
        }

        clock.WriteNewest(into, MarkOffset);
        BigEndian.WriteU32(into, CrcOffset, Crc32.Compute(into, 0, CrcOffset));
    }

    /// <summary>Index of a whole copy of a header that begins at <paramref name="index"/>; −1 when there is none.</summary>
    public static int Find(byte[] from, int index)
    {
        for (int copy = index; copy < index + Length; copy += CopyLength)
        {
            if (BigEndian.ReadU32(from, copy) == Magic && from[copy + 4] == Format && from[copy + PriorityOffset] < ReportPriority.Count
                && BigEndian.ReadU32(from, copy + CrcOffset) == Crc32.Compute(from, copy, CrcOffset))
            {
                return copy;
            }
        }

        return -1;
    }

    /// <summary>Priority of the sector.</summary>
    public static byte PriorityOf(byte[] from, int index)
    {
        return from[index + PriorityOffset];
    }

    /// <summary>Number of the start that opened it.</summary>
    public static ushort BootNumberOf(byte[] from, int index)
    {
        return BigEndian.ReadU16(from, index + BootOffset);
    }

    /// <summary>Its place in the order of openings.</summary>
    public static uint SequenceOf(byte[] from, int index)
    {
        return BigEndian.ReadU32(from, index + SequenceOffset);
    }

    /// <summary>First openings in a start, this one included when it is one, that no minute had made good before that start.</summary>
    public static byte OpeningsOf(byte[] from, int index)
    {
        return from[index + OpeningsOffset];
    }

    /// <summary>Erases of this sector.</summary>
    public static uint ErasesOf(byte[] from, int index)
    {
        return BigEndian.ReadU24(from, index + ErasesOffset);
    }

    /// <summary>Life of the log.</summary>
    public static uint EpochOf(byte[] from, int index)
    {
        return BigEndian.ReadU32(from, index + EpochOffset);
    }

    /// <summary>Number of the next record when it was opened: none in it is lower.</summary>
    public static uint FirstOf(byte[] from, int index)
    {
        return BigEndian.ReadU32(from, index + NextOffset);
    }

    /// <summary>First number of the i-th sector that is given up; 0 for none.</summary>
    public static uint GivenUpOf(byte[] from, int index, int i)
    {
        return BigEndian.ReadU32(from, index + GivenUpOffset + (4 * i));
    }

    /// <summary>Takes what the header carries on, where it is larger.</summary>
    public static void Take(byte[] from, int index, ReportState state, ReportClock clock)
    {
        state.Next = ReportState.Larger(state.Next, FirstOf(from, index));
        state.AcknowledgedUpTo = ReportState.Larger(state.AcknowledgedUpTo, BigEndian.ReadU32(from, index + AcknowledgedOffset));
        state.TakeCounters(from, index + CountersOffset);
        clock.Note(BigEndian.ReadU32(from, index + MarkOffset), BigEndian.ReadU32(from, index + MarkOffset + 4));
    }
}
