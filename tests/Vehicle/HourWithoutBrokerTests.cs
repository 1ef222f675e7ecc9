// The broker is gone for an hour of virtual time, with the agent inside every ECU: the vehicle's queue on disk fills up to its bound, the
// rest stays in the ECUs' flash, and afterwards all of it arrives, once and in order; also when the client and an ECU lose their power meanwhile.
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class HourWithoutBrokerTests(ITestOutputHelper output)
{
    private const int GoneAtSecond = 60, HourSeconds = 3600;

    // Enough signals for every kind of rule, and slow ones: an hour is to take seconds.
    private static readonly ManyConfig Plan = new() { Ecus = 4, Signals = 40, PeriodsMs = [10_000, 10_000, 20_000, 60_000], FramePeriodMs = 1000, PublishMs = 1000, IntervalMs = 20_000 };

    [Fact]
    public void What_was_made_meanwhile_arrives_once_and_in_order_and_the_queue_keeps_its_bound()
    {
        using ManyBench bench = Run(_ => { });
        Judge(bench);
        Assert.All(bench.Problems, problem => Assert.Contains("the queue in q is full", problem, StringComparison.Ordinal));
        Assert.Equal(bench.Plan.Ecus, bench.Problems.Count);
        Assert.InRange(bench.QueuedBytesMax, ReportQueue.BytesMaxMin * 9 / 10, ReportQueue.BytesMaxMin);
    }

    [Fact]
    public void The_client_may_be_killed_and_an_ECU_lose_its_power_meanwhile()
    {
        int restarts = 0;
        using ManyBench bench = Run(bench =>
        {
            foreach (int minute in new[] { 5, 20, 40 })
            {
                bench.Time.After(minute * 60 * VirtualTime.NsPerSecond, () =>
                {
                    restarts++;
                    bench.RestartCollector(30 * VirtualTime.NsPerSecond);
                });
            }

            bench.Time.After(12 * 60 * VirtualTime.NsPerSecond, () => bench.Ecus[1].CutPower(3 * VirtualTime.NsPerSecond));
            bench.Time.After((33 * 60 * VirtualTime.NsPerSecond) + (777 * VirtualTime.NsPerMs), () => bench.Ecus[1].CutPower(90 * VirtualTime.NsPerSecond));
            bench.Time.After(50 * 60 * VirtualTime.NsPerSecond, () => bench.Ecus[2].CutPower(VirtualTime.NsPerSecond));
        });
        Judge(bench);
        Assert.Equal(3, restarts);
        Assert.Equal([1, 3, 2, 1], bench.Ecus.Select(ecu => ecu.StartsNs.Count));
        Assert.InRange(bench.QueuedBytesMax, ReportQueue.BytesMaxMin * 9 / 10, ReportQueue.BytesMaxMin);
    }

    private static ManyBench Run(Action<ManyBench> incidents)
    {
        VirtualMessageNetwork network = null!;
        ManyBench bench = new(Plan, time => network = new VirtualMessageNetwork(time, 1), new CollectorOptions(), ReportQueue.BytesMaxMin, idleMsMax: 10);
        bench.Time.Run(
            async () =>
            {
                await bench.BeginAsync();
                _ = bench.Collector.RunAsync();
                bench.Time.After(GoneAtSecond * VirtualTime.NsPerSecond, () => network.GoDown(HourSeconds * VirtualTime.NsPerSecond));
                incidents(bench);
                await bench.Time.DelayMs(30 * 60 * 1000);
                Report(bench, isFailed: true);
                await bench.Time.DelayMs(60 * 1000);
                Report(bench, isFailed: false);
                await bench.Time.DelayMs((GoneAtSecond + (29 * 60) + 10) * 1000);
                await bench.SettleAsync(900);
                bench.Collector.Stop();
            },
            limitNs: 2 * HourSeconds * VirtualTime.NsPerSecond);
        Assert.Equal(1, network.OutageCount);
        return bench;
    }

    // An event of those whose power stays, so that each change of it is known.
    private static void Report(ManyBench bench, bool isFailed)
    {
        bench.Ecus[0].Report(isFailed);
        bench.Ecus[3].Report(isFailed);
    }

    private void Judge(ManyBench bench)
    {
        ManyVerdict verdict = new(bench);
        verdict.AssertAllArrivedOnce();
        verdict.AssertNoTriggerMissing();
        verdict.AssertValues(samplesMin: 55);
        verdict.AssertDtcs();
        output.WriteLine($"{bench.Arrived.Count} records, {verdict.ValueCount} values, {bench.Store.Figures().Sum(stream => stream.Duplicates)} doubles dropped at the server, "
            + $"at most {bench.QueuedBytesMax} of {ReportQueue.BytesMaxMin} bytes in the queue; latest periodic sample {verdict.LatestMs.Values.Max()} ms");
    }
}
