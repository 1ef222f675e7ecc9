// esync sweep: power cuts, all of them.
// Tests: tests/host-sim/Sweep.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Flash;
using EsyncSim.Sweep;

namespace EsyncSim.Cli;

/// <summary>The command `sweep`.</summary>
internal static class SweepCommand
{
    private const int FindingsShown = 10;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string[]> scenario = new("--scenario") { Description = $"Only these, of {string.Join(", ", SweepScenario.All.Select(row => row.Name))}", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        Option<string[]> geometry = new("--geometry") { Description = $"Only on these flash parts, of {string.Join(", ", FlashGeometries.All.Select(row => row.Name))}", HelpName = "NAME", AllowMultipleArgumentsPerToken = true };
        Option<ulong> seed = new("--seed") { HelpName = "N", Description = "Decides which bits of an interrupted operation fell and which are unstable", DefaultValueFactory = _ => 1 };
        Option<int> doubleEvery = new("--double-every") { Description = "Cut again while the ECU recovers from cuts of every so-many-th operation; 0: never", HelpName = "N", DefaultValueFactory = _ => new SweepRequest().DoubleEvery };
        Option<int> operationsMax = new("--operations-max") { Description = "Operations that are cut at the most in one scenario on one part, spread over areas and kinds; on the first part all are. 0: everywhere all", HelpName = "N", DefaultValueFactory = _ => new SweepRequest().OperationsMax };
        Option<int> liveEvery = new("--live-every") { Description = "Cut a run over the bus at every so-many-th frame, with the same client before and after; 0: at two dozen frames", HelpName = "N" };
        Option<bool> full = new("--full") { Description = "Also an image of 256 KiB, cut at every operation and at every 16th frame" };
        Option<string?> only = new("--only") { Description = "Repeat one attempt, as a finding prints it", HelpName = "SCENARIO:GEOMETRY:OPERATION:MODEL" };
        Option<string?> json = new("--json") { Description = "Write the figures as JSON", HelpName = "FILE" };
        Option<string?> junit = new("--junit") { Description = "Write JUnit XML: a suite for each scenario, a case for each flash part", HelpName = "FILE" };
        NumberOption.RequireFrom(0, doubleEvery, operationsMax, liveEvery);
        ToolCommand command = new(
            "sweep",
            "Power cuts, all of them: record one clean run of each scenario, then cut it at its flash operations in every way in which one can be left, " +
            "or at its frames on the bus. After each cut a new agent starts from the flash: a signed image must run, nothing confirmed may be lost, and a client must be able to finish. " +
            "Bits that turn over by themselves are tried as well. Ends with 0 only when nothing was found.")
        {
            scenario, geometry, seed, doubleEvery, operationsMax, liveEvery, full, only, json, junit,
        };
        command.WithExample("esync sweep", "all scenarios on all flash parts, some 70 seconds on two quiet cores")
            .WithExample("esync sweep --scenario full-image --geometry w25q32 --operations-max 0", "one scenario on one part, at every operation")
            .WithExample("esync sweep --only full-image:w25q32:12:ProgramBits", "one attempt, as a finding names it")
            .WithExample("esync sweep --full --json sweep.json --junit sweep.xml", "the long run, with its figures in files, for a CI server too");
        command.SetAction((parsed, stop) => Task.Run(
            () => Run(
                parsed.InvocationConfiguration.Output,
                new SweepRequest
                {
                    Scenarios = parsed.GetValue(scenario) ?? [],
                    Geometries = parsed.GetValue(geometry) ?? [],
                    Seed = parsed.GetValue(seed),
                    DoubleEvery = parsed.GetValue(doubleEvery),
                    OperationsMax = parsed.GetValue(operationsMax),
                    LiveEvery = parsed.GetValue(liveEvery),
                    IsFull = parsed.GetValue(full),
                    Only = parsed.GetValue(only) is { } address ? SweepAddress.Parse(address) : null,
                    Stop = stop,
                },
                parsed.GetValue(json),
                parsed.GetValue(junit)),
            CancellationToken.None));
        return command;
    }

    private static int Run(TextWriter output, SweepRequest request, string? jsonPath, string? junitPath)
    {
        OutputFiles.RequireWritable(jsonPath, junitPath);
        int tenths = 0;
        int cuts = 0;
        SweepReport report = SweepRunner.Run(request, (cell, done, of) =>
        {
            cuts += cell.Cuts;
            foreach (SweepFinding finding in cell.Findings.Take(1))
            {
                output.WriteLine($"found in {cell.Scenario} on {cell.Geometry}: {finding.Error}");
            }

            if (done * 10 / of > tenths)
            {
                tenths = done * 10 / of;
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{tenths * 10,3} %  {cuts} cuts"));
            }
        });
        OutputFiles.Write(jsonPath, report.ToJson());
        OutputFiles.Write(junitPath, report.ToJUnit());
        WriteTable(output, report);
        WriteFindings(output, report);
        return report.IsGood ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
    }

    private static void WriteTable(TextWriter output, SweepReport report)
    {
        string[] heads = ["scenario", "parts", "operations", "cut at", "frames", "cuts", "second", "flips", "restarts", "bricks", "wrong images", "resent in full", "lost states"];
        IEnumerable<(string Name, SweepCell[] Cells)> rows = report.Cells.GroupBy(cell => cell.Scenario)
            .Select(group => (group.Key, group.ToArray())).Append(("all", [.. report.Cells]));
        Terminal.WriteTable(output, heads, rows.Select(row => (string[])
        [
            row.Name,
            Number(row.Cells.Select(cell => cell.Geometry).Distinct().Count()),
            Number(row.Cells.Sum(cell => cell.Operations)),
            Number(row.Cells.Sum(cell => cell.OperationsCut)),
            Number(row.Cells.Sum(cell => cell.Frames)),
            Number(row.Cells.Sum(cell => cell.Cuts)),
            Number(row.Cells.Sum(cell => cell.DoubleCuts)),
            Number(row.Cells.Sum(cell => cell.Flips)),
            Number(row.Cells.Sum(cell => cell.Restarts)),
            .. Enum.GetValues<SweepFault>().Select(fault => Number(row.Cells.Sum(cell => cell.Count(fault)))),
        ]));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Cuts} cuts in {report.Elapsed.TotalSeconds:F1} s ({report.CutsPerSecond:F0} a second), {report.Processor.TotalSeconds:F1} s of processor time"));
    }

    private static void WriteFindings(TextWriter output, SweepReport report)
    {
        SweepFinding[] findings = [.. report.Cells.SelectMany(cell => cell.Findings)];
        foreach (SweepFinding finding in findings.Take(FindingsShown))
        {
            output.WriteLine($"{finding.Fault}: {finding.What}: {finding.Error}");
            output.WriteLine($"  repeat it: esync sweep {finding.Repeat}");
        }

        if (findings.Length > FindingsShown)
        {
            output.WriteLine($"and {findings.Length - FindingsShown} more");
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
