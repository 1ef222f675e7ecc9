// FD10 to FD12 on the wire: how data gathering stands, with a report log and without.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.DcmServer;

public sealed class DataStateTests
{
    private const string Zeros = " 00 00 00 00";

    private static string Word(uint value) => DcmBench.Hex(BitConverter.GetBytes(value).Reverse());

    [Fact]
    public void FD10_names_the_table_of_signals_and_the_rules_in_force()
    {
        DcmBench bench = new(hasLog: true);
        bench.Expect("22 FD 10", "62 FD 10 5E 5A 17 E5 00 07" + string.Concat(Enumerable.Repeat(Zeros, 5)) + " 00");
        byte[] digest = [.. Enumerable.Range(0xD0, 16).Select(i => (byte)i)];
        bench.Data.Rules.Candidate.SequenceNumber = 0x01020304;
        bench.Data.Rules.Candidate.Count = 3;
        bench.Data.Rules.PutInForce(digest);
        byte[] record = new byte[27];
        Assert.Equal(record.Length, bench.Data.State.Read(0xFD10, record, 0));
        Assert.Equal($"5E 5A 17 E5 00 07 01 02 03 04 {DcmBench.Hex(digest)} 03", DcmBench.Hex(record));
    }

    [Fact]
    public void Without_a_log_there_are_no_rules_and_FD11_is_zeros()
    {
        DcmBench bench = new();
        Assert.Null(bench.Data.Rules);
        Assert.Null(bench.Data.Engine);
        Assert.Null(bench.Data.Feed);
        bench.Expect("22 FD 10", "62 FD 10 5E 5A 17 E5 00 07" + string.Concat(Enumerable.Repeat(Zeros, 5)) + " 00");
        bench.Expect("22 FD 11", "62 FD 11" + string.Concat(Enumerable.Repeat(Zeros, 7)));
    }

    [Fact]
    public void FD11_counts_what_was_kept_acknowledged_and_dropped()
    {
        DcmBench bench = new(hasLog: true);
        byte[] body = new byte[400];
        bench.Data.Reports.Append(ReportKind.Sample, ReportPriority.High, 0, bench.NowMs, body, 0, 100);
        bench.RunUntil(() => bench.Data.Reports.IsIdle);
        string epoch = Word(bench.Data.Reports.Epoch);
        Assert.NotEqual(0u, bench.Data.Reports.Epoch);
        bench.Expect("22 FD 11", $"62 FD 11 {epoch} 00 00 00 02" + string.Concat(Enumerable.Repeat(Zeros, 5)));
        Assert.Equal(StdReturn.Ok, bench.Data.Reports.Acknowledge(bench.Data.Reports.Epoch, 1));
        int refused = 0;
        for (int i = 0; i < 20; i++)
        {
            refused += bench.Data.Reports.Append(ReportKind.Sample, ReportPriority.Low, 0, bench.NowMs, body, 0, body.Length) ? 0 : 1;
        }

        Assert.InRange(refused, 10, 19);
        bench.RunUntil(() => bench.Data.Reports.IsIdle);
        bench.Expect("22 FD 11", $"62 FD 11 {epoch} {Word(bench.Data.Reports.NextSequence)} 00 00 00 01 {Word((uint)refused)}" + string.Concat(Enumerable.Repeat(Zeros, 3)));
    }

    [Fact]
    public void They_are_read_in_every_session_beside_other_records()
    {
        DcmBench bench = new();
        Assert.StartsWith("62 F1 86 01 FD 12 00 00 ", bench.Ask("22 F1 86 FD 12"));
        bench.Enter(DcmSession.Programming);
        Assert.StartsWith("62 F1 86 02 FD 12 00 00 ", bench.Ask("22 F1 86 FD 12"));
    }
}
