// Signals of a DBC file as signals of an ECU: path, identifier, type, range, source. What an ECU cannot read is left out.
// Invariants: each signal of the file is either in the result or in a note with its line; what is in the result keeps the rules of
// nf.config among itself and beside the signals that the ECU has already.
// Tests: tests/host-sim/Signals/DbcImportTests.cs.
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Signals;

/// <summary>A signal that was taken, and what the file says of it besides.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Message">Name of its message.</param>
/// <param name="Comment">Comment and names of values in one line; empty for none.</param>
internal sealed record ImportedSignal(ConfiguredSignal Signal, string Message, string Comment);

/// <summary>Takes the signals of one file.</summary>
/// <param name="file">The file.</param>
/// <param name="branch">Name below Vehicle for paths that are made.</param>
/// <param name="map">Paths for names.</param>
/// <param name="existing">Signals that the ECU has already.</param>
internal sealed class DbcImport(DbcFile file, string branch, SignalMap map, IReadOnlyList<ConfiguredSignal> existing)
{
    private const int FrameLength = 8;
    private const int CommentLengthMax = 100;
    private const int CyclesUntilTimeout = 3;
    private const int TimeoutMsMin = 100;

    private readonly DbcPaths _paths = new(branch, map, existing);
    private readonly List<ImportedSignal> _taken = [];
    private readonly List<DbcNote> _notes = [.. file.Notes];

    /// <summary>What was left out and why, in the order of the lines.</summary>
    public IReadOnlyList<DbcNote> Notes => _notes;

    /// <summary>Takes what can be taken of all messages, or of those with the names given.</summary>
    public IReadOnlyList<ImportedSignal> Take(IReadOnlyList<string> messages)
    {
        foreach (string name in messages.Where(name => file.Messages.TrueForAll(m => m.Name != name)))
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the file has no message `{name}`. It has {string.Join(", ", file.Messages.Select(m => m.Name).Order(StringComparer.Ordinal).Take(20))}.");
        }

        DbcMessage[] chosen = [.. file.Messages.Where(m => messages.Count == 0 || messages.Contains(m.Name))];
        _paths.Reserve(chosen.SelectMany(m => m.Signals));
        foreach (DbcMessage message in chosen)
        {
            TakeMessage(message);
        }

        int startValues = chosen.SelectMany(m => m.Signals).Count(s => s.Attributes.ContainsKey(DbcAttributes.StartValue));
        if (startValues > 0)
        {
            Note(0, $"{DbcAttributes.StartValue} of {startValues} signals is left out: an ECU says that a signal has no value until a frame has come");
        }

        foreach (string name in map.Unused)
        {
            Note(0, $"the map names `{name}`, which the messages taken do not have");
        }

