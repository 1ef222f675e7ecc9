// What a sweep calls by which name: an ECU whose flash is damaged on purpose, against what it had promised.
using EsyncAgent;
using EsyncSim.Flash;
using Xunit;

namespace EsyncTests.HostSim.Sweep;

public sealed class SweepVerdictTests
{
    private static readonly SweepPart Part = SweepPart.Of(FlashGeometries.W25Q32)!;

    [Fact]
    public void An_ECU_without_a_bootable_image_is_a_brick() => AssertFault(SweepFault.Brick, "confirm", (world, map) =>
    {
        world.Flash.Memory.FlipBit(map.ManifestA.Start, 0);
        world.Flash.Memory.FlipBit(map.ManifestB.Start, 0);
    });

    [Fact]
    public void An_image_that_may_not_run_any_more_is_a_wrong_one() => AssertFault(SweepFault.WrongImage, "rollback-by-order", (world, map) =>
        world.Flash.Memory.FlipBit(world.Rig.Banks.SlotArea(world.Rig.Banks.Running).Start, 0));

    [Fact]
    public void A_block_that_is_gone_is_a_lost_state() => AssertFault(SweepFault.LostConfirmedState, "manifest", (world, map) =>
    {
        world.Flash.Memory.Erase(world.Flash.Geometry.SectorAt(map.NvM0.Start));
        world.Flash.Memory.Erase(world.Flash.Geometry.SectorAt(map.NvM1.Start));
    });

    [Fact]
    public void Sectors_that_were_recorded_and_are_not_any_more_are_sent_again() => AssertFault(SweepFault.ResentInFull, "resumed-download", (world, map) =>
    {
        world.Flash.Memory.Erase(world.Flash.Geometry.SectorAt(map.Checkpoint0.Start));
        world.Flash.Memory.Erase(world.Flash.Geometry.SectorAt(map.Checkpoint1.Start));
    });

    [Fact]
    public void An_operation_in_the_confirmed_image_is_refused()
    {
        SweepWorld world = Prepared("manifest");
        FlsArea running = world.Rig.Banks.ImageArea(world.Rig.Banks.Running);
        SweepFaultException error = Assert.Throws<SweepFaultException>(() => world.Guard(new FlashOperation(0, FlashOperationKind.Erase, running.Start, 4096)));
        Assert.Equal(SweepFault.LostConfirmedState, error.Fault);
    }

    [Fact]
    public void Equal_contents_have_equal_fingerprints_and_one_bit_makes_another()
    {
        FlashMemory flash = new(FlashGeometries.W25Q32, 1);
        flash.Program(4096, [1, 2, 3, 4]);
        byte[] before = flash.Fingerprint();
        Assert.Equal(before, flash.Fork(2).Fingerprint());
        flash.FlipBit(4096, 3);
        Assert.NotEqual(before, flash.Fingerprint());
        flash.FlipBit(4096, 3);
        Assert.Equal(before, flash.Fingerprint());
        flash.EraseCut(1, CutModel.EraseUntouched);
        Assert.NotEqual(before, flash.Fingerprint());
    }

    private static void AssertFault(SweepFault fault, string scenario, Action<SweepWorld, FlsConfig> damage)
    {
        SweepWorld world = Prepared(scenario);
        SweepWorld fork = (SweepWorld)world.Fork(world.Flash.ForkCut(CutModel.Before, 1));
        fork.Rig.PowerOn();
        damage(fork, Part.Config.Fls);
        SweepFaultException error = Assert.Throws<SweepFaultException>(fork.Restart);
        Assert.Equal(fault, error.Fault);
    }

    private static SweepWorld Prepared(string scenario)
    {
        SweepWorld world = new(Part, SweepScenario.All.Single(row => row.Name == scenario), new FlashModel(Part.Geometry), new SweepLedger(Part.Images));
        world.Prepare();
        return world;
    }
}
