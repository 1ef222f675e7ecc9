// The subject `host` of esync bench: how fast the simulator itself is on this machine, since that decides how many faults can
// be tried. Wall clock and processor time: the one subject whose figures differ from run to run.
// Invariant: what is run is the same each time (seeds, images, cuts); only its time is measured.
// Tests: tests/host-sim/Measure/HostBenchTests.cs.
using System.Diagnostics;
using System.Globalization;
using EsyncSim.Delta;
using EsyncSim.Packages;
using EsyncSim.Simulation;
using EsyncSim.Sweep;

namespace EsyncSim.Measure;

/// <summary>Measures the host.</summary>
internal static class HostBench
{
    /// <summary>Its name on the command line.</summary>
    public const string Subject = "host";

    private const int K = 1024;
    private const int Ecus = 8;
    private const double SecondsPerMinute = 60;
    private const string Slow = "virtual seconds cost what the agent's turns cost here: fewer or cheaper ones would be needed, or a machine that nobody else uses";

    /// <summary>Measures everything.</summary>
    /// <param name="configPath">nf.config with the ECUs of the simulation.</param>
    /// <param name="isQuick">Smaller pieces, once each.</param>
    /// <param name="progress">Hears what is measured next.</param>
    /// <param name="stop">Ends it before its end.</param>
    public static BenchTable Measure(string configPath, bool isQuick, Action<string> progress, CancellationToken stop) => new(
        Subject,
        string.Create(CultureInfo.InvariantCulture, $"The simulator on this machine: {Environment.ProcessorCount} processors{(isQuick ? ", a quick look" : string.Empty)}"),
        [
            .. Buses(isQuick, progress, stop),
            .. Sweep(isQuick, progress, stop),
            .. Sim(configPath, isQuick, progress, stop),
            .. Patches(configPath, isQuick, progress, stop),
            .. Memory(),
        ]);

    private static IEnumerable<BenchRow> Buses(bool isQuick, Action<string> progress, CancellationToken stop)
    {
        SignedImage image = HostWorld.ImageOf((isQuick ? 16 : 256) * K);
        progress("one download");
        HostWorld world = new(1);
        long allocated = 0;
        HostTime time = Time(isQuick, 20, 9, () => allocated = AllocatedBy(() => (world = new HostWorld(1)).Install(image)), stop);
        yield return BenchRow.Judge(
            "host-download-speed", "one update, 10 03 to confirm: virtual over real time", world.VirtualSeconds / time.WallSeconds, "×", BenchGoal.AtLeast(100), $"{Seconds(world)} of virtual time, {time.Words}; 500 hoped for", Slow);
        yield return BenchRow.Report("host-download-processor", "the same: virtual over processor time", world.VirtualSeconds / time.ProcessorSeconds, "×", "what other programs on the machine disturb less");
        yield return BenchRow.Report("host-download-frames", "the same: frames on the bus", world.Frames / time.WallSeconds, "1/s");
        yield return BenchRow.Report("host-download-allocated", "the same: memory allocated for each frame", allocated / (double)world.Frames, "B", "the world with its ECU included");

        progress("eight ECUs");
        time = Time(isQuick, 3, 5, () => (world = new HostWorld(Ecus)).Install(image), stop);
        yield return BenchRow.Report(
            "host-eight-speed", "eight ECUs on one bus, one of them updated: virtual over real time", world.VirtualSeconds / time.WallSeconds, "×", $"{Seconds(world)} of virtual time, {time.Words}");
        time = Time(isQuick, 1, 3, () => (world = new HostWorld(Ecus)).Idle(isQuick ? 2 : 20), stop);
        yield return BenchRow.Report("host-eight-idle-speed", "eight ECUs that are asked nothing: virtual over real time", world.VirtualSeconds / time.WallSeconds, "×", time.Words);
    }

    private static IEnumerable<BenchRow> Sweep(bool isQuick, Action<string> progress, CancellationToken stop)
    {
        progress("power cuts");
        SweepRequest request = new() { Scenarios = isQuick ? ["confirm"] : ["full-image", "delta-image", "activate", "confirm"], Geometries = ["w25q32"], Stop = stop };
        int cuts = 0;
        HostTime time = Time(isQuick, 1, 3, () => cuts = SweepRunner.Run(request).Cuts, stop);
        yield return BenchRow.Report("host-sweep-cuts", "esync sweep: power cuts a second", cuts / time.WallSeconds, "1/s", string.Create(CultureInfo.InvariantCulture, $"{cuts} cuts of {string.Join(", ", request.Scenarios)} on w25q32, {time.Words}"));
    }

    private static IEnumerable<BenchRow> Sim(string configPath, bool isQuick, Action<string> progress, CancellationToken stop)
    {
        progress("seeds");
        Fleet fleet = new(configPath);
        ulong seeds = isQuick ? 4u : 40;
        HostTime time = Time(isQuick, 1, 3, () => SimulationOfSeeds.Run(fleet, new SimulationOptions { FirstSeed = 1, LastSeed = seeds, Stop = stop }), stop);
        yield return BenchRow.Report("host-sim-seeds", "esync sim: seeds a minute", seeds / time.WallSeconds * SecondsPerMinute, "1/min", string.Create(CultureInfo.InvariantCulture, $"seeds 1 to {seeds}, {time.Words}; {time.ProcessorSeconds / seeds:0.000} s of it each"));
    }

    private static IEnumerable<BenchRow> Patches(string configPath, bool isQuick, Action<string> progress, CancellationToken stop)
    {
        foreach (HostPair pair in HostPair.All((isQuick ? 16 : 256) * K, configPath).Take(isQuick ? 1 : int.MaxValue))
        {
            progress($"a patch of {pair.Name}");
            int length = 0;
            HostTime time = Time(isQuick, 1, 3, () => length = DeltaMaker.Make(pair.Old, pair.New, EncodingRequest.WindowBitsDefault).Bytes.Length, stop);
            yield return BenchRow.Report(
                $"host-patch-{pair.Name}", $"a patch for 1 MiB of {pair.Name} image", time.WallSeconds * K * K / pair.New.Length, "s", string.Create(CultureInfo.InvariantCulture, $"{pair.New.Length:N0} bytes, patch of {length:N0}; {time.Words}"));
        }
    }

    private static IEnumerable<BenchRow> Memory()
    {
        using Process process = Process.GetCurrentProcess();
        yield return BenchRow.Report("host-memory-peak", "peak working set of this process", process.PeakWorkingSet64 / (double)(K * K), "MiB", "all of the above, one after the other");
    }

    private static HostTime Time(bool isQuick, int warmUps, int runs, Action work, CancellationToken stop) => HostTime.Of(isQuick ? 0 : warmUps, isQuick ? 1 : runs, work, stop);

    private static long AllocatedBy(Action work)
    {
        long before = GC.GetTotalAllocatedBytes();
        work();
        return GC.GetTotalAllocatedBytes() - before;
    }

    private static string Seconds(HostWorld world) => string.Create(CultureInfo.InvariantCulture, $"{world.VirtualSeconds:0.0} s");
}
