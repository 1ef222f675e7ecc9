// The tree of a YAML file with the place of each node. Plain data: maps keep their order, scalars their text.
// It knows YAML's structure and nothing of what the file means.
// Tests: tests/host-sim/Config/ConfigYamlTests.cs.
namespace EsyncSim.Config;

/// <summary>What a node is.</summary>
internal enum ConfigNodeKind
{
    Scalar,
    List,
    Map,
}

/// <summary>A key of a map with its value.</summary>
internal sealed record ConfigEntry(ConfigNode Key, ConfigNode Value);

/// <summary>A scalar, a list or a map, with the line and column (from 1) where it starts.</summary>
internal sealed class ConfigNode(ConfigNodeKind kind, string file, int line, int column)
{
    public ConfigNodeKind Kind { get; } = kind;

    public string File { get; } = file;

    public int Line { get; } = line;

    public int Column { get; } = column;

    /// <summary>Text of a scalar; empty otherwise.</summary>
    public string Text { get; init; } = "";

    /// <summary>True for a scalar that stands in quotes, and so is a text whatever it looks like.</summary>
    public bool IsQuoted { get; init; }

    public List<ConfigNode> Items { get; } = [];

    public List<ConfigEntry> Entries { get; } = [];

    /// <summary>The entry of a map whose key has this text; null when there is none.</summary>
    public ConfigEntry? Entry(string key) => Entries.Find(e => e.Key.Text == key);

    /// <summary>How a message calls this kind of node.</summary>
    public string KindName => Kind switch
    {
        ConfigNodeKind.Scalar => "a single value",
        ConfigNodeKind.List => "a list",
        _ => "a map",
    };
}
