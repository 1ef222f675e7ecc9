// One whole update of the agent over a flash driver on its device model, with a power cut at every operation that changes
// the memory and in every way in which it can be left, or a reset of the processor while the part is at work: a good image
// runs after each, and the update can be finished.
using EsyncAgent.Drivers;
using EsyncSim.Devices;
using EsyncSim.Flash;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.Boards.Drivers;

public sealed class DriverPowerCutTests
{
    private static readonly FlashGeometry Files = new("littlefs", LittleFsFls.SectorBytes, 1, FlashTiming.W25Q, new SectorRun(52, LittleFsFls.SectorBytes));

    [Fact]
    public void SpiNorFls_on_a_W25Q()
    {
        (int cuts, _) = InstallSweep.Run(FlashGeometries.W25Q32, _ => 1, driver: SpiNor);
        Assert.True(cuts > 900, $"only {cuts} cuts were tried");
        TestContext.Current.TestOutputHelper?.WriteLine($"{cuts} cuts");
    }

    [Fact]
    public void SpiNorFls_on_a_W25Q_with_a_second_cut_during_recovery()
    {
        (int cuts, int doubles) = InstallSweep.Run(FlashGeometries.W25Q32, _ => 7, isDouble: true, driver: SpiNor);
        Assert.True(doubles > cuts, $"{doubles} double cuts over {cuts} single ones");
        TestContext.Current.TestOutputHelper?.WriteLine($"{cuts} cuts, {doubles} double");
    }

    [Fact]
    public void SpiNorFls_on_a_W25Q_that_takes_its_time()
    {
        (int cuts, _) = InstallSweep.Run(FlashGeometries.W25Q32, _ => 3, driver: SpiNor, isTimed: true);
        Assert.True(cuts > 300, $"only {cuts} cuts were tried");
        TestContext.Current.TestOutputHelper?.WriteLine($"{cuts} cuts");
    }

    [Fact]
    public void The_processor_may_be_reset_while_the_W25Q_is_at_work()
    {
        int resets = InstallSweep.RunResets(FlashGeometries.W25Q32, 1, SpiNor);
        Assert.True(resets > 100, $"only {resets} resets were tried");
        TestContext.Current.TestOutputHelper?.WriteLine($"{resets} resets");
    }

    [Fact]
    public void LittleFsFls_on_a_partition_of_littlefs()
    {
        (int cuts, int doubles) = InstallSweep.Run(Files, _ => 1, isDouble: true, driver: LittleFs);
        Assert.True(cuts > 100 && doubles > cuts, $"only {cuts} cuts and {doubles} double ones were tried");
        TestContext.Current.TestOutputHelper?.WriteLine($"{cuts} cuts, {doubles} double");
    }

    private static Func<EsyncAgent.IMcu, EsyncAgent.IFls> SpiNor(FlashModel flash)
    {
        W25qChip chip = new(flash);
        SpiNorConfig config = new() { Size = flash.Size };
        return mcu => new SpiNorFls(chip, mcu, config);
    }

    private static Func<EsyncAgent.IMcu, EsyncAgent.IFls> LittleFs(FlashModel flash)
    {
        LittleFsModel files = new(flash);
        return _ => new LittleFsFls(files, flash.Size);
    }
}
