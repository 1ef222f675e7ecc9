// The counting agent, compiled, instrumented and loaded once per process; one measurement at a time.
// Tests: tests/host-sim/Ecu/IlCounterTests.cs.
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

/// <summary>Runs measurements.</summary>
public static class Counter
{
    private static readonly Lock Gate = new();
    private static readonly Lazy<CountingContext> World = new(MakeWorld);

    /// <summary>Prices by name of the operation.</summary>
    public static IReadOnlyDictionary<string, long> MeasurePrices() => Measure(nameof(Measurement.Prices));

    /// <summary>The figures that people ask for.</summary>
    public static IReadOnlyDictionary<string, long> MeasureFigures() => Measure(nameof(Measurement.Figures));

    /// <summary>Instructions charged and executed in one update at the prices of a table.</summary>
    public static IReadOnlyDictionary<string, long> MeasureTotals(string table) => Measure(nameof(Measurement.Totals), table);

    /// <summary>Instructions of a download by method, for a thousand consecutive frames, the dearest first.</summary>
    public static IReadOnlyDictionary<string, long> MeasureMethods() => Measure(nameof(Measurement.Methods), (object)World.Value.Methods.ToArray());

    /// <summary>What decoding costs, by form of the image.</summary>
    public static IReadOnlyDictionary<string, long> MeasureDecoders() => Measure(typeof(DecoderMeasurement), nameof(DecoderMeasurement.Figures), (object)World.Value.Methods.ToArray());

    /// <summary>Instructions charged and executed in the download of each form at the prices of a table.</summary>
    public static IReadOnlyDictionary<string, long> MeasureEncodedTotals(string table) => Measure(typeof(DecoderMeasurement), nameof(DecoderMeasurement.Totals), table);

    /// <summary>Instructions charged and executed by records of the report log and frames of service 2A, at the prices of a table.</summary>
    public static IReadOnlyDictionary<string, long> MeasureData(string table) => Measure(typeof(DataMeasurement), nameof(DataMeasurement.Totals), table);

    /// <summary>What calls of the drivers cost, the agent's classes that they use included.</summary>
    public static IReadOnlyDictionary<string, long> MeasureDrivers() => Measure(typeof(DriverMeasurement), nameof(DriverMeasurement.Figures));

    /// <summary>Subjects that have a table.</summary>
    public static IReadOnlyList<string> Subjects { get; } = [IlTable.Subject, MemoryTable.Subject];

    /// <summary>The table of a subject.</summary>
    public static BenchTable MeasureTable(string subject) => subject == IlTable.Subject
        ? IlTable.Make(MeasureIl())
        : MemoryTable.Make(parts => MeasureHeap(Measurement.Ecu, parts), new CallGraph(AgentCompiler.CompileAgent()));

    /// <summary>The figures of the subject "il".</summary>
    public static IReadOnlyDictionary<string, double> MeasureIl() =>
        Call<Dictionary<string, double>>(typeof(IlFigureMeasurement), nameof(IlFigureMeasurement.Figures), (object)World.Value.Methods.ToArray());

    /// <summary>What an agent of nf.config holds after construction with these parts: bytes by "object ← method that made it".</summary>
    public static IReadOnlyDictionary<string, long> MeasureHeap(string ecu, string parts) =>
        Call<Dictionary<string, long>>(typeof(HeapMeasurement), nameof(HeapMeasurement.Figures), World.Value.Methods.ToArray(), ecu, parts);

    /// <summary>The same object by object, the largest first (<see cref="HeapMeasurement.Objects"/>).</summary>
    public static IReadOnlyList<string> ListHeap(string ecu, string parts) => Call<string[]>(typeof(HeapMeasurement), nameof(HeapMeasurement.Objects), World.Value.Methods.ToArray(), ecu, parts);

    /// <summary>What comparing with secrets and deriving from them costs, by "what: guess".</summary>
    public static IReadOnlyDictionary<string, long> MeasureSecrets() => Measure(typeof(SecretMeasurement), nameof(SecretMeasurement.Figures));

    /// <summary>The same in an agent with a text replaced.</summary>
    public static IReadOnlyDictionary<string, long> MeasureSecrets(string fileName, string find, string replace)
    {
        CountingContext world = MakeWorld(AgentCompiler.CompileAgent(fileName, find, replace));
        return (Dictionary<string, long>)world.Call(typeof(SecretMeasurement), nameof(SecretMeasurement.Figures), world.Counts)!;
    }

    /// <summary>What the rules of a document cost over these signals: estimated, counted, charged.</summary>
    public static IReadOnlyDictionary<string, long> MeasureRules(byte[] document, ushort[] dids, byte[] types, int seed) =>
        Measure(typeof(RuleMeasurement), nameof(RuleMeasurement.Figures), document, dids, types, seed);

    private static CountingContext MakeWorld() => MakeWorld(AgentCompiler.CompileAgent());

    private static CountingContext MakeWorld(byte[] image)
    {
        Instrumented agent = Instrumenter.Instrument(image);
        return new CountingContext(agent, Instrumenter.Instrument(AgentCompiler.CompileDrivers(image), agent.Methods.Count));
    }

    private static Dictionary<string, long> Measure(string method, params object[] arguments) => Measure(typeof(Measurement), method, arguments);

    private static Dictionary<string, long> Measure(Type type, string method, params object[] arguments) => Call<Dictionary<string, long>>(type, method, arguments);

    private static T Call<T>(Type type, string method, params object[] arguments)
    {
        lock (Gate)
        {
            CountingContext world = World.Value;
            return (T)world.Call(type, method, [world.Counts, .. arguments])!;
        }
    }
}
