// Service 19 on the wire: each sub-function, in each session, with what a workshop's tester would see.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class Sid19ReadDtcInformationTests
{
    private const byte Temperature = 16;
    private const byte Slow = 17;

    private static DcmBench Make(Action<DcmConfig>? configure = null)
    {
        DcmBench bench = new(configure, dem: Config());
        bench.Dem.AttachSnapshots(new Source());
        return bench;
    }

    // 17 takes three reports and two cycles; 16 has a snapshot of two signals and becomes permanent.
    private static DemConfig Config() => new()
    {
        Events = [4, Temperature, Slow],
        Dtcs = [0x5A0400, 0x0A1C00, 0x0A1D00],
        FailSteps = [127, 127, 50],
        PassSteps = [128, 128, 50],
        FailJumps = [0, 0, -128],
        PassJumps = [0, 0, 127],
        ConfirmCycles = [1, 1, 2],
        PermanentEvents = [Temperature],
        SnapshotCounts = [0, 2, 0],
        SnapshotDids = [0x0200, 0x0202],
        EntryCount = 2,
    };

    private static void Report(DcmBench bench, byte number, bool isFailed)
    {
        bench.Dem.SetEvent(number, isFailed);
        bench.Run(5);
    }

    private sealed class Source : ISnapshotSource
    {
        private byte _count;

        public int AppendRecord(ushort did, byte[] into, int offset)
        {
            into[offset] = 0;
            into[offset + 1] = (byte)did;
            into[offset + 2] = _count++;
            return 3;
        }
    }

    [Theory]
    [InlineData(DcmSession.Default)]
    [InlineData(DcmSession.Extended)]
    [InlineData(DcmSession.Programming)]
    public void Supported_DTCs_are_told_in_every_session(byte session)
    {
        DcmBench bench = Make();
        if (session != DcmSession.Default)
        {
            bench.Enter(session);
        }

        bench.Expect("19 0A", "59 0A 7F 5A 04 00 50 0A 1C 00 50 0A 1D 00 50");
    }

    [Fact]
    public void A_status_mask_picks_number_and_list()
    {
        DcmBench bench = Make();
        Report(bench, Temperature, true);
        Report(bench, 4, false);
        bench.Expect("19 01 08", "59 01 7F 01 00 01");
        bench.Expect("19 02 08", "59 02 7F 0A 1C 00 2F");
        bench.Expect("19 01 50", "59 01 7F 01 00 01");
        bench.Expect("19 02 50", "59 02 7F 0A 1D 00 50");
        bench.Expect("19 02 FF", "59 02 7F 0A 1C 00 2F 0A 1D 00 50");
        bench.Expect("19 01 80", "59 01 7F 01 00 00");
        bench.Expect("19 02 80", "59 02 7F");
        bench.Expect("19 02 00", "59 02 7F");
    }

    [Fact]
    public void Snapshots_are_01_the_first_and_02_the_latest()
    {
        DcmBench bench = Make();
        Report(bench, Temperature, true);
        Report(bench, Temperature, false);
        Report(bench, Temperature, true);
        bench.Expect("19 04 0A 1C 00 01", "59 04 0A 1C 00 2F 01 02 02 00 00 00 00 02 02 00 02 01");
        bench.Expect("19 04 0A 1C 00 02", "59 04 0A 1C 00 2F 02 02 02 00 00 00 02 02 02 00 02 03");
        bench.Expect("19 04 0A 1C 00 FF", "59 04 0A 1C 00 2F 01 02 02 00 00 00 00 02 02 00 02 01 02 02 02 00 00 00 02 02 02 00 02 03");
    }

    [Fact]
    public void A_DTC_without_a_snapshot_answers_with_its_status()
    {
        DcmBench bench = Make();
        bench.Expect("19 04 0A 1C 00 FF", "59 04 0A 1C 00 50");
        bench.Expect("19 04 0A 1C 00 02", "59 04 0A 1C 00 50");
        Report(bench, 4, true);
        bench.Expect("19 04 5A 04 00 01", "59 04 5A 04 00 2F");
    }

    [Fact]
    public void Extended_data_are_occurrences_ageing_failed_cycles_and_the_fault_detection_counter()
    {
        DcmBench bench = Make();
        for (int i = 0; i < 3; i++)
        {
            Report(bench, Temperature, true);
            Report(bench, Temperature, false);
        }

        bench.Expect("19 06 0A 1C 00 FF", "59 06 0A 1C 00 2E 01 03 02 00 03 01 04 80");
        bench.Expect("19 06 0A 1C 00 01", "59 06 0A 1C 00 2E 01 03");
        bench.Expect("19 06 0A 1C 00 04", "59 06 0A 1C 00 2E 04 80");
    }

    [Fact]
    public void Ageing_is_seen_in_the_next_starts()
    {
        DcmBench bench = Make();
        Report(bench, Temperature, true);
        bench.RunUntil(() => bench.NvM.IsIdle);
        bench = bench.AfterReset(Config());
        bench.Expect("19 06 0A 1C 00 FF", "59 06 0A 1C 00 6C 01 01 02 00 03 01 04 00");
        bench.NvM.ForgiveSparing();
        Report(bench, Temperature, false);
        bench.RunUntil(() => bench.NvM.IsIdle);
        bench = bench.AfterReset(Config());
        bench.Expect("19 06 0A 1C 00 FF", "59 06 0A 1C 00 68 01 01 02 01 03 00 04 00");
        bench.Expect("19 04 0A 1C 00 01", "59 04 0A 1C 00 68 01 02 02 00 00 00 00 02 02 00 02 01");
    }

    [Fact]
    public void Fault_detection_counters_are_those_on_their_way()
    {
        DcmBench bench = Make();
        bench.Expect("19 14", "59 14");
        Report(bench, Slow, true);
        Report(bench, Temperature, true);
        bench.Expect("19 14", "59 14 0A 1D 00 32");
        Report(bench, Slow, true);
        bench.Expect("19 14", "59 14 0A 1D 00 64");
        Report(bench, Slow, true);
        bench.Expect("19 14", "59 14");
        bench.Expect("19 02 04", "59 02 7F 0A 1C 00 2F 0A 1D 00 27");
        Report(bench, Slow, false);
        bench.Expect("19 14", "59 14 0A 1D 00 4D");
    }

    [Fact]
    public void A_permanent_DTC_outlives_14()
    {
        DcmBench bench = Make();
        bench.Expect("19 15", "59 15 7F");
        Report(bench, Temperature, true);
        bench.Expect("19 15", "59 15 7F 0A 1C 00 2F");
        bench.Expect("14 FF FF FF", "54");
        bench.Expect("19 15", "59 15 7F 0A 1C 00 50");
        bench.Expect("19 02 2F", "59 02 7F");
    }

    [Theory]
    [InlineData("19", "7F 19 13")]
    [InlineData("19 03", "7F 19 12")]
    [InlineData("19 01", "7F 19 13")]
    [InlineData("19 02 FF 00", "7F 19 13")]
    [InlineData("19 0A 00", "7F 19 13")]
    [InlineData("19 14 00", "7F 19 13")]
    [InlineData("19 15 FF", "7F 19 13")]
    [InlineData("19 04 0A 1C 00", "7F 19 13")]
    [InlineData("19 06 0A 1C 00 01 00", "7F 19 13")]
    [InlineData("19 04 0A 1C 01 01", "7F 19 31")]
    [InlineData("19 04 0A 1C 00 00", "7F 19 31")]
    [InlineData("19 04 0A 1C 00 03", "7F 19 31")]
    [InlineData("19 04 0A 1C 00 FE", "7F 19 31")]
    [InlineData("19 06 00 00 00 01", "7F 19 31")]
    [InlineData("19 06 FF FF FF FF", "7F 19 31")]
    [InlineData("19 06 0A 1C 00 05", "7F 19 31")]
    [InlineData("19 06 0A 1C 00 FE", "7F 19 31")]
    [InlineData("19 83", "7F 19 12")]
    [InlineData("19 8A", "")]
    public void Checks_come_in_order(string request, string response) => Make().Expect(request, response);

    // 32 events: 131 bytes.
    [Fact]
    public void A_long_list_is_whole_or_refused()
    {
        byte[] events = [.. Enumerable.Range(100, 32).Select(i => (byte)i)];
        DemConfig Many() => new() { Events = events, Dtcs = [.. events.Select(e => (uint)e)] };
        string list = string.Join(' ', events.Select(e => $"00 00 {e:X2} 50"));
        new DcmBench(dem: Many()).Expect("19 0A", "59 0A 7F " + list);
        new DcmBench(c => c.ResponseLengthMax = 131, dem: Many()).Expect("19 0A", "59 0A 7F " + list);
        new DcmBench(c => c.ResponseLengthMax = 130, dem: Many()).Expect("19 0A", "7F 19 14");
    }
}
