// Collection rules of a sweep: some sets, signed once, and an ECU that can keep to them.
// Invariants: the sets differ in length, in number of rules and in every rule; none of them samples anything while it is swept,
// so that all that changes in the flash is the installation itself.
// Tests: tests/host-sim/Sweep.
using EsyncAgent;
using EsyncSim.Packages;
using EsyncSim.Rules;
using EsyncSim.Signing;

namespace EsyncSim.Sweep;

/// <summary>Signed rule sets.</summary>
public static class SweepRules
{
    /// <summary>Number of sets; they have the sequence numbers from 1 to it.</summary>
    public const uint Count = 4;

    private const ushort Speed = 0x0200;
    private const ushort Torque = 0x0201;
    private const uint TableId = 0x5EEDCAFE;
    private const ushort LengthMax = 128;

    private static readonly SigningKey Key = SigningKey.FromSeedText(SigningRole.Rules, new SigningParameters(1, 5, 4), "sweep rules");
    private static readonly Lazy<SuitEnvelope[]> Signed = new(() => [.. Enumerable.Range(1, (int)Count).Select(number => SuitEnvelope.Sign(Payload((uint)number), [new MemorySigner(Key)], SignedDocument.CollectionRules))]);

    /// <summary>The key that an ECU has to trust.</summary>
    public static TrustAnchor Anchor => Key.Anchor;

    /// <summary>A set as it goes to the ECU.</summary>
    public static byte[] Document(uint sequence) => Signed.Value[sequence - 1].Encode();

    /// <summary>Its digest.</summary>
    public static byte[] Digest(uint sequence) => Signed.Value[sequence - 1].ManifestDigest;

    /// <summary>What it says; 0 stands for the built-in rules.</summary>
    public static byte[] Payload(uint sequence) => (sequence switch
    {
        0 => Set(sequence, Rule(9, new DtcTrigger(9))),
        1 => Set(sequence, Rule(1, new DtcTrigger(1))),
        2 => Set(sequence, Rule(2, new DtcTrigger(2)), Rule(3, new ChangeTrigger(Torque, 10, 100)), Rule(4, new DtcTrigger(0))),
        3 => Set(sequence, Rule(5, new ConditionTrigger(false, [new(Speed, Comparison.Greater, true, Torque)], 50)), Rule(6, new DtcTrigger(3))),
        _ => Set(sequence),
    }).Encode();

    /// <summary>Gives an ECU the two signals, the built-in rules and room for a set.</summary>
    public static void Configure(EcuConfig config)
    {
        config.NvM.LengthMax[NvMBlock.Rules] = LengthMax + RuleStore.DigestLength;
        config.Data = NewData();
    }

    /// <summary>A set as the agent has it.</summary>
    public static RuleSet Read(uint sequence)
    {
        DataConfig data = NewData();
        byte[] payload = Payload(sequence);
        RuleReader reader = new(data, new SignalTable(data));
        RuleSet set = new(data);
        reader.Begin(set, payload, 0, payload.Length, 0);
        StdReturn result = StdReturn.Pending;
        while (result == StdReturn.Pending)
        {
            result = reader.MainFunction();
        }

        return result == StdReturn.Ok ? set : throw new InvalidOperationException($"rules {sequence} of the sweep are none: {reader.Error} {reader.ErrorDetail:X8}");
    }

    private static DataConfig NewData() => new()
    {
        SignalTableId = TableId,
        SignalDids = [Speed, Torque],
        SignalTypes = [SignalType.UInt16, SignalType.Int16],
        SignalMin = [0, -500],
        SignalMax = [3000, 500],
        RulesLengthMax = LengthMax,
        BuiltInRules = Payload(0),
    };

    private static CollectionRule Rule(byte id, Rules.RuleTrigger trigger) => new() { Id = id, Signals = id % 2 == 0 ? [Speed] : [Speed, Torque], Trigger = trigger, RetentionHours = id };

    private static RuleList Set(uint sequence, params CollectionRule[] rules) => new()
    {
        Sequence = sequence, VendorId = SignedImage.VendorId, ClassId = SignedImage.ClassId, TableId = TableId, Rules = rules,
    };
}
