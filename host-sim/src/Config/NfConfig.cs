// nf.config as a whole: reads it, checks it, and gives its ECUs. Server, client, virtual ECUs, generator and build
// all come through here.
// Invariant: Load returns a configuration without a problem or throws one UserErrorException that names them all.
// Tests: tests/host-sim/Config.
using System.Text.RegularExpressions;
using EsyncAgent;

namespace EsyncSim.Config;

/// <summary>The ECU configuration.</summary>
public sealed partial class NfConfig
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "nf.config";

    private NfConfig(string path, OrderedDictionary<string, BusDefinition> buses, OrderedDictionary<string, EcuDefinition> ecus)
    {
        Path = path;
        Buses = buses;
        Ecus = ecus;
    }

    /// <summary>The file that it came from.</summary>
    public string Path { get; }

    /// <summary>Buses by name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, BusDefinition> Buses { get; }

    /// <summary>ECUs by name, in the order of the file.</summary>
    public IReadOnlyDictionary<string, EcuDefinition> Ecus { get; }

    /// <summary>Reads and checks a file; <paramref name="change"/> puts some of its ECUs on another board.</summary>
    /// <exception cref="UserErrorException">The file is not there, or something in it is wrong.</exception>
    public static NfConfig Load(string path, BoardOverride? change = null)
    {
        (NfConfig? config, IReadOnlyList<ConfigProblem> problems) = Read(path, change);
        return config ?? throw new UserErrorException(ExitCode.BadFile, string.Join(Environment.NewLine, problems.Select(p => p.ToString()).Prepend($"{path} is wrong")));
    }

    /// <summary>What is wrong in a file, in the order of its lines; empty when nothing is.</summary>
    /// <exception cref="UserErrorException">The file is not there.</exception>
    public static IReadOnlyList<ConfigProblem> Check(string path) => Read(path, null).Problems;

    /// <summary>What is wrong in a text that is to take the place of a file.</summary>
    internal static IReadOnlyList<ConfigProblem> Check(string path, string text) => Read(path, text, BoardFolders(path)).Problems;

    /// <summary>The nearest nf.config from the current folder upwards; failing that, the one that the program was built with.</summary>
    public static string FindDefault()
    {
        for (DirectoryInfo? folder = new(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            string path = System.IO.Path.Combine(folder.FullName, FileName);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return System.IO.Path.Combine(AppContext.BaseDirectory, FileName);
    }

    /// <summary>The ECU of this name.</summary>
    /// <exception cref="UserErrorException">There is none.</exception>
    public EcuDefinition Ecu(string name) =>
        Ecus.TryGetValue(name, out EcuDefinition? ecu)
            ? ecu
            : throw new UserErrorException(ExitCode.BadFile, $"{Path} has no ECU `{name}`. Its ECUs are {string.Join(", ", Ecus.Keys)}.");

    /// <summary>Reads a configuration from text; `folders` hold the boards.</summary>
    internal static (NfConfig? Config, IReadOnlyList<ConfigProblem> Problems) Read(string path, string text, IReadOnlyList<string> folders, BoardOverride? change = null)
    {
        var problems = new ConfigProblems();
        ConfigNode? root = ConfigYaml.Read(path, text, problems);
        if (root is not null && change is not null)
        {
            change.Apply(root, FindBoard(change.Board, folders, problems));
        }

        NfConfig? config = root is null ? null : new Reader(problems, folders, root).Read(path);
        return (problems.Count == 0 ? config : null, problems.InOrder);
    }

    private static BoardDefinition FindBoard(string name, IReadOnlyList<string> folders, ConfigProblems problems) =>
        BoardReader.TryRead(folders, name, problems, out BoardDefinition? board) && board is not null
            ? board
            : throw new UserErrorException(ExitCode.BadUsage, $"there is no board `{name}`. Known boards are {string.Join(", ", BoardReader.Names(folders))}.");

    private static (NfConfig? Config, IReadOnlyList<ConfigProblem> Problems) Read(string path, BoardOverride? change)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"{path} cannot be read: {e.Message} Name the configuration with --config FILE.");
        }

        return Read(path, text, BoardFolders(path), change);
    }

    private static string[] BoardFolders(string path)
    {
        string beside = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path))!;
        return [System.IO.Path.Combine(beside, "boards"), System.IO.Path.Combine(AppContext.BaseDirectory, "boards")];
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9]{0,30}$")]
    private static partial Regex NameForm();

    private sealed class Reader(ConfigProblems problems, IReadOnlyList<string> folders, ConfigNode root)
    {
        private readonly OrderedDictionary<string, BusDefinition> _buses = [];
        private readonly OrderedDictionary<string, EcuDefinition> _ecus = [];
        private readonly Dictionary<string, BoardDefinition?> _boards = [];
        private readonly IdentifierRules _identifiers = new(problems);
        private readonly List<(EcuDefinition Ecu, IReadOnlyList<PlacedSignal> Signals)> _signals = [];

        public NfConfig Read(string path)
        {
            var file = new ConfigSection(problems, FileName, root, root);
            file.Number("format", 1, 1, "the only form that this program reads");
            ReadBuses(file.Section("buses"));
            ConfigSection defaults = file.OptionalSection("defaults");
            ConfigSection ecus = file.Section("ecus");
            foreach (string name in ecus.Keys())
            {
                ConfigEntry entry = ecus.EntryOf(name);
                CheckName(entry.Key);
                ReadEcu(name, new ConfigSection(problems, $"ecus.{name}", entry.Value, entry.Value, defaults));
            }

            foreach ((EcuDefinition ecu, IReadOnlyList<PlacedSignal> signals) in _signals)
            {
                _identifiers.CheckSignals(ecu, signals);
            }

            if (ecus.Keys().Count == 0)
            {
                problems.Add(ecus.At, ConfigRule.MissingKey, "There is no ECU", "Describe one under `ecus:`");
            }

            file.RefuseUnknown();
            return new NfConfig(path, _buses, _ecus);
        }

        private void ReadBuses(ConfigSection buses)
        {
            foreach (string name in buses.Keys())
            {
                ConfigSection bus = buses.Section(name);
                _buses[name] = new BusDefinition(name, bus.Number("bitRate", 10_000, 1_000_000, "classic CAN, in bit/s"));
                bus.RefuseUnknown();
            }
        }

        private void ReadEcu(string name, ConfigSection section)
        {
            BoardDefinition? board = ReadBoard(section);
            ConfigNode? busName = section.Scalar("bus");
            BusDefinition? bus = null;
            if (busName is not null && !_buses.TryGetValue(busName.Text, out bus))
            {
                problems.Add(busName, ConfigRule.UnknownName, $"There is no bus `{busName.Text}`", $"Known buses are {string.Join(", ", _buses.Keys)}; `buses:` describes them");
            }

            if (board is null || bus is null)
            {
                return;
            }

            if (bus.BitRate > board.BitRateMax)
            {
                problems.Add(busName!, ConfigRule.LooserThanBoard, $"Bus `{bus.Name}` runs at {bus.BitRate} bit/s, but board `{board.Name}` keeps up with {board.BitRateMax}", "Choose a slower bus or another board");
            }

            var reader = new EcuReader(problems, section, name, board, bus);
            EcuDefinition ecu = reader.Read();
            _ecus[name] = ecu;
            _signals.Add((ecu, reader.Signals));
            if (reader.AreIdentifiersSound)
            {
                _identifiers.Add(ecu, section.Section("can"));
            }
        }

        private BoardDefinition? ReadBoard(ConfigSection section)
        {
            ConfigNode? node = section.Scalar("board");
            if (node is null)
            {
                return null;
            }

            if (!_boards.TryGetValue(node.Text, out BoardDefinition? board))
            {
                if (BoardReader.TryRead(folders, node.Text, problems, out board))
                {
                    _boards[node.Text] = board;
                }
                else
                {
                    problems.Add(node, ConfigRule.UnknownName, $"There is no board `{node.Text}`", $"Known boards are {string.Join(", ", BoardReader.Names(folders))}; boards/<name>/board.yaml describes one");
                }
            }

            return board;
        }

        // An ECU's name becomes the name of a generated class and file.
        private void CheckName(ConfigNode key)
        {
            if (!NameForm().IsMatch(key.Text))
            {
                problems.Add(key, ConfigRule.Malformed, $"`{key.Text}` cannot name an ECU", "Use a small letter first, then letters and digits, 31 at the most");
                return;
            }

            if (typeof(EcuConfig).Assembly.GetType("EsyncAgent." + ConfigGenerator.ClassName(key.Text)) is { } taken)
            {
                problems.Add(key, ConfigRule.Malformed, $"`{key.Text}` would generate a class {taken.Name}, which the agent has already", "Choose another name");
            }

            string? twin = _ecus.Keys.FirstOrDefault(k => k != key.Text && k.Equals(key.Text, StringComparison.OrdinalIgnoreCase));
            if (twin is not null)
            {
                problems.Add(key, ConfigRule.DuplicateKey, $"`{key.Text}` and `{twin}` differ in case only", "Their generated files would be one on some systems; rename one");
            }
        }
    }
}
