// A set of collection rules as CBOR: what is signed, and what nf.config's built-in rules become, whose sequence number is 0.
// Encoding and decoding are strict in the same way as for images: one content has one form.
// Clause: PROTOCOL.md, "Collection rules".
// Tests: tests/host-sim/Rules.
using System.Formats.Cbor;
using EsyncAgent;
using EsyncSim.Packages;

namespace EsyncSim.Rules;

/// <summary>Content of a rule set.</summary>
public sealed record RuleList : NumberedDocument
{
    private const int KeyTable = 6;
    private const int KeyRules = 7;
    private const int KeyId = 1;
    private const int KeySignals = 2;
    private const int KeyTrigger = 3;
    private const int KeyPriority = 4;
    private const int KeyRetention = 5;
    private const int KeyWindow = 6;

    /// <summary>The signals that it is made for.</summary>
    public required uint TableId { get; init; }

    /// <summary>The rules, ascending by identifier.</summary>
    public required IReadOnlyList<CollectionRule> Rules { get; init; }

    /// <summary>Reads a set.</summary>
    /// <exception cref="SuitException">Not one of our profile.</exception>
    public static RuleList Decode(byte[] cbor)
    {
        uint? table = null;
        List<CollectionRule>? rules = null;
        return Read(
            cbor,
            "collection rules",
            (reader, key) => _ = key switch
            {
                KeyTable => (object)(table = reader.ReadUInt32())!,
                KeyRules => rules = ReadRules(reader),
                _ => throw new CborContentException($"member {key} is unknown"),
            },
            head => table is null || rules is null
                ? null
                : new RuleList { Sequence = head.Sequence, VendorId = head.VendorId, ClassId = head.ClassId, DeviceId = head.DeviceId, TableId = table.Value, Rules = rules });
    }

    /// <summary>The set as CBOR.</summary>
    public byte[] Encode() => Encode(2, writer =>
    {
        ManifestEncoder.Pair(writer, KeyTable, () => writer.WriteUInt32(TableId));
        ManifestEncoder.Pair(writer, KeyRules, () => WriteArray(writer, Rules, rule => WriteRule(writer, rule)));
    });

    private static void WriteRule(CborWriter writer, CollectionRule rule)
    {
        writer.WriteStartMap(rule.Window is null ? 5 : 6);
        ManifestEncoder.Pair(writer, KeyId, () => writer.WriteUInt32(rule.Id));
        ManifestEncoder.Pair(writer, KeySignals, () => WriteArray(writer, rule.Signals, did => writer.WriteUInt32(did)));
        ManifestEncoder.Pair(writer, KeyTrigger, () => WriteTrigger(writer, rule.Trigger));
        ManifestEncoder.Pair(writer, KeyPriority, () => writer.WriteUInt32((uint)rule.Priority));
        ManifestEncoder.Pair(writer, KeyRetention, () => writer.WriteUInt32(rule.RetentionHours));
        if (rule.Window is { } window)
        {
            ManifestEncoder.Pair(writer, KeyWindow, () => WriteArray(writer, [window.PeriodMs, window.BeforeMs, window.AfterMs], writer.WriteUInt32));
        }

        writer.WriteEndMap();
    }

    private static void WriteTrigger(CborWriter writer, RuleTrigger trigger)
    {
        switch (trigger)
        {
            case PeriodTrigger period:
                WriteArray(writer, [EsyncAgent.RuleTrigger.Period, period.PeriodMs], writer.WriteUInt32);
                break;
            case ChangeTrigger change:
                WriteArray(writer, [EsyncAgent.RuleTrigger.Change, change.Did, change.Threshold, change.IntervalMsMin], writer.WriteUInt32);
                break;
            case ConditionTrigger condition:
                writer.WriteStartArray(4);
                writer.WriteUInt32(EsyncAgent.RuleTrigger.Condition);
                writer.WriteUInt32(condition.IsAny ? 1u : 0u);
                WriteArray(writer, condition.Terms, term => WriteArray(writer, [term.Did, (long)term.Comparison, term.IsSignal ? 1 : 0, term.Right], writer.WriteInt64));
                writer.WriteUInt32(condition.IntervalMsMin);
                writer.WriteEndArray();
                break;
            case DtcTrigger dtc:
                WriteArray(writer, [EsyncAgent.RuleTrigger.Dtc, dtc.Dtc], writer.WriteUInt32);
                break;
            default:
                throw new InvalidOperationException($"a trigger of type {trigger.GetType().Name} has no form");
        }
    }

    private static void WriteArray<T>(CborWriter writer, IReadOnlyList<T> items, Action<T> write)
    {
        writer.WriteStartArray(items.Count);
        foreach (T item in items)
        {
            write(item);
        }

        writer.WriteEndArray();
    }

