// The power fails at flash operations of an update, with every way in which the operation can be left. After each cut the
// ECU must come up with a good image, and the client must be able to finish the update; no write unit is ever programmed
// twice (the flash model throws). The scenarios are those of `esync sweep`, which goes on from here.
using EsyncSim.Flash;
using EsyncTests.HostSim.Sweep;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class InstallPowerCutTests
{
    private static readonly string[] Update = ["manifest", "full-image", "activate", "trial", "confirm"];

    public static TheoryData<string> OtherGeometries => [.. FlashGeometries.All.Select(row => row.Name).Where(name => name != "w25q32")];

    [Fact]
    public void After_a_cut_at_any_flash_operation_of_an_update_a_good_image_runs_and_the_update_can_be_finished()
    {
        SweepReport report = SweepRunner.Run(new SweepRequest { Geometries = ["w25q32"], Scenarios = Update, OperationsMax = 0, DoubleEvery = 0 });
        SweepTests.AssertGood(report);
        Assert.True(report.Cuts > 1500, $"only {report.Cuts} cuts were tried");
        Assert.All(report.Cells, cell => Assert.Equal(cell.Operations, cell.OperationsCut));
    }

    [Theory]
    [MemberData(nameof(OtherGeometries))]
    public void So_it_is_on_other_flash_parts(string geometry)
    {
        SweepReport report = SweepRunner.Run(new SweepRequest { Geometries = [geometry], Scenarios = Update, OperationsMax = 8, DoubleEvery = 0 });
        SweepTests.AssertGood(report);
        Assert.True(report.Cuts > 150, $"only {report.Cuts} cuts were tried");
    }

    [Fact]
    public void A_second_cut_while_the_update_is_being_finished_does_no_harm_either()
    {
        SweepReport report = SweepRunner.Run(new SweepRequest { Geometries = ["w25q32"], Scenarios = Update, OperationsMax = 7, DoubleEvery = 1 });
        SweepTests.AssertGood(report);
        Assert.True(report.Cells.Sum(cell => cell.DoubleCuts) > report.Cuts, $"{report}");
    }
}
