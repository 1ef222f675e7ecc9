// The subject "memory" as a table: what the agent holds, by module and by kind, what its parts add, and the deepest calls.
// Tests: tests/host-sim/Measure/IlFigureTests.cs.
using EsyncSim.Measure;

namespace EsyncTests.IlCounting;

/// <summary>Makes the table.</summary>
internal static class MemoryTable
{
    internal const string Subject = "memory";

    /// <summary>The cyclic function, below which everything runs but construction.</summary>
    internal const string Root = "EcuM.MainFunction";

    private const string Constructor = "EcuM..ctor";
    private const string Bytes = "bytes";

    private static readonly string WithDelta = $"{AgentParts.Heatshrink} {AgentParts.Delta}";
    private static readonly string All = $"{WithDelta} {AgentParts.Encryption} {AgentParts.Data}";

    /// <summary>Measures and makes it.</summary>
    internal static BenchTable Make(Func<string, IReadOnlyDictionary<string, long>> heapOf, CallGraph calls)
    {
        IReadOnlyDictionary<string, long> bare = heapOf(string.Empty), full = heapOf(All);
        long total = Total(bare);
        List<BenchRow> rows =
        [
            BenchRow.Judge("memory-agent", "all that the agent holds, without delta and Data", total, Bytes, BenchGoal.AtMost(32 * 1024), "its configuration included, drivers not", Reason(bare)),
            .. Modules(bare),
            .. Kinds(bare),
            Adds("heatshrink", "heatshrink adds", AgentParts.Heatshrink),
            Adds("delta", "delta adds, heatshrink included", WithDelta),
            Adds("encryption", "encryption adds", AgentParts.Encryption),
            Adds("data", "Data adds", AgentParts.Data),
            BenchRow.Report("memory-agent-all", "all that the agent holds, with all parts", Total(full), Bytes),
            Largest(full),
            .. Calls(calls),
        ];
        return new BenchTable(Subject, "Heap of the agent on nanoFramework, 32 bits, after construction: ECU motor of nf.config, chunks of 4 KiB", rows);

        BenchRow Adds(string id, string figure, string parts) => BenchRow.Report($"memory-adds-{id}", figure, Total(heapOf(parts)) - total, Bytes);
    }

    private static IEnumerable<BenchRow> Modules(IReadOnlyDictionary<string, long> heap) => Held(heap)
        .GroupBy(item => ModuleOf(MakerOf(item.Key)), item => item.Value)
        .OrderByDescending(module => module.Sum()).ThenBy(module => module.Key, StringComparer.Ordinal)
        .Select(module => BenchRow.Report(
            $"memory-module-{module.Key.ToLowerInvariant()}", $"  {module.Key}", module.Sum(), Bytes, NoteOf(module.Key)));

    private static string? NoteOf(string module) => module switch
    {
        "EcuM" => "the two chunk buffers, which Fota and the boot work with, are its",
        HeapMeasurement.Initializers => "a static field that the compiler adds for each array with contents",
        _ => null,
    };

    private static IEnumerable<BenchRow> Kinds(IReadOnlyDictionary<string, long> heap)
    {
        long buffers = Buffers(heap), objects = Sum(heap, "object|"), references = Sum(heap, "references|");
        yield return BenchRow.Report("memory-kind-buffers", "  of it byte arrays of 1,000 and more", buffers, Bytes);
        yield return BenchRow.Report("memory-kind-objects", "  of it objects: 12 bytes, and 12 for each field", objects, Bytes);
        yield return BenchRow.Report("memory-kind-references", "  of it arrays of references, 12 bytes each", references, Bytes);
        yield return BenchRow.Report("memory-kind-small", "  of it smaller arrays, strings, static fields", Total(heap) - buffers - objects - references, Bytes);
    }

    private static BenchRow Largest(IReadOnlyDictionary<string, long> heap)
    {
        KeyValuePair<string, long> largest = heap.Where(item => item.Key.StartsWith("largest|", StringComparison.Ordinal)).MaxBy(item => item.Value);
        return BenchRow.Judge("memory-largest-array", "the largest single array, with all parts", largest.Value, Bytes, BenchGoal.AtMost(8 * 1024), largest.Key["largest|".Length..]);
    }

    private static IEnumerable<BenchRow> Calls(CallGraph calls)
    {
        CallChain deepest = calls.Deepest(Root), largest = calls.Largest(Root);
        yield return BenchRow.Report("memory-call-depth", $"deepest call chain from {Root}", deepest.Methods.Count, "frames", $"a bound, for a virtual call may mean any override: {string.Join(" → ", deepest.Methods)}");
        yield return BenchRow.Report("memory-call-bytes", "its stack frames at the most", largest.Weight, Bytes, "of all chains the one with the largest frames; native calls not counted");
        yield return BenchRow.Report("memory-construction-depth", "deepest call chain of the construction", calls.Deepest(Constructor).Methods.Count, "frames");
        yield return BenchRow.Report("memory-recursions", "rings of methods that call each other", calls.Recursions.Count, string.Empty, calls.Recursions.Count == 0 ? null : $"by the types alone: {string.Join("; ", calls.Recursions)}");
    }

    private static string Reason(IReadOnlyDictionary<string, long> heap) => FormattableString.Invariant(
        $"{Buffers(heap):N0} are the buffers that pipelining and requests of 4,095 bytes take, {Sum(heap, "object|"):N0} objects, whose every field takes 12 bytes on this runtime; below 32 KiB only with one chunk buffer, shorter requests and half the fields");

    private static long Buffers(IReadOnlyDictionary<string, long> heap) => Sum(heap, "buffer|");

    private static IEnumerable<KeyValuePair<string, long>> Held(IReadOnlyDictionary<string, long> heap) => heap.Where(item => !item.Key.StartsWith("largest|", StringComparison.Ordinal));

    private static long Total(IReadOnlyDictionary<string, long> heap) => Held(heap).Sum(item => item.Value);

    private static long Sum(IReadOnlyDictionary<string, long> heap, string kind) => heap.Where(item => item.Key.StartsWith(kind, StringComparison.Ordinal)).Sum(item => item.Value);

    private static string MakerOf(string key) => key[(key.IndexOf('|') + 1)..];

    private static string ModuleOf(string maker) => maker is HeapMeasurement.Configuration or HeapMeasurement.Initializers ? maker : AgentModules.Of(maker);
}
