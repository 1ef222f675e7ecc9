// One record of an ECU's report log, as it stands in its flash (agent-firmware/PROTOCOL.md, "Report log"): its head and, checked,
// its CRC. What the body says is for ReportBody, which needs the ECU's signals.
// Invariants: nothing that fails its CRC or contradicts itself is handed on; a record keeps the bytes that it came in.
// Tests: tests/host-sim/Data/ReportRecordTests.cs.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Client;

namespace EsyncSim.Data;

/// <summary>What a record is about.</summary>
public enum ReportKind : byte
{
    /// <summary>Values of signals.</summary>
    Sample = 1,

    /// <summary>The ECU has started.</summary>
    Start = 2,

    /// <summary>The ECU was told the time.</summary>
    Time = 3,

    /// <summary>The status of a DTC has changed.</summary>
    Dtc = 4,

    /// <summary>Other collection rules are in force.</summary>
    Rules = 5,
}

/// <summary>What is kept longest when the log is full.</summary>
public enum ReportPriority : byte
{
    /// <summary>Overwritten first.</summary>
    Low,

    /// <summary>Overwritten when there is nothing lower.</summary>
    Normal,

    /// <summary>Overwritten last.</summary>
    High,
}

/// <summary>The ECU, or somebody on the way, made a record that is none.</summary>
public sealed class MalformedReportException(string what, int at)
    : DiagnosticException($"a report is malformed at byte {at} of what was read: {what}")
{
    /// <summary>Offset of the record that is none.</summary>
    public int At { get; } = at;
}

/// <summary>A record.</summary>
public sealed record ReportRecord
{
    /// <summary>Bytes of the head.</summary>
    public const int HeadLength = 16;

    /// <summary>Bytes of a record at least: head and CRC.</summary>
    public const int LengthMin = HeadLength + CrcLength;

    private const int CrcLength = 4;

    // Stands in the flash only: what it says is told by FD11.
    private const byte Acknowledgement = 6;

    /// <summary>The record as it came, CRC included.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>What it is about; kinds of newer agents are kept as they are.</summary>
    public ReportKind Kind => (ReportKind)Bytes[2];

    /// <summary>Its priority.</summary>
    public ReportPriority Priority => (ReportPriority)Bytes[3];

    /// <summary>Its number within the life of the log, from 1.</summary>
    public uint Sequence => BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(4));

    /// <summary>Number of the start that it was made in.</summary>
    public ushort Boot => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(8));

    /// <summary>Milliseconds of that start, modulo 2^32.</summary>
    public uint Ms => BinaryPrimitives.ReadUInt32BigEndian(Bytes.AsSpan(10));

    /// <summary>Hours for which the ECU keeps it; 0 for ever.</summary>
    public ushort RetentionHours => BinaryPrimitives.ReadUInt16BigEndian(Bytes.AsSpan(14));

    /// <summary>What follows the head, without the CRC.</summary>
    public ReadOnlySpan<byte> Body => Bytes.AsSpan(HeadLength..^CrcLength);

    /// <summary>Makes a record with its length and CRC: what an ECU does, for stand-ins of one.</summary>
    public static ReportRecord Make(ReportKind kind, ReportPriority priority, uint sequence, ushort boot, uint ms, ushort retentionHours, ReadOnlySpan<byte> body)
    {
        byte[] bytes = new byte[LengthMin + body.Length];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)bytes.Length);
        bytes[2] = (byte)kind;
        bytes[3] = (byte)priority;
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), boot);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(10), ms);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(14), retentionHours);
        body.CopyTo(bytes.AsSpan(HeadLength));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(bytes.Length - CrcLength), Crc32.Compute(bytes, 0, bytes.Length - CrcLength));
        return new ReportRecord { Bytes = bytes };
    }

    /// <summary>Reads records that follow each other without padding, ascending by number.</summary>
    /// <exception cref="MalformedReportException">They are not: nothing of them is used.</exception>
    public static IReadOnlyList<ReportRecord> ReadAll(ReadOnlySpan<byte> bytes)
    {
        List<ReportRecord> records = [];
        for (int at = 0; at < bytes.Length;)
        {
            string? fault = TryRead(bytes[at..], out ReportRecord? record);
            if (record is null)
            {
                throw new MalformedReportException(fault!, at);
            }

            if (records.Count > 0 && record.Sequence <= records[^1].Sequence)
            {
                throw new MalformedReportException($"number {record.Sequence} comes after {records[^1].Sequence}", at);
            }

            records.Add(record);
            at += record.Bytes.Length;
        }

        return records;
    }

    /// <summary>Reads the record at the beginning of some bytes; says what is wrong when there is none.</summary>
    internal static string? TryRead(ReadOnlySpan<byte> bytes, out ReportRecord? record)
    {
        record = null;
        if (bytes.Length < LengthMin)
        {
            return $"{bytes.Length} bytes are left, and the shortest record has {LengthMin}";
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (length < LengthMin || length > bytes.Length)
        {
            return $"its length is {length}, and {bytes.Length} bytes are left";
        }

        byte[] own = bytes[..length].ToArray();
        if (Crc32.Compute(own, 0, length - CrcLength) != BinaryPrimitives.ReadUInt32BigEndian(own.AsSpan(length - CrcLength)))
        {
            return "its CRC is wrong";
        }

        ReportRecord read = new() { Bytes = own };
        if (own[2] is 0 or Acknowledgement || own[3] > (byte)ReportPriority.High || read.Sequence == 0)
        {
            return $"kind {own[2]:X2}, priority {own[3]:X2} and number {read.Sequence} are no report's";
        }

        record = read;
        return null;
    }
}
