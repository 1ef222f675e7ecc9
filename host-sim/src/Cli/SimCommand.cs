// esync sim: server, client and ECUs in one world per seed, faults drawn from the seed, rules that must hold all along.
// Tests: tests/host-sim/Simulation, tests/host-sim/Cli.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Files;
using EsyncSim.Logs;
using EsyncSim.Simulation;

namespace EsyncSim.Cli;

/// <summary>The command `sim`.</summary>
internal static class SimCommand
{
    private const int ProgressEvery = 500;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string?> seeds = new("--seeds") { Description = "Run these seeds, first and last with two points between them; 1..200 by default", HelpName = "A..B" };
        Option<ulong?> seed = new("--seed") { Description = "Replay one seed and tell step by step what happens", HelpName = "N" };
        Option<string?> json = new("--json") { Description = "Write figures and failures as JSON", HelpName = "FILE" };
        Option<string?> candump = new("--candump-dir") { Description = "Write the bus traffic of each failing seed, with its shortened fault list, into this folder (with --seed: of this seed)", HelpName = "DIR" };
        Option<int?> parallel = new("--parallel") { Description = "Seeds at a time; as many as there are processors by default", HelpName = "N" };
        Option<int?> failures = new("--failures") { Description = "Begin no further seed after so many that broke a rule; 10 by default", HelpName = "N" };
        Option<bool> whole = new("--no-shrink") { Description = "Show failing seeds with all their faults; finding the shortest list runs a seed many times" };
        Option<string?> config = new("--config") { Description = "ECU configuration with the ECUs motor, battery and pump; nf.config by default", HelpName = "FILE" };
        NumberOption.RequireFrom(1, parallel, failures);
        ToolCommand command = new(
            "sim",
            "Run the whole system again and again, each seed a world of its own in virtual time: a server with campaigns, a vehicle's client, two or three " +
            "ECUs on one bus. Frames are lost and destroyed, messages come twice, power fails in the middle of flash operations, clocks jump, the client crashes. " +
            "Rules are watched all along; a seed that breaks one is shown with the shortest list of faults that still breaks it. Ends with 0 only when all rules held.")
        {
            seeds, seed, json, candump, parallel, failures, whole, config,
        };
        command.WithExample("esync sim --seeds 1..1000 --json sim.json", "a thousand worlds, and how often each kind of fault has struck")
            .WithExample("esync sim --seed 17", "what happens in world 17, and with which faults")
            .WithExample("esync sim --seeds 1..20000 --candump-dir failures", "a long run; the traffic of failing seeds for SavvyCAN or Wireshark");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                OutputFiles.RequireWritable(parsed.GetValue(json));
                string? folder = PrepareFolder(parsed.GetValue(candump));
                Fleet fleet = new(parsed.GetValue(config) ?? NfConfig.FindDefault());
                TextWriter output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(seed) is { } one)
                {
                    return Replay(fleet, one, folder, output);
                }

                (ulong first, ulong last) = ParseRange(parsed.GetValue(seeds) ?? "1..200");
                SimulationOptions options = new()
                {
                    FirstSeed = first,
                    LastSeed = last,
                    Parallel = parsed.GetValue(parallel) ?? Environment.ProcessorCount,
                    FailuresMax = parsed.GetValue(failures) ?? SimulationOptions.FailuresMaxDefault,
                    IsShrunk = !parsed.GetValue(whole),
                    CandumpFolder = folder,
                    Stop = stop,
                };
                return RunAll(fleet, options, parsed.GetValue(json), output);
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Splits <c>A..B</c>; a single number is both ends.</summary>
    /// <exception cref="UserErrorException">It is no such range.</exception>
    internal static (ulong First, ulong Last) ParseRange(string text)
    {
        string[] ends = text.Split("..");
        bool isRange = ends.Length is 1 or 2
            & ulong.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ulong first)
            & ulong.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong last);
        return isRange && first <= last && last < ulong.MaxValue
            ? (first, last)
            : throw new UserErrorException(ExitCode.BadUsage, $"--seeds {text} is no range; write it as 1..1000, the smaller number first");
    }

    private static string? PrepareFolder(string? folder)
    {
        if (folder is null)
        {
            return null;
        }

        try
        {
            return Directory.CreateDirectory(folder).FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UserErrorException(ExitCode.BadFile, $"cannot make the folder {folder}: {exception.Message}");
        }
    }

    private static int RunAll(Fleet fleet, SimulationOptions options, string? json, TextWriter output)
    {
        long total = (long)Math.Min(options.LastSeed - options.FirstSeed + 1, long.MaxValue);
        SimulationReport report = SimulationOfSeeds.Run(fleet, options with
        {
            Progress = done =>
            {
                if (done % ProgressEvery == 0)
                {
                    output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} of {total} seeds"));
                }
            },
        });
        OutputFiles.Write(json, report.ToJson());
        SimSummary.Write(output, report);
        return report.Failures.Count == 0 ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
    }

    private static int Replay(Fleet fleet, ulong seed, string? folder, TextWriter output)
    {
        Scenario scenario = new(fleet, seed);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {scenario.EcuCount} ECUs, {scenario.Steps.Count} steps, {scenario.Faults.Count} faults"));
        foreach (string fault in SimulationOfSeeds.Describe(fleet, scenario.Faults))
        {
            output.WriteLine($"  fault {fault}");
        }

        using StringWriter traffic = new();
        SimResult result = SimRun.Run(fleet, scenario, scenario.Faults, folder is null ? null : new CandumpLog(traffic), output.WriteLine);
        if (folder is not null)
        {
            AtomicFile.WriteOutput(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"seed-{seed}.log")), System.Text.Encoding.ASCII.GetBytes(traffic.ToString()));
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"struck: {string.Join(", ", result.Struck.Order().Select(number => $"#{number}"))}; {result.VirtualMs / 1000.0:F1} s, {result.FlashOperations} flash operations, traffic {result.Hash:x16}"));
        output.WriteLine(result.Broken is { } broken
            ? string.Create(CultureInfo.InvariantCulture, $"BROKEN {broken.Rule} at {broken.AtNs / 1e9:F3} s: {broken.Text}")
            : "all rules held");
        return result.Broken is null ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
    }
}
