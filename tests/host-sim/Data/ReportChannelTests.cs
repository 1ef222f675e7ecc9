// The requests that bring reports and signals up, byte by byte, against a scripted ECU on the virtual bus.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncTests.HostSim.Client;
using Xunit;
using static EsyncTests.HostSim.Data.TestSignals;

namespace EsyncTests.HostSim.Data;

public sealed class ReportChannelTests
{
    private readonly VirtualTime _time = new();
    private readonly VirtualBus _bus;
    private readonly FakeEcu _ecu;
    private readonly ReportChannel _channel;

    public ReportChannelTests()
    {
        _bus = new VirtualBus(_time, 500_000);
        _ecu = new FakeEcu(_bus);
        UdsTester tester = new(new IsoTpLink(_bus, FakeEcu.Identifiers), new TesterTiming());
        _channel = new ReportChannel(new EcuClient(tester, null, count => new byte[count]));
    }

    [Fact]
    public void What_the_ECU_collects_is_read_from_FD10()
    {
        Answer("62 FD10 11223344 00C8 00000005 000102030405060708090A0B0C0D0E0F 07");
        DataState state = _time.Run(_channel.ReadStateAsync);

        Assert.Equal((0x11223344u, 200, 5u, 7), (state.SignalTableId, state.SignalCount, state.RulesSequence, state.RuleCount));
        Assert.Equal("000102030405060708090A0B0C0D0E0F", Convert.ToHexString(state.RulesDigestPrefix));
        Assert.Equal(["22FD10"], Asked());
    }

    [Fact]
    public void The_state_of_the_log_is_read_from_FD11()
    {
        Answer("62 FD11 000000E1 00000064 00000032 00000001 00000002 00000003 00000004");
        ReportLogState state = _time.Run(_channel.ReadLogStateAsync);

        Assert.Equal((0xE1u, 100u, 50u, 4u), (state.Epoch, state.NextSequence, state.AcknowledgedUpTo, state.Expired));
        Assert.Equal([1u, 2, 3], state.Dropped);
    }

    [Theory]
    [InlineData("62 FD12 0003 0000EA60 0000019B76DAA800", 1_767_225_600_000)]
    [InlineData("62 FD12 0003 0000EA60 0000000000000000", null)]
    [InlineData("62 FD12 0003 0000EA60 FFFFFFFFFFFFFFFF", null)]
    public void The_ECUs_time_is_read_from_FD12(string answer, long? utcMs)
    {
        Answer(answer);

        Assert.Equal(new EcuTime(3, 60_000, utcMs), _time.Run(_channel.ReadTimeAsync));
    }

    [Fact]
    public void The_time_is_told_once_and_the_ECUs_own_comes_back()
    {
        Answer("71 01 0232 0000 0003 0000EA60");

        Assert.Equal(new EcuTime(3, 60_000, 1_767_225_600_000), _time.Run(() => _channel.SetTimeAsync(1_767_225_600_000)));
        Assert.Equal(["310102320000019B76DAA800"], Asked());
        _ecu.Script = _ => [];
        Assert.Throws<NoResponseException>(() => _time.Run(() => _channel.SetTimeAsync(1)));
        Assert.Equal(2, _ecu.Asked.Count);
    }

    [Fact]
    public void Reports_are_read_from_a_number_on()
    {
        string records = Convert.ToHexString([.. Start(8, 3).Bytes, .. Sample(9, 3, 20, 5000).Bytes]);
        Answer($"71 01 0230 0000 000000E1 {records}");
        ReportsRead read = _time.Run(() => _channel.ReadReportsAsync(8));

        Assert.Equal(0xE1u, read.Epoch);
        Assert.Equal([8u, 9u], read.Records.Select(record => record.Sequence));
        Assert.Equal(["3101023000000008"], Asked());
        Answer("71 01 0230 0000 000000E1");
        Assert.Empty(_time.Run(() => _channel.ReadReportsAsync(10)).Records);
    }

    [Fact]
    public void Records_that_are_none_are_refused()
    {
        Answer($"71 01 0230 0000 000000E1 {Convert.ToHexString(Start(8, 3).Bytes[..^1])}");

        Assert.Throws<MalformedReportException>(() => _time.Run(() => _channel.ReadReportsAsync(8)));
    }

