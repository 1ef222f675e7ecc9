// Where a signal comes from: the application, or bits of a CAN frame as a DBC file counts them.
// Invariant: what it returns lies within eight bytes, and its identifier within its format.
// Tests: tests/host-sim/Config/SignalCanRuleTests.cs.
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>Reader of `source` of one signal.</summary>
internal sealed class SignalSourceReader(ConfigSection signal, SignalType type, ConfigProblems problems)
{
    private const string Application = "application";

    // What a faulty source is read on as.
    private static readonly CanBits AnyBits = new(0, 1, false);

    /// <summary>The frame; null for the application.</summary>
    public CanSource? Read()
    {
        ConfigNode? node = signal.Find("source");
        if (node is { Kind: ConfigNodeKind.Scalar })
        {
            if (node.Text != Application)
            {
                problems.Add(node, ConfigRule.Malformed, $"`source` is `{node.Text}`", "Write application, or { can: 0x123, startBit: 0, length: 8, byteOrder: little, timeoutMs: 1000 }");
            }

            return null;
        }

        ConfigSection source = signal.Section("source");
        if (node is not { Kind: ConfigNodeKind.Map })
        {
            return null;
        }

        (uint identifier, bool isExtended) = ReadIdentifier(source);
        CanBits bits = ReadBits(source);
        CheckLength(source, bits);
        SignalMultiplexor? multiplexor = source.Find("multiplexor") is null ? null : ReadMultiplexor(source.Section("multiplexor"));
        ushort timeoutMs = (ushort)source.Number("timeoutMs", 0, ushort.MaxValue, "milliseconds without the frame, after which the signal is timed out; 0 is never");
        source.RefuseUnknown();
        return new CanSource(identifier, isExtended, bits, multiplexor, timeoutMs);
    }

    private (uint Identifier, bool IsExtended) ReadIdentifier(ConfigSection source)
    {
        uint identifier = source.Number("can", 0, 0x1FFFFFFF, "a CAN identifier of 11 or 29 bits");
        bool isExtended = source.Find("isExtended") is not null && source.Flag("isExtended");
        if (!isExtended && identifier > 0x7FF)
        {
            problems.Add(source.Place("can"), ConfigRule.IdentifierForm, $"`can` is 0x{identifier:X}, but an identifier of 11 bits ends at 0x7FF", "Add isExtended: true, or choose another");
            identifier = 0;
        }

        return (identifier, isExtended);
    }

    private CanBits ReadBits(ConfigSection field)
    {
        int before = problems.Count;
        byte startBit = (byte)field.Number("startBit", 0, 63, "a frame has 64 bits");
        byte length = (byte)field.Number("length", 1, 32, "a signal has 1 to 32 bits");
        string order = field.Word("byteOrder");
        if (order is not ("little" or "big" or ""))
        {
            problems.Add(field.Place("byteOrder"), ConfigRule.Malformed, $"`byteOrder` is `{order}`", "Write little (Intel, @1 in a DBC file) or big (Motorola, @0)");
        }

        var bits = new CanBits(startBit, length, order == "big");
        if (problems.Count != before)
        {
            return AnyBits;
        }

        if (!bits.IsInside)
        {
            string why = bits.IsBigEndian ? "its highest bit is bit" : "its lowest bit is bit";
            problems.Add(field.Place("startBit"), ConfigRule.OutsideFrame, $"{length} bits do not fit into a frame when {why} {startBit}", "Count as a DBC file does: bit n is bit n mod 8 of byte n / 8; a big-endian signal starts at its highest bit");
            return AnyBits;
        }

        return bits;
    }

    private void CheckLength(ConfigSection source, CanBits bits)
    {
        int room = SignalTypeNames.BitsOf(type);
        if (bits.Length > room)
        {
            problems.Add(source.Place("length"), ConfigRule.OutsideFrame, $"`length` is {bits.Length} bits, but {SignalTypeNames.Of(type)} holds {room}", $"Write type: {SignalTypeNames.Of(SignalTypeNames.Smallest(bits.Length, SignalTypeNames.IsSigned(type)))}, or fewer bits");
        }
    }

    private SignalMultiplexor ReadMultiplexor(ConfigSection multiplexor)
    {
        CanBits bits = ReadBits(multiplexor);
        uint value = multiplexor.Number("value", 0, uint.MaxValue, "the value of the multiplexor with which the signal is in the frame");
        if (bits != AnyBits && value > (1UL << bits.Length) - 1)
        {
            problems.Add(multiplexor.Place("value"), ConfigRule.OutOfRange, $"`value` is {value}, but a multiplexor of {bits.Length} bits ends at {(1UL << bits.Length) - 1}", "Choose a value in this range");
        }

        multiplexor.RefuseUnknown();
        return new SignalMultiplexor(bits, value);
    }
}
