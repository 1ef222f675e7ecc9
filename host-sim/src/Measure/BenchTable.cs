// The figures of one subject of `esync bench`, and the file that holds those of several.
// Tests: tests/host-sim/Measure.
namespace EsyncSim.Measure;

/// <summary>A table of figures.</summary>
/// <param name="Subject">line, il, memory or host.</param>
/// <param name="Title">Heading: what was measured, and under which conditions.</param>
/// <param name="Rows">In the order in which they are printed.</param>
public sealed record BenchTable(string Subject, string Title, IReadOnlyList<BenchRow> Rows);
