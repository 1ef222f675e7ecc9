// How the end of a simulation is shown: figures, faults by kind, and each failing seed with what breaks it.
// Tests: tests/host-sim/Simulation.
using System.Globalization;
using EsyncSim.Simulation;

namespace EsyncSim.Cli;

/// <summary>Prints a simulation's report.</summary>
internal static class SimSummary
{
    /// <summary>Prints it.</summary>
    public static void Write(TextWriter output, SimulationReport report)
    {
        Terminal.WriteTable(output, ["fault", "struck"], report.FaultsByKind.Select(row => (string[])[row.Key, row.Value.ToString(CultureInfo.InvariantCulture)]));
        Terminal.WriteTable(output, ["transfer", "times"], report.TransfersByForm.Select(row => (string[])[row.Key, row.Value.ToString(CultureInfo.InvariantCulture)]));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Seeds} seeds with a fault, {report.SeedsWithoutFault} without one that do not count; {report.FaultsStruck} faults struck, " +
            $"{report.FlashOperations} flash operations, {report.VirtualHours:F1} h of virtual time, {report.Seconds:F1} s, {report.ProcessorMsPerSeed:F1} ms of processor time each"));
        output.WriteLine($"rules: {string.Join(", ", report.Rules)}");
        foreach (SeedFailure failure in report.Failures)
        {
            output.WriteLine();
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {failure.Seed} breaks `{failure.Rule}` at {failure.AtSeconds:F3} s: {failure.Text}"));
            output.WriteLine(failure.Faults.Count == 0 ? "  without any fault" : "  with these faults, none of which can be left out:");
            foreach (string fault in failure.Faults)
            {
                output.WriteLine($"    {fault}");
            }

            output.WriteLine($"  again: esync sim --seed {failure.Seed}{(failure.Candump is { } path ? $"; traffic in {path}" : string.Empty)}");
        }

        output.WriteLine(report.Failures.Count == 0 ? "SIM PASS" : $"SIM FAIL: {report.Failures.Count} seeds broke a rule");
    }
}
