// Reports from an ECU, as the client reads them, and as the server reads what the client makes of them: records or a refusal, and whatever
// is a record goes up whole.
// Tests: tests/Fuzz/Checks.
using EsyncSim.Data;

namespace EsyncTests.Fuzzing.Targets;

/// <summary>ReportRecord, ReportBody, DataForm and DataJson.</summary>
internal sealed class ReportTarget : FuzzTarget
{
    private static readonly SignalCatalogue Signals = new(
    [
        new SignalDefinition("Vehicle.Speed", 0x0200, SignalType.UInt16, "km/h", 0.01, 0, 0, 250),
        new SignalDefinition("Vehicle.IsOn", 0x0201, SignalType.Boolean, "", 1, 0, 0, 1),
        new SignalDefinition("Vehicle.Far", 0x0202, SignalType.UInt32, "km", 0.1, -40, 0, 1e6),
        new SignalDefinition("Vehicle.Low", 0x0203, SignalType.Int8, "celsius", 1, 0, -40, 100),
    ]);

    public override string What => "reports of an ECU, on their way to the server";

    public override IReadOnlyList<string> Parsers => ["EsyncSim.Data.ReportRecord", "EsyncSim.Data.ReportBody", "EsyncSim.Data.DataForm", "EsyncSim.Data.TimeLine"];

    public override IReadOnlyList<string> NotReading => ["ReportRecord.Make", "TimeLine.From"];

    public override IReadOnlyList<byte[]> Words => [[0x02, 0x00, 0x00], [0x02, 0x01, 0x00, 0x01], [0xFF, 0xFF, 0xFF, 0xFF], [0x00, 0x00, 0x01, 0x9B]];

    public override long StepsMax(int length) => 1_000_000 + (2000L * length);

    public override long AllocationMax(int length) => 400_000 + (2000L * length);

    public override IReadOnlyList<byte[]> Seeds()
    {
        byte[] sample = [7, 2, 0, 1, 0x02, 0x00, 0, 0x27, 0x10, 0x02, 0x01, 0, 1, 0x02, 0x02, 3, 0, 0, 1, 0, 0x02, 0x03, 1, 0xFF];
        return
        [
            Record(1, 2, [1, 2, 3, 4, 0, 0, 0, 5, 1]),
            [.. Record(1, 1, sample), .. Record(2, 3, [0, 0, 1, 0x9B, 0x76, 0xDA, 0xA8, 0]), .. Record(9, 4, [0x0A, 0x1B, 0x2C, 0x50, 0x2F, 3, 0x02, 0x03, 0, 20])],
            [.. Record(5, 5, [0, 0, 0, 9, .. new byte[16]]), .. Record(6, 77, [1])],
        ];
    }

    public override byte[] Repair(byte[] input)
    {
        byte[] repaired = [.. input];
        for (int at = 0; at + ReportRecord.LengthMin <= repaired.Length;)
        {
            int length = Math.Clamp((repaired[at] << 8) | repaired[at + 1], ReportRecord.LengthMin, repaired.Length - at);
            (repaired[at], repaired[at + 1]) = ((byte)(length >> 8), (byte)length);
            uint crc = EsyncAgent.Crc32.Compute(repaired, at, length - 4);
            for (int i = 0; i < 4; i++)
            {
                repaired[at + length - 4 + i] = (byte)(crc >> (24 - (8 * i)));
            }

            at += length;
        }

        return repaired;
    }

    public override void Run(byte[] input)
    {
        IReadOnlyList<ReportRecord> records;
        try
        {
            records = ReportRecord.ReadAll(input);
        }
        catch (MalformedReportException)
        {
            return;
        }

        Require(records.SelectMany(record => record.Bytes).SequenceEqual(input), "records are not the bytes that they came in");
        if (records.Count == 0)
        {
            return;
        }

        TimeLine line = new();
        foreach (ReportRecord record in records)
        {
            line.Observe(1, record);
        }

        DataForm form = new("motor", Signals, line) { SignalTableId = Signals.TableId };
        byte[] message = DataJson.Encode(form.Of(new QueuedBatch(1, records[0].Sequence - 1, records), null, 1));
        DataBatch? read = DataJson.TryDecode(message);
        Require(records.Count > DataJson.RecordCountMax || read is not null, "the server does not read what the client makes of an ECU's records");
        Require(read is null || DataJson.Encode(read).AsSpan().SequenceEqual(message), "a message is another one after writing and reading");
        Require(read?.Records.Select(record => record.Sequence).SequenceEqual(records.Select(record => record.Sequence)) != false, "a record got lost");
    }

    private static byte[] Record(uint sequence, byte kind, byte[] body) => ReportRecord.Make((ReportKind)kind, ReportPriority.Normal, sequence, (ushort)(sequence / 4), sequence * 1000, 24, body).Bytes;
}
