// Trust manifests at the update target: rotation, revocation, refusals, and what becomes of images that were signed before.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Signing;
using Xunit;
using static EsyncTests.AgentFirmware.EcuM.TestTrust;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class TrustInstallTests
{
    private const int Length = 9000;
    private static readonly TestImage One = Image("1.0.0", 1, Length, Author, Oem);
    private static readonly TestImage TwoByOld = Image("2.0.0", 2, Length, Author, Oem);
    private static readonly TestImage ThreeByNew = Image("3.0.0", 3, Length, NewAuthor, NewOem);
    private static readonly byte[] Both = Document(List(1, NewAuthor, NewOem), Author, Oem);

    [Fact]
    public void Both_keys_change_in_one_step()
    {
        AgentRig rig = TrustRig.New(One);
        byte[] deviceId = rig.Agent.Keys.DeviceId.ToArray();
        byte[] key = DerivedKey(rig);
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
        Assert.Equal(StateOf(1, NewAuthor, NewOem), rig.TrustState());
        Assert.Equal((IdsMEvent.TrustAccepted, FotaError.None), rig.Events()[0]);
        Assert.Equal("1.0.0", rig.RunningVersion);

        rig.PowerOn();
        Assert.Equal(StateOf(1, NewAuthor, NewOem), rig.TrustState());
        Assert.Equal(deviceId, rig.Agent.Keys.DeviceId);
        Assert.Equal(key, DerivedKey(rig));
        Assert.Equal(FotaError.RoleMissing, rig.Update(TwoByOld));
        Assert.Equal(FotaError.None, rig.Update(ThreeByNew));
        Assert.Equal("3.0.0", rig.RunningVersion);
    }

    [Fact]
    public void Keys_change_one_after_the_other()
    {
        AgentRig rig = TrustRig.New(One);
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(1, NewAuthor, Oem), Author, Oem)));
        Assert.Equal(FotaError.RoleMissing, rig.Update(TwoByOld));
        Assert.Equal(FotaError.RoleMissing, rig.InstallTrust(Document(List(2, NewAuthor, NewOem), Author, Oem)));
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(2, NewAuthor, NewOem), NewAuthor, Oem)));
        Assert.Equal(StateOf(2, NewAuthor, NewOem), rig.TrustState());
        Assert.Equal(FotaError.RoleMissing, rig.Update(Image("2.0.0", 2, Length, NewAuthor, Oem)));
        Assert.Equal(FotaError.None, rig.Update(ThreeByNew));
    }

    public static TheoryData<string, FotaError> HalfSigned => new()
    {
        { "author", FotaError.RoleMissing },
        { "oem", FotaError.RoleMissing },
        { "author author", FotaError.RoleMissing },
        { "oem oem", FotaError.RoleMissing },
        { "newAuthor newOem", FotaError.RoleMissing },
        { "author newOem", FotaError.RoleMissing },
        { "newAuthor oem", FotaError.RoleMissing },
    };

    [Theory]
    [MemberData(nameof(HalfSigned))]
    public void Without_both_current_keys_nothing_changes(string signers, FotaError expected)
    {
        AgentRig rig = TrustRig.New(One);
        TestKey[] keys = [.. signers.Split(' ').Select(name => name switch { "author" => Author, "oem" => Oem, "newAuthor" => NewAuthor, _ => NewOem })];
        TrustList list = List(1, NewAuthor, NewOem);
        SuitEnvelope envelope = SuitEnvelope.Sign(list.Encode(), [keys[0].Signer], SignedDocument.TrustManifest);
        SuitEnvelope[] others = [.. keys.Skip(1).Select(key => SuitEnvelope.Sign(list.Encode(), [key.Signer], SignedDocument.TrustManifest))];
        byte[] document = (envelope with { Signatures = [.. envelope.Signatures, .. others.SelectMany(other => other.Signatures)] }).Encode();

        Assert.Equal(expected, rig.InstallTrust(document));
        Assert.Equal((IdsMEvent.TrustRefused, expected), rig.Events()[0]);
        Assert.Equal(StateOf(0, Author, Oem), rig.TrustState());
        rig.PowerOn();
        Assert.Equal(StateOf(0, Author, Oem), rig.TrustState());
        Assert.Equal((IdsMEvent.TrustRefused, expected), rig.Events()[0]);
        Assert.Equal(FotaError.None, rig.Update(TwoByOld));
    }

    [Fact]
    public void A_wrong_signature_by_a_current_key_refuses_whatever_else_is_signed()
    {
        AgentRig rig = TrustRig.New();
        byte[] document = Both.ToArray();
        document[400] ^= 1;
        Assert.Equal(FotaError.SignatureInvalid, rig.InstallTrust(document));
        document = Both.ToArray();
        document[^1] ^= 1;
        Assert.Equal(FotaError.DigestMismatch, rig.InstallTrust(document));
        Assert.Equal(StateOf(0, Author, Oem), rig.TrustState());
    }

    [Fact]
    public void An_older_one_is_refused_and_so_is_another_of_the_same_number()
    {
        AgentRig rig = TrustRig.New();
        Assert.Equal(FotaError.SequenceTooLow, rig.InstallTrust(Document(List(0, NewAuthor, NewOem), Author, Oem)));
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(5, Author, Oem, NewOem), Author, Oem)));
        Assert.Equal(FotaError.SequenceTooLow, rig.InstallTrust(Document(List(4, Author, NewOem), Author, Oem)));
        Assert.Equal(FotaError.SequenceTooLow, rig.InstallTrust(Document(List(5, Author, NewOem), Author, Oem)));
        Assert.Equal(StateOf(5, Author, Oem, NewOem), rig.TrustState());
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(6, Author, NewOem), Author, Oem)));
        Assert.Equal(StateOf(6, Author, NewOem), rig.TrustState());
    }

    [Fact]
    public void A_replayed_one_does_not_bring_old_keys_back()
    {
        AgentRig rig = TrustRig.New();
        byte[] first = Document(List(1, Author, Oem, NewOem), Author, Oem);
        Assert.Equal(FotaError.None, rig.InstallTrust(first));
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(2, Author, NewOem), Author, Oem)));
        Assert.Equal(FotaError.RoleMissing, rig.InstallTrust(first));
        Assert.Equal(FotaError.SequenceTooLow, rig.InstallTrust(Document(List(1, Author, Oem, NewOem), Author, NewOem)));
        Assert.Equal(StateOf(2, Author, NewOem), rig.TrustState());
    }

    [Fact]
    public void The_one_in_force_asked_for_again_is_good_and_writes_nothing()
    {
        AgentRig rig = TrustRig.New();
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
        int programs = 0;
        rig.Flash.Observer = _ => programs++;
        Assert.Equal(FotaError.None, rig.Routine(0x0214));
        rig.Flash.Observer = null;
        Assert.Equal(0, programs);

        // Its signers are revoked by now: it is known by its digest.
        rig.PowerOn();
        Assert.Equal(FotaError.NoManifest, rig.Routine(0x0214));
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
        Assert.Equal(StateOf(1, NewAuthor, NewOem), rig.TrustState());
    }

    [Fact]
    public void A_list_that_would_lock_the_ECU_out_is_refused()
    {
        AgentRig rig = TrustRig.New();
        TestKey rules = new(SigningRole.Rules, "rules");
        Assert.Equal(FotaError.AnchorRoleMissing, rig.InstallTrust(Document(List(1, NewAuthor), Author, Oem)));
        Assert.Equal(FotaError.AnchorRoleMissing, rig.InstallTrust(Document(List(1, NewOem, rules), Author, Oem)));
        Assert.Equal(FotaError.AnchorsInvalid, rig.InstallTrust(Document(List(1), Author, Oem)));
        Assert.Equal(FotaError.AnchorsInvalid, rig.InstallTrust(Document(List(1, NewAuthor, NewOem, NewAuthor), Author, Oem)));
        TestKey[] nine = [.. Enumerable.Range(0, 9).Select(i => new TestKey(i < 5 ? SigningRole.Author : SigningRole.Oem, $"one of nine {i}"))];
        Assert.Equal(FotaError.AnchorsInvalid, rig.InstallTrust(Document(List(1, nine), Author, Oem)));
        Assert.Equal(StateOf(0, Author, Oem), rig.TrustState());
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(1, nine[1..]), Author, Oem)));
        Assert.Equal(StateOf(1, nine[1..]), rig.TrustState());
        rig.PowerOn();
        Assert.Equal(StateOf(1, nine[1..]), rig.TrustState());
    }

    [Fact]
    public void It_must_be_for_this_vendor_class_and_device()
    {
        AgentRig rig = TrustRig.New();
        byte[] other = new byte[16];
        TrustList list = List(1, NewAuthor, NewOem);
        Assert.Equal(FotaError.WrongVendor, rig.InstallTrust(Document(list with { VendorId = other }, Author, Oem)));
        Assert.Equal(FotaError.WrongClass, rig.InstallTrust(Document(list with { ClassId = other }, Author, Oem)));
        Assert.Equal(FotaError.WrongDevice, rig.InstallTrust(Document(list with { DeviceId = other }, Author, Oem)));
        Assert.Equal(StateOf(0, Author, Oem), rig.TrustState());
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(list with { DeviceId = TestImage.DeviceId }, Author, Oem)));
        Assert.Equal(StateOf(1, NewAuthor, NewOem), rig.TrustState());
    }

    [Fact]
    public void An_image_manifest_does_not_pass_for_it_nor_the_reverse()
    {
        AgentRig rig = TrustRig.New();
        Assert.Equal(FotaError.WrongDocument, rig.InstallTrust(One.Envelope));
        Assert.Equal(FotaError.None, rig.Download(EsyncAgent.Fota.StagingAddress, Both));
        Assert.Equal(FotaError.WrongDocument, rig.Routine(0x0210));

        // With the tag of the other kind: what was signed is not what the other kind signs.
        SuitEnvelope image = SuitEnvelope.Decode(One.Envelope);
        SuitEnvelope trust = SuitEnvelope.Decode(Both, SignedDocument.TrustManifest);
        Assert.Equal(FotaError.SignatureInvalid, rig.InstallTrust((image with { Kind = SignedDocument.TrustManifest }).Encode()));
        Assert.Equal(FotaError.None, rig.Download(EsyncAgent.Fota.StagingAddress, (trust with { Kind = SignedDocument.ImageManifest }).Encode()));
        Assert.Equal(FotaError.SignatureInvalid, rig.Routine(0x0210));

        // A list that was signed as an image's manifest.
        SuitEnvelope wrong = SuitEnvelope.Sign(List(1, NewAuthor, NewOem).Encode(), [Author.Signer, Oem.Signer]);
        Assert.Equal(FotaError.SignatureInvalid, rig.InstallTrust((wrong with { Kind = SignedDocument.TrustManifest }).Encode()));
        Assert.Equal(StateOf(0, Author, Oem), rig.TrustState());
        Assert.Equal(BankState.Empty, rig.Banks.Record.State[rig.Banks.Secondary]);
    }

    [Fact]
    public void Not_while_a_trial_runs_or_waits_nor_during_a_transfer_nor_without_document()
    {
        AgentRig rig = TrustRig.New(One);
        Assert.Equal(FotaError.NoManifest, rig.Routine(0x0214));
        Assert.Equal(FotaError.None, rig.Download(EsyncAgent.Fota.StagingAddress, Both));
        StdReturn started = StdReturn.Pending;
        rig.TurnUntil(() => (started = rig.Agent.Fota.StartDownload(0, EsyncAgent.Fota.StagingAddress, 1000)) != StdReturn.Pending, "34");
        Assert.Equal(StdReturn.Ok, started);
        Assert.Equal(FotaError.Busy, rig.Routine(0x0214));
        rig.Agent.Fota.AbortTransfer();

        rig.InstallUpToVerified(TwoByOld);
        Assert.Equal(FotaError.None, rig.Routine(0x0211));
        Assert.Equal(FotaError.TrialRunning, rig.Routine(0x0214));
        rig.Reset();
        Assert.Equal("2.0.0", rig.RunningVersion);
        Assert.Equal(FotaError.TrialRunning, rig.Routine(0x0214));
        Assert.Equal(FotaError.None, rig.Routine(0x0212));
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
    }

    [Fact]
    public void A_verified_image_of_a_revoked_key_is_not_started()
    {
        AgentRig rig = TrustRig.New(One);
        rig.InstallUpToVerified(TwoByOld);
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
        rig.PowerOn();
        Assert.Equal(FotaError.RoleMissing, rig.Routine(0x0211));
        Assert.Equal(FotaError.RoleMissing, rig.Routine(0x0211));
        Assert.Equal((IdsMEvent.ManifestRefused, FotaError.RoleMissing), rig.Events()[0]);
        rig.PowerOn();
        Assert.Equal("1.0.0", rig.RunningVersion);
        Assert.Equal(FotaError.None, rig.Update(ThreeByNew));
        Assert.Equal("3.0.0", rig.RunningVersion);
    }

    [Fact]
    public void A_verified_image_whose_keys_stay_is_started_without_being_sent_again()
    {
        AgentRig rig = TrustRig.New(One);
        rig.InstallUpToVerified(TwoByOld);
        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(1, Oem, NewOem, Author), Author, Oem)));
        rig.SentBytes = 0;
        Assert.Equal(FotaError.None, rig.Update(TwoByOld));
        Assert.Equal(0, rig.SentBytes);
        Assert.Equal("2.0.0", rig.RunningVersion);
    }

    [Fact]
    public void An_interrupted_download_goes_on_across_a_change_of_keys()
    {
        AgentRig rig = TrustRig.New(One);
        Assert.Equal(FotaError.None, rig.SendManifest(TwoByOld));
        Assert.Equal(FotaError.None, rig.Routine(0xFF00));
        StdReturn started = StdReturn.Pending;
        rig.TurnUntil(() => (started = rig.Agent.Fota.StartDownload(0, EsyncAgent.Fota.BankAddress, (uint)TwoByOld.Payload.Length)) != StdReturn.Pending, "34");
        rig.TurnUntil(() => (started = rig.Agent.Fota.TransferData(TwoByOld.Payload, 0, 4096)) != StdReturn.Pending, "36");
        Assert.Equal(StdReturn.Ok, started);
        rig.TurnUntil(() => rig.ResumeOffset() == 4096 && rig.Agent.Fls.IsIdle, "chunk");
        rig.Agent.Fota.AbortTransfer();

        Assert.Equal(FotaError.None, rig.InstallTrust(Document(List(1, Author, Oem, NewOem), Author, Oem)));
        Assert.Equal(4096, rig.ResumeOffset());
        rig.SentBytes = 0;
        Assert.Equal(FotaError.None, rig.Update(TwoByOld));
        Assert.Equal(TwoByOld.Payload.Length - 4096, rig.SentBytes);
    }

    [Fact]
    public void What_was_confirmed_stays_the_way_back()
    {
        AgentRig rig = TrustRig.New(One, TwoByOld);
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
        Assert.Equal(FotaError.None, rig.Routine(0x0213));
        rig.Reset();
        Assert.Equal("1.0.0", rig.RunningVersion);
    }

    [Fact]
    public void A_lost_boot_record_does_not_cost_the_image_of_a_revoked_key()
    {
        AgentRig rig = TrustRig.New(One, TwoByOld);
        rig.TurnUntil(() => rig.Banks.Record.MarksTried[0] == 1 && rig.Agent.Fls.IsIdle, "mark");
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
        rig.LoseBootRecord();

        rig.PowerOn();
        Assert.Equal("2.0.0", rig.RunningVersion);
        Assert.Equal(FotaError.BootRecordLost, rig.Banks.Record.LastError);
        Assert.Equal(2u, rig.Banks.Record.SequenceNumberMax);
        Assert.Equal(BankState.Previous, rig.Banks.Record.State[1]);
        Assert.Equal(StateOf(1, NewAuthor, NewOem), rig.TrustState());
        Assert.Equal(FotaError.RoleMissing, rig.Update(Image("2.1.0", 3, Length, Author, Oem)));
        Assert.Equal(FotaError.None, rig.Update(ThreeByNew));
    }

    [Fact]
    public void A_lost_boot_record_does_not_make_an_unconfirmed_image_of_a_revoked_key_good()
    {
        AgentRig rig = TrustRig.New(One);
        rig.TurnUntil(() => rig.Banks.Record.MarksTried[1] == 1 && rig.Agent.Fls.IsIdle, "mark");
        rig.InstallUpToVerified(TwoByOld);
        Assert.Equal(FotaError.None, rig.InstallTrust(Both));
        rig.LoseBootRecord();
        rig.PowerOn();
        Assert.Equal("1.0.0", rig.RunningVersion);
        Assert.Equal(BankState.Empty, rig.Banks.Record.State[0]);
        Assert.Equal(FotaError.NotVerified, rig.Routine(0x0211));
    }

    [Fact]
    public void A_block_that_could_not_be_written_is_told_and_written_when_asked_again()
    {
        AgentRig rig = TrustRig.New(One);
        FlsArea area = rig.Agent.Fls.Map.NvM1;
        rig.Flash.Fault = operation => IsIn(area, operation) ? FlashFault.Failed : FlashFault.None;
        Assert.Equal(FotaError.NvMFailed, rig.InstallTrust(Both));

        // What failed was no provisioning: nobody may provision the ECU anew.
        byte[] record = TestImage.Provisioning;
        Assert.Equal(FotaError.AlreadyProvisioned, rig.Agent.Keys.Provision(record, 0, record.Length));
        rig.Flash.Fault = null;
        Assert.Equal(FotaError.None, rig.Routine(0x0214));
        Assert.Equal((IdsMEvent.TrustAccepted, FotaError.None), rig.Events()[0]);
        rig.PowerOn();
        Assert.Equal(StateOf(1, NewAuthor, NewOem), rig.TrustState());
        Assert.Equal(FotaError.None, rig.Update(ThreeByNew));
    }

    [Fact]
    public void After_a_failed_write_a_restart_finds_the_old_anchors_or_the_new_ones()
    {
        foreach (int dead in new[] { 0, 1, 2 })
        {
            AgentRig rig = TrustRig.New(One);
            FlsConfig map = rig.Agent.Fls.Map;
            rig.Flash.Fault = operation => (dead != 1 && IsIn(map.NvM0, operation)) || (dead != 0 && IsIn(map.NvM1, operation)) ? FlashFault.Failed : FlashFault.None;
            Assert.Equal(FotaError.NvMFailed, rig.InstallTrust(Both));
            rig.Flash.Fault = null;
            rig.PowerOn();
            byte[] found = rig.TrustState();
            Assert.True(found.AsSpan().SequenceEqual(StateOf(0, Author, Oem)) || found.AsSpan().SequenceEqual(StateOf(1, NewAuthor, NewOem)), Convert.ToHexString(found));
            Assert.Equal(FotaError.None, rig.InstallTrust(Both));
            Assert.Equal(StateOf(1, NewAuthor, NewOem), rig.TrustState());
        }
    }

    private static bool IsIn(FlsArea area, FlashOperation operation) => operation.Address >= area.Start && operation.Address < area.Start + area.Length;

    private static byte[] DerivedKey(AgentRig rig)
    {
        byte[] key = new byte[32];
        Assert.True(rig.Agent.Keys.DeriveKey(KeyPurpose.VersionReport, key));
        return key;
    }
}
