// esync conformance: judges an ECU by ISO 15765-2, ISO 14229 and the update life cycle: our virtual one in virtual time, or
// any on a real bus by its profile.
// Invariant: on a real bus nothing is written or erased without --destructive.
// Tests: tests/host-sim/Conformance, tests/host-sim/Cli.
using System.CommandLine;
using System.Diagnostics;
using EsyncSim.Conformance;
using EsyncSim.Logs;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `conformance`.</summary>
internal static class ConformanceCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string[]> only = new("--only") { Description = "Try this case, or those that a pattern names; may stand several times", HelpName = "ID|PATTERN" };
        Option<bool> list = new("--list") { Description = "Name the cases, their clauses and what each requires, and try none" };
        Option<string?> json = new("--json") { Description = "Write every case with its expectations and frames as JSON", HelpName = "FILE" };
        Option<string?> junit = new("--junit") { Description = "Write JUnit XML", HelpName = "FILE" };
        Option<string?> html = new("--html") { Description = "Write the verdict as a page to hand on: one file, works offline, prints on A4", HelpName = "FILE" };
        Option<string?> write = new("--write-profile") { Description = "Write the ECU's profile, commented, and try nothing: where one of another ECU starts from", HelpName = "FILE" };
        ToolCommand command = new(
            "conformance",
            "Judge an ECU by named cases of ISO 15765-2, ISO 14229 and the update life cycle. Ends with 0 only when cases applied, all of those passed and none was left open.");
        ConformanceOptions request = new(command);
        foreach (Option option in new Option[] { only, list, json, junit, html, write })
        {
            command.Add(option);
        }

        command.WithExample("esync conformance", "our own ECU in virtual time, with the score by chapter")
            .WithExample("esync conformance --only 'TP-*' --json transport.json", "the transport's cases, each frame of them in a file")
            .WithExample("esync conformance --write-profile motor.yaml", "what nf.config says of the ECU, as a profile to change")
            .WithExample("esync conformance --bus socketcan:can0 --profile pump.yaml --html verdict.html", "an ECU of another maker, without writing to it");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                IReadOnlyList<ConformanceCase> cases = ConformanceCatalogue.Select(parsed.GetValue(only) ?? []);
                TextWriter output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(list))
                {
                    foreach (ConformanceCase one in cases)
                    {
                        output.WriteLine($"{one.Id}  {one.Name} ({one.Clause}): {one.Requirement}");
                    }

                    return ExitCode.Ok;
                }

                string?[] files = [parsed.GetValue(json), parsed.GetValue(junit), parsed.GetValue(html), parsed.GetValue(write)];
                OutputFiles.RequireWritable(files);
                if (files[^1] is { } place)
                {
                    OutputFiles.Write(place, ProfileWriter.Write(request.ReadProfile(parsed)));
                    output.WriteLine($"{place} written; `esync conformance --profile {place}` judges by it");
                    return ExitCode.Ok;
                }

                Stopwatch wall = Stopwatch.StartNew();
                using BusLog? log = request.OpenLog(parsed);
                using IConformanceTarget target = request.Open(parsed, log, stop, out string when);
                ConformanceReport report = Run(Terminal.ConsoleOf(output), cases, target, when);
                OutputFiles.Write(files[0], report.ToJson());
                OutputFiles.Write(files[1], report.ToJUnit());
                OutputFiles.Write(files[2], VerdictPage.Write(report));
                report.Write(Terminal.ConsoleOf(output), wall.Elapsed);
                return report.IsPassed ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Runs cases and tells how each one ended, as it ends.</summary>
    internal static ConformanceReport Run(IAnsiConsole console, IReadOnlyList<ConformanceCase> cases, IConformanceTarget target, string when)
    {
        List<ConformanceResult> results = [];
        foreach (ConformanceCase one in cases)
        {
            ConformanceResult result = ConformanceRunner.Run(one, target);
            results.Add(result);
            console.WriteLine($"{results.Count,3}/{cases.Count}  {ConformanceReport.Word(result.Verdict),-14}  {one.Id}  {one.Name}");
        }

        return new ConformanceReport(target.Place, target.Profile, when, results);
    }
}
