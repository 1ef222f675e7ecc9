// The power fails at every flash operation of one whole update, with every way in which the operation can be left.
// After each cut the ECU must come up with a good image, and the client must be able to finish the update; no write
// unit is ever programmed twice (the flash model throws).
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class InstallPowerCutTests
{
    public static TheoryData<string> OtherGeometries => [.. FlashGeometries.All.Select(row => row.Name).Where(name => name != "w25q32")];

    [Fact]
    public void After_a_cut_at_any_flash_operation_of_an_update_a_good_image_runs_and_the_update_can_be_finished()
    {
        (int cuts, _) = InstallSweep.Run(FlashGeometries.W25Q32, _ => 1);
        Assert.True(cuts > 400, $"only {cuts} cuts were tried");
    }

    [Theory]
    [MemberData(nameof(OtherGeometries))]
    public void So_it_is_on_other_flash_parts(string geometry)
    {
        (int cuts, _) = InstallSweep.Run(FlashGeometries.ByName(geometry), count => 1 + (count / 40));
        Assert.True(cuts > 100, $"only {cuts} cuts were tried");
    }

    [Fact]
    public void A_second_cut_while_the_update_is_being_finished_does_no_harm_either()
    {
        (int cuts, int doubles) = InstallSweep.Run(FlashGeometries.W25Q32, _ => 7, isDouble: true);
        Assert.True(doubles > cuts, $"{doubles} double cuts over {cuts} single ones");
    }
}
