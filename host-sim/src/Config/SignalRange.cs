// Physical bounds to raw ones: a bound that lies between two raw values goes to the one inside.
// Invariant: what rounding adds to a division is not taken for a value outside.
// Tests: tests/host-sim/Config/SignalRuleTests.cs.
namespace EsyncSim.Config;

/// <summary>What raw values mean, and which there are.</summary>
/// <param name="Factor">physical = raw · factor + offset; not 0.</param>
/// <param name="Offset">See <paramref name="Factor"/>.</param>
/// <param name="RawMin">Smallest raw value.</param>
/// <param name="RawMax">Largest raw value.</param>
internal readonly record struct SignalRange(double Factor, double Offset, long RawMin, long RawMax)
{
    private const double Absolute = 1e-9;
    private const double Relative = 1e-12;
    private const double SpareMax = 0.4;

    // Of a sum in double precision the last bit is rounded; a small factor makes it large.
    private const double Rounding = 4.5e-16;

    /// <summary>Smallest physical value.</summary>
    public double Min => Physical(Factor > 0 ? RawMin : RawMax);

    /// <summary>Largest physical value.</summary>
    public double Max => Physical(Factor > 0 ? RawMax : RawMin);

    /// <summary>The raw value of a lower or upper physical bound; false when it lies outside.</summary>
    public bool TryBound(double physical, bool isLower, out long raw)
    {
        // With a negative factor the lower bound is the upper raw one.
        bool goesUp = isLower == Factor > 0;
        if (physical == (isLower ? Min : Max))
        {
            raw = goesUp ? RawMin : RawMax;
            return true;
        }

        double exact = (physical - Offset) / Factor;
        double spare = Math.Min(SpareMax, Absolute + (Math.Abs(exact) * Relative) + ((Math.Abs(physical) + Math.Abs(Offset)) * Rounding / Math.Abs(Factor)));
        double whole = goesUp ? Math.Ceiling(exact - spare) : Math.Floor(exact + spare);
        bool isInside = whole >= RawMin && whole <= RawMax;
        raw = isInside ? (long)whole : 0;
        return isInside;
    }

    private double Physical(long raw) => (raw * Factor) + Offset;
}
