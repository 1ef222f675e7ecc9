// What a measured figure should reach: a bound from below or from above, as it is printed and as it is judged.
// Tests: tests/host-sim/Measure.
using System.Globalization;

namespace EsyncSim.Measure;

/// <summary>A bound that a figure meets or misses; the bound itself meets it.</summary>
public sealed class BenchGoal
{
    private readonly bool _isLeast;

    private BenchGoal(bool isLeast, double bound)
    {
        _isLeast = isLeast;
        Bound = bound;
    }

    /// <summary>The bound itself.</summary>
    public double Bound { get; }

    /// <summary>The figure should be <paramref name="bound"/> or more.</summary>
    public static BenchGoal AtLeast(double bound) => new(true, bound);

    /// <summary>The figure should be <paramref name="bound"/> or less.</summary>
    public static BenchGoal AtMost(double bound) => new(false, bound);

    /// <summary>Whether <paramref name="value"/>, not rounded, meets the goal.</summary>
    public bool IsMetBy(double value) => _isLeast ? value >= Bound : value <= Bound;

    /// <summary>As printed: "≥ 98", "≤ 6,500".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(_isLeast ? '≥' : '≤')} {Bound:#,0.####}");
}
