// Reads the records of the report log as routine 0230 hands them out, checks each, and counts them by their kinds.
// Invariants: a record's CRC is right and its number is above that of the record before; anything else is an EmulatorException.
// Clause: agent-firmware/PROTOCOL.md, "Report log".
// Tests: tests/boards/virtual/EmulatorTests.cs.
namespace EsyncAgent.Emulator;

/// <summary>What the ECU has to report.</summary>
public sealed class ReportReader
{
    private const int HeadLength = 16;
    private const int CrcLength = 4;
    private const int KindCount = 7;
    private const int FirstRecord = 10;

    private readonly int[] _ofKind = new int[KindCount];

    /// <summary>Records that were read.</summary>
    public int Count { get; private set; }

    /// <summary>Number of the first record that was read.</summary>
    public uint First { get; private set; }

    /// <summary>Number of the last record that was read.</summary>
    public uint Last { get; private set; }

    /// <summary>Which life of the log they are of.</summary>
    public uint Epoch { get; private set; }

    /// <summary>Records of a kind (PROTOCOL.md, "Report log": 1 sample, 2 start, 3 time, 4 DTC, 5 rules).</summary>
    public int CountOf(int kind)
    {
        return _ofKind[kind];
    }

    /// <summary>Reads all from a number on, with as many requests as it takes; the ECU has access open.</summary>
    public void ReadAll(Tester tester, uint from)
    {
        Count = 0;
        for (int i = 0; i < KindCount; i++)
        {
            _ofKind[i] = 0;
        }

        Last = from - 1;
        int before;
        do
        {
            before = Count;
            tester.Put(0x31, 0x01, 0x02, 0x30);
            BigEndian.WriteU32(tester.Request, 4, Last + 1);
            tester.Require(8, FirstRecord);
            Epoch = BigEndian.ReadU32(tester.Response, 6);
            Take(tester.Response, tester.ResponseLength);
        }
        while (Count != before);
    }

    private void Take(byte[] response, int end)
    {
        int at = FirstRecord;
        while (at < end)
        {
            int length = BigEndian.ReadU16(response, at);
            Client.Expect(length >= HeadLength + CrcLength && at + length <= end, "a record is cut off");
            uint crc = Crc32.Compute(response, at, length - CrcLength);
            uint number = BigEndian.ReadU32(response, at + 4);
            int kind = response[at + 2];
            Client.Expect(crc == BigEndian.ReadU32(response, at + length - CrcLength), "record " + number.ToString() + " is damaged");
            Client.Expect(number > Last && kind < KindCount, "record " + number.ToString() + " of kind " + kind.ToString() + " stands behind " + Last.ToString());
            First = Count == 0 ? number : First;
            Last = number;
            _ofKind[kind]++;
            Count++;
            at += length;
        }
    }
}
