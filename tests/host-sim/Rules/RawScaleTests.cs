// Physical numbers as raw ones: a comparison means for every raw value what it meant for its physical value.
using EsyncSim.Data;
using EsyncSim.Rules;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Rules;

public sealed class RawScaleTests
{
    private static readonly Gen<(SignalDefinition Signal, Comparison Comparison, double Physical, long Raw)> AnyQuestion =
        from signal in ScaledSignals.Any
        from comparison in Gen.Elements(Enum.GetValues<Comparison>())
        from near in ScaledSignals.RawOf(signal)
        from quarters in Gen.Choose(-8, 8)
        from step in Gen.Choose(-3, 3)
        select (signal, comparison, PhysicalOf(signal, near) + (quarters * signal.Factor / 4), near + step);

    [Theory]
    [InlineData(SignalType.Boolean, 0, 1)]
    [InlineData(SignalType.UInt8, 0, 255)]
    [InlineData(SignalType.Int8, -128, 127)]
    [InlineData(SignalType.UInt16, 0, 65535)]
    [InlineData(SignalType.Int16, -32768, 32767)]
    [InlineData(SignalType.UInt32, 0, 4294967295)]
    [InlineData(SignalType.Int32, -2147483648, 2147483647)]
    public void Each_type_has_its_range(SignalType type, long min, long max) => Assert.Equal((min, max), RawScale.Range(type));

    [Theory]
    [InlineData(">", 12.34, ">", 123)]
    [InlineData(">=", 12.34, ">=", 124)]
    [InlineData("<", 12.34, "<", 124)]
    [InlineData("<=", 12.34, "<=", 123)]
    [InlineData(">", -12.34, ">", -124)]
    [InlineData("==", 12.3, "==", 123)]
    [InlineData("!=", 0.3, "!=", 3)]
    public void What_lies_between_two_raw_values_takes_the_one_on_its_right_side(string comparison, double physical, string expected, long raw) =>
        Assert.Equal((expected, raw, ""), Compare(ScaledSignals.Of(SignalType.Int16, 0.1, 0), comparison, physical));

    [Fact]
    public void A_negative_factor_turns_the_comparison_and_the_offset_counts()
    {
        SignalDefinition signal = ScaledSignals.Of(SignalType.UInt8, -0.5, 100);
        Assert.Equal(("<", 40L, ""), Compare(signal, ">", 80));
        Assert.Equal((">=", 41L, ""), Compare(signal, "<=", 79.6));
        Assert.Equal(("==", 0L, ""), Compare(signal, "==", 100));
    }

    [Fact]
    public void What_the_signal_cannot_be_is_refused_with_its_range()
    {
        SignalDefinition signal = ScaledSignals.Of(SignalType.UInt8, 0.5, -40, "Celsius");
        Assert.Equal("87.6 is outside of what Vehicle.A can be: -40 to 87.5 Celsius", Compare(signal, ">", 87.6).Problem);
        Assert.Equal("-40.1 is outside of what Vehicle.A can be: -40 to 87.5 Celsius", Compare(signal, "<", -40.1).Problem);
        Assert.Equal("Vehicle.A is never 20.2: its values next to it are 20 and 20.5", Compare(signal, "==", 20.2).Problem);
        Assert.Equal("4294967296 is outside of what Vehicle.A can be: 0 to 4294967295", Compare(ScaledSignals.Of(SignalType.UInt32, 1, 0), ">=", 4294967296).Problem);
        Assert.Equal((">=", 4294967295L, ""), Compare(ScaledSignals.Of(SignalType.UInt32, 1, 0), ">=", 4294967295));
    }

    [Fact]
    public void A_distance_is_one_of_raw_steps_and_less_than_the_signal_can_change()
    {
        SignalDefinition signal = ScaledSignals.Of(SignalType.UInt8, -0.1, 0);
        Assert.Equal((true, 3u), Distance(signal, 0.3));
        Assert.Equal((true, 3u), Distance(signal, 0.39));
        Assert.Equal((true, 0u), Distance(signal, 0));
        Assert.Equal((true, 254u), Distance(signal, 25.4));
        Assert.Equal((false, 0u), Distance(signal, 25.5));
        Assert.Equal((false, 0u), Distance(signal, -0.1));
        Assert.Equal((true, uint.MaxValue - 1), Distance(ScaledSignals.Of(SignalType.Int32, 1, 0), uint.MaxValue - 1.0));
    }

    [Fact]
    public void A_raw_comparison_says_of_each_raw_value_what_the_physical_one_says()
    {
        int compared = 0;
        Properties.Hold(
            AnyQuestion,
            question =>
            {
                (SignalDefinition signal, Comparison comparison, double physical, long raw) = question;
                if (!RawScale.TryCompare(signal, comparison, physical, out Comparison rawComparison, out long right, out string problem))
                {
                    Assert.NotEqual("", problem);
                    return;
                }

                compared++;
                double exact = (physical - signal.Offset) / signal.Factor;
                bool isOnGrid = Math.Abs(exact - Math.Round(exact)) < 0.1;

                // Quarters of a raw step apart, or the same number; what lies between is the rounding of a double.
                bool isSaid = isOnGrid && raw == (long)Math.Round(exact)
                    ? Holds(comparison, 0)
                    : Holds(comparison, signal.Factor < 0 ? exact - raw : raw - exact);
                Assert.Equal(isSaid, Holds(rawComparison, raw - right));
            },
            count: 3000);
        Assert.InRange(compared, 1000, 3000);
    }

    private static (string Comparison, long Raw, string Problem) Compare(SignalDefinition signal, string comparison, double physical)
    {
        Comparison asked = Enum.GetValues<Comparison>().Single(one => ConditionReader.TextOf(one) == comparison);
        RawScale.TryCompare(signal, asked, physical, out Comparison raw, out long right, out string problem);
        return (ConditionReader.TextOf(raw), right, problem);
    }

    private static (bool, uint) Distance(SignalDefinition signal, double physical) => (RawScale.TryDistance(signal, physical, out uint raw), raw);

    private static double PhysicalOf(SignalDefinition signal, long raw) => (raw * signal.Factor) + signal.Offset;

    // What a comparison says of left − right.
    private static bool Holds(Comparison comparison, double difference) => comparison switch
    {
        Comparison.Equal => difference == 0,
        Comparison.NotEqual => difference != 0,
        Comparison.Less => difference < 0,
        Comparison.LessOrEqual => difference <= 0,
        Comparison.Greater => difference > 0,
        _ => difference >= 0,
    };
}
