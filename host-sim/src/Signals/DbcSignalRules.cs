// Which signals of a DBC file an ECU can read: whole numbers of 1 to 32 bits inside their message, behind one multiplexor at the
// most, which says one value.
// Tests: tests/host-sim/Signals/DbcImportTests.cs.
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Signals;

/// <summary>Rules over one signal and its message.</summary>
internal static class DbcSignalRules
{
    private const ulong LengthMax = 32;

    /// <summary>Why a signal cannot be read; null when it can.</summary>
    public static string? WhyNot(DbcMessage message, DbcSignal signal) =>
        signal.ValueType != DbcValueType.Integer ? $"it is a {(signal.ValueType == DbcValueType.Float ? "float" : "double")} (SIG_VALTYPE_), and ECUs have whole numbers with factor and offset"
        : signal.Length is 0 or > LengthMax ? $"it has {signal.Length} bits, and a signal has 1 to {LengthMax}"
        : signal.StartBit >= 64 || !BitsOf(signal).IsInside || (ulong)BitsOf(signal).BytesNeeded > message.Length ? $"its bits do not lie within the {message.Length} bytes of the message"
        : signal.Factor == 0 ? "its factor is 0"
        : null;

    /// <summary>The bits of a signal that can be read.</summary>
    public static CanBits BitsOf(DbcSignal signal) => new((byte)signal.StartBit, (byte)signal.Length, signal.IsBigEndian);

    /// <summary>The type of its value: what the file says in an attribute of ours, or the smallest that holds its bits; one bit is a boolean.</summary>
    public static SignalType TypeOf(DbcSignal signal)
    {
        int bits = (int)signal.Length;
        if (signal.Attributes.TryGetValue(DbcAttributes.Type, out string? name) && SignalTypeNames.TryFind(name, out SignalType type)
            && SignalTypeNames.BitsOf(type) >= bits && SignalTypeNames.IsSigned(type) == signal.IsSigned)
        {
            return type;
        }

        bool isFlag = bits == 1 && !signal.IsSigned && signal is { Factor: 1, Offset: 0 };
        return isFlag ? SignalType.Boolean : SignalTypeNames.Smallest(bits, signal.IsSigned);
    }

    /// <summary>The multiplexor of a signal that has one; false, with the reason, when an ECU cannot follow it.</summary>
    public static bool TryMultiplexor(DbcMessage message, DbcSignal signal, out SignalMultiplexor? multiplexor, out string? reason)
    {
        multiplexor = null;
        ulong value = signal.MultiplexValue!.Value;
        if (signal.Multiplexing is { } extended)
        {
            if (extended.Ranges.Count > 1 || extended.Ranges[0].First != extended.Ranges[0].Last)
            {
                reason = "it is there with several values of its multiplexor (SG_MUL_VAL_), and an ECU compares with one";
                return false;
            }

            value = extended.Ranges[0].First;
        }

        DbcSignal[] candidates = [.. message.Signals.Where(s => s.IsMultiplexor && (signal.Multiplexing is { } named ? s.Name == named.Multiplexor : s.MultiplexValue is null))];
        reason = candidates.Length switch
        {
            0 => signal.Multiplexing is { } m ? $"its multiplexor `{m.Multiplexor}` is not there" : "its message has no multiplexor (M)",
            > 1 => $"its message has {candidates.Length} multiplexors, and nothing (SG_MUL_VAL_) says which of them counts",
            _ => WhyNot(message, candidates[0], value),
        };
        if (reason is null)
        {
            multiplexor = new SignalMultiplexor(BitsOf(candidates[0]), (uint)value);
        }

        return reason is null;
    }

    private static string? WhyNot(DbcMessage message, DbcSignal multiplexor, ulong value) =>
        multiplexor.MultiplexValue is not null ? $"its multiplexor `{multiplexor.Name}` is behind another one, and an ECU follows one only"
        : WhyNot(message, multiplexor) is { } reason ? $"its multiplexor `{multiplexor.Name}` cannot be read: {reason}"
        : multiplexor.IsSigned ? $"its multiplexor `{multiplexor.Name}` has a sign"
        : value > (1UL << (int)multiplexor.Length) - 1 ? $"its multiplexor `{multiplexor.Name}` never has the value {value}"
        : null;
}
