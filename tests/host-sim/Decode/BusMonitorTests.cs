// What a monitor says of frames: names, layers, filters, faults, and the numbers at the end.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Decode;
using EsyncSim.Logs;
using Xunit;

namespace EsyncTests.HostSim.Decode;

public sealed class BusMonitorTests
{
    private static readonly EcuDefinition Motor = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly LoggedBus Bus = new("can0", 500_000);
    private readonly List<MonitorLine> _lines = [];
    private long _ns = VirtualTime.NsPerSecond;

    [Fact]
    public void A_message_is_a_line_with_its_ecu_and_its_words()
    {
        BusMonitor monitor = Monitor(new MonitorPlan());
        Send(monitor, 0x7E0, "021003CCCCCCCCCC", 0);
        Send(monitor, 0x7E8, "065003003201F4CC", 3);

        Assert.Equal(
            [("motor", "request", "7E0", "DiagnosticSessionControl: extended session", "1003"), ("motor", "response", "7E8", "DiagnosticSessionControl: extended session", "5003003201F4")],
            _lines.Select(line => (line.Ecu, line.Direction, line.Identifier, line.Text, line.Data)));
        Assert.Equal(0.003, _lines[1].Seconds, 6);
        Assert.Equal("    0.003000       7E8 ← motor       DiagnosticSessionControl: extended session  [50 03 00 32 01 F4]", _lines[1].ToText());
    }

    [Fact]
    public void The_layers_show_frames_isotp_or_messages()
    {
        foreach ((MonitorLayer layer, string[] expected) in new[]
        {
            (MonitorLayer.Frame, new[] { "", "", "", "" }),
            (MonitorLayer.IsoTp, ["FF, 10 bytes follow", "FC continue, BS 8, STmin 0 ms", "CF 1"]),
            (MonitorLayer.Uds, ["ReadDataByIdentifier: F190 VIN = ABCDEFG"]),
        })
        {
            _lines.Clear();
            BusMonitor monitor = Monitor(new MonitorPlan { Layer = layer });
            Send(monitor, 0x7E8, "100A62F190414243", 0);
            Send(monitor, 0x7E0, "300800CCCCCCCCCC", 1);
            Send(monitor, 0x7E8, "2144454647CCCCCC", 2);
            Send(monitor, 0x555, "01", 3);

            Assert.Equal(expected, _lines.Select(line => line.Text));
        }
    }

    [Fact]
    public void What_does_not_fit_is_a_fault_on_the_layer_of_messages_too()
    {
        BusMonitor monitor = Monitor(new MonitorPlan());
        Send(monitor, 0x7E8, "2144454647CCCCCC", 0);
        monitor.OnRecord(new LoggedFrame(_ns, "can0", new BusFrame(0x7E0, false, [2])).ToRecord(Bus) with { Fate = BusFate.Corrupted });

        Assert.Equal([("CF 1 without a first frame", "fault"), ("error frame", "fault")], _lines.Select(line => (line.Text, line.Mark)));
        Assert.Equal((1, 1, 1), (monitor.Statistics().Faults, monitor.Statistics().ErrorFrames, monitor.Statistics().Frames));
    }

    [Fact]
    public void Only_chosen_identifiers_are_shown_and_all_are_counted()
    {
        BusMonitor monitor = Monitor(new MonitorPlan { Only = [new CanId(0x7E8, false)] });
        Send(monitor, 0x7E0, "023E00CCCCCCCCCC", 0);
        Send(monitor, 0x7E8, "027E00CCCCCCCCCC", 10);
        Send(monitor, 0x18DA10F1, "023E00", 1);

        Assert.Equal(["7E8"], _lines.Select(line => line.Identifier));
        Assert.Equal(
            [("7E0", "requests to motor", 1L), ("7E8", "responses of motor", 1L), ("18DA10F1", "", 1L)],
            monitor.Statistics().Identifiers.Select(identifier => (identifier.Identifier, identifier.What, identifier.Frames)));
    }

    [Fact]
    public void The_numbers_are_those_of_the_bus()
    {
        BusMonitor monitor = Monitor(new MonitorPlan());
        Send(monitor, 0x7E0, "0322F190CCCCCCCC", 0);
        Send(monitor, 0x7E8, "037F2278CCCCCCCC", 20);
        Send(monitor, 0x7E8, "037F2231CCCCCCCC", 60);
        MonitorStatistics all = monitor.Statistics();

        Assert.Equal(new MonitorEcu("motor", 1, 1, 1, 1, 20), Assert.Single(all.Ecus));
        Assert.Equal(0.08, all.Seconds, 6);
        long bits = new[] { "0322F190CCCCCCCC", "037F2278CCCCCCCC", "037F2231CCCCCCCC" }
            .Sum(data => FrameBits.Count(new BusFrame(data[2] == '2' ? 0x7E0u : 0x7E8u, false, Convert.FromHexString(data))) + FrameBits.InterframeBits);
        Assert.InRange(all.LoadPercent, bits * 2_000 * 100.0 / 81_000_000, bits * 2_000 * 100.0 / 80_000_000);
    }

    [Fact]
    public void A_pair_is_an_ecu_that_nobody_described()
    {
        MonitorPlan plan = new();
        plan.AddPair("18DA20F1:18DAF120");
        BusMonitor monitor = new(plan, _lines.Add);
        Send(monitor, 0x18DA20F1, "0322FD04CCCCCCCC", 0);

        Assert.Equal(("18DA20F1:18DAF120", "ReadDataByIdentifier: FD04"), (_lines[0].Ecu, _lines[0].Text));
    }

    [Theory]
    [InlineData("7E0")]
    [InlineData("7E0:XYZ")]
    [InlineData("7E0:2FFFFFFFF")]
    public void What_is_no_pair_is_refused(string text) => Assert.Equal(ExitCode.BadUsage, Assert.Throws<UserErrorException>(() => new MonitorPlan().AddPair(text)).ExitCode);

    private BusMonitor Monitor(MonitorPlan plan)
    {
        plan.Add(Motor);
        return new BusMonitor(plan, _lines.Add);
    }

    private void Send(BusMonitor monitor, uint identifier, string data, int ms)
    {
        _ns += ms * VirtualTime.NsPerMs;
        monitor.OnRecord(new LoggedFrame(_ns, "can0", new BusFrame(identifier, identifier > 0x7FF, Convert.FromHexString(data))).ToRecord(Bus));
    }
}
