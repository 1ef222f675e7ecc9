// The signals of one ECU: VSS path, data identifier, type, scaling, range, source.
// Invariants: paths are VSS's and none is a branch of another; identifiers are free and stand once; what a range names, type
// and bits can say. What concerns the frames of several signals is SignalFrameRules'.
// COVESA VSS 6, "Basics". Tests: tests/host-sim/Config/SignalRuleTests.cs.
using System.Text.RegularExpressions;
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>A signal with its place in the file.</summary>
internal sealed record PlacedSignal(ConfiguredSignal Signal, ConfigNode Place);

/// <summary>Reader of `signals`.</summary>
internal sealed partial class SignalReader(ConfigSection signals, ConfigProblems problems)
{
    /// <summary>Smallest identifier of a signal.</summary>
    public const ushort FirstDid = 0x0200;

    /// <summary>Largest identifier of a signal beside those of periodic data.</summary>
    public const ushort LastDid = 0x0FFF;

    private const ushort FirstPeriodicDid = 0xF200;
    private const ushort LastPeriodicDid = 0xF2FF;
    private const int PathLengthMax = 200;

    private readonly Dictionary<uint, ConfigNode> _owners = [];

    /// <summary>The signals, ascending by identifier.</summary>
    public IReadOnlyList<PlacedSignal> Read()
    {
        var found = new List<PlacedSignal>();
        IReadOnlyList<string> paths = signals.Keys();
        foreach (string path in paths)
        {
            CheckPath(path, paths);
            found.Add(ReadSignal(path));
        }

        return [.. found.OrderBy(f => f.Signal.Definition.Did)];
    }

    /// <summary>True for a path as VSS has them.</summary>
    public static bool IsPath(string path) => path.Length <= PathLengthMax && PathForm().IsMatch(path);

    /// <summary>True for an identifier that a signal may have.</summary>
    public static bool IsDid(uint did) => did is (>= FirstDid and <= LastDid) or (>= FirstPeriodicDid and <= LastPeriodicDid);

    private void CheckPath(string path, IReadOnlyList<string> paths)
    {
        if (!IsPath(path))
        {
            problems.Add(signals.KeyOf(path), ConfigRule.SignalPath, $"`{path}` is no VSS path", $"Write Vehicle and names behind dots, each a capital letter with letters and digits, {PathLengthMax} characters at the most: Vehicle.Powertrain.ElectricMotor.Temperature");
        }
        else if (paths.FirstOrDefault(p => p.StartsWith(path + ".", StringComparison.Ordinal)) is { } leaf)
        {
            problems.Add(signals.KeyOf(path), ConfigRule.SignalPath, $"`{path}` is a signal and a branch: `{leaf}` (line {signals.KeyOf(leaf).Line}) is below it", "Only the last name of a path is a signal; rename one of the two");
        }
    }

    private PlacedSignal ReadSignal(string path)
    {
        ConfigSection section = signals.Section(path);
        ushort did = ReadDid(section, path);
        SignalType type = SignalTypeNames.Read(section, problems);
        string unit = ReadUnit(section);
        double factor = section.Real("factor", 1), offset = section.Real("offset", 0);
        if (factor == 0)
        {
            problems.Add(section.Place("factor"), ConfigRule.OutOfRange, "`factor` is 0: every value would be the same", "Write the physical step of one raw step");
            factor = 1;
        }

        CanSource? can = new SignalSourceReader(section, type, problems).Read();
        (long RawMin, long RawMax) able = can is null ? SignalTypeNames.RangeOf(type) : SignalTypeNames.RangeOf(type, Math.Min((int)can.Bits.Length, SignalTypeNames.BitsOf(type)));
        var range = new SignalRange(factor, offset, able.RawMin, able.RawMax);
        (long rawMin, double min) = ReadBound(section, "min", range, type, can);
        (long rawMax, double max) = ReadBound(section, "max", range, type, can);
        if (factor < 0)
        {
            (rawMin, rawMax) = (rawMax, rawMin);
        }

        if (rawMin > rawMax)
        {
            problems.Add(section.Place("min"), ConfigRule.SignalRange, $"Of `{path}` no value is valid: nothing that it can be lies between {Text(min)} and {Text(max)}", "Write min below max, with a step of `factor` between them");
        }

        section.RefuseUnknown();
        var definition = new SignalDefinition(path, did, type, unit, factor, offset, min, max);
        return new PlacedSignal(new ConfiguredSignal(definition, rawMin, rawMax, can), section.At);
    }

    private ushort ReadDid(ConfigSection section, string path)
    {
        int before = problems.Count;
        uint did = section.Number("did", 0, 0xFFFF, "a data identifier has two bytes");
        if (problems.Count != before || section.Find("did") is null)
        {
            return 0;
        }

        if (!IsDid(did))
        {
            problems.Add(section.Place("did"), ConfigRule.OutOfRange, $"`did` 0x{did:X4} of `{path}` is not one of a signal", "Choose one of 0x0200 to 0x0FFF, or of 0xF200 to 0xF2FF, which service 2A can send as they are");
        }
        else if (!_owners.TryAdd(did, signals.KeyOf(path)))
        {
            problems.Add(section.Place("did"), ConfigRule.DuplicateDid, $"0x{did:X4} is `{_owners[did].Text}`'s already (line {_owners[did].Line})", "Give each signal an identifier of its own");
        }

        return (ushort)did;
    }

    private string ReadUnit(ConfigSection section)
    {
        string unit = section.Find("unit") is null ? "" : section.Word("unit");
        if (unit.Any(char.IsControl))
        {
            problems.Add(section.Place("unit"), ConfigRule.Malformed, $"`unit` is `{unit}`, with a control character in it", "Write the unit as VSS names it: Celsius, km/h, percent");
        }

        return unit;
    }

    // A bound that is not written is that of all that the signal can be.
    private (long Raw, double Physical) ReadBound(ConfigSection section, string key, SignalRange range, SignalType type, CanSource? can)
    {
        bool isLower = key == "min";
        double all = isLower ? range.Min : range.Max;
        double written = section.Real(key, all);
        if (range.TryBound(written, isLower, out long raw))
        {
            return (raw, written);
        }

        string what = can is not null && can.Bits.Length < SignalTypeNames.BitsOf(type) ? $"{can.Bits.Length} bits of {SignalTypeNames.Of(type)}" : SignalTypeNames.Of(type);
        problems.Add(section.Place(key), ConfigRule.SignalRange, $"`{key}` {Text(written)} cannot be told: with factor {Text(range.Factor)} and offset {Text(range.Offset)} {what} holds {Text(range.Min)} to {Text(range.Max)}", "Write a value in this range, or another type, factor or offset");
        range.TryBound(all, isLower, out raw);
        return (raw, all);
    }

    private static string Text(double value) => ConfigValues.RealText(value);

    [GeneratedRegex(@"^Vehicle(\.[A-Z][A-Za-z0-9]*)+\z")]
    private static partial Regex PathForm();
}
