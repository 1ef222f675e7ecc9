// Routines 0230 and 0231 on the wire: records as they stand in flash, in several responses, acknowledged, over a reset, and in the
// middle of a download that must not notice.
using System.Buffers.Binary;
using EsyncAgent;
using EsyncTests.AgentFirmware.Data;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class RoutineReportsTests
{
    private const int HeadLength = 10;

    private static DcmBench Unlocked(Action<DcmConfig>? configure = null)
    {
        DcmBench bench = new(configure, hasLog: true);
        bench.Unlock();
        return bench;
    }

    private static void Store(DcmBench bench, int count, int length = 20)
    {
        for (int i = 0; i < count; i++)
        {
            byte[] body = new byte[length];
            body[0] = (byte)i;
            Assert.True(bench.Data.Reports.Append(ReportKind.Sample, (byte)(i % ReportPriority.Count), 0, bench.NowMs, body, 0, length));
            bench.SendFunctional("3E 80");
            bench.RunUntil(() => bench.Data.Reports.IsIdle);
        }
    }

    private static string Epoch(DcmBench bench) => DcmBench.Hex(BitConverter.GetBytes(bench.Data.Reports.Epoch).Reverse());

    private static List<FetchedReport> Read(DcmBench bench, uint from)
    {
        byte[] response = DcmBench.Unhex(bench.Ask($"31 01 02 30 {DcmBench.Hex(BitConverter.GetBytes(from).Reverse())}"));
        Assert.Equal(DcmBench.Unhex($"71 01 02 30 00 00 {Epoch(bench)}"), response[..HeadLength]);
        List<FetchedReport> all = [];
        for (int at = HeadLength; at < response.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(at));
            Assert.Equal(Crc32.Compute(response, at, length - 4), BinaryPrimitives.ReadUInt32BigEndian(response.AsSpan(at + length - 4)));
            all.Add(FetchedReport.Of(response.AsSpan(at, length)));
            at += length;
        }

        return all;
    }

    private static List<FetchedReport> ReadAll(DcmBench bench)
    {
        List<FetchedReport> all = [];
        for (List<FetchedReport> some = Read(bench, 1); some.Count != 0; some = Read(bench, all[^1].Number + 1))
        {
            all.AddRange(some);
        }

        return all;
    }

    [Fact]
    public void Records_come_whole_and_ascending_as_many_as_a_response_holds()
    {
        DcmBench bench = Unlocked(c => c.ResponseLengthMax = 256);
        Store(bench, 12, length: 30);
        Assert.InRange(Read(bench, 1).Count, 4, 5);
        List<FetchedReport> all = ReadAll(bench);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"{i:X2}"), all.Select(r => r.Body[..2]));
        Assert.True(all.Zip(all.Skip(1)).All(pair => pair.First.Number < pair.Second.Number));
        Assert.All(all, r => Assert.Equal(1, r.Boot));
    }

    [Fact]
    public void Nothing_from_a_number_on_is_an_answer_too()
    {
        DcmBench bench = Unlocked();
        Assert.Empty(Read(bench, 1));
        Store(bench, 2);
        Assert.Empty(Read(bench, 3));
        Assert.Empty(Read(bench, uint.MaxValue));
        Assert.Equal([1u, 2u], Read(bench, 0).Select(r => r.Number));
        Assert.Equal([2u], Read(bench, 2).Select(r => r.Number));
    }

    [Fact]
    public void What_is_acknowledged_is_not_read_any_more()
    {
        DcmBench bench = Unlocked();
        Store(bench, 5);
        string epoch = Epoch(bench);
        bench.Expect($"31 01 02 31 {epoch} 00 00 00 03", "71 01 02 31 00 00");
        Assert.Equal([4u, 5u], Read(bench, 1).Select(r => r.Number));
        bench.Expect($"31 01 02 31 {epoch} 00 00 00 02", "71 01 02 31 00 00");
        Assert.Equal([4u, 5u], Read(bench, 1).Select(r => r.Number));
        Assert.Equal(3u, bench.Data.Reports.AcknowledgedUpTo);
    }

    [Fact]
    public void An_acknowledgement_for_another_life_of_the_log_is_LogEpochMismatch()
    {
        DcmBench bench = Unlocked();
        Store(bench, 2);
        bench.Expect("31 01 02 31 00 00 00 00 00 00 00 02", "71 01 02 31 00 3C");
        Assert.Equal(2, Read(bench, 1).Count);
    }

    [Fact]
    public void Records_outlive_a_reset_and_who_asks_right_after_it_waits_for_the_log()
    {
        DcmBench bench = Unlocked();
        Store(bench, 4);
        string epoch = Epoch(bench);
        DcmBench next = bench.AfterReset();
        next.Enter(DcmSession.Extended);
        next.OpenAccess();
        Assert.Equal(4, Read(next, 1).Count);
        Assert.Equal(epoch, Epoch(next));
        Store(next, 1);
        Assert.Equal([1, 1, 1, 1, 2], ReadAll(next).Select(r => (int)r.Boot));
    }

    [Theory]
    [InlineData("31 01 02 30 00 00 00 01", "71 01 02 30 00 3B")]
    [InlineData("31 01 02 31 00 00 00 00 00 00 00 01", "71 01 02 31 00 3B")]
    public void Without_a_log_it_is_ReportLogAbsent(string request, string response)
    {
        DcmBench bench = new();
        bench.Unlock();
        bench.Expect(request, response);
    }

    [Theory]
    [InlineData("31 01 02 30", "7F 31 13")]
    [InlineData("31 01 02 30 00 00 00", "7F 31 13")]
    [InlineData("31 01 02 30 00 00 00 01 00", "7F 31 13")]
    [InlineData("31 01 02 31 00 00 00 00 00 00 00", "7F 31 13")]
    [InlineData("31 01 02 31 00 00 00 00 00 00 00 01 00", "7F 31 13")]
    [InlineData("31 02 02 30 00 00 00 01", "7F 31 12")]
    public void Checks_come_in_order(string request, string response) => Unlocked().Expect(request, response);

    [Fact]
    public void On_the_functional_address_access_does_not_count()
    {
        DcmBench bench = Unlocked();
        Assert.Equal("7F 31 33", bench.AskAll("31 01 02 30 00 00"));
    }

    [Fact]
    public void A_download_goes_on_around_it_as_if_nothing_had_been()
    {
        DcmBench bench = Unlocked();
        Store(bench, 6);
        bench.Expect("34 00 44 20 00 00 00 00 00 00 06", "74 20 0F FF");
        Assert.Equal(6, Read(bench, 1).Count);
        bench.Expect("36 01 01 02", "76 01");
        Assert.Equal(3, Read(bench, 4).Count);
        bench.Expect("36 02 03 04", "76 02");
        bench.Expect($"31 01 02 31 {Epoch(bench)} 00 00 00 06", "71 01 02 31 00 00");
        bench.Expect("36 02 03 04", "76 02");
        Assert.StartsWith("71 01 02 32 00 00 00 01 ", bench.Ask("31 01 02 32 00 00 01 99 00 00 00 00"));
        bench.Expect("36 03 05 06", "76 03");
        bench.Expect("37", "77");
        Assert.Equal([1, 2, 3, 4, 5, 6], bench.Target.Received.Select(b => (int)b));
        Assert.DoesNotContain("AbortTransfer", bench.Target.Calls);
        Assert.Empty(bench.Target.Refusals);
    }

    [Fact]
    public void An_answer_or_78_comes_within_P2()
    {
        DcmBench bench = Unlocked(c => c.ResponseLengthMax = 512);
        Store(bench, 100, length: 24);
        for (uint from = 1; from < 100; from += 30)
        {
            uint before = bench.NowMs;
            int said = bench.Said.Count;
            Assert.NotEmpty(Read(bench, from));
            Assert.InRange(bench.Said[said].AtMs - before, 1u, 60u);
        }
    }
}
