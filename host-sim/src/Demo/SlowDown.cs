// By how much gathering data slows a download down: the same first installation of the same ECU twice, in worlds of their own,
// once without rules and without anybody who asks, once with the rules of nf.config and reports collected all along.
// Invariant: the two worlds differ in nothing else; both are in virtual time and repeat themselves.
// Tests: tests/host-sim/Demo/SlowDownTests.cs.
using System.Globalization;
using EsyncSim.Data;

namespace EsyncSim.Demo;

/// <summary>Seconds on the bus of one image, and the gaps between periodic samples meanwhile.</summary>
/// <param name="QuietSeconds">Without rules.</param>
/// <param name="GatheringSeconds">With the rules of nf.config and a collector.</param>
/// <param name="LatestMs">Milliseconds by which the latest periodic sample was late; null when there was none.</param>
/// <param name="Samples">Periodic samples that were looked at.</param>
public sealed record SlowDown(double QuietSeconds, double GatheringSeconds, double? LatestMs, int Samples)
{
    private const string Release = "1.0.0";

    /// <summary>Slow-down in percent.</summary>
    public double Percent => ((GatheringSeconds / QuietSeconds) - 1) * 100;

    /// <summary>Measures the demo's first ECU.</summary>
    /// <param name="options">Seed, configuration and board.</param>
    public static SlowDown Measure(DemoOptions options)
    {
        (double quiet, _) = Download(options, isGathering: false);
        (double gathering, IReadOnlyList<DataRecord> records) = Download(options, isGathering: true);
        uint[] late = [.. Lateness(records)];
        return new SlowDown(quiet, gathering, late.Length == 0 ? null : late.Max(), late.Length);
    }

    /// <summary>Lateness of periodic samples: a rule's due times are a row without drift, whose beginning is that of its earliest sample.</summary>
    /// <param name="records">Records of one ECU.</param>
    internal static IEnumerable<uint> Lateness(IReadOnlyList<DataRecord> records) => records
        .Where(record => record is { Kind: "sample", Cause: "period" })
        .GroupBy(record => (record.Boot, record.Rule))
        .SelectMany(rule =>
        {
            uint[] times = [.. rule.Select(record => record.Ms)];
            uint[] steps = [.. times.Zip(times.Skip(1), (before, after) => after - before)];
            uint period = steps.Length == 0 ? 0 : (uint)Math.Round(steps.Order().ElementAt(steps.Length / 2) / 10.0) * 10;
            uint least = period == 0 ? 0 : times.Min(ms => (ms - times[0] + (period / 2)) % period);
            return period == 0 ? [] : times.Select(ms => ((ms - times[0] + (period / 2)) % period) - least);
        });

    private static (double Seconds, IReadOnlyList<DataRecord> Records) Download(DemoOptions options, bool isGathering)
    {
        using DemoWorld world = new(options with { IsNetworkVirtual = true, Log = null, Broker = null }, new PlainScreen(TextWriter.Null));
        DemoEcu ecu = world.Motor;
        if (!isGathering)
        {
            ecu.Bench.Definition.Config.Data.BuiltInRules = [];
        }

        world.Time.Run(async () =>
        {
            ecu.Bench.Ecu.PowerOn();
            await ecu.Client.AwaitPresenceAsync();
            await ecu.Client.SessionAsync(0x03);
            await ecu.Client.RoutineAsync(0x0220, "provision", ecu.ProvisioningRecord);
            await ecu.Client.SessionAsync(0x01);
            DemoSteps steps = new(world, new PlainScreen(TextWriter.Null)) { Server = world.Connect(await ecu.Client.ReadTextAsync(0xF190)) };
            Task<Server.TargetResult> Install() => steps.RunAsync(ecu, ecu.Sign(ecu.Request(Release, 1)), Release);
            _ = isGathering ? await world.Data.DuringAsync(Install) : await Install();
        });
        return (world.Transfers.Single().BusSeconds, world.Data.Of(ecu.Name));
    }
}
