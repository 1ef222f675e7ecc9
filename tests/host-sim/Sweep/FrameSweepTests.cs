// Cuts at frames of a bus: what they count, and that a client which knows nothing of them finds its way.
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Sweep;

public sealed class FrameSweepTests
{
    [Fact]
    public void Every_frame_of_an_update_can_be_the_last_one_before_the_power_fails()
    {
        SweepReport report = SweepRunner.Run(new SweepRequest { Scenarios = ["update-frames"], Geometries = ["w25q32"] });
        SweepTests.AssertGood(report);
        SweepCell cell = Assert.Single(report.Cells);
        Assert.True(cell.Frames > 5000 && cell.Cuts > cell.Frames && cell.Restarts < cell.Cuts, $"{cell}");
    }

    [Fact]
    public void The_same_client_goes_on_over_a_cut()
    {
        SweepReport report = SweepRunner.Run(new SweepRequest { Scenarios = ["update-live"], LiveCount = 8 });
        SweepTests.AssertGood(report);
        Assert.InRange(Assert.Single(report.Cells).Cuts, 7, 9);
    }

    [Fact]
    public void One_frame_can_be_tried_alone()
    {
        SweepAddress address = new("update-frames", "w25q32", new FlashCut(700, CutModel.Before), null);
        SweepCell cell = Assert.Single(SweepRunner.Run(new SweepRequest { Only = address }).Cells);
        Assert.InRange(cell.Cuts, 1, 1);
        Assert.Empty(cell.Findings);
    }
}
