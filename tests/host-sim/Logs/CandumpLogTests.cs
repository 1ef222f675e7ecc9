// The log's format to the byte, and that a run repeats it.
using EsyncSim.Bus;
using EsyncSim.Logs;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Logs;

public sealed class CandumpLogTests
{
    [Fact]
    public void A_line_has_time_interface_identifier_and_data()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        StringWriter text = new();
        bench.Bus.Observe(new CandumpLog(text));
        bench.Time.RunUntil(1_500 * VirtualTime.NsPerMs);
        bench.Send(a, 0x7E0, 0x02, 0x10);
        bench.Send(a, 0x1, []);
        bench.Send(a, 0x18DA10F1, true, 0x3E);
        bench.Time.RunFor(5 * VirtualTime.NsPerMs);
        string[] ends = bench.Records.Select(r => (r.EndNs / 1000 % 1_000_000).ToString("D6")).ToArray();
        Assert.Equal(
            $"(1700000001.{ends[0]}) can0 7E0#0210\n(1700000001.{ends[1]}) can0 001#\n(1700000001.{ends[2]}) can0 18DA10F1#3E\n",
            text.ToString());
    }

    [Fact]
    public void Error_frames_are_logged_on_request_only()
    {
        BusBench bench = new();
        VirtualCan a = bench.Node("a");
        StringWriter without = new();
        StringWriter with = new();
        bench.Bus.Observe(new CandumpLog(without));
        bench.Bus.Observe(new CandumpLog(with, hasErrorFrames: true));
        bench.Bus.Faults.Add(new BusFaultRule { Name = "corrupt", Kind = BusFaultKind.Corrupt, MatchIndex = 0 });
        bench.Send(a, 0x7E0, 1);
        bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Single(without.ToString().TrimEnd().Split('\n'));
        Assert.Contains("can0 20000080#0000000000000000\n", with.ToString());
    }
}