        _notes.Sort((a, b) => a.Line.CompareTo(b.Line));
        return _taken;
    }

    private void TakeMessage(DbcMessage message)
    {
        string? problem =
            (message.MarkedIdentifier & 0x7FFFFFFF) > 0x1FFFFFFF ? "its identifier is none of CAN; signals without a message stand there"
            : message.MarkedIdentifier is > 0x7FF and < 0x80000000 ? $"its identifier {message.MarkedIdentifier} has more than 11 bits and is not marked as one of 29"
            : message.Length > FrameLength ? $"it has {message.Length} bytes, and a classic CAN frame ends at {FrameLength}"
            : message.Signals.Count == 0 ? "it has no signals"
            : null;
        if (problem is not null)
        {
            Note(message.Line, $"message `{message.Name}` is left out{(message.Signals.Count > 0 ? $" with its {message.Signals.Count} signals" : "")}: {problem}");
            return;
        }

        foreach (DbcSignal signal in message.Signals)
        {
            string? reason = TakeSignal(message, signal);
            if (reason is not null)
            {
                Note(signal.Line, $"signal `{message.Name}.{signal.Name}` is left out: {reason}");
            }
        }
    }

    // Null when it was taken, or need not be; else why not.
    private string? TakeSignal(DbcMessage message, DbcSignal signal)
    {
        if (signal.Attributes.GetValueOrDefault(DbcAttributes.Path) == DbcAttributes.NoPath)
        {
            return null;
        }

        string? reason = DbcSignalRules.WhyNot(message, signal);
        if (reason is not null)
        {
            return reason;
        }

        SignalMultiplexor? multiplexor = null;
        if (signal.MultiplexValue is not null && !DbcSignalRules.TryMultiplexor(message, signal, out multiplexor, out reason))
        {
            return reason;
        }

        var source = new CanSource((uint)(message.MarkedIdentifier & 0x1FFFFFFF), message.MarkedIdentifier >= 0x80000000, DbcSignalRules.BitsOf(signal), multiplexor, TimeoutMs(message, signal));
        reason = _paths.WhyNoPath(message, signal, out string path) ?? WhyInTheWay(source);
        if (reason is not null || (reason = _paths.WhyNoDid(signal, path, out ushort did)) is not null)
        {
            return reason;
        }

        _taken.Add(new ImportedSignal(Make(message, signal, path, did, source), message.Name, CommentOf(message, signal)));
        return null;
    }

    private ConfiguredSignal Make(DbcMessage message, DbcSignal signal, string path, ushort did, CanSource source)
    {
        SignalType type = DbcSignalRules.TypeOf(signal);
        (long rawMin, long rawMax) = SignalTypeNames.RangeOf(type, source.Bits.Length);
        var all = new SignalRange(signal.Factor, signal.Offset, rawMin, rawMax);
        (double Min, double Max) bounds = (all.Min, all.Max);

        // [0|0] is what tools write for no range; files of ours always have one.
        if (signal.Min != 0 || signal.Max != 0 || signal.Attributes.ContainsKey(DbcAttributes.Path))
        {
            bounds = Bounds(message, signal, all);
            all.TryBound(bounds.Min, isLower: true, out long lower);
            all.TryBound(bounds.Max, isLower: false, out long upper);
            (rawMin, rawMax) = (Math.Min(lower, upper), Math.Max(lower, upper));
        }

        string unit = DbcText.OneLine(signal.Unit, CommentLengthMax);
        if (unit != signal.Unit)
        {
            Note(signal.Line, $"the unit of `{message.Name}.{signal.Name}` has blanks or characters that no line can hold; it is taken as `{unit}`");
        }

        return new ConfiguredSignal(new SignalDefinition(path, did, type, unit, signal.Factor, signal.Offset, bounds.Min, bounds.Max), rawMin, rawMax, source);
    }

    // A bound that the bits cannot reach is their own.
    private (double Min, double Max) Bounds(DbcMessage message, DbcSignal signal, SignalRange all)
    {
        double min = Math.Max(signal.Min, all.Min), max = Math.Min(signal.Max, all.Max);
        bool isEmpty = signal.Min > signal.Max || !all.TryBound(min, isLower: true, out long lower) || !all.TryBound(max, isLower: false, out long upper) || (signal.Factor > 0 ? lower > upper : upper > lower);
        string written = $"the range [{ConfigValues.RealText(signal.Min)}|{ConfigValues.RealText(signal.Max)}] of `{message.Name}.{signal.Name}`";
        if (isEmpty)
        {
            Note(signal.Line, $"{written} holds no value that its bits can say; all that they can say is taken as valid");
            return (all.Min, all.Max);
        }

        if (!all.TryBound(signal.Min, isLower: true, out _) || !all.TryBound(signal.Max, isLower: false, out _))
        {
            Note(signal.Line, $"{written} goes beyond what its bits can say; it is cut to {ConfigValues.RealText(min)} to {ConfigValues.RealText(max)}");
            return (min, max);
        }

        return (signal.Min, signal.Max);
    }

    private string? WhyInTheWay(CanSource source)
    {
        if (source.Multiplexor is { } around && SignalFrameRules.IsInTheWay(around.Bits, source.Bits))
        {
            return "it shares bits with its own multiplexor";
        }

        foreach (ConfiguredSignal other in _taken.Select(t => t.Signal).Concat(existing).Where(s => s.Can?.MarkedIdentifier == source.MarkedIdentifier))
        {
            CanSource can = other.Can!;
            bool isInTheWay = SignalFrameRules.AreInEachOthersWay(source, can)
                || (source.Multiplexor is { } own && (SignalFrameRules.IsInTheWay(own.Bits, can.Bits) || (can.Multiplexor is { } m && SignalFrameRules.IsInTheWay(own.Bits, m.Bits))))
                || (can.Multiplexor is { } its && SignalFrameRules.IsInTheWay(its.Bits, source.Bits));
            if (isInTheWay)
            {
                return $"it shares bits with `{other.Definition.Path}`, and no multiplexor says which of them holds";
            }
        }

        return null;
    }

    private ushort TimeoutMs(DbcMessage message, DbcSignal signal)
    {
        if (Number(DbcAttributes.TimeoutMs) is { } own)
        {
            return (ushort)Math.Clamp(own, 0, ushort.MaxValue);
        }

        ConfiguredSignal? beside = existing.FirstOrDefault(s => s.Can?.MarkedIdentifier == message.MarkedIdentifier);
        double cycle = Number(DbcAttributes.CycleTime) ?? 0;
        return beside?.Can!.TimeoutMs ?? (cycle > 0 ? (ushort)Math.Clamp(Math.Ceiling(cycle * CyclesUntilTimeout), TimeoutMsMin, ushort.MaxValue) : (ushort)0);

        double? Number(string name) =>
            file.Attribute(message, name) is { Length: > 0 } text && ConfigValues.TryReal(text, out double value) ? value : null;
    }

    private static string CommentOf(DbcMessage message, DbcSignal signal)
    {
        string values = string.Join(", ", signal.Values.Select(v => $"{ConfigValues.RealText(v.Value)} {v.Name}"));
        return DbcText.OneLine(string.Join("; ", new[] { signal.Comment, values }.Where(t => t.Length > 0)), CommentLengthMax);
    }

    private void Note(int line, string text) => _notes.Add(new DbcNote(line, text));
}
