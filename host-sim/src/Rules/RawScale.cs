// From physical numbers to raw ones. A comparison keeps its meaning exactly: where the number lies between two raw values, the
// one next to it on the right side takes its place.
// Invariant: what no raw value can be is refused, never rounded away.
// Tests: tests/host-sim/Rules.
using EsyncSim.Data;
using SignalType = EsyncSim.Data.SignalType;

namespace EsyncSim.Rules;

/// <summary>Scaling of one signal.</summary>
internal static class RawScale
{
    // A double that stands for a decimal fraction misses it by a little, the more the larger it is; but what lies visibly between two
    // raw values is not taken for one of them.
    private const double Tolerance = 1e-9;
    private const double ToleranceMax = 1e-3;

    /// <summary>Lowest and highest raw value of a type.</summary>
    public static (long Min, long Max) Range(SignalType type) => type switch
    {
        SignalType.Boolean => (0, 1),
        SignalType.UInt8 => (0, byte.MaxValue),
        SignalType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        SignalType.UInt16 => (0, ushort.MaxValue),
        SignalType.Int16 => (short.MinValue, short.MaxValue),
        SignalType.UInt32 => (0, uint.MaxValue),
        _ => (int.MinValue, int.MaxValue),
    };

    /// <summary>A physical comparison as a raw one; otherwise what is wrong with it.</summary>
    public static bool TryCompare(SignalDefinition signal, Comparison comparison, double physical, out Comparison rawComparison, out long raw, out string problem)
    {
        double exact = (physical - signal.Offset) / signal.Factor;
        (long min, long max) = Range(signal.Type);
        rawComparison = signal.Factor < 0 ? Mirrored(comparison) : comparison;
        raw = 0;
        problem = "";
        bool isRaw = IsRaw(exact, out double nearest);
        double value = isRaw ? nearest : exact;
        if (!(value >= min && value <= max))
        {
            problem = FormattableString.Invariant($"{physical} is outside of what {signal.Path} can be: {signal.Physical((int)min)} to {signal.Physical((int)max)}{Unit(signal)}");
            return false;
        }

        if (isRaw)
        {
            raw = (long)nearest;
            return true;
        }

        if (comparison is Comparison.Equal or Comparison.NotEqual)
        {
            (long below, long above) = ((long)Math.Floor(exact), (long)Math.Ceiling(exact));
            problem = FormattableString.Invariant($"{signal.Path} is never {physical}: its values next to it are {signal.Physical((int)below)} and {signal.Physical((int)above)}");
            return false;
        }

        raw = (long)(rawComparison is Comparison.Greater or Comparison.LessOrEqual ? Math.Floor(exact) : Math.Ceiling(exact));
        return true;
    }

    /// <summary>A physical distance as raw steps, such that more of the one is more of the other; false when it is negative or more than the signal can change.</summary>
    public static bool TryDistance(SignalDefinition signal, double physical, out uint raw)
    {
        double exact = physical / Math.Abs(signal.Factor);
        double steps = IsRaw(exact, out double nearest) ? nearest : Math.Floor(exact);
        (long min, long max) = Range(signal.Type);
        bool isPossible = physical >= 0 && steps < max - min;
        raw = isPossible ? (uint)steps : 0;
        return isPossible;
    }

    /// <summary>The unit behind a number; nothing where there is none.</summary>
    public static string Unit(SignalDefinition signal) => signal.Unit.Length == 0 ? "" : " " + signal.Unit;

    /// <summary>The comparison of two numbers with both signs turned.</summary>
    public static Comparison Mirrored(Comparison comparison) => comparison switch
    {
        Comparison.Less => Comparison.Greater,
        Comparison.LessOrEqual => Comparison.GreaterOrEqual,
        Comparison.Greater => Comparison.Less,
        Comparison.GreaterOrEqual => Comparison.LessOrEqual,
        _ => comparison,
    };

    private static bool IsRaw(double exact, out double nearest)
    {
        nearest = Math.Round(exact);
        return Math.Abs(exact - nearest) <= Math.Min(Tolerance * Math.Max(1, Math.Abs(exact)), ToleranceMax);
    }
}