    private static List<CollectionRule> ReadRules(CborReader reader)
    {
        List<CollectionRule> rules = ReadList(reader, () => ReadRule(reader));
        return IsAscending(rules, rule => rule.Id) ? rules : throw new CborContentException("the rules' identifiers do not ascend");
    }

    private static CollectionRule ReadRule(CborReader reader)
    {
        uint? id = null, priority = null, retention = null;
        List<ushort>? signals = null;
        RuleTrigger? trigger = null;
        RuleWindow? window = null;
        CborItem.ReadMap(reader, key => _ = key switch
        {
            KeyId => (object)(id = ReadNumber(reader, byte.MaxValue, "a rule's identifier"))!,
            KeySignals => signals = ReadList(reader, () => (ushort)ReadNumber(reader, ushort.MaxValue, "a DID")),
            KeyTrigger => trigger = ReadTrigger(reader),
            KeyPriority => (object)(priority = ReadNumber(reader, (uint)RulePriority.High, "a priority"))!,
            KeyRetention => (object)(retention = ReadNumber(reader, ushort.MaxValue, "a retention"))!,
            KeyWindow => window = ReadWindow(reader),
            _ => throw new CborContentException($"member {key} of a rule is unknown"),
        });
        if (id is null or 0 || signals is null or [] || trigger is null || priority is null || retention is null || !IsAscending(signals, did => did))
        {
            throw new CborContentException($"rule {id} lacks something, has no signals, or its signals do not ascend");
        }

        return new CollectionRule
        {
            Id = (byte)id, Signals = signals, Trigger = trigger, Priority = (RulePriority)priority, RetentionHours = (ushort)retention, Window = window,
        };
    }

    private static RuleTrigger ReadTrigger(CborReader reader)
    {
        int count = CborItem.ReadArray(reader);
        uint kind = ReadNumber(reader, EsyncAgent.RuleTrigger.Dtc, "a trigger");
        int expected = kind is EsyncAgent.RuleTrigger.Period or EsyncAgent.RuleTrigger.Dtc ? 2 : 4;
        if (count != expected)
        {
            throw new CborContentException($"a trigger {kind} has {count} items instead of {expected}");
        }

        RuleTrigger trigger = kind switch
        {
            EsyncAgent.RuleTrigger.Period => new PeriodTrigger(ReadTime(reader)),
            EsyncAgent.RuleTrigger.Change => new ChangeTrigger((ushort)ReadNumber(reader, ushort.MaxValue, "a DID"), reader.ReadUInt32(), ReadTime(reader)),
            EsyncAgent.RuleTrigger.Condition => new ConditionTrigger(ReadNumber(reader, 1, "any") != 0, ReadTerms(reader), ReadTime(reader)),
            _ => new DtcTrigger(ReadNumber(reader, 0xFFFFFF, "a DTC")),
        };
        reader.ReadEndArray();
        return trigger;
    }

    private static List<RuleTerm> ReadTerms(CborReader reader)
    {
        List<RuleTerm> terms = ReadList(reader, () =>
        {
            CborItem.ReadArray(reader, 4, "a comparison");
            ushort left = (ushort)ReadNumber(reader, ushort.MaxValue, "a DID");
            Comparison comparison = (Comparison)ReadNumber(reader, (uint)Comparison.GreaterOrEqual, "a comparison's operator");
            bool isSignal = ReadNumber(reader, 1, "a comparison's kind") != 0;
            long right = isSignal ? ReadNumber(reader, ushort.MaxValue, "a DID") : reader.ReadInt64();
            reader.ReadEndArray();
            return right is >= int.MinValue and <= uint.MaxValue ? new RuleTerm(left, comparison, isSignal, right) : throw new CborContentException($"{right} is no raw value");
        });
        return terms.Count > 0 ? terms : throw new CborContentException("a condition without comparison");
    }

    private static RuleWindow ReadWindow(CborReader reader)
    {
        CborItem.ReadArray(reader, 3, "a window");
        RuleWindow window = new(ReadTime(reader), ReadTime(reader), ReadTime(reader));
        reader.ReadEndArray();
        return window.BeforeMs != 0 || window.AfterMs != 0 ? window : throw new CborContentException("a window without time");
    }

    private static uint ReadTime(CborReader reader) => ReadNumber(reader, RuleReader.TimeMsMax, "a time");

    private static uint ReadNumber(CborReader reader, uint max, string what)
    {
        uint number = reader.ReadUInt32();
        return number <= max ? number : throw new CborContentException($"{what} is {number}, above {max}");
    }

    private static List<T> ReadList<T>(CborReader reader, Func<T> read)
    {
        int count = CborItem.ReadArray(reader);
        List<T> items = [];
        for (int i = 0; i < count; i++)
        {
            items.Add(read());
        }

        reader.ReadEndArray();
        return items;
    }

    private static bool IsAscending<T>(IReadOnlyList<T> items, Func<T, int> key) => items.Zip(items.Skip(1)).All(pair => key(pair.First) < key(pair.Second));
}
