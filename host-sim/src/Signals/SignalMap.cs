// A file that gives signals of a DBC file their VSS paths: YAML, one `Message.Signal: Vehicle.…` a line; `none` leaves one out.
// Names are those of the DBC file; without a file every signal gets a made path.
// Tests: tests/host-sim/Signals/DbcImportTests.cs.
using EsyncSim.Config;

namespace EsyncSim.Signals;

/// <summary>DBC names to VSS paths.</summary>
internal sealed class SignalMap
{
    private const string None = "none";

    private readonly Dictionary<string, string?> _paths = [];
    private readonly HashSet<string> _used = [];

    /// <summary>A map that knows no name.</summary>
    public static SignalMap Empty => new();

    /// <summary>Entries that no signal has asked for.</summary>
    public IEnumerable<string> Unused => _paths.Keys.Where(name => !_used.Contains(name));

    /// <summary>Reads a map.</summary>
    /// <exception cref="UserErrorException">Something in it is wrong.</exception>
    public static SignalMap Read(string file, string text)
    {
        var problems = new ConfigProblems();
        var map = new SignalMap();
        foreach (ConfigEntry entry in ConfigYaml.Read(file, text, problems)?.Entries ?? [])
        {
            string path = entry.Value.Text;
            if (path != None && !SignalReader.IsPath(path))
            {
                problems.Add(entry.Value, ConfigRule.SignalPath, $"`{path}` is no VSS path", "Write Vehicle.Branch.Name, or none to leave the signal out");
            }

            map._paths[entry.Key.Text] = path == None ? null : path;
        }

        return problems.Count == 0
            ? map
            : throw new UserErrorException(ExitCode.BadFile, string.Join(Environment.NewLine, problems.InOrder.Select(p => p.ToString()).Prepend($"{file} is wrong")));
    }

    /// <summary>True when the map speaks of a signal; its path, or null to leave it out.</summary>
    public bool TryFind(string message, string signal, out string? path)
    {
        string name = $"{message}.{signal}";
        _used.Add(name);
        return _paths.TryGetValue(name, out path);
    }
}
