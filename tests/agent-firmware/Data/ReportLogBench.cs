// A report log over a flash model without the rest of the agent, and a client that fetches what is in it.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Sweep;

namespace EsyncTests.AgentFirmware.Data;

/// <summary>A record as a client gets it.</summary>
public sealed record FetchedReport(uint Number, byte Kind, byte Priority, ushort Boot, uint TimeMs, ushort RetentionHours, string Body)
{
    public static FetchedReport Of(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadUInt32BigEndian(record[4..]),
        record[2],
        record[3],
        BinaryPrimitives.ReadUInt16BigEndian(record[8..]),
        BinaryPrimitives.ReadUInt32BigEndian(record[10..]),
        BinaryPrimitives.ReadUInt16BigEndian(record[14..]),
        Convert.ToHexString(record[16..^4]));
}

/// <summary>One power cycle of a log.</summary>
public sealed class ReportLogBench
{
    public const int QueueLength = 1024;
    public const int RecordLengthMax = 200;
    private const int CyclesMax = 4_000_000;

    /// <summary>A log in an area of whole sectors; nothing has run yet.</summary>
    public ReportLogBench(FlashModel flash, FlsArea area, uint nowMs = 0xFFFF_FF00, byte entropy = 0, int recordLengthMax = RecordLengthMax)
    {
        Flash = flash;
        Area = area;
        NowMs = nowMs;
        Fls = new Fls(new FlsConfig { ReportLog = area }, flash);
        RigMcu mcu = new();
        for (int i = 0; i < entropy; i++)
        {
            mcu.ReadEntropy([]);
        }

        Log = new ReportLog(Fls, mcu, Math.Max(QueueLength, 2 * recordLengthMax), recordLengthMax);
        LengthMax = recordLengthMax;
    }

    public FlashModel Flash { get; }

    public FlsArea Area { get; }

    public Fls Fls { get; }

    public ReportLog Log { get; }

    public uint NowMs { get; set; }

    /// <summary>Longest record.</summary>
    public int LengthMax { get; }

    /// <summary>A new log of so many sectors on a new part, ready.</summary>
    public static ReportLogBench New(int sectors = 8, string geometry = "w25q32", int first = 2)
    {
        FlashGeometry part = FlashGeometries.ByName(geometry);
        return new ReportLogBench(new FlashModel(part), AreaOf(part, first, sectors)).Mount();
    }

    /// <summary>An area of so many sectors.</summary>
    public static FlsArea AreaOf(FlashGeometry part, int first, int sectors) =>
        new() { Start = part.StartOf(first), Length = (uint)Enumerable.Range(first, sectors).Sum(part.LengthOf) };

    /// <summary>The same after a reset, ready again.</summary>
    public ReportLogBench Restart(byte entropy = 0)
    {
        Flash.PowerOn();
        return new ReportLogBench(Flash, Area, NowMs, entropy, LengthMax).Mount();
    }

    /// <summary>Runs until the log is ready.</summary>
    public ReportLogBench Mount()
    {
        Run(() => Log.IsReady);
        return this;
    }

    /// <summary>Queues a record whose body begins with a mark.</summary>
    public bool Append(uint mark, byte priority = ReportPriority.Low, int bodyLength = 20, ushort retentionHours = 0, byte kind = ReportKind.Sample)
    {
        byte[] body = new byte[bodyLength];
        BinaryPrimitives.WriteUInt32BigEndian(body, mark);
        return Log.Append(kind, priority, retentionHours, NowMs, body, 0, body.Length);
    }

    /// <summary>Queues a record and waits until it stands or is dropped.</summary>
    public ReportLogBench Store(uint mark, byte priority = ReportPriority.Low, int bodyLength = 20, ushort retentionHours = 0, byte kind = ReportKind.Sample)
    {
        if (!Append(mark, priority, bodyLength, retentionHours, kind))
        {
            throw new InvalidOperationException("the queue is full");
        }

        return Settle();
    }

    /// <summary>Runs until nothing waits, nor is held back.</summary>
    public ReportLogBench Settle()
    {
        Run(() => Log.IsIdle && !Log.IsHeldBack);
        return this;
    }

    /// <summary>One response's worth of records.</summary>
    public List<FetchedReport> Read(uint from, int room = 1000)
    {
        room = Math.Max(room, LengthMax);
        byte[] into = new byte[room + 8];
        Array.Fill(into, (byte)0xEE);
        if (!Log.BeginRead(from, into, 4, room))
        {
            throw new InvalidOperationException("the log is not ready");
        }

        StdReturn result = StdReturn.Pending;
        Run(() => (result = Log.AdvanceRead(NowMs)) != StdReturn.Pending);
        if (result != StdReturn.Ok || into.AsSpan(0, 4).ContainsAnyExcept((byte)0xEE) || into.AsSpan(4 + Log.ReadLength).ContainsAnyExcept((byte)0xEE))
        {
            throw new InvalidOperationException($"the read ended with {result}, {Log.ReadLength} bytes");
        }

        return Parse(into.AsSpan(4, Log.ReadLength));
    }

    /// <summary>Everything that a client is given, response by response.</summary>
    public List<FetchedReport> ReadAll(uint from = 1, int room = 1000)
    {
        List<FetchedReport> all = [];
        while (true)
        {
            List<FetchedReport> some = Read(from, room);
            if (some.Count == 0)
            {
                return all;
            }

            all.AddRange(some);
            from = some[^1].Number + 1;
        }
    }

    /// <summary>Marks of everything.</summary>
    public uint[] Marks() => [.. ReadAll().Select(MarkOf)];

    /// <summary>What <see cref="Append"/> put at the beginning of a body.</summary>
    public static uint MarkOf(FetchedReport report) => Convert.ToUInt32(report.Body[..8], 16);

    /// <summary>One cycle of a millisecond.</summary>
    public void Turn()
    {
        Log.MainFunction(NowMs);
        Fls.MainFunction(NowMs++);
    }

    /// <summary>Runs a cycle per millisecond until something is so.</summary>
    public void Run(Func<bool> isDone)
    {
        for (int left = CyclesMax; !isDone(); left--)
        {
            if (left == 0)
            {
                throw new InvalidOperationException($"not done after {CyclesMax} cycles");
            }

            Turn();
        }
    }

    private static List<FetchedReport> Parse(ReadOnlySpan<byte> bytes)
    {
        List<FetchedReport> all = [];
        while (bytes.Length > 0)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (Crc32.Compute(bytes[..(length - 4)].ToArray(), 0, length - 4) != BinaryPrimitives.ReadUInt32BigEndian(bytes[(length - 4)..]))
            {
                throw new InvalidOperationException("a record with a wrong CRC");
            }

            all.Add(FetchedReport.Of(bytes[..length]));
            bytes = bytes[length..];
        }

        return all;
    }
}
