// Signals as lines of nf.config: one a line, with what the file needs and no more.
// Invariant: read back, a line gives the same signal.
// Tests: tests/host-sim/Signals/DbcRoundTripTests.cs.
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Signals;

/// <summary>Signals to YAML.</summary>
internal static partial class SignalYaml
{
    /// <summary>The line of a signal without indentation; <paramref name="comment"/> stands behind it, empty for none.</summary>
    public static string Line(ConfiguredSignal signal, string comment = "")
    {
        SignalDefinition definition = signal.Definition;
        List<string> parts = [$"did: 0x{definition.Did:X4}", $"type: {SignalTypeNames.Of(definition.Type)}"];
        AddUnless(parts, "unit", definition.Unit, "", Quoted);
        AddUnless(parts, "factor", definition.Factor, 1, ConfigValues.RealText);
        AddUnless(parts, "offset", definition.Offset, 0, ConfigValues.RealText);
        (long rawMin, long rawMax) = signal.Can is { } can ? SignalTypeNames.RangeOf(definition.Type, can.Bits.Length) : SignalTypeNames.RangeOf(definition.Type);
        var all = new SignalRange(definition.Factor, definition.Offset, rawMin, rawMax);
        AddUnless(parts, "min", definition.Min, all.Min, ConfigValues.RealText);
        AddUnless(parts, "max", definition.Max, all.Max, ConfigValues.RealText);
        parts.Add($"source: {SourceText(signal.Can)}");
        return $"{definition.Path}: {{ {string.Join(", ", parts)} }}{(comment.Length == 0 ? "" : $"   # {comment}")}";
    }

    private static void AddUnless<T>(List<string> parts, string key, T value, T usual, Func<T, string> print)
        where T : IEquatable<T>
    {
        if (!value.Equals(usual))
        {
            parts.Add($"{key}: {print(value)}");
        }
    }

    private static string SourceText(CanSource? can)
    {
        if (can is null)
        {
            return "application";
        }

        string multiplexor = can.Multiplexor is { } m ? $", multiplexor: {{ {BitsText(m.Bits)}, value: {m.Value.ToString(CultureInfo.InvariantCulture)} }}" : "";
        string identifier = can.IsExtended ? $"0x{can.Identifier:X8}, isExtended: true" : $"0x{can.Identifier:X3}";
        return $"{{ can: {identifier}, {BitsText(can.Bits)}{multiplexor}, timeoutMs: {can.TimeoutMs} }}";
    }

    private static string BitsText(CanBits bits) => $"startBit: {bits.StartBit}, length: {bits.Length}, byteOrder: {(bits.IsBigEndian ? "big" : "little")}";

    private static string Quoted(string text)
    {
        if (PlainForm().IsMatch(text))
        {
            return text;
        }

        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c is '"' or '\\' ? $"\\{c}" : $"{c}");
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9/^]*\\z")]
    private static partial Regex PlainForm();
}
