// A map of the configuration while it is being read: each key is asked for once, falls back to the same section of
// `defaults`, and whatever nobody asked for is refused.
// Invariant: a reader that meets a problem records it and goes on with a harmless value, so that one run names all.
// Tests: tests/host-sim/Config.
namespace EsyncSim.Config;

/// <summary>A map with its fall-back.</summary>
internal sealed class ConfigSection
{
    private readonly ConfigProblems _problems;
    private readonly ConfigNode? _own;
    private readonly ConfigSection? _defaults;
    private readonly List<string> _known = [];

    /// <param name="problems">Where problems go.</param>
    /// <param name="path">How messages call the section.</param>
    /// <param name="own">The map; null when the section is not written here.</param>
    /// <param name="at">The place that stands for the section when it is not written.</param>
    /// <param name="defaults">The same section under `defaults`.</param>
    public ConfigSection(ConfigProblems problems, string path, ConfigNode? own, ConfigNode at, ConfigSection? defaults = null)
    {
        _problems = problems;
        Path = path;
        _defaults = defaults;
        if (own is not null && own.Kind != ConfigNodeKind.Map)
        {
            problems.Add(own, ConfigRule.Malformed, $"`{path}` is {own.KindName}, but it holds keys", "Write it as a map, one `key: value` a line");
            own = null;
        }

        _own = own;
        At = own ?? (defaults is { IsWritten: true } ? defaults.At : at);
    }

    public string Path { get; }

    private string OrDefaults => _defaults is null ? "" : ", or give it for all ECUs under `defaults`";

    /// <summary>The section's place, for problems that concern the whole of it.</summary>
    public ConfigNode At { get; }

    /// <summary>True when the section is written, here or under `defaults`.</summary>
    public bool IsWritten => _own is not null || _defaults is { IsWritten: true };

    /// <summary>The keys that are written, here and under `defaults`, each once; all count as known.</summary>
    public IReadOnlyList<string> Keys()
    {
        List<string> keys = [.. (_own?.Entries.Select(e => e.Key.Text) ?? []).Union(_defaults?.Keys() ?? [])];
        _known.AddRange(keys.Except(_known));
        return keys;
    }

    /// <summary>The entry of a key that <see cref="Keys"/> gave and that is written here.</summary>
    public ConfigEntry EntryOf(string key) => _own!.Entry(key)!;

    /// <summary>The key itself of one that <see cref="Keys"/> gave, for its place.</summary>
    public ConfigNode KeyOf(string key) => _own?.Entry(key)?.Key ?? _defaults?.KeyOf(key) ?? At;

    /// <summary>Entries whose keys are numbers, ascending; one written here takes the place of the same number under `defaults`.</summary>
    public SortedDictionary<uint, ConfigEntry> Numbered()
    {
        SortedDictionary<uint, ConfigEntry> entries = _defaults?.Numbered() ?? [];
        var own = new Dictionary<uint, ConfigEntry>();
        foreach (ConfigEntry entry in _own?.Entries ?? [])
        {
            _known.Add(entry.Key.Text);
            if (!ConfigValues.TryNumber(entry.Key.Text, out ulong number) || number > uint.MaxValue)
            {
                _problems.Add(entry.Key, ConfigRule.Malformed, $"`{Path}` has the key `{entry.Key.Text}`, which is no number", "Write a decimal number, or a hexadecimal one after 0x");
            }
            else if (!own.TryAdd((uint)number, entry))
            {
                _problems.Add(entry.Key, ConfigRule.DuplicateKey, $"`{entry.Key.Text}` is the same number as `{own[(uint)number].Key.Text}` in line {own[(uint)number].Key.Line}", "Remove one of the two");
            }
            else
            {
                entries[(uint)number] = entry;
            }
        }

        return entries;
    }

    /// <summary>The value of a key; null when it is written nowhere.</summary>
    public ConfigNode? Find(string key)
    {
        if (!_known.Contains(key))
        {
            _known.Add(key);
        }

        ConfigNode? fallback = _defaults?.Find(key);
        return _own?.Entry(key)?.Value ?? fallback;
    }

    /// <summary>The place of a key's value, or of the section when the key is not written.</summary>
    public ConfigNode Place(string key) => Find(key) ?? At;

    /// <summary>A section below this one that must be written; one problem stands for all that it would hold.</summary>
    public ConfigSection Section(string key)
    {
        if (Find(key) is null && IsWritten)
        {
            _problems.Add(At, ConfigRule.MissingKey, $"`{Path}` lacks `{key}`", $"Add `{key}:` to it{OrDefaults}");
        }

        return OptionalSection(key);
    }

    /// <summary>A section below this one that may be left out.</summary>
    public ConfigSection OptionalSection(string key)
    {
        _ = Find(key);
        return new ConfigSection(_problems, $"{Path}.{key}", _own?.Entry(key)?.Value, At, _defaults?.OptionalSection(key));
    }

    /// <summary>True when a key is written here, and not only under `defaults`.</summary>
    public bool IsOwn(string key) => _own?.Entry(key) is not null;

    /// <summary>The items of a list that must be there; none, with a problem recorded, when it is not. <paramref name="form"/> shows how one is written.</summary>
    public IReadOnlyList<ConfigNode> List(string key, string form)
    {
        ConfigNode? node = Required(key);
        if (node is { Kind: not ConfigNodeKind.List })
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is {node.KindName}", $"Write a list: {form}");
        }

