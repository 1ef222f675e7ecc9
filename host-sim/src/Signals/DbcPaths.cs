// VSS path and data identifier of each signal of a DBC file: those of the map, those that the file carries in attributes of ours,
// else made ones.
// Invariant: paths and identifiers stand once, beside those that the ECU has already; no path is a branch of another.
// Tests: tests/host-sim/Signals/DbcImportTests.cs.
using System.Globalization;
using EsyncSim.Config;

namespace EsyncSim.Signals;

/// <summary>Gives names and numbers.</summary>
internal sealed class DbcPaths(string branch, SignalMap map, IReadOnlyList<ConfiguredSignal> existing)
{
    private readonly HashSet<string> _existing = [.. existing.Select(s => s.Definition.Path)];
    private readonly HashSet<string> _paths = [.. existing.Select(s => s.Definition.Path)];
    private readonly HashSet<string> _branches = [.. existing.SelectMany(s => BranchesOf(s.Definition.Path))];
    private readonly HashSet<ushort> _dids = [.. existing.Select(s => s.Definition.Did)];
    private readonly HashSet<ushort> _reserved = [];
    private ushort _next = SignalReader.FirstDid;

    /// <summary>Keeps the identifiers that signals carry from being given to others.</summary>
    public void Reserve(IEnumerable<DbcSignal> signals) => _reserved.UnionWith(signals.Select(DidOf).OfType<ushort>());

    /// <summary>Path of a signal, which is not taken by that yet; or why it gets none.</summary>
    public string? WhyNoPath(DbcMessage message, DbcSignal signal, out string path)
    {
        path = "";
        if (map.TryFind(message.Name, signal.Name, out string? mapped) && mapped is null)
        {
            return "the map says so";
        }

        string? carried = signal.Attributes.GetValueOrDefault(DbcAttributes.Path);
        path = mapped ?? (carried is not null && SignalReader.IsPath(carried) ? carried : Made(message, signal));
        if (_existing.Contains(path))
        {
            return $"the ECU has `{path}` already; remove it there to take it anew";
        }

        if (_paths.Contains(path) || _branches.Contains(path) || BranchesOf(path).Any(_paths.Contains))
        {
            return $"its path `{path}` is another signal's, or a branch of one";
        }

        return null;
    }

    /// <summary>Takes a path, with an identifier; or says why there is none for it.</summary>
    public string? WhyNoDid(DbcSignal signal, string path, out ushort did)
    {
        did = 0;
        if (Did(signal) is not { } free)
        {
            return $"the identifiers of signals, 0x{SignalReader.FirstDid:X4} to 0x{SignalReader.LastDid:X4}, are used up";
        }

        did = free;
        _dids.Add(did);
        _paths.Add(path);
        _branches.UnionWith(BranchesOf(path));
        return null;
    }

    private string Made(DbcMessage message, DbcSignal signal)
    {
        string path = $"Vehicle.{DbcNames.ToVss(branch, "Bus")}.{DbcNames.ToVss(message.Name, "Message")}.{DbcNames.ToVss(signal.Name, "Signal")}";
        string unique = path;
        for (int number = 2; _paths.Contains(unique) && !_existing.Contains(unique); number++)
        {
            unique = path + number.ToString(CultureInfo.InvariantCulture);
        }

        return unique;
    }

    private ushort? Did(DbcSignal signal)
    {
        if (DidOf(signal) is { } carried && !_dids.Contains(carried))
        {
            return carried;
        }

        while (_next <= SignalReader.LastDid && (_dids.Contains(_next) || _reserved.Contains(_next)))
        {
            _next++;
        }

        return _next <= SignalReader.LastDid ? _next : null;
    }

    private static ushort? DidOf(DbcSignal signal) =>
        signal.Attributes.TryGetValue(DbcAttributes.Did, out string? text) && DbcSignalReader.Whole(text) is { } did && SignalReader.IsDid((uint)did) ? (ushort)did : null;

    private static IEnumerable<string> BranchesOf(string path)
    {
        for (int dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            yield return path[..dot];
        }
    }
}