    [Fact]
    public void What_is_safe_is_acknowledged()
    {
        Answer("71 01 0231 0000");
        _time.Run(() => _channel.AcknowledgeAsync(0xE1, 9));

        Assert.Equal(["31010231000000E100000009"], Asked());
    }

    [Fact]
    public void A_result_that_is_an_error_is_a_refusal()
    {
        Answer("71 01 0231 0038");

        UpdateRefusedException refusal = Assert.Throws<UpdateRefusedException>(() => _time.Run(() => _channel.AcknowledgeAsync(0xE1, 9)));
        Assert.Equal((EsyncAgent.FotaError)0x38, refusal.Reason);
    }

    [Theory]
    [InlineData("71 01 0230 0000 0000")]
    [InlineData("71 01 0230 00")]
    [InlineData("71 01 0230")]
    public void An_answer_that_is_too_short_makes_no_sense(string answer)
    {
        Answer(answer);

        Assert.Throws<UnexpectedResponseException>(() => _time.Run(() => _channel.ReadReportsAsync(1)));
    }

    [Fact]
    public void A_record_of_another_length_makes_no_sense()
    {
        foreach (string answer in new[] { "62 FD12 0003 0000EA60 0000019B76DAA8", "62 FD12 0003 0000EA60 0000019B76DAA80000" })
        {
            Answer(answer);
            Assert.Throws<UnexpectedResponseException>(() => _time.Run(_channel.ReadTimeAsync));
        }
    }

    [Fact]
    public void Signals_are_read_in_one_request()
    {
        Answer("62 0200 00 2710 F201 00 0064");
        IReadOnlyList<SignalValue> values = _time.Run(() => _channel.ReadSignalsAsync([Speed, Torque]));

        Assert.Equal([100.0, 50.0], values.Select(value => value.Physical));
        Assert.Equal(["220200F201"], Asked());
    }

    [Theory]
    [InlineData("62 0200 00 2710")]
    [InlineData("62 0200 00 2710 F201 00 0064 00")]
    [InlineData("62 0200 00 2710 0200 00 2710")]
    public void Other_signals_than_were_asked_for_make_no_sense(string answer)
    {
        Answer(answer);

        Assert.Throws<UnexpectedResponseException>(() => _time.Run(() => _channel.ReadSignalsAsync([Speed, Torque])));
    }

    [Fact]
    public void Periodic_signals_are_started_heard_and_stopped()
    {
        const uint Identifier = 0x7A8;
        List<(ushort Did, double Physical)> heard = [];
        PeriodicReceiver receiver = new(new VirtualCan(_bus, "periodic"), Identifier, false, Catalogue) { Received = value => heard.Add((value.Signal.Did, value.Physical)) };
        VirtualCan sender = new(_bus, "sender");
        sender.PowerOn();
        _ecu.Script = request => [(0, request[..2] == "2A" ? "6A" : "7F2A31")];
        _time.Run(async () =>
        {
            await _channel.StartPeriodicAsync(PeriodicRate.Fast, 0x01, 0x02);
            foreach (string frame in new[] { "01 00 FFFE 00000000", "02 00 000003E8 0000", "99 00 0000 00000000", "01 05 0000 00000000", "" })
            {
                Send(sender, Identifier, frame);
            }

            Send(sender, Identifier + 1, "01 00 0001 00000000");
            await _time.DelayMs(10);
            await _channel.StopPeriodicAsync(0x01);
            await _channel.StopPeriodicAsync();
            receiver.Close();
            Send(sender, Identifier, "01 00 0001 00000000");
            await _time.DelayMs(10);
        });

        Assert.Equal([((ushort)0xF201, -1.0), ((ushort)0xF202, 1000.0)], heard);
        Assert.Equal(3, receiver.StrangeCount);
        Assert.Equal(["2A030102", "2A0401", "2A04"], Asked());
    }

    private static void Send(VirtualCan sender, uint identifier, string data)
    {
        byte[] bytes = Convert.FromHexString(data.Replace(" ", ""));
        EsyncAgent.CanFrame frame = new() { Identifier = identifier, Length = (byte)bytes.Length };
        bytes.CopyTo(frame.Data, 0);
        Assert.True(sender.TrySend(frame));
    }

    private IEnumerable<string> Asked() => _ecu.Asked.Select(asked => asked.Request);

    private void Answer(string answer) => _ecu.Script = _ => [(0, answer)];
}
