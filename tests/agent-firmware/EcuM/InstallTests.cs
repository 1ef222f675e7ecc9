// One ECU's life at the update target: factory, first install, update, way back, refusals.
using EsyncAgent;
using EsyncSim.Ecu;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class InstallTests
{
    private const int Length = 9000;
    private static readonly TestImage One = TestImage.Make("1.0.0", 1, Length);
    private static readonly TestImage Two = TestImage.Make("2.0.0", 2, Length + 5000, securityVersion: 2);

    [Fact]
    public void A_new_device_comes_up_without_application_and_takes_its_first_image_into_bank_B()
    {
        AgentRig rig = RigSteps.Provisioned(TestImage.Provisioning);
        Assert.Equal("none", rig.RunningVersion);
        Assert.Equal(FotaError.None, rig.Update(One));
        Assert.Equal("1.0.0", rig.RunningVersion);
        Assert.Equal(1, rig.Banks.Record.ActiveBank);
        Assert.Equal(BankState.Confirmed, rig.Banks.Record.State[1]);
        Assert.Equal(BankState.Empty, rig.Banks.Record.State[0]);
    }

    [Fact]
    public void An_update_makes_the_former_image_the_way_back_and_raises_the_floor()
    {
        AgentRig rig = Updated(One, Two);
        Assert.Equal("2.0.0", rig.RunningVersion);
        Assert.Equal(BankState.Previous, rig.Banks.Record.State[1]);
        Assert.Equal(2u, rig.Banks.Record.SecurityVersionFloor);
        Assert.Equal(Two.Payload, rig.Loader.Image);
    }

    [Fact]
    public void Every_confirmed_bank_gets_its_mark()
    {
        AgentRig rig = Updated(One, Two);
        rig.TurnUntil(() => rig.Banks.Record.MarksTried[0] == 1, "mark");
        rig.Reset();
        Assert.Equal(1, rig.Banks.Record.MarksTried[0]);
    }

    [Fact]
    public void The_way_back_by_order_needs_a_securityVersion_at_the_floor()
    {
        AgentRig rig = Updated(One, Two);
        Assert.Equal(FotaError.SecurityVersionTooLow, rig.Routine(0x0213));
        AgentRig equal = Updated(One, TestImage.Make("2.1.0", 2, Length));
        Assert.Equal(FotaError.None, equal.Routine(0x0213));
        equal.Reset();
        Assert.Equal("1.0.0", equal.RunningVersion);
        Assert.Equal(FotaError.RolledBackByClient, equal.Banks.Record.LastError);
        Assert.Equal(1, equal.Banks.Record.RollbackCount);
    }

    [Theory]
    [InlineData("selftest", FotaError.SelfTestFailed)]
    [InlineData("throws", FotaError.LoadFailed)]
    [InlineData("stalls", FotaError.AliveLost)]
    public void A_bad_image_goes_back_on_its_own(string behaviour, FotaError reason)
    {
        AgentRig rig = Updated(One);
        TestImage bad = TestImage.Make("9.0.0", 3, Length, behaviour);
        rig.InstallUpToTrial(bad);
        int resets = rig.Resets;
        rig.Reset();
        rig.TurnUntil(() => rig.Banks.Record.LastError == reason && rig.Agent.IsRunning && rig.RunningVersion == "1.0.0", "rollback");
        Assert.Equal(BankState.Rejected, rig.Banks.Record.State[0]);
        Assert.Equal(EsyncState.InstallRollback, rig.Banks.Record.EsyncState);
        Assert.True(rig.Resets >= resets + 2);
    }

    [Fact]
    public void A_trial_that_has_not_made_a_turn_cannot_be_confirmed()
    {
        AgentRig rig = Updated(One);
        rig.InstallUpToTrial(TestImage.Make("9.0.0", 3, Length, "stalls"));
        rig.Reset();
        rig.TurnUntil(() => rig.Loader.State == ApplicationState.Running, "self-test");
        Assert.Equal(FotaError.SelfTestPending, rig.Routine(0x0212));
        rig.TurnUntil(() => rig.Agent.IsRunning && rig.RunningVersion == "1.0.0", "rollback");
        Assert.Equal(FotaError.AliveLost, rig.Banks.Record.LastError);
    }

    [Fact]
    public void A_trial_that_nobody_confirms_goes_back_in_time()
    {
        AgentRig rig = Updated(One);
        rig.InstallUpToTrial(Two);
        rig.Reset();
        Assert.Equal("2.0.0", rig.RunningVersion);
        for (int i = 0; i < 59_000; i++)
        {
            rig.Turn();
        }

        Assert.Equal("2.0.0", rig.RunningVersion);
        rig.TurnUntil(() => rig.RunningVersion == "1.0.0", "rollback");
        Assert.Equal(FotaError.ConfirmTimeExpired, rig.Banks.Record.LastError);
    }

    [Fact]
    public void A_trial_uses_up_its_boots()
    {
        AgentRig rig = Updated(One);
        rig.InstallUpToTrial(Two);
        for (int boot = 1; boot <= 3; boot++)
        {
            rig.PowerOn();
            Assert.Equal("2.0.0", rig.RunningVersion);
            Assert.Equal(3 - boot, rig.Banks.Record.AttemptsLeft);
        }

        rig.PowerOn();
        Assert.Equal("1.0.0", rig.RunningVersion);
        Assert.Equal(FotaError.TrialAttemptsUsedUp, rig.Banks.Record.LastError);
    }

    [Fact]
    public void An_older_manifest_is_refused_and_nothing_changes()
    {
        AgentRig rig = Updated(One, Two);
        byte[] before = rig.Banks.Record.ManifestDigest(1);
        Assert.Equal(FotaError.SequenceTooLow, rig.Update(One));
        Assert.Equal(before, rig.Banks.Record.ManifestDigest(1));
        rig.PowerOn();
        Assert.Equal((IdsMEvent.ManifestRefused, FotaError.SequenceTooLow), rig.Events()[0]);
    }

    [Fact]
    public void A_flipped_image_byte_never_reaches_the_bank()
    {
        AgentRig rig = Updated(One);
        byte[] payload = Two.Payload.ToArray();
        payload[5000] ^= 0x10;
        Assert.Equal(FotaError.ChunkMismatch, rig.Update(Two with { Payload = payload }));
        byte[] bank = rig.Flash.Memory.ToBytes()[4096..8192];
        Assert.Equal(1u, rig.Agent.Fota.LastErrorDetail);
        Assert.DoesNotContain(bank, value => value != 0xFF);
        Assert.Equal(FotaError.None, rig.Update(Two));
        Assert.Equal("2.0.0", rig.RunningVersion);
    }

    [Fact]
    public void A_damaged_active_image_gives_way_to_the_previous_one()
    {
        AgentRig rig = Updated(One, Two);
        rig.Flash.Memory.FlipBit(100, 3);
        rig.PowerOn();
        Assert.Equal("1.0.0", rig.RunningVersion);
        Assert.Equal(FotaError.ImageDamaged, rig.Banks.Record.LastError);
    }

    [Fact]
    public void When_no_image_is_good_the_agent_stays_reachable_and_takes_a_new_one()
    {
        AgentRig rig = Updated(One);
        rig.Flash.Memory.FlipBit(rig.Banks.ImageArea(1).Start + 100, 3);
        rig.PowerOn();
        Assert.Equal("none", rig.RunningVersion);
        Assert.Equal(FotaError.None, rig.Update(Two));
        Assert.Equal("2.0.0", rig.RunningVersion);
    }

    [Fact]
    public void A_lost_boot_record_is_rebuilt_from_the_marked_slots_and_keeps_the_floor()
    {
        AgentRig rig = Updated(One, Two);
        rig.AwaitMark(0);
        rig.LoseBootRecord();
        rig.PowerOn();
        Assert.Equal("2.0.0", rig.RunningVersion);
        Assert.Equal(FotaError.BootRecordLost, rig.Banks.Record.LastError);
        Assert.Equal(2u, rig.Banks.Record.SecurityVersionFloor);
        Assert.Equal(2u, rig.Banks.Record.SequenceNumberMax);
        Assert.Equal(BankState.Previous, rig.Banks.Record.State[1]);
    }

    [Theory]
    [InlineData(20)] // length of the image
    [InlineData(130)] // image digest
    [InlineData(254)] // CRC
    public void A_slot_whose_header_is_damaged_does_not_count_when_the_boot_record_is_rebuilt(int at)
    {
        AgentRig rig = Updated(One, Two);
        rig.AwaitMark(0);
        rig.LoseBootRecord();
        rig.Flash.Memory.FlipBit(rig.Banks.SlotArea(0).Start + (uint)at, 3);
        rig.PowerOn();
        Assert.Equal("1.0.0", rig.RunningVersion);
        Assert.Equal(BankState.Empty, rig.Banks.Record.State[0]);
    }

    [Fact]
    public void The_image_digest_is_checked_where_the_configuration_says_so()
    {
        EcuConfig config = RigSteps.Config;
        config.Fota.IsImageDigestChecked = true;
        AgentRig rig = RigSteps.Provisioned(TestImage.Provisioning, config);
        Assert.Equal(FotaError.None, rig.Update(Two));
        Assert.Equal("2.0.0", rig.RunningVersion);
    }

    [Fact]
    public void An_interrupted_download_goes_on_where_it_was_recorded()
    {
        AgentRig rig = Updated(One);
        Assert.Equal(FotaError.None, rig.SendManifest(Two));
        Assert.Equal(FotaError.None, rig.Routine(0xFF00));
        StdReturn started = StdReturn.Pending;
        rig.TurnUntil(() => (started = rig.Agent.Fota.StartDownload(0, EsyncAgent.Fota.BankAddress, (uint)Two.Payload.Length)) != StdReturn.Pending, "34");
        rig.TurnUntil(() => (started = rig.Agent.Fota.TransferData(Two.Payload, 0, 10_000)) != StdReturn.Pending, "36");
        Assert.Equal(StdReturn.Ok, started);
        for (int i = 0; i < 200; i++)
        {
            rig.Turn();
        }

        rig.PowerOn();
        Assert.Equal(8192, rig.ResumeOffset());
        rig.SentBytes = 0;
        Assert.Equal(FotaError.None, rig.Update(Two));
        Assert.Equal(Two.Payload.Length - 8192, rig.SentBytes);
        Assert.Equal("2.0.0", rig.RunningVersion);
    }

    private static AgentRig Updated(params TestImage[] images) => RigSteps.Provisioned(TestImage.Provisioning).Updated(images);
}
