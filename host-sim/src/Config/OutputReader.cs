// The outputs of one ECU that a tester may take over by service 2F: identifier, name, type, range, default.
// Invariants: identifiers ascend and stand once; the default is in the range, and the range in the type. Values are raw.
// Tests: tests/host-sim/Config/OutputRuleTests.cs.
using EsyncSim.Data;

namespace EsyncSim.Config;

/// <summary>Reader of `outputs`.</summary>
internal static class OutputReader
{
    private const uint FirstDid = 0x1000;
    private const uint LastDid = 0x10FF;
    private const int NameLengthMax = 64;

    /// <summary>The outputs, ascending by identifier.</summary>
    public static IReadOnlyList<OutputDefinition> Read(ConfigSection section, ConfigProblems problems)
    {
        var outputs = new List<OutputDefinition>();
        var owners = new Dictionary<string, ConfigNode>();
        foreach ((uint did, ConfigEntry entry) in section.Numbered())
        {
            if (did is < FirstDid or > LastDid)
            {
                problems.Add(entry.Key, ConfigRule.OutOfRange, $"`{entry.Key.Text}` is not the identifier of an output", $"Choose one of 0x{FirstDid:X4} to 0x{LastDid:X4}");
            }

            var body = new ConfigSection(problems, $"{section.Path}.{entry.Key.Text}", entry.Value, entry.Value);
            OutputDefinition output = ReadOutput(body, (ushort)did, problems);
            if (output.Name.Length > 0 && !owners.TryAdd(output.Name, entry.Key))
            {
                problems.Add(body.Place("name"), ConfigRule.DuplicateKey, $"`{output.Name}` is the name of {owners[output.Name].Text} in line {owners[output.Name].Line} already", "Give each output a name of its own");
            }

            outputs.Add(output);
        }

        return outputs;
    }

    private static OutputDefinition ReadOutput(ConfigSection body, ushort did, ConfigProblems problems)
    {
        string name = body.Word("name");
        if (name.Length > NameLengthMax || !name.All(c => c is >= ' ' and <= '~'))
        {
            problems.Add(body.Place("name"), ConfigRule.Malformed, $"`{name}` cannot name an output", $"Write 1 to {NameLengthMax} printable ASCII characters");
        }

        SignalType type = SignalTypeNames.Read(body, problems);
        int before = problems.Count;
        long min = Value(body, "min", type), max = Value(body, "max", type), usual = Value(body, "default", type);
        body.RefuseUnknown();
        if (problems.Count == before && body.IsWritten && (usual < min || usual > max))
        {
            problems.Add(body.Place("default"), ConfigRule.OutOfRange, $"`default` is {usual}, outside {min} to {max}", "Write min, default and max in this order");
        }

        return new OutputDefinition(did, name, type, min, max, usual);
    }

    private static long Value(ConfigSection body, string key, SignalType type)
    {
        (long min, long max) = SignalTypeNames.RangeOf(type);
        return body.Whole(key, min, max, $"raw values of {SignalTypeNames.Of(type)}");
    }
}
