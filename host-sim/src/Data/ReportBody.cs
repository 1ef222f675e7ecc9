// What a record says, read with the ECU's signals.
// Invariants: nothing is guessed. Where a DID is not among the signals its length is unknown too, so that from there on the bytes
// are kept as they are; a body that is not of its kind's form is kept whole. A record whose CRC is right is never lost for what it says.
// Clauses: ISO 14229-1:2020 §D.2 (status of a DTC).
// Tests: tests/host-sim/Data/ReportBodyTests.cs.
using System.Buffers.Binary;

namespace EsyncSim.Data;

/// <summary>Why a sample was taken.</summary>
public enum SampleCause : byte
{
    /// <summary>The rule's period.</summary>
    Period,

    /// <summary>A signal has changed beyond its threshold.</summary>
    Change,

    /// <summary>The rule's condition has become true.</summary>
    Condition,

    /// <summary>A DTC has failed.</summary>
    Dtc,

    /// <summary>Part of the window before a trigger.</summary>
    Before,

    /// <summary>Part of the window after a trigger.</summary>
    After,
}

/// <summary>One signal as the ECU had it.</summary>
public sealed record SignalValue(SignalDefinition Signal, SignalQuality Quality, int Raw)
{
    /// <summary>The physical value.</summary>
    public double Physical => Signal.Physical(Raw);
}

/// <summary>Signals of a record, and what could not be read.</summary>
/// <param name="Values">The signals, in the record's order.</param>
/// <param name="Rest">Bytes from the first unknown DID on; empty when all is known.</param>
public sealed record SignalValues(IReadOnlyList<SignalValue> Values, byte[] Rest);

/// <summary>What a record says.</summary>
public abstract record ReportBody
{
    private const int DidLength = 2;
    private const int DigestLength = 16;

    /// <summary>Reads a record; <paramref name="catalogue"/> is null when the ECU's signals are not known.</summary>
    public static ReportBody Of(ReportRecord record, SignalCatalogue? catalogue)
    {
        ReadOnlySpan<byte> body = record.Body;
        return (record.Kind, body.Length) switch
        {
            (ReportKind.Sample, >= 4) when body[1] <= (byte)SampleCause.After => new Sample(body[0], (SampleCause)body[1], BinaryPrimitives.ReadUInt16BigEndian(body[2..]), ReadSignals(body[4..], catalogue)),
            (ReportKind.Start, 9) => new Start(BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt32BigEndian(body[4..]), body[8]),
            (ReportKind.Time, 8) when BinaryPrimitives.ReadInt64BigEndian(body) is > 0 and <= UtcText.MsMax and long utcMs => new Time(utcMs),
            (ReportKind.Dtc, >= 6) => new Dtc((uint)((body[0] << 16) | (body[1] << 8) | body[2]), body[3], body[4], body[5], ReadSignals(body[6..], catalogue)),
            (ReportKind.Rules, 4 + DigestLength) => new Rules(BinaryPrimitives.ReadUInt32BigEndian(body), body[4..].ToArray()),
            _ => new Raw(body.ToArray()),
        };
    }

    /// <summary>Reads DIDs with their signal records.</summary>
    public static SignalValues ReadSignals(ReadOnlySpan<byte> bytes, SignalCatalogue? catalogue)
    {
        List<SignalValue> values = [];
        while (bytes.Length >= DidLength
            && catalogue?.Find(BinaryPrimitives.ReadUInt16BigEndian(bytes)) is { } signal
            && TryReadValue(bytes[DidLength..], signal) is { } value)
        {
            values.Add(value);
            bytes = bytes[(DidLength + 1 + signal.ValueLength)..];
        }

        return new SignalValues(values, bytes.ToArray());
    }

    /// <summary>Reads the signal record <c>quality | value</c> at the beginning of some bytes; null when there is none.</summary>
    public static SignalValue? TryReadValue(ReadOnlySpan<byte> bytes, SignalDefinition signal)
    {
        if (bytes.Length < 1 + signal.ValueLength || bytes[0] > (byte)SignalQuality.TimedOut)
        {
            return null;
        }

        int raw = signal.Type switch
        {
            SignalType.Boolean or SignalType.UInt8 => bytes[1],
            SignalType.Int8 => (sbyte)bytes[1],
            SignalType.UInt16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[1..]),
            SignalType.Int16 => BinaryPrimitives.ReadInt16BigEndian(bytes[1..]),
            _ => BinaryPrimitives.ReadInt32BigEndian(bytes[1..]),
        };
        return signal.Type == SignalType.Boolean && raw > 1 ? null : new SignalValue(signal, (SignalQuality)bytes[0], raw);
    }

    /// <summary>Values of signals, by a rule.</summary>
    /// <param name="Rule">Identifier of the rule.</param>
    /// <param name="Cause">Why.</param>
    /// <param name="Trigger">Count of the rule's triggers: samples of one trigger and its windows share it.</param>
    /// <param name="Signals">The values.</param>
    public sealed record Sample(byte Rule, SampleCause Cause, ushort Trigger, SignalValues Signals) : ReportBody;

    /// <summary>The ECU has started.</summary>
    /// <param name="SignalTableId">Table that its values are of.</param>
    /// <param name="RulesSequence">Rules in force; 0 the built-in ones.</param>
    /// <param name="ResetCause">Why it has started.</param>
    public sealed record Start(uint SignalTableId, uint RulesSequence, byte ResetCause) : ReportBody;

    /// <summary>The ECU was told the time.</summary>
    /// <param name="UtcMs">UTC at the record's moment, in milliseconds since 1970.</param>
    public sealed record Time(long UtcMs) : ReportBody;

    /// <summary>The status of a DTC has changed.</summary>
    /// <param name="Code">The DTC, 24 bits.</param>
    /// <param name="Before">Status before.</param>
    /// <param name="Now">Status now.</param>
    /// <param name="Event">Number of the event in the ECU.</param>
    /// <param name="Snapshot">Signals at that moment.</param>
    public sealed record Dtc(uint Code, byte Before, byte Now, byte Event, SignalValues Snapshot) : ReportBody;

    /// <summary>Other collection rules are in force.</summary>
    /// <param name="Sequence">Their sequence number.</param>
    /// <param name="DigestPrefix">First 16 bytes of their digest.</param>
    public sealed record Rules(uint Sequence, byte[] DigestPrefix) : ReportBody;

    /// <summary>Of a kind or form that this program does not know.</summary>
    /// <param name="Bytes">As it came.</param>
    public sealed record Raw(byte[] Bytes) : ReportBody;
}
