// Live data out of a virtual ECU with the agent inside: signals from frames of the bus, read by one request and sent periodically.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using Xunit;
using SignalQuality = EsyncSim.Data.SignalQuality;

namespace EsyncTests.Vehicle;

public sealed class LiveDataTests
{
    private const uint Frame = 0x120, Periodic = 0x7A8;
    private static readonly SignalDefinition Speed = new("Vehicle.Speed", 0x0210, EsyncSim.Data.SignalType.UInt16, "km/h", 0.01, 0, 0, 300);
    private static readonly SignalDefinition Torque = new("Vehicle.Powertrain.ElectricMotor.Torque", 0xF201, EsyncSim.Data.SignalType.Int16, "Nm", 0.5, 0, -500, 500);
    private readonly VehicleRig _rig = new(change: Configure);
    private readonly ReportChannel _channel;
    private readonly VirtualCan _source;

    public LiveDataTests()
    {
        _channel = new ReportChannel(_rig.Client);
        _source = new VirtualCan(_rig.Bus, "another ECU");
        _source.PowerOn();
    }

    [Fact]
    public void Signals_are_read_in_one_request_with_their_quality()
    {
        _rig.Run(async () =>
        {
            await _rig.BeginAsync();
            IReadOnlyList<SignalValue> before = await _channel.ReadSignalsAsync([Speed, Torque]);
            Assert.All(before, value => Assert.Equal((SignalQuality.NeverSet, 0.0), (value.Quality, value.Physical)));

            Send(4825, -3);
            await _rig.Time.DelayMs(20);
            IReadOnlyList<SignalValue> after = await _channel.ReadSignalsAsync([Speed, Torque]);
            Assert.Equal([(SignalQuality.Valid, 48.25), (SignalQuality.Valid, -1.5)], after.Select(value => (value.Quality, value.Physical)));

            await _rig.Time.DelayMs(700);
            Assert.All(await _channel.ReadSignalsAsync([Speed, Torque]), value => Assert.Equal(SignalQuality.TimedOut, value.Quality));
        });
    }

    [Fact]
    public void A_signal_is_sent_at_its_rate_until_it_is_stopped()
    {
        List<(double Physical, long AtNs)> heard = [];
        PeriodicReceiver receiver = new(new VirtualCan(_rig.Bus, "receiver"), Periodic, false, new SignalCatalogue([Speed, Torque]))
        {
            Received = value => heard.Add((value.Physical, _rig.Time.NowNs)),
        };
        _rig.Run(async () =>
        {
            await _rig.BeginAsync();
            Send(4825, 100);
            await _rig.Client.SessionAsync(0x03);
            _rig.Tester.StartKeepAlive();
            await _channel.StartPeriodicAsync(PeriodicRate.Fast, 0x01);
            await _rig.Time.DelayMs(1000);
            await _channel.StopPeriodicAsync(0x01);
            int count = heard.Count;
            await _rig.Time.DelayMs(300);
            Assert.Equal(count, heard.Count);
            NegativeResponseException refusal = await Assert.ThrowsAsync<NegativeResponseException>(() => _channel.StartPeriodicAsync(PeriodicRate.Fast, 0x99));
            Assert.Equal(0x31, refusal.Code);
            _rig.Tester.StopKeepAlive();
        });

        Assert.InRange(heard.Count, 19, 21);
        Assert.All(heard, value => Assert.Equal(50.0, value.Physical));
        Assert.All(heard.Zip(heard.Skip(1)), pair => Assert.InRange(pair.Second.AtNs - pair.First.AtNs, 45 * VirtualTime.NsPerMs, 55 * VirtualTime.NsPerMs));
        Assert.Equal(0, receiver.StrangeCount);
    }

    private static void Configure(EcuConfig config)
    {
        config.CanIf.SignalRxIds = [Frame];
        config.CanIf.PeriodicTxId = Periodic;
        config.Data = new DataConfig
        {
            SignalDids = [Speed.Did, Torque.Did],
            SignalTypes = [(byte)Speed.Type, (byte)Torque.Type],
            SignalMin = [0, -1000],
            SignalMax = [30_000, 1000],
            FrameTimeoutMs = [500],
            FrameFirst = [0],
            CanDids = [Speed.Did, Torque.Did],
            CanStartBits = [0, 16],
            CanLengths = [16, 16],
            CanIsBigEndian = [0, 0],
            MultiplexorStartBits = [0, 0],
            MultiplexorLengths = [0, 0],
            MultiplexorIsBigEndian = [0, 0],
            MultiplexorValues = [0, 0],
        };
    }

    private void Send(ushort speed, short torque)
    {
        CanFrame frame = new() { Identifier = Frame, Length = 4 };
        BitConverter.GetBytes(speed).CopyTo(frame.Data, 0);
        BitConverter.GetBytes(torque).CopyTo(frame.Data, 2);
        Assert.True(_source.TrySend(frame));
    }
}
