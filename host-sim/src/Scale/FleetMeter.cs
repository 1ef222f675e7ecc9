// Measures what a run costs: wall and processor time, heap and working set. Looks only, and at the wall clock.
// Tests: tests/host-sim/Scale.
using System.Diagnostics;

namespace EsyncSim.Scale;

/// <summary>A stopwatch with a scale.</summary>
internal sealed class FleetMeter
{
    private readonly long _heapBefore = GC.GetTotalMemory(forceFullCollection: true);
    private readonly Stopwatch _wall = new();
    private TimeSpan _processorBefore;

    /// <summary>Wall time since <see cref="Start"/>.</summary>
    public TimeSpan Elapsed => _wall.Elapsed;

    /// <summary>The campaign begins.</summary>
    public void Start()
    {
        _processorBefore = Environment.CpuUsage.TotalTime;
        _wall.Start();
    }

    /// <summary>The campaign has ended, and all vehicles are still there.</summary>
    public FleetMeasured Stop(int vehicles, int ended, int cores, long messages)
    {
        _wall.Stop();
        TimeSpan processor = Environment.CpuUsage.TotalTime - _processorBefore;
        using Process self = Process.GetCurrentProcess();
        double seconds = Math.Max(_wall.Elapsed.TotalSeconds, 1e-3);
        return new FleetMeasured
        {
            Cores = cores,
            Seconds = Math.Round(seconds, 3),
            ProcessorSeconds = Math.Round(processor.TotalSeconds, 3),
            VehiclesPerCoreMinute = Math.Round(ended * 60 / (seconds * cores), 1),
            VehiclesPerProcessorMinute = Math.Round(ended * 60 / Math.Max(processor.TotalSeconds, 1e-3), 1),
            MessagesPerSecond = Math.Round(messages / seconds, 1),
            HeapBytesPerVehicle = (GC.GetTotalMemory(forceFullCollection: true) - _heapBefore) / Math.Max(vehicles, 1),
            WorkingSetBytes = self.PeakWorkingSet64,
        };
    }
}
