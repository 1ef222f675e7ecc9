// Time that a piece of work takes on this machine: warmed up first, then the median of some runs, on the wall clock and in
// processor time of the whole process.
// What is measured here differs from machine to machine and from run to run; nothing may depend on it.
// Tests: tests/host-sim/Measure/HostBenchTests.cs.
using System.Diagnostics;
using System.Globalization;

namespace EsyncSim.Measure;

/// <summary>Time of one piece of work.</summary>
/// <param name="Runs">Runs that the median was taken of.</param>
/// <param name="WallSeconds">Median on the wall clock.</param>
/// <param name="ProcessorSeconds">Median of processor time, all threads together.</param>
internal sealed record HostTime(int Runs, double WallSeconds, double ProcessorSeconds)
{
    /// <summary>Both, in words.</summary>
    public string Words => string.Create(
        CultureInfo.InvariantCulture, $"{(Runs == 1 ? "one run" : $"median of {Runs} runs")} of {WallSeconds:0.000} s, {ProcessorSeconds:0.000} s of processor time");

    /// <summary>Does a piece of work a few times, the first ones for the compiler alone.</summary>
    public static HostTime Of(int warmUps, int runs, Action work, CancellationToken stop)
    {
        double[] wall = new double[runs], processor = new double[runs];
        for (int i = -warmUps; i < runs; i++)
        {
            stop.ThrowIfCancellationRequested();
            GC.Collect(); // what one run leaves behind is not charged to the next one
            long begin = Stopwatch.GetTimestamp();
            TimeSpan processorBegin = Environment.CpuUsage.TotalTime;
            work();
            if (i >= 0)
            {
                wall[i] = Stopwatch.GetElapsedTime(begin).TotalSeconds;
                processor[i] = (Environment.CpuUsage.TotalTime - processorBegin).TotalSeconds;
            }
        }

        return new HostTime(runs, Median(wall), Median(processor));
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }
}
