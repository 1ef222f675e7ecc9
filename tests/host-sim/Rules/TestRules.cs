// Signed rules for an ECU of nf.config, and keys that ECU knows or does not know.
using EsyncAgent;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Signing;
using EsyncTests.AgentFirmware.EcuM;

namespace EsyncTests.HostSim.Rules;

internal static class TestRules
{
    internal const ushort Speed = 0x0210;
    internal const ushort Torque = 0x0201;

    internal static readonly TestKey Key = new(SigningRole.Rules, "rules");
    internal static readonly TestKey OtherKey = new(SigningRole.Rules, "other rules");

    /// <summary>Provisioning record with a key of the role rules.</summary>
    internal static byte[] Provisioning { get; } =
        ProvisioningRecord.Build(TestImage.DeviceId, TestImage.DeviceSecret, [TestTrust.Author.Anchor, TestTrust.Oem.Anchor, Key.Anchor]);

    /// <summary>One rule, the speed in this period, unless others are given.</summary>
    internal static RuleList For(EcuDefinition ecu, uint sequence, params CollectionRule[] rules) => new()
    {
        Sequence = sequence,
        VendorId = ecu.Config.Fota.VendorId,
        ClassId = ecu.Config.Fota.ClassId,
        TableId = ecu.Config.Data.SignalTableId,
        Rules = rules.Length == 0 ? [Rule(1)] : rules,
    };

    internal static CollectionRule Rule(byte id) => new() { Id = id, Signals = [Speed], Trigger = new PeriodTrigger(500) };

    /// <summary>As the file has it; nothing is checked before it is signed.</summary>
    internal static RulesFile Sign(RuleList list, TestKey? key = null)
    {
        SuitEnvelope envelope = SuitEnvelope.Sign(list.Encode(), [(key ?? Key).Signer], SignedDocument.CollectionRules);
        return new RulesFile(envelope.Encode(), envelope, list);
    }
}
