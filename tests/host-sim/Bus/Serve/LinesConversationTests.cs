// UDS in lines against an ECU whose answers are written down: pendings, silence, order, and the silence of the tester between requests.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Bus.Serve;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class LinesConversationTests
{
    private readonly BusBench _bench = new();
    private readonly TestSide _side = new();
    private readonly EcuConfig _ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor").Config;
    private readonly VirtualCan _node;
    private readonly LinesConversation _lines;

    public LinesConversationTests()
    {
        _node = _bench.Node("ecu");
        _node.SetFilter((_ecu.CanIf.PhysicalRxId, false));
        _lines = new LinesConversation(_side, _bench.Bus, _ecu);
    }

    [Fact]
    public void Response_pendings_come_too_and_the_end_is_awaited()
    {
        Answer(0, [0x03, 0x7F, 0x31, 0x78]);
        Answer(4000, [0x03, 0x7F, 0x31, 0x78]);
        Answer(8000, [0x04, 0x71, 0x01, 0xFF, 0x00]);
        Tell("3101FF00\n");
        Run(9000);
        Assert.Equal(["7f3178\n", "7f3178\n", "7101ff00\n"], _side.Said);
        Assert.Equal(0, _lines.Waiting);
    }

    [Fact]
    public void Requests_are_asked_one_after_the_other_and_a_silent_one_stops_nobody()
    {
        Tell("3E80\n10");
        Tell("03\n");
        Assert.Equal(2, _lines.Waiting);
        Run(100);
        Assert.Equal(["023E80"], Requests());
        Run(100);
        Assert.Equal(["023E80", "021003"], Requests());
        Answer(0, [0x02, 0x50, 0x03]);
        Run(10);
        Assert.Equal(["5003\n"], _side.Said);
    }

    [Fact]
    public void Between_requests_the_tester_answers_no_first_frame()
    {
        Answer(0, [0x10, 0x14, 0x62, 0xF1, 0x90, 1, 2, 3]);
        Run(100);
        Assert.Single(_bench.Records);
        Tell("3E80\n");
        Run(1);
        Answer(0, [0x10, 0x14, 0x62, 0xF1, 0x90, 1, 2, 3]);
        Run(2);
        Assert.Equal(0x30, _bench.Records[^1].Frame[0]); // now it would be meant
    }

    [Fact]
    public void Who_leaves_in_the_middle_leaves_nothing_on_the_bus()
    {
        Tell("2E" + new string('0', 200) + "\n");
        Run(1);
        _lines.End();
        Run(3000);
        Assert.Equal([_node], _bench.Bus.Nodes);
        Assert.Single(_bench.Records);
        Assert.Empty(_side.Said);
        Assert.Equal(0, _lines.Waiting);
    }

    [Theory]
    [InlineData("3E0\n")]
    [InlineData("hello\n")]
    [InlineData("3E 00\n")]
    public void A_line_that_is_no_request_ends_the_conversation(string text)
    {
        Tell(text + "3E00\n");
        Run(10);
        Assert.Contains("no request in hexadecimal digits", _side.Closed);
        Assert.Empty(_bench.Records);
    }

    [Fact]
    public void A_line_without_end_ends_the_conversation()
    {
        Tell(new string('1', 8190));
        Assert.Null(_side.Closed);
        Tell(new string('1', 3));
        Assert.Contains("longer than 4095 bytes", _side.Closed);
    }

    [Fact]
    public void Carriage_returns_and_empty_lines_do_no_harm()
    {
        Tell("\r\n\n 1001 \r\n");
        Run(5);
        Assert.Equal(["021001"], Requests());
    }

    private string[] Requests() =>
        [.. _bench.Records.Where(record => record.Frame.Identifier == _ecu.CanIf.PhysicalRxId).Select(record => record.Frame.ToString()[4..10])];

    private void Tell(string text)
    {
        _bench.Time.Run(() =>
        {
            _side.Tell(_lines, text);
            return Task.CompletedTask;
        });
    }

    private void Answer(long delayMs, byte[] data) =>
        _bench.Time.After((delayMs + 1) * VirtualTime.NsPerMs, () => Assert.True(_bench.Send(_node, _ecu.CanIf.TxId, data)));

    private void Run(long ms) => _bench.Time.Run(async () => await _bench.Time.DelayMs(ms));
}
