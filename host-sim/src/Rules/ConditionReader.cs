// One comparison as people write it, "Vehicle.Speed > 80" or "Vehicle.A < Vehicle.B": the signal on the left, a number in its
// unit or another signal on the right.
// Invariant: two signals are compared by their raw values, so they must have the same scaling.
// Tests: tests/host-sim/Rules.
using System.Globalization;
using System.Text.RegularExpressions;
using EsyncSim.Config;
using EsyncSim.Data;

namespace EsyncSim.Rules;

/// <summary>Reads comparisons.</summary>
internal sealed partial class ConditionReader(SignalCatalogue signals, ConfigProblems problems)
{
    private const int NamesShown = 4;

    private static readonly string[] Operators = ["==", "!=", "<", "<=", ">", ">="];

    /// <summary>How a comparison is written.</summary>
    public static string TextOf(Comparison comparison) => Operators[(int)comparison];

    /// <summary>A number with a decimal point, or true or false.</summary>
    public static bool TryNumber(string text, out double number)
    {
        number = text == "true" ? 1 : 0;
        return text is "true" or "false" || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number));
    }

    /// <summary>A comparison; null, with a problem recorded, when it is none.</summary>
    public RuleTerm? Read(ConfigNode node)
    {
        Match match = Form().Match(node.Text);
        if (node.Kind != ConfigNodeKind.Scalar || !match.Success)
        {
            string what = node.Kind == ConfigNodeKind.Scalar ? $"`{node.Text}`" : node.KindName;
            problems.Add(node, ConfigRule.Malformed, $"{what} is no comparison", "Write \"SIGNAL > NUMBER\" or \"SIGNAL < SIGNAL\", with one of == != < <= > >=, in quotes");
            return null;
        }

        if (FindSignal(node, match.Groups["left"].Value) is not { } left)
        {
            return null;
        }

        Comparison comparison = (Comparison)Array.IndexOf(Operators, match.Groups["op"].Value);
        string right = match.Groups["right"].Value;
        return IsSignal(right) ? ReadSignals(node, left, comparison, right) : ReadConstant(node, left, comparison, right);
    }

    /// <summary>A signal by its path or its DID (0x and four digits); null, with a problem recorded, when there is none.</summary>
    public SignalDefinition? FindSignal(ConfigNode node, string name)
    {
        bool isDid = ConfigValues.TryNumber(name, out ulong number);
        SignalDefinition? signal = isDid
            ? number <= ushort.MaxValue ? signals.Find((ushort)number) : null
            : signals.Signals.FirstOrDefault(other => other.Path == name);
        if (signal is null)
        {
            problems.Add(node, ConfigRule.UnknownName, $"This ECU has no signal `{name}`", Known(name));
        }

        return signal;
    }

    // Those that end alike come first: a wrong branch is the usual mistake.
    private string Known(string name)
    {
        string leaf = name[(name.LastIndexOf('.') + 1)..];
        string[] near = [.. signals.Signals.Select(signal => signal.Path)
            .OrderByDescending(path => path.EndsWith(leaf, StringComparison.OrdinalIgnoreCase)).Take(NamesShown)];
        return near.Length == 0
            ? "Describe its signals in nf.config, under `signals`"
            : $"Write its path or its DID as nf.config has it under `signals`: {string.Join(", ", near)}{(signals.Signals.Count > near.Length ? ", …" : "")}";
    }

    private static bool IsSignal(string text) => !TryNumber(text, out _);

    private RuleTerm? ReadSignals(ConfigNode node, SignalDefinition left, Comparison comparison, string name)
    {
        if (FindSignal(node, name) is not { } right)
        {
            return null;
        }

        if (left.Factor.Equals(right.Factor) && left.Offset.Equals(right.Offset))
        {
            return new RuleTerm(left.Did, comparison, IsSignal: true, right.Did);
        }

        problems.Add(
            node,
            ConfigRule.Malformed,
            FormattableString.Invariant($"`{left.Path}` (factor {left.Factor}, offset {left.Offset}) and `{right.Path}` (factor {right.Factor}, offset {right.Offset}) are scaled differently, and ECUs compare raw values"),
            "Compare signals of the same scaling, or each with a number");
        return null;
    }

    private RuleTerm? ReadConstant(ConfigNode node, SignalDefinition left, Comparison comparison, string text)
    {
        TryNumber(text, out double number);
        if (RawScale.TryCompare(left, comparison, number, out Comparison rawComparison, out long raw, out string problem))
        {
            return new RuleTerm(left.Did, rawComparison, IsSignal: false, raw);
        }

        problems.Add(node, ConfigRule.OutOfRange, problem, $"Choose a number that the signal can have{(left.Unit.Length == 0 ? "" : $", in {left.Unit}")}");
        return null;
    }

    [GeneratedRegex(@"^\s*(?<left>[^\s=!<>]+)\s*(?<op>==|!=|<=|>=|<|>)\s*(?<right>[^\s=!<>]+)\s*$")]
    private static partial Regex Form();
}
