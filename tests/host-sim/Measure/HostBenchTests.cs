// The subject `host` runs and has its rows. How fast this machine is, no test may ask.
using EsyncSim.Config;
using EsyncSim.Measure;
using EsyncSim.Sweep;
using Xunit;

namespace EsyncTests.HostSim.Measure;

public sealed class HostBenchTests
{
    [Fact]
    public void It_has_a_row_for_everything_that_is_asked_of_a_simulator()
    {
        List<string> steps = [];

        BenchTable table = HostBench.Measure(Repository.PathOf(NfConfig.FileName), isQuick: true, steps.Add, TestContext.Current.CancellationToken);

        Assert.Equal(
            ["host-download-speed", "host-download-frames", "host-download-allocated", "host-eight-speed", "host-eight-idle-speed", "host-sweep-cuts", "host-sim-seeds", "host-patch-made", "host-memory-peak"],
            table.Rows.Select(row => row.Id));
        Assert.All(table.Rows, row => Assert.True(double.IsFinite(row.Value) && row.Value > 0, row.Id));
        Assert.Equal("≥ 100", table.Rows[0].Goal);
        Assert.Equal(["one download", "eight ECUs", "power cuts", "seeds", "a patch of made"], steps);
    }

    [Fact]
    public void Eight_ECUs_take_longer_on_one_bus_than_one_and_send_eight_times_as_much()
    {
        HostWorld one = new(1), eight = new(8), again = new(8);
        SignedImage image = HostWorld.ImageOf(8192);

        one.Install(image);
        eight.Install(image);
        again.Install(image);

        Assert.InRange(eight.Frames, 7.5 * one.Frames, 8.5 * one.Frames);
        Assert.True(eight.VirtualSeconds > one.VirtualSeconds);
        Assert.Equal((eight.Frames, eight.VirtualSeconds), (again.Frames, again.VirtualSeconds));
    }

    [Fact]
    public void A_time_is_the_median_and_warming_up_is_none_of_it()
    {
        int calls = 0;

        HostTime time = HostTime.Of(warmUps: 2, runs: 3, () => calls++, TestContext.Current.CancellationToken);

        Assert.Equal((5, 3), (calls, time.Runs));
        Assert.StartsWith("median of 3 runs of ", time.Words);
    }
}
