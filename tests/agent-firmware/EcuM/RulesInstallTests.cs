// Collection rules at the update target (routine 0215): in force at once and after a restart, refused with their reason, and
// never half of them, wherever the power fails.
using EsyncAgent;
using EsyncSim.Flash;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.Data;
using Xunit;
using static EsyncTests.AgentFirmware.EcuM.TestTrust;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class RulesInstallTests
{
    private static readonly TestKey Rules = new(SigningRole.Rules, "rules");
    private static readonly TestKey Other = new(SigningRole.Rules, "other rules");
    private static readonly byte[] Record = ProvisioningRecord.Build(TestImage.DeviceId, TestImage.DeviceSecret, [Author.Anchor, Oem.Anchor, Rules.Anchor]);

    [Fact]
    public void New_rules_are_in_force_at_once_and_after_a_restart()
    {
        AgentRig rig = New();
        Assert.Equal(FotaError.None, Install(rig, Signed(Set(3), Rules)));
        Assert.Equal((1, 3u), InForce(rig));
        Assert.Equal(0, rig.Resets);
        rig.PowerOn();
        rig.TurnUntil(() => rig.Agent.Data.Rules.IsLoaded, "rules");
        Assert.Equal((1, 3u), InForce(rig));
    }

    [Fact]
    public void The_set_in_force_again_changes_nothing_and_an_older_one_is_refused()
    {
        AgentRig rig = New();
        byte[] document = Signed(Set(3), Rules);
        Assert.Equal(FotaError.None, Install(rig, document));
        FlsConfig map = rig.Agent.Fls.Map;
        int writes = 0;
        rig.Flash.Observer = operation => writes += operation.Address >= map.NvM0.Start && operation.Address < map.NvM1.Start + map.NvM1.Length ? 1 : 0;
        Assert.Equal(FotaError.None, rig.Routine(0x0215));
        rig.Settle();
        rig.Flash.Observer = null;
        Assert.Equal(0, writes);
        foreach (RuleList older in new[] { Set(2), Set(3) with { Rules = [] } })
        {
            Assert.Equal(FotaError.SequenceTooLow, Install(rig, Signed(older, Rules)));
            Assert.Equal((3u, IdsMEvent.RulesRefused), (rig.Agent.Fota.LastErrorDetail, rig.Events()[0].Event));
        }

        Assert.Equal((1, 3u), InForce(rig));
    }

    [Fact]
    public void Only_the_role_rules_counts_and_it_alone_is_enough()
    {
        AgentRig rig = New();
        Assert.Equal(FotaError.RoleMissing, Install(rig, Signed(Set(1), Author, Oem)));
        Assert.Equal(FotaError.RoleMissing, Install(rig, Signed(Set(1), Other)));
        byte[] wrong = Signed(Set(1), Rules);
        wrong[400] ^= 1;
        Assert.Equal(FotaError.SignatureInvalid, Install(rig, wrong));
        Assert.Equal((IdsMEvent.RulesRefused, FotaError.SignatureInvalid), rig.Events()[0]);
        Assert.Equal((0, 0u), InForce(rig));
        Assert.Equal(FotaError.None, Install(rig, Signed(Set(1), Rules)));
    }

    [Fact]
    public void Documents_of_other_kinds_do_not_pass_for_rules_nor_the_reverse()
    {
        AgentRig rig = New();
        SuitEnvelope rules = SuitEnvelope.Decode(Signed(Set(1), Rules), SignedDocument.CollectionRules);
        byte[] trust = Document(List(1, Author, Oem), Author, Oem);
        Assert.Equal(FotaError.WrongDocument, Install(rig, trust));
        SuitEnvelope list = SuitEnvelope.Sign(Set(1).Encode(), [Rules.Signer], SignedDocument.TrustManifest);
        Assert.Equal(FotaError.SignatureInvalid, Install(rig, (list with { Kind = SignedDocument.CollectionRules }).Encode()));
        Assert.Equal(FotaError.None, rig.Download(EsyncAgent.Fota.StagingAddress, rules.Encode()));
        Assert.Equal(FotaError.WrongDocument, rig.Routine(0x0214));
        Assert.Equal(FotaError.WrongDocument, rig.Routine(0x0210));
        Assert.Equal((0, 0u), InForce(rig));
    }

    [Fact]
    public void What_this_ECU_cannot_keep_to_is_refused_with_its_reason()
    {
        AgentRig rig = New();
        CollectionRule rule = Set(1).Rules[0];
        void Refused(FotaError reason, uint? detail, RuleList list)
        {
            Assert.Equal(reason, Install(rig, Signed(list, Rules)));
            Assert.Equal(detail ?? rig.Agent.Fota.LastErrorDetail, rig.Agent.Fota.LastErrorDetail);
            Assert.Equal((IdsMEvent.RulesRefused, reason), rig.Events()[0]);
        }

        Refused(FotaError.WrongVendor, null, Set(1) with { VendorId = new byte[16] });
        Refused(FotaError.WrongClass, null, Set(1) with { ClassId = new byte[16], TableId = 1 });
        Refused(FotaError.WrongDevice, null, Set(1) with { DeviceId = new byte[16] });
        Refused(FotaError.SignalTableMismatch, 0u, Set(1) with { TableId = 1 });
        Refused(FotaError.SignalUnknown, 0x0333u, Set(1) with { Rules = [rule with { Signals = [0x0333] }] });
        Refused(FotaError.RulesExceedLimits, 0x05010000u, Set(1) with { Rules = [rule with { Window = new RuleWindow(10, 60_000, 0) }] });
        Refused(FotaError.RulesExceedLimits, 0x01000000u, Set(1) with { Rules = [.. Enumerable.Range(1, 60).Select(id => rule with { Id = (byte)id })] });
        Assert.Equal((0, 0u), InForce(rig));
    }

    [Fact]
    public void An_ECU_without_report_log_says_so()
    {
        EcuConfig config = Config();
        config.Fls.ReportLog = new FlsArea();
        AgentRig rig = RigSteps.Provisioned(Record, config);
        Assert.Equal(FotaError.ReportLogAbsent, Install(rig, Signed(Set(1), Rules)));
    }

    [Fact]
    public void A_power_cut_at_any_operation_leaves_the_old_rules_or_the_new_ones()
    {
        AgentRig rig = new(Config(), new FlashModel(FlashGeometries.W25Q32));
        byte[] first = Signed(Set(1), Rules), second = Signed(Set(2) with { Rules = [.. Set(2).Rules, Set(2).Rules[0] with { Id = 9 }] }, Rules);
        int old = 0, cuts = 0;
        CutReplay replay = new(rig, Record, Image("1.0.0", 1, 5000, Author, Oem), trusting => Prepared(trusting, first, second));
        for (int i = 0; i < replay.Operations.Count; i++)
        {
            foreach (CutModel model in CutModels.Of(replay.Operations[i].Kind))
            {
                replay.Cut(i, model);
                rig.PowerOn();
                rig.TurnUntil(() => rig.Agent.Data.Rules.IsLoaded, "rules");
                (int Count, uint Sequence) found = InForce(rig);
                Assert.Contains(found, new[] { (0, 0u), (1, 1u), (2, 2u) });
                old += found.Sequence < 2 ? 1 : 0;
                cuts++;
                Assert.Equal(FotaError.None, Install(rig, second));
                Assert.Equal((2, 2u), InForce(rig));
            }
        }

        Assert.InRange(old, 1, cuts - 1);
    }

    [Fact]
    public void A_write_that_failed_is_told_and_done_when_asked_again()
    {
        foreach (int dead in new[] { 0, 1, 2 })
        {
            AgentRig rig = New();
            Assert.Equal(FotaError.None, Install(rig, Signed(Set(1), Rules)));
            rig.Flash.Fault = operation => IsDead(rig.Agent.Fls.Map, dead, operation) ? FlashFault.Failed : FlashFault.None;
            Assert.Equal(FotaError.NvMFailed, Install(rig, Signed(Set(2), Rules)));
            Assert.Equal(FotaError.NvMFailed, rig.Routine(0x0215));
            rig.Turn();
            Assert.Equal((1, 1u), InForce(rig));
            rig.Flash.Fault = null;
            Assert.Equal(FotaError.None, rig.Routine(0x0215));
            rig.Turn();
            Assert.Equal((1, 2u), InForce(rig));
            rig.PowerOn();
            rig.TurnUntil(() => rig.Agent.Data.Rules.IsLoaded, "rules");
            Assert.Equal((1, 2u), InForce(rig));
        }
    }

    [Fact]
    public void After_a_failed_write_a_restart_finds_the_old_rules_or_the_new_ones_and_takes_the_new_ones()
    {
        foreach (int dead in new[] { 0, 1, 2 })
        {
            AgentRig rig = New();
            Assert.Equal(FotaError.None, Install(rig, Signed(Set(1), Rules)));
            rig.Flash.Fault = operation => IsDead(rig.Agent.Fls.Map, dead, operation) ? FlashFault.Failed : FlashFault.None;
            Assert.Equal(FotaError.NvMFailed, Install(rig, Signed(Set(2), Rules)));
            rig.Flash.Fault = null;
            rig.PowerOn();
            rig.TurnUntil(() => rig.Agent.Data.Rules.IsLoaded, "rules");
            Assert.Contains(InForce(rig), new[] { (1, 1u), (1, 2u) });
            Assert.Equal(FotaError.None, Install(rig, Signed(Set(2), Rules)));
            Assert.Equal((1, 2u), InForce(rig));
        }
    }

    // 0 and 1: one of the two areas of NvM fails, 2: both.
    private static bool IsDead(FlsConfig map, int dead, FlashOperation operation) =>
        (dead != 1 && operation.Address - map.NvM0.Start < map.NvM0.Length) || (dead != 0 && operation.Address - map.NvM1.Start < map.NvM1.Length);

    private static FotaError Prepared(AgentRig rig, byte[] first, byte[] second)
    {
        FotaError error = Install(rig, first);
        return error == FotaError.None ? Install(rig, second) : error;
    }

    private static EcuConfig Config()
    {
        EcuConfig config = RigSteps.Config;
        config.Fls.ReportLog = new FlsArea { Start = 0x100000, Length = 0x10000 };
        config.NvM.LengthMax[NvMBlock.Rules] = 1040;
        config.Data = RuleBench.NewConfig();
        return config;
    }

    private static AgentRig New()
    {
        AgentRig rig = RigSteps.Provisioned(Record, Config());
        rig.TurnUntil(() => rig.Agent.Data.Rules.IsLoaded, "rules");
        return rig;
    }

    private static RuleList Set(uint sequence) => RuleBench.ListOf(RuleBench.Rule(new PeriodTrigger(1000))) with
    {
        Sequence = sequence, VendorId = TestImage.VendorId, ClassId = TestImage.ClassId,
    };

    private static byte[] Signed(RuleList list, params TestKey[] signers) =>
        SuitEnvelope.Sign(list.Encode(), [.. signers.Select(key => key.Signer)], SignedDocument.CollectionRules).Encode();

    private static FotaError Install(AgentRig rig, byte[] document)
    {
        FotaError staged = rig.Download(EsyncAgent.Fota.StagingAddress, document);
        FotaError result = staged == FotaError.None ? rig.Routine(0x0215) : staged;
        rig.Turn();
        return result;
    }

    private static (int Count, uint Sequence) InForce(AgentRig rig) => (rig.Agent.Data.Rules.InForce.Count, rig.Agent.Data.Rules.InForce.SequenceNumber);
}
