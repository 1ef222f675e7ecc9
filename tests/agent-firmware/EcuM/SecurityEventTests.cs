// Which events of an ECU's life are security events, with which reason, and that they outlive the reset that follows.
using EsyncAgent;
using EsyncSim.Simulation;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class SecurityEventTests
{
    private const int Length = 9000;
    private static readonly TestImage One = TestImage.Make("1.0.0", 1, Length);
    private static readonly TestImage Two = TestImage.Make("2.0.0", 2, Length + 5000);

    [Fact]
    public void A_life_without_incident_has_none()
    {
        AgentRig rig = Updated(One, Two);
        rig.PowerOn();
        Assert.Empty(rig.Events());
        Assert.Equal((0u, 0u), (rig.Agent.IdsM.NewestNumber, rig.Agent.IdsM.StoredNumber));
    }

    [Fact]
    public void A_refused_manifest_is_in_flash_before_its_answer()
    {
        AgentRig rig = Updated(One, Two);
        Assert.Equal(FotaError.SequenceTooLow, rig.Update(One));
        Assert.Equal(1u, rig.Agent.IdsM.StoredNumber);
        rig.PowerOn();
        Assert.Equal([(IdsMEvent.ManifestRefused, FotaError.SequenceTooLow)], rig.Events());
    }

    [Fact]
    public void A_refused_chunk()
    {
        AgentRig rig = Updated(One);
        byte[] payload = Two.Payload.ToArray();
        payload[5000] ^= 0x10;
        Assert.Equal(FotaError.ChunkMismatch, rig.Update(Two with { Payload = payload }));
        rig.Reset();
        Assert.Equal([(IdsMEvent.ChunkRefused, FotaError.ChunkMismatch)], rig.Events());
    }

    [Theory]
    [InlineData("selftest", FotaError.SelfTestFailed)]
    [InlineData("throws", FotaError.LoadFailed)]
    [InlineData("stalls", FotaError.AliveLost)]
    public void A_trial_that_goes_back(string behaviour, FotaError reason)
    {
        AgentRig rig = Updated(One);
        rig.InstallUpToTrial(TestImage.Make("9.0.0", 3, Length, behaviour));
        rig.Reset();
        rig.TurnUntil(() => rig.Banks.Record.LastError == reason && rig.Agent.IsRunning && rig.RunningVersion == "1.0.0", "rollback");
        Assert.Equal([(IdsMEvent.TrialReverted, reason)], rig.Events());
    }

    [Fact]
    public void A_trial_that_has_used_up_its_starts()
    {
        AgentRig rig = Updated(One);
        rig.InstallUpToTrial(Two);
        for (int start = 0; start < 4; start++)
        {
            rig.PowerOn();
        }

        Assert.Equal([(IdsMEvent.TrialReverted, FotaError.TrialAttemptsUsedUp)], rig.Events());
    }

    [Fact]
    public void A_damaged_active_bank()
    {
        AgentRig rig = Updated(One, Two);
        rig.Flash.Memory.FlipBit(100, 3);
        rig.PowerOn();
        Assert.Equal("1.0.0", rig.RunningVersion);
        rig.PowerOn();
        Assert.Equal([(IdsMEvent.BankRejected, FotaError.ImageDamaged)], rig.Events());
    }

    [Fact]
    public void An_ordered_way_back()
    {
        AgentRig rig = Updated(One, Two);
        Assert.Equal(FotaError.None, rig.Routine(0x0213));
        rig.Reset();
        Assert.Equal([(IdsMEvent.RollbackOrdered, FotaError.RolledBackByClient)], rig.Events());
    }

    [Fact]
    public void A_way_back_that_is_refused_is_none()
    {
        AgentRig rig = Updated(One);
        Assert.Equal(FotaError.NoPreviousImage, rig.Routine(0x0213));
        Assert.Empty(rig.Events());
    }

    [Fact]
    public void A_boot_record_that_lacks_a_copy_and_one_that_lacks_them_all()
    {
        AgentRig rig = Updated(One);
        rig.AwaitMark(1);
        rig.Flash.Memory.FlipBit(RecordView.AddressOf(rig.Flash.Memory, rig.Agent.Fls.Map.BootRecord1) + 20, 1);
        rig.PowerOn();
        Settle(rig);
        rig.LoseBootRecord();
        rig.PowerOn();
        Settle(rig);
        Assert.Equal("1.0.0", rig.RunningVersion);
        rig.PowerOn();
        Assert.Equal(
            [(IdsMEvent.BootRecordRebuilt, FotaError.BootRecordLost), (IdsMEvent.BootRecordMended, FotaError.None)], rig.Events());
    }

    private static void Settle(AgentRig rig) => rig.TurnUntil(() => rig.Agent.IdsM.IsSettled && rig.Agent.NvM.IsIdle, "memory");

    private static AgentRig Updated(params TestImage[] images) => RigSteps.Provisioned(TestImage.Provisioning).Updated(images);
}
