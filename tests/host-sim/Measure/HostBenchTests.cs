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
            ["host-download-speed", "host-download-processor", "host-download-frames", "host-download-allocated", "host-eight-speed", "host-eight-idle-speed", "host-sweep-cuts", "host-sim-seeds", "host-patch-made", "host-memory-peak"],
            table.Rows.Select(row => row.Id));
        Assert.All(table.Rows, row => Assert.True(double.IsFinite(row.Value) && row.Value > 0, row.Id));
        Assert.Equal("≥ 100", table.Rows[0].Goal);
        Assert.Equal(["one download", "eight ECUs", "power cuts", "seeds", "a patch of made"], steps);
    }

    [Fact]
    public void An_update_is_the_same_on_the_wire_however_many_ECUs_run_beside_it()
    {
        HostWorld one = new(1), eight = new(8);
        SignedImage image = HostWorld.ImageOf(8192);

        one.Install(image);
        eight.Install(image);

        Assert.InRange(one.Frames, 8192 / 7, 8192);
        Assert.Equal((one.Frames, one.VirtualSeconds), (eight.Frames, eight.VirtualSeconds));
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
