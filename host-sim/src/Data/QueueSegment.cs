// One file of a ReportQueue: which life of an ECU's log and which number it follows, then records as the ECU made them, each with its own
// CRC. magic "ESQ1" | epoch (4) | number before the first record (4) | CRC-32 of these (4) | records.
// Invariants: it is made whole and only added to; what a crash left half at its end is cut off when it is opened, before anything is added
// behind it.
// Tests: tests/host-sim/Data/ReportQueueTests.cs.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Files;

namespace EsyncSim.Data;

/// <summary>A segment of a queue.</summary>
internal sealed class QueueSegment
{
    /// <summary>Bytes before the first record.</summary>
    public const int HeadLength = 16;

    /// <summary>Bytes after which a segment is not added to.</summary>
    public const int LengthMax = 64 << 10;

    private const uint Magic = 0x45535131;
    private const int CrcLength = 4;

    // Records that are not acknowledged; null while they are on the disk only.
    private List<ReportRecord>? _records;
    private uint _before;
    private bool _isClosed;

    private QueueSegment(string path, uint epoch, uint previous, IReadOnlyList<ReportRecord> records)
    {
        Path = path;
        Epoch = epoch;
        Previous = _before = previous;
        Last = records[^1].Sequence;
        Waiting = records.Count;
        Length = HeadLength + LengthOf(records);
    }

    /// <summary>Its file.</summary>
    public string Path { get; }

    /// <summary>Life of the log.</summary>
    public uint Epoch { get; }

    /// <summary>Number of the record before its first one.</summary>
    public uint Previous { get; }

    /// <summary>Number of its last record.</summary>
    public uint Last { get; private set; }

    /// <summary>Records that are not acknowledged.</summary>
    public int Waiting { get; private set; }

    /// <summary>Bytes of the file.</summary>
    public int Length { get; private set; }

    /// <summary>Makes a segment; it is on the medium when this returns.</summary>
    public static QueueSegment Create(IFileSystem files, string path, uint epoch, uint previous, IReadOnlyList<ReportRecord> records)
    {
        AtomicFile.Write(files, path, [.. Head(epoch, previous), .. Join(records)]);
        return new QueueSegment(path, epoch, previous, records);
    }

    /// <summary>Opens one; null when it is damaged from the beginning.</summary>
    public static QueueSegment? TryOpen(IFileSystem files, string path)
    {
        byte[] bytes = files.Read(path);
        if (bytes.Length < HeadLength
            || BinaryPrimitives.ReadUInt32BigEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(HeadLength - CrcLength)) != Crc32.Compute(bytes, 0, HeadLength - CrcLength))
        {
            return null;
        }

        uint epoch = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4)), previous = BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8));
        List<ReportRecord> records = ReadWhole(bytes, previous, out int end);
        if (records.Count == 0)
        {
            return null;
        }

        if (end < bytes.Length)
        {
            AtomicFile.Write(files, path, bytes[..end]);
        }

        return new QueueSegment(path, epoch, previous, records);
    }

    /// <summary>True when records of this many bytes may follow here.</summary>
    public bool CanTake(uint epoch, uint previous, int bytes) => !_isClosed && epoch == Epoch && previous == Last && Length + bytes <= LengthMax;

    /// <summary>Adds records; they are on the medium when this returns.</summary>
    /// <exception cref="IOException">The disk does not take them; they are not part of the segment.</exception>
    public void Append(IFileSystem files, IReadOnlyList<ReportRecord> records)
    {
        // What stays behind of an attempt that failed would stand before the next one: nothing follows it in this file.
        _isClosed = true;
        files.Append(Path, Join(records));
        files.Flush(Path);
        _isClosed = false;
        _records?.AddRange(records);
        Last = records[^1].Sequence;
        Waiting += records.Count;
        Length += LengthOf(records);
    }

    /// <summary>The first records that are not acknowledged.</summary>
    public QueuedBatch Peek(IFileSystem files, int countMax, int bytesMax)
    {
        List<ReportRecord> waiting = Waited(files);
        int count = 0, bytes = 0;
        while (count < waiting.Count && count < countMax && (count == 0 || bytes + waiting[count].Bytes.Length <= bytesMax))
        {
            bytes += waiting[count++].Bytes.Length;
        }

        return new QueuedBatch(Epoch, _before, waiting[..count]);
    }

    /// <summary>Forgets records up to a number.</summary>
    public void Acknowledge(IFileSystem files, uint upTo)
    {
        List<ReportRecord> waiting = upTo >= Last ? [] : Waited(files);
        if (upTo >= Last)
        {
            (_before, Waiting) = (Last, 0);
        }

        int count = waiting.FindIndex(record => record.Sequence > upTo);
        if (count > 0)
        {
            _before = waiting[count - 1].Sequence;
            waiting.RemoveRange(0, count);
            Waiting = waiting.Count;
        }
    }

    /// <summary>Takes back what an attempt to add left behind, after a number: the records stand in the next segment.</summary>
    public void CutAfter(IFileSystem files, uint number)
    {
        List<ReportRecord> kept = [.. Waited(files).TakeWhile(record => record.Sequence <= number)];
        if (kept.Count > 0)
        {
            _records = kept;
            Last = kept[^1].Sequence;
            Waiting = kept.Count;
        }
    }

    /// <summary>Records that are not acknowledged, from the disk.</summary>
    public IEnumerable<ReportRecord> Read(IFileSystem files) => ReadWhole(files.Read(Path), Previous, out _).Where(record => record.Sequence > _before && record.Sequence <= Last);

    private static byte[] Head(uint epoch, uint previous)
    {
        byte[] head = new byte[HeadLength];
        BinaryPrimitives.WriteUInt32BigEndian(head, Magic);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), epoch);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), previous);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(12), Crc32.Compute(head, 0, HeadLength - CrcLength));
        return head;
    }

    private static byte[] Join(IReadOnlyList<ReportRecord> records) => [.. records.SelectMany(record => record.Bytes)];

    private static int LengthOf(IReadOnlyList<ReportRecord> records) => records.Sum(record => record.Bytes.Length);

    private static List<ReportRecord> ReadWhole(byte[] bytes, uint previous, out int end)
    {
        List<ReportRecord> records = [];
        end = HeadLength;
        while (ReportRecord.TryRead(bytes.AsSpan(end), out ReportRecord? record) is null && record!.Sequence > previous)
        {
            records.Add(record);
            previous = record.Sequence;
            end += record.Bytes.Length;
        }

        return records;
    }

    private List<ReportRecord> Waited(IFileSystem files) => _records ??= [.. Read(files)];
}
