// Layout of the report log's records (PROTOCOL.md "Report log"): 16 bytes of head, a body, a CRC-32 over both.
// Invariant: in flash; never changed. What a body means is its maker's and its reader's business.
// Tests: tests/agent-firmware/Data.
using System;

namespace EsyncAgent;

/// <summary>Kinds of records.</summary>
public static class ReportKind
{
    /// <summary>Signals of a rule.</summary>
    public const byte Sample = 1;

    /// <summary>First record of a start.</summary>
    public const byte Start = 2;

    /// <summary>UTC of a moment of a start.</summary>
    public const byte Time = 3;

    /// <summary>A DTC changed.</summary>
    public const byte Dtc = 4;

    /// <summary>Collection rules were installed.</summary>
    public const byte Rules = 5;

    /// <summary>Up to where all is acknowledged; in flash only.</summary>
    public const byte Acknowledgement = 6;
}

/// <summary>Priorities of records.</summary>
public static class ReportPriority
{
    /// <summary>Given up first.</summary>
    public const byte Low = 0;

    /// <summary>Between the others.</summary>
    public const byte Normal = 1;

    /// <summary>Given up last.</summary>
    public const byte High = 2;

    /// <summary>Number of priorities.</summary>
    public const int Count = 3;
}

/// <summary>Writes records and tells whole ones.</summary>
public static class ReportLayout
{
    /// <summary>Bytes before the body.</summary>
    public const int HeadLength = 16;

    /// <summary>Bytes around the body.</summary>
    public const int Overhead = HeadLength + CrcLength;

    /// <summary>Length of an acknowledgement with the counters that it carries.</summary>
    public const int AcknowledgementLength = Overhead + ReportState.CountersLength;

    internal const int PriorityOffset = 3;
    internal const int NumberOffset = 4;
    internal const int TimeOffset = 10;
    internal const int RetentionOffset = 14;

    private const int CrcLength = 4;
    private const int KindOffset = 2;
    private const int BootOffset = 8;
    private const int AlignmentMin = 4;

    /// <summary>What records are padded to, with FF: a multiple of the write unit.</summary>
    public static int Alignment(int writeUnit)
    {
        return writeUnit > AlignmentMin ? writeUnit : AlignmentMin;
    }

    /// <summary>Writes what is known of a record before its turn comes; the rest is <see cref="Finish"/>'s.</summary>
    public static void WriteHead(byte[] into, int length, byte kind, byte priority, uint timeMs, ushort retentionHours)
    {
        BigEndian.WriteU16(into, 0, (ushort)length);
        into[KindOffset] = kind;
        into[PriorityOffset] = priority;
        BigEndian.WriteU32(into, TimeOffset, timeMs);
        BigEndian.WriteU16(into, RetentionOffset, retentionHours);
    }

    /// <summary>Gives the record at the start of an array its number and its boot number, and closes it.</summary>
    public static void Finish(byte[] record, uint number, ushort bootNumber)
    {
        BigEndian.WriteU32(record, NumberOffset, number);
        BigEndian.WriteU16(record, BootOffset, bootNumber);
        int crc = LengthOf(record, 0) - CrcLength;
        BigEndian.WriteU32(record, crc, Crc32.Compute(record, 0, crc));
    }

    /// <summary>Writes an acknowledgement at the start of an array.</summary>
    public static void WriteAcknowledgement(byte[] record, byte priority, uint timeMs, ReportState state)
    {
        Array.Clear(record, 0, AcknowledgementLength);
        WriteHead(record, AcknowledgementLength, ReportKind.Acknowledgement, priority, timeMs, 0);
        state.WriteCounters(record, HeadLength);
        Finish(record, state.AcknowledgedUpTo, state.BootNumber);
    }

    /// <summary>Milliseconds of the start that made a record.</summary>
    public static uint TimeOf(byte[] from, int index)
    {
        return BigEndian.ReadU32(from, index + TimeOffset);
    }

    /// <summary>Length of a record, without padding.</summary>
    public static int LengthOf(byte[] from, int index)
    {
        return BigEndian.ReadU16(from, index);
    }

    /// <summary>Kind of a record.</summary>
    public static byte KindOf(byte[] from, int index)
    {
        return from[index + KindOffset];
    }

    /// <summary>Number of a record; of an acknowledgement, the number up to which all is acknowledged.</summary>
    public static uint NumberOf(byte[] from, int index)
    {
        return BigEndian.ReadU32(from, index + NumberOffset);
    }

    /// <summary>Number of the start that made a record.</summary>
    public static ushort BootNumberOf(byte[] from, int index)
    {
        return BigEndian.ReadU16(from, index + BootOffset);
    }

    /// <summary>Hours that a record is of use, 0 for ever.</summary>
    public static ushort RetentionOf(byte[] from, int index)
    {
        return BigEndian.ReadU16(from, index + RetentionOffset);
    }

    /// <summary>True when a head may be that of a record of this priority: worth the CRC.</summary>
    public static bool IsHead(byte[] from, int index, byte priority, int lengthMax)
    {
        int length = LengthOf(from, index);
        int kind = from[index + KindOffset];
        return length >= Overhead && length <= lengthMax && kind >= ReportKind.Sample && kind <= ReportKind.Acknowledgement && from[index + PriorityOffset] == priority;
    }

    /// <summary>True when a record is whole.</summary>
    public static bool IsWhole(byte[] from, int index)
    {
        int crc = LengthOf(from, index) - CrcLength;
        return BigEndian.ReadU32(from, index + crc) == Crc32.Compute(from, index, crc);
    }
}