        return node?.Items ?? [];
    }

    /// <summary>The value of a key that must be there, as a scalar; null, with a problem recorded, when it is not.</summary>
    public ConfigNode? Scalar(string key)
    {
        ConfigNode? node = Required(key);
        if (node is null)
        {
            return null;
        }

        if (node.Kind != ConfigNodeKind.Scalar || (node.Text.Length == 0 && !node.IsQuoted))
        {
            string what = node.Kind == ConfigNodeKind.Scalar ? "nothing" : node.KindName;
            _problems.Add(node, ConfigRule.Malformed, $"`{Path}.{key}` holds {what} where a single value belongs", "Give one value");
            return null;
        }

        return node;
    }

    /// <summary>A number within bounds; <paramref name="min"/> when it is wrong.</summary>
    public uint Number(string key, uint min, uint max, string why) => Bounded(key, min, max, why, isSize: false);

    /// <summary>A number of bytes within bounds; <paramref name="min"/> when it is wrong.</summary>
    public uint Size(string key, uint min, uint max, string why) => Bounded(key, min, max, why, isSize: true);

    /// <summary>A whole number with a sign; <paramref name="min"/> when it is wrong.</summary>
    public long Whole(string key, long min, long max, string why)
    {
        ConfigNode? node = Scalar(key);
        if (node is null)
        {
            return min;
        }

        if (node.IsQuoted || !ConfigValues.TryWhole(node.Text, out long value))
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`", "Write a whole number, decimal, or hexadecimal after 0x, without quotes");
            return min;
        }

        if (value < min || value > max)
        {
            _problems.Add(node, ConfigRule.OutOfRange, $"`{key}` is {value}, outside {min} to {max}: {why}", "Choose a value in this range");
            return min;
        }

        return value;
    }

    /// <summary>A number with or without a fraction; <paramref name="otherwise"/> when it is not written, or wrong.</summary>
    public double Real(string key, double otherwise)
    {
        ConfigNode? node = Find(key) is null ? null : Scalar(key);
        if (node is null)
        {
            return otherwise;
        }

        if (node.IsQuoted || !ConfigValues.TryReal(node.Text, out double value))
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`", "Write a decimal number, such as 0.01, -40 or 1e-3, without quotes");
            return otherwise;
        }

        return value;
    }

    /// <summary>true or false.</summary>
    public bool Flag(string key)
    {
        ConfigNode? node = Scalar(key);
        if (node is not null && node.Text is not ("true" or "false"))
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`", "Write true or false");
        }

        return node is { Text: "true" };
    }

    /// <summary>A text; empty when it is wrong.</summary>
    public string Word(string key) => Scalar(key)?.Text ?? "";

    /// <summary>A UUID as 16 bytes.</summary>
    public byte[] Uuid(string key)
    {
        ConfigNode? node = Scalar(key);
        byte[] bytes = new byte[16];
        if (node is not null && !ConfigValues.TryUuid(node.Text, out bytes))
        {
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`, which is no UUID (RFC 9562)", "Write 32 hexadecimal digits as 8-4-4-4-12, not all of them 0; `uuidgen` makes one");
        }

        return bytes;
    }

    /// <summary>Records a problem for each key, here and under `defaults`, that was never asked for.</summary>
    public void RefuseUnknown()
    {
        _defaults?.RefuseUnknown();
        foreach (ConfigEntry entry in _own?.Entries ?? [])
        {
            if (!_known.Contains(entry.Key.Text))
            {
                _problems.Add(entry.Key, ConfigRule.UnknownKey, $"`{Path}` has no key `{entry.Key.Text}`", $"Known keys are {string.Join(", ", _known)}");
            }
        }
    }

    private ConfigNode? Required(string key)
    {
        ConfigNode? node = Find(key);
        if (node is null && IsWritten)
        {
            _problems.Add(At, ConfigRule.MissingKey, $"`{Path}` lacks `{key}`", $"Add `{key}:` to it{OrDefaults}");
        }

        return node;
    }

    private uint Bounded(string key, uint min, uint max, string why, bool isSize)
    {
        ConfigNode? node = Scalar(key);
        if (node is null)
        {
            return min;
        }

        ulong value = 0;
        if (node.IsQuoted || !(isSize ? ConfigValues.TrySize(node.Text, out value) : ConfigValues.TryNumber(node.Text, out value)))
        {
            string form = isSize ? "a number of bytes, such as 4096, 0x1000 or 4 KiB" : "a decimal number, or a hexadecimal one after 0x, without quotes";
            _problems.Add(node, ConfigRule.Malformed, $"`{key}` is `{node.Text}`", $"Write {form}");
            return min;
        }

        if (value < min || value > max)
        {
            string Show(ulong n) => node.Text.StartsWith("0x", StringComparison.Ordinal) ? $"0x{n:X}" : isSize ? ConfigValues.SizeText(n) : $"{n}";
            _problems.Add(node, ConfigRule.OutOfRange, $"`{key}` is {Show(value)}, outside {Show(min)} to {Show(max)}: {why}", "Choose a value in this range");
            return min;
        }

        return (uint)value;
    }
}
