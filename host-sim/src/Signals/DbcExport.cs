// Signals of an ECU as a DBC file: one message for each frame that they are read from. What DBC has no place for (path,
// identifier, type, timeout) goes into attributes of ours, so that the file brings back the same signals.
// Invariant: the same signals give the same bytes. Signals of the application are on no bus and are not in it.
// Tests: tests/host-sim/Signals/DbcRoundTripTests.cs.
using System.Text;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Signals;

/// <summary>Signals to DBC.</summary>
internal static class DbcExport
{
    private const string Node = "Vector__XXX";
    private const int FrameLength = 8;

    private sealed record Entry(string Name, CanBits Bits, bool IsSigned, ConfiguredSignal? Signal);

    private sealed record Message(string Name, uint Identifier, ushort TimeoutMs, IReadOnlyList<Entry> Entries, IReadOnlyDictionary<CanBits, string> Multiplexors);

    /// <summary>The file; <paramref name="reader"/> is the ECU that reads the signals.</summary>
    public static string Print(string reader, IEnumerable<ConfiguredSignal> signals)
    {
        string node = DbcNames.ToVss(reader, "Ecu");
        Message[] messages = [.. MessagesOf(signals)];
        var text = new StringBuilder();
        Line(text, "VERSION \"\"");
        Line(text, "");
        Line(text, "NS_ :");
        Line(text, "");
        Line(text, "BS_:");
        Line(text, "");
        Line(text, $"BU_: {node}");
        foreach (Message message in messages)
        {
            Line(text, "");
            Line(text, $"BO_ {message.Identifier} {message.Name}: {FrameLength} {Node}");
            foreach (Entry entry in message.Entries)
            {
                Line(text, $" SG_ {entry.Name} {MultiplexingOf(message, entry)}: {SignalText(entry)} {node}");
            }
        }

        PrintAttributes(text, messages);
        PrintMultiplexing(text, messages);
        return text.ToString();
    }

    private static IEnumerable<Message> MessagesOf(IEnumerable<ConfiguredSignal> signals)
    {
        var taken = new HashSet<string>();
        foreach (IGrouping<uint, ConfiguredSignal> frame in signals.Where(s => s.Can is not null).GroupBy(s => s.Can!.MarkedIdentifier).OrderBy(f => f.Key))
        {
            ConfiguredSignal[] inside = [.. frame.OrderBy(s => s.Definition.Did)];
            string[] parents = [.. inside.Select(s => s.Definition.Path[..s.Definition.Path.LastIndexOf('.')]).Distinct()];
            string name = parents.Length == 1 && parents[0].Contains('.', StringComparison.Ordinal)
                ? DbcNames.ToDbc(parents[0][(parents[0].IndexOf('.', StringComparison.Ordinal) + 1)..], taken)
                : DbcNames.Numbered($"Frame_{inside[0].Can!.Identifier:X}", taken);
            yield return MessageOf(name, frame.Key, inside);
        }
    }

    // A multiplexor that is no signal of its own gets an entry, since DBC knows none without.
    private static Message MessageOf(string name, uint identifier, ConfiguredSignal[] signals)
    {
        var taken = new HashSet<string>();
        List<Entry> entries = [.. signals.Select(s => new Entry(DbcNames.ToDbc(s.Definition.Path, taken), s.Can!.Bits, SignalTypeNames.IsSigned(s.Definition.Type), s))];
        var multiplexors = new Dictionary<CanBits, string>();
        foreach (CanBits bits in signals.Select(s => s.Can!.Multiplexor?.Bits).OfType<CanBits>().Distinct())
        {
            Entry? own = entries.Find(e => e.Bits == bits && !e.IsSigned && e.Signal!.Can!.Multiplexor is null);
            if (own is null)
            {
                own = new Entry(DbcNames.Numbered("Multiplexor", taken), bits, false, null);
                entries.Insert(multiplexors.Count, own);
            }

            multiplexors.Add(bits, own.Name);
        }

        return new Message(name, identifier, signals[0].Can!.TimeoutMs, entries, multiplexors);
    }

    private static string MultiplexingOf(Message message, Entry entry) =>
        message.Multiplexors.Values.Contains(entry.Name) ? "M " : entry.Signal?.Can!.Multiplexor is { } m ? $"m{m.Value} " : "";

    private static string SignalText(Entry entry)
    {
        SignalDefinition? signal = entry.Signal?.Definition;
        string bits = $"{entry.Bits.StartBit}|{entry.Bits.Length}@{(entry.Bits.IsBigEndian ? 0 : 1)}{(entry.IsSigned ? '-' : '+')}";
        return $"{bits} ({Real(signal?.Factor ?? 1)},{Real(signal?.Offset ?? 0)}) [{Real(signal?.Min ?? 0)}|{Real(signal?.Max ?? 0)}] \"{Quotable(signal?.Unit ?? "")}\"";
    }

    private static void PrintAttributes(StringBuilder text, Message[] messages)
    {
        Line(text, "");
        Line(text, $"BA_DEF_ BO_ \"{DbcAttributes.TimeoutMs}\" INT 0 65535;");
        Line(text, $"BA_DEF_ SG_ \"{DbcAttributes.Path}\" STRING;");
        Line(text, $"BA_DEF_ SG_ \"{DbcAttributes.Did}\" INT 0 65535;");
        Line(text, $"BA_DEF_ SG_ \"{DbcAttributes.Type}\" STRING;");
        Line(text, $"BA_DEF_DEF_ \"{DbcAttributes.TimeoutMs}\" 0;");
        Line(text, $"BA_DEF_DEF_ \"{DbcAttributes.Path}\" \"\";");
        Line(text, $"BA_DEF_DEF_ \"{DbcAttributes.Did}\" 0;");
        Line(text, $"BA_DEF_DEF_ \"{DbcAttributes.Type}\" \"\";");
        foreach (Message message in messages)
        {
            Line(text, $"BA_ \"{DbcAttributes.TimeoutMs}\" BO_ {message.Identifier} {message.TimeoutMs};");
            foreach (Entry entry in message.Entries)
            {
                string of = $"SG_ {message.Identifier} {entry.Name}";
                Line(text, $"BA_ \"{DbcAttributes.Path}\" {of} \"{entry.Signal?.Definition.Path ?? DbcAttributes.NoPath}\";");
                if (entry.Signal is { } signal)
                {
                    Line(text, $"BA_ \"{DbcAttributes.Did}\" {of} {signal.Definition.Did};");
                    Line(text, $"BA_ \"{DbcAttributes.Type}\" {of} \"{SignalTypeNames.Of(signal.Definition.Type)}\";");
                }
            }
        }
    }

    private static void PrintMultiplexing(StringBuilder text, Message[] messages)
    {
        foreach (Message message in messages.Where(m => m.Multiplexors.Count > 1))
        {
            foreach (Entry entry in message.Entries)
            {
                if (entry.Signal?.Can!.Multiplexor is { } m)
                {
                    Line(text, $"SG_MUL_VAL_ {message.Identifier} {entry.Name} {message.Multiplexors[m.Bits]} {m.Value}-{m.Value};");
                }
            }
        }
    }

    private static string Real(double value) => ConfigValues.RealText(value);

    // A backslash at the end would escape the closing quote.
    private static string Quotable(string unit) => unit.Replace("\"", "\\\"", StringComparison.Ordinal) + (unit.EndsWith('\\') ? " " : "");

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
