// One run of the bench of eight ECUs with two hundred signals each, over the MQTT broker in the process; tests share it. A quiet time; then
// service 2A runs in three ECUs at once; then one takes an image. All eight report all along, and at the end their logs are emptied.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Server;
using EsyncSim.Vehicle;

namespace EsyncTests.Vehicle;

public sealed class ManyRun
{
    /// <summary>Seconds in which figures are taken.</summary>
    public const int QuietSeconds = 15;

    /// <summary>Seconds for which 2A runs.</summary>
    public const int PeriodicSeconds = 8;

    /// <summary>Milliseconds of 2A's fast rate.</summary>
    public const int FastMs = 50;

    /// <summary>Length of the image.</summary>
    public const int ImageLength = 60_000;

    private const int WarmSeconds = 6;
    private readonly ManyBench _bench = new(new ManyConfig(), time => new MqttMessageNetwork(time, null), new CollectorOptions { IntervalMs = 1000 });

    private ManyRun()
    {
        _bench.Time.Run(RunAsync);
        Verdict = new ManyVerdict(_bench);
        _bench.Network.Dispose();
    }

    /// <summary>The run.</summary>
    public static Lazy<ManyRun> Standard { get; } = new(() => new ManyRun());

    public ManyBench Bench => _bench;

    public ManyVerdict Verdict { get; }

    /// <summary>What came by 2A: ECU, value, moment.</summary>
    public List<(ManyEcu Ecu, SignalValue Value, long AtNs)> Periodic { get; } = [];

    /// <summary>Frames of 2A that were of no signal.</summary>
    public int StrangeCount { get; private set; }

    /// <summary>How the download ended.</summary>
    public UpdateOutcome? Outcome { get; private set; }

    /// <summary>Beginning and end of the download.</summary>
    public (long BeginNs, long EndNs) Download { get; private set; }

    /// <summary>Figures of the quiet time: bus load in percent, and per second frames, records, bytes of records.</summary>
    public (double Load, long Frames, long Records, long Bytes) Quiet { get; private set; }

    /// <summary>The same while 2A runs.</summary>
    public (double Load, long Frames, long Records, long Bytes) Watched { get; private set; }

    /// <summary>The same while an image is taken.</summary>
    public (double Load, long Frames, long Records, long Bytes) Loading { get; private set; }

    /// <summary>Share of an ECU's processor in the quiet time, in percent, of the busiest one.</summary>
    public double ProcessorPercent { get; private set; }

    /// <summary>Longest turn of an ECU in the quiet time, in milliseconds.</summary>
    public double LongestTurnMs { get; private set; }

    /// <summary>Bytes of RAM that nf.config reckons for the data of an ECU.</summary>
    public uint DataLength => EsyncSim.Config.DataMemory.LengthOf(_bench.Ecus[0].Definition.Config.Data, 256);

    private async Task RunAsync()
    {
        await _bench.BeginAsync();
        Task collecting = _bench.Collector.RunAsync();
        await _bench.Time.DelayMs(WarmSeconds * 1000);
        Report(_bench.Ecus, isFailed: true);
        Quiet = await MeasureAsync(async () =>
        {
            long[] spent = [.. _bench.Ecus.Select(ecu => ecu.Ecu.Meter.NsTotal)];
            foreach (ManyEcu ecu in _bench.Ecus)
            {
                ecu.LongestTurnNs = 0;
            }

            await _bench.Time.DelayMs(QuietSeconds * 1000);
            ProcessorPercent = _bench.Ecus.Zip(spent, (ecu, before) => ecu.Ecu.Meter.NsTotal - before).Max() * 100.0 / (QuietSeconds * VirtualTime.NsPerSecond);
            LongestTurnMs = _bench.Ecus.Max(ecu => ecu.LongestTurnNs) / (double)VirtualTime.NsPerMs;
        });
        Report(_bench.Ecus, isFailed: false);
        Watched = await MeasureAsync(() => Task.WhenAll(_bench.Ecus.Skip(1).Take(3).Select(WatchAsync)));
        Report(_bench.Ecus.Skip(4), isFailed: true);
        Loading = await MeasureAsync(() => DownloadAsync(_bench.Ecus[0]));
        await _bench.SettleAsync(30);
        _bench.Collector.Stop();
        await collecting;
    }

    private static void Report(IEnumerable<ManyEcu> ecus, bool isFailed)
    {
        foreach (ManyEcu ecu in ecus)
        {
            ecu.Report(isFailed);
        }
    }

    private async Task<(double Load, long Frames, long Records, long Bytes)> MeasureAsync(Func<Task> action)
    {
        (long at, long busy, long frames, long records, long bytes) = (_bench.Time.NowNs, _bench.Bus.BusyNs, _bench.Bus.FrameCount, _bench.CollectedRecords, _bench.CollectedBytes);
        await action();
        double seconds = (_bench.Time.NowNs - at) / (double)VirtualTime.NsPerSecond;
        return (
            (_bench.Bus.BusyNs - busy) * 100.0 / (_bench.Time.NowNs - at), (long)((_bench.Bus.FrameCount - frames) / seconds),
            (long)((_bench.CollectedRecords - records) / seconds), (long)((_bench.CollectedBytes - bytes) / seconds));
    }

    private async Task DownloadAsync(ManyEcu ecu)
    {
        UpdateImages images = PackageImages.Of(EncodedPackages.Full(ecu.Definition, 1, EncodedPackages.Image("1.0.0", ImageLength)));
        using EcuTurn turn = await ecu.Vehicle.Gate.EnterAsync();
        long beginNs = _bench.Time.NowNs;
        Outcome = await new UpdateSession(ecu.Client, images, new UpdatePolicy { Goal = UpdateGoal.Verified }).RunAsync();
        Download = (beginNs, _bench.Time.NowNs);
    }

    // Who watches holds the ECU's session open, and lets the collector in between.
    private async Task WatchAsync(ManyEcu ecu)
    {
        PeriodicReceiver receiver = new(new VirtualCan(_bench.Bus, $"receiver-{ecu.Name}"), ecu.Definition.Config.CanIf.PeriodicTxId, false, ecu.Definition.Signals)
        {
            Received = value => Periodic.Add((ecu, value, _bench.Time.NowNs)),
        };
        ReportChannel channel = new(ecu.Client);
        using EcuTurn turn = await ecu.Vehicle.Gate.EnterAsync();
        await ecu.Client.SessionAsync(0x03);
        await ecu.Client.AuthenticateAsync();
        ecu.Client.Tester.StartKeepAlive();
        await channel.StartPeriodicAsync(PeriodicRate.Fast, [0, 1, 2, 3, 4, 5]);
        for (int quarter = 0; quarter < PeriodicSeconds * 4; quarter++)
        {
            await _bench.Time.DelayMs(250);
            await ecu.Vehicle.Gate.HostAsync();
        }

        await channel.StopPeriodicAsync();
        ecu.Client.Tester.StopKeepAlive();
        await ecu.Client.SessionAsync(0x01);
        StrangeCount += receiver.StrangeCount;
        receiver.Close();
    }
}
