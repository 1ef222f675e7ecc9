// The keys of a campaign file, and what has to hold between them.
// Invariant: a problem is recorded and reading goes on, so that one run names all.
// Tests: tests/host-sim/Server/CampaignFileTests.cs.
using System.Text.RegularExpressions;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Server;

/// <summary>Reads one campaign.</summary>
internal sealed partial class CampaignReader
{
    private const string NameWords = "1 to 64 letters, digits, dots, dashes and underlines";
    private const int VehicleCountMax = 100_000;
    private const int RetriesMax = 5;
    private readonly ConfigProblems _problems;
    private readonly ConfigSection _file;
    private readonly string _text;
    private readonly ICampaignPackages _packages;

    /// <param name="problems">Where problems go.</param>
    /// <param name="root">The file.</param>
    /// <param name="text">Its text.</param>
    /// <param name="packages">Where its packages are.</param>
    public CampaignReader(ConfigProblems problems, ConfigNode root, string text, ICampaignPackages packages)
    {
        _packages = packages;
        _problems = problems;
        _file = new ConfigSection(problems, "campaign file", root, root);
        _text = text;
    }

    /// <summary>The campaign as far as it is sound, with every problem recorded.</summary>
    public CampaignPlan Read()
    {
        string id = ReadName(_file.Scalar("campaign"), "campaign");
        string[] vehicles = _file.Find("vehicles") is null && _file.Find("select") is not null ? [] : ReadVehicles();
        VehicleFilter? select = ReadSelect();
        CampaignMode mode = ReadMode();
        int retries = (int)Optional("retries", 0, RetriesMax, 0, "a failure that does not pass in so many attempts does not pass");
        int parallelMax = (int)Optional("parallelMax", 1, VehicleCountMax, 1, "vehicles at the same time");
        CampaignWindow? window = ReadWindow();
        AbortRule? abort = ReadAbort();
        bool isConsentRequired = ReadWord("consent", "required", "none");
        IReadOnlyList<ReadTarget> targets = new CampaignTargetReader(_problems, mode, _packages).Read(_file);
        _file.RefuseUnknown();
        return new CampaignPlan
        {
            Campaign = new Campaign(id, [.. targets.Select(target => target.Target)])
            {
                Mode = mode,
                RetriesMax = retries,
                IsConsentRequired = isConsentRequired,
                Rollbacks = [.. targets.SelectMany(target => target.Rollbacks)],
            },
            Vehicles = vehicles,
            Select = select,
            ParallelMax = parallelMax,
            Window = window,
            Abort = abort,
            Text = _text,
        };
    }

