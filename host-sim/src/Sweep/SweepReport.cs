// What a sweep has tried and found.
// Invariants: a cut counts once for each scenario, operation or frame, model and geometry, whether it was run or shares
// the verdict of an equal one; second cuts are counted apart. Equal runs give equal reports but for the times.
// Tests: tests/host-sim/Sweep.
using System.Text;
using System.Text.Json;
using EsyncSim.Hil;

namespace EsyncSim.Sweep;

/// <summary>One scenario on one part.</summary>
public sealed record SweepCell(string Scenario, string Geometry)
{
    /// <summary>Flash operations of the undisturbed run.</summary>
    public int Operations { get; init; }

    /// <summary>Of these, cut.</summary>
    public int OperationsCut { get; init; }

    /// <summary>Frames of the undisturbed run.</summary>
    public int Frames { get; init; }

    /// <summary>Cuts.</summary>
    public int Cuts { get; init; }

    /// <summary>Bits, and pairs of them, that were turned over; no cuts.</summary>
    public long Flips { get; init; }

    /// <summary>Second cuts, in restarts.</summary>
    public int DoubleCuts { get; init; }

    /// <summary>Restarts that were really run.</summary>
    public int Restarts { get; init; }

    /// <summary>What was found, in the order of the cuts.</summary>
    public IReadOnlyList<SweepFinding> Findings { get; init; } = [];

    /// <summary>Findings of one kind.</summary>
    public int Count(SweepFault fault) => Findings.Count(finding => finding.Fault == fault);
}

/// <summary>One fault.</summary>
/// <param name="Fault">Its kind.</param>
/// <param name="What">Scenario, part, and where the power failed.</param>
/// <param name="Error">What was found then.</param>
/// <param name="Repeat">Options of the command that repeat it.</param>
public sealed record SweepFinding(SweepFault Fault, string What, string Error, string Repeat);

/// <summary>A whole run.</summary>
/// <param name="Cells">Scenarios on parts.</param>
/// <param name="Elapsed">Wall time.</param>
/// <param name="Processor">Processor time.</param>
public sealed record SweepReport(IReadOnlyList<SweepCell> Cells, TimeSpan Elapsed, TimeSpan Processor)
{
    /// <summary>All cuts.</summary>
    public int Cuts => Cells.Sum(cell => cell.Cuts);

    /// <summary>True when nothing was found.</summary>
    public bool IsGood => Cells.All(cell => cell.Findings.Count == 0);

    /// <summary>Cuts in a second of wall time.</summary>
    public double CutsPerSecond => Elapsed > TimeSpan.Zero ? Cuts / Elapsed.TotalSeconds : 0;

    /// <summary>The run as JUnit XML: a suite for each scenario, a case for each part. The time is that of the whole run, shared out by restarts.</summary>
    public byte[] ToJUnit() => JUnitReport.Write(
        "sweep",
        [.. Cells.GroupBy(cell => cell.Scenario).Select(scenario => new HilSuite(scenario.Key, scenario.Sum(Seconds), [.. scenario.Select(Case)]))]);

    /// <summary>The figures as JSON, scenarios over all parts.</summary>
    public string ToJson()
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("scenarios");
            foreach (IGrouping<string, SweepCell> scenario in Cells.GroupBy(cell => cell.Scenario))
            {
                writer.WriteStartObject();
                writer.WriteString("name", scenario.Key);
                writer.WriteNumber("flashOperations", scenario.Sum(cell => cell.Operations));
                writer.WriteNumber("canFrames", scenario.Sum(cell => cell.Frames));
                writer.WriteNumber("cuts", scenario.Sum(cell => cell.Cuts));
                writer.WriteNumber("bricks", scenario.Sum(cell => cell.Count(SweepFault.Brick)));
                writer.WriteNumber("wrongImages", scenario.Sum(cell => cell.Count(SweepFault.WrongImage)));
                writer.WriteNumber("resentInFull", scenario.Sum(cell => cell.Count(SweepFault.ResentInFull)));
                writer.WriteNumber("lostConfirmedState", scenario.Sum(cell => cell.Count(SweepFault.LostConfirmedState)));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteNumber("cutsPerSecond", Math.Round(CutsPerSecond, 1));
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private HilCase Case(SweepCell cell)
    {
        string output = string.Concat(cell.Findings.Select(finding => $"{finding.Fault}: {finding.What}: {finding.Error}\n  repeat it: esync sweep {finding.Repeat}\n"));
        string message = cell.Findings.Count == 0 ? string.Empty : $"{cell.Findings.Count} findings in {cell.Cuts} cuts, the first: {cell.Findings[0].Error}";
        return new HilCase(cell.Scenario, cell.Geometry, cell.Findings.Count == 0 ? HilEnd.Passed : HilEnd.Failed, Seconds(cell), message, output);
    }

    private double Seconds(SweepCell cell)
    {
        long all = Cells.Sum(one => (long)one.Restarts);
        return all == 0 ? 0 : Elapsed.TotalSeconds * cell.Restarts / all;
    }
}
