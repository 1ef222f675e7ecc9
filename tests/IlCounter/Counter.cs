// The counting agent, compiled and instrumented once per process, and a world of its own for each measurement.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
namespace EsyncTests.IlCounting;

/// <summary>Runs measurements.</summary>
public static class Counter
{
    private static readonly Lazy<Instrumented> Agent = new(() => Instrumenter.Instrument(AgentCompiler.CompileAgent()));

    /// <summary>Prices by name of the operation.</summary>
    public static IReadOnlyDictionary<string, long> MeasurePrices() => Measure(nameof(Measurement.Prices));

    /// <summary>The figures that people ask for.</summary>
    public static IReadOnlyDictionary<string, long> MeasureFigures() => Measure(nameof(Measurement.Figures));

    /// <summary>Instructions charged and executed in one update at the prices of a table.</summary>
    public static IReadOnlyDictionary<string, long> MeasureTotals(string table) => Measure(nameof(Measurement.Totals), table);

    private static Dictionary<string, long> Measure(string method, params object[] arguments)
    {
        CountingContext context = new(Agent.Value);
        return (Dictionary<string, long>)context.Call(typeof(Measurement), method, [context.Counts, .. arguments])!;
    }
}