    /// <summary>True when a text can be part of a topic and the key of a row.</summary>
    public static bool IsName(string text) => NameForm().IsMatch(text);

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}\\z")]
    private static partial Regex NameForm();

    private string ReadName(ConfigNode? node, string what)
    {
        if (node is not null && (node.Kind != ConfigNodeKind.Scalar || !IsName(node.Text)))
        {
            string found = node.Kind == ConfigNodeKind.Scalar ? $"`{node.Text}`" : node.KindName;
            _problems.Add(node, ConfigRule.Malformed, $"`{what}` is {found}, which names nothing", $"Write {NameWords}");
        }

        return node?.Text ?? string.Empty;
    }

    private string[] ReadVehicles()
    {
        Dictionary<string, ConfigNode> vehicles = [];
        IReadOnlyList<ConfigNode> list = _file.List("vehicles", "vehicles: [ESYNC0DEM0VEH1C01]");
        foreach (ConfigNode node in list)
        {
            string vin = ReadName(node, "vehicles");
            if (vin.Length > 0 && !vehicles.TryAdd(vin, node))
            {
                _problems.Add(node, ConfigRule.DuplicateKey, $"Vehicle {vin} stands here a second time; the first is in line {vehicles[vin].Line}", "Remove one of the two");
            }
        }

        RequireSome(list, "vehicles", "A campaign without vehicles does nothing", "Name at least one");
        if (list.Count > VehicleCountMax)
        {
            _problems.Add(_file.Place("vehicles"), ConfigRule.OutOfRange, $"{list.Count} vehicles are more than {VehicleCountMax}", "Make several campaigns of them");
        }

        return [.. vehicles.Keys];
    }

    private void RequireSome(IReadOnlyList<ConfigNode> list, string key, string reason, string remedy)
    {
        if (list.Count == 0 && _file.Find(key) is { Kind: ConfigNodeKind.List } empty)
        {
            _problems.Add(empty, ConfigRule.Malformed, reason, remedy);
        }
    }

    private CampaignMode ReadMode() => ReadWord("mode", "all-or-nothing", "independent") ? CampaignMode.AllOrNothing : CampaignMode.Independent;

    // True for the first word; the other one is what holds where nothing is said.
    private bool ReadWord(string key, string word, string other)
    {
        ConfigNode? node = _file.Find(key) is null ? null : _file.Scalar(key);
        if (node is not null && node.Text != word && node.Text != other)
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`", $"Write {other} or {word}");
        }

        return node?.Text == word;
    }

    private VehicleFilter? ReadSelect()
    {
        if (_file.Find("select") is null)
        {
            return null;
        }

        ConfigSection select = _file.Section("select");
        ConfigNode? classId = select.Find("class") is null ? null : select.Scalar("class");
        if (classId is not null && !Guid.TryParseExact(classId.Text, "D", out _))
        {
            _problems.Add(classId, ConfigRule.Malformed, $"`class` is `{classId.Text}`, which is no UUID", "Write the class identifier as it stands in nf.config");
        }

        VehicleFilter filter = new(
            classId?.Text.ToLowerInvariant(), select.Find("ecu") is null ? null : select.Scalar("ecu")?.Text, select.Find("version") is null ? null : select.Scalar("version")?.Text);
        select.RefuseUnknown();
        if (select.IsWritten && filter == new VehicleFilter(null, null, null))
        {
            _problems.Add(select.At, ConfigRule.MissingKey, "`select` asks for nothing, and so would find every vehicle", "Give it class, ecu or version");
        }

        return filter;
    }

    private uint Optional(string key, uint min, uint max, uint otherwise, string why) => _file.Find(key) is null ? otherwise : _file.Number(key, min, max, why);

    private CampaignWindow? ReadWindow()
    {
        if (_file.Find("window") is null)
        {
            return null;
        }

        ConfigSection window = _file.Section("window");
        CampaignWindow read = new(ReadMoment(window, "from") ?? 0, ReadMoment(window, "to") ?? long.MaxValue);
        window.RefuseUnknown();
        if (window.IsWritten && window.Find("from") is null && window.Find("to") is null)
        {
            _problems.Add(window.At, ConfigRule.MissingKey, "The window has neither beginning nor end", "Give it from, to or both");
        }
        else if (read.FromMs >= read.ToMs)
        {
            _problems.Add(window.Place("to"), ConfigRule.TimingContradiction, "The window is over before it begins", "Let `to` be later than `from`; both are UTC");
        }

        return read;
    }

    private long? ReadMoment(ConfigSection window, string key)
    {
        if (window.Find(key) is null || window.Scalar(key) is not { } node)
        {
            return null;
        }

        long? moment = UtcText.TryParseUser(node.Text);
        if (moment is null)
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`, which is no moment", "Write UTC as 2026-01-31T22:00Z, or a day as 2026-01-31");
        }

        return moment;
    }

    private AbortRule? ReadAbort()
    {
        if (_file.Find("abort") is null)
        {
            return null;
        }

        ConfigSection abort = _file.Section("abort");
        uint rate = abort.Number("failureRate", 0, 99, "percent of the vehicles that have ended; more failures than that stop the campaign");
        uint atLeast = abort.Find("atLeast") is null ? 1 : abort.Number("atLeast", 1, VehicleCountMax, "vehicles that have ended before the rate counts");
        abort.RefuseUnknown();
        return new AbortRule((int)rate, (int)atLeast);
    }
}
