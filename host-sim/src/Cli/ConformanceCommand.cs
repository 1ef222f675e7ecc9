// esync conformance: judges an ECU by ISO 15765-2, ISO 14229 and the update life cycle: our virtual one in virtual time, or
// any on a real bus by its profile.
// Invariant: on a real bus nothing is written or erased without --destructive.
// Tests: tests/host-sim/Conformance, tests/host-sim/Cli.
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using EsyncSim.Config;
using EsyncSim.Conformance;
using EsyncSim.Files;
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
        ToolCommand command = new(
            "conformance",
            "Judge an ECU by named cases of ISO 15765-2, ISO 14229 and the update life cycle. Ends with 0 only when cases applied, all of those passed and none was left open.");
        ConformanceRequestOptions request = new(command);
        command.Add(only);
        command.Add(list);
        command.Add(json);
        command.Add(junit);
        command.WithExample("esync conformance", "our own ECU in virtual time, with the score by chapter")
            .WithExample("esync conformance --only 'TP-*' --json transport.json", "the transport's cases, each frame of them in a file");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                IReadOnlyList<ConformanceCase> cases = ConformanceCatalogue.Select(parsed.GetValue(only) ?? []);
                TextWriter output = parsed.InvocationConfiguration.Output;
                if (parsed.GetValue(list))
                {
                    Terminal.WriteTable(output, ["case", "name", "clause", "requirement"], cases.Select(one => new[] { one.Id, one.Name, one.Clause, one.Requirement }));
                    return ExitCode.Ok;
                }

                OutputFiles.RequireWritable(parsed.GetValue(json), parsed.GetValue(junit));
                Stopwatch wall = Stopwatch.StartNew();
                using IConformanceTarget target = request.Open(parsed, stop, out string when);
                ConformanceReport report = Run(Terminal.ConsoleOf(output), cases, target, when);
                OutputFiles.Write(parsed.GetValue(json), report.ToJson());
                OutputFiles.Write(parsed.GetValue(junit), report.ToJUnit());
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

/// <summary>The options that say what is judged.</summary>
internal sealed class ConformanceRequestOptions
{
    private const string DefaultEcu = "motor";
    private readonly Option<string?> _ecu = new("--ecu") { Description = $"Name of the ECU in nf.config; {DefaultEcu} on the virtual bus", HelpName = "NAME" };
    private readonly Option<string?> _config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
    private readonly Option<ulong> _seed = new("--seed") { HelpName = "N", Description = "Decides everything that chance decides on the virtual bus", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _memory = new("--memory")
    {
        Description = "Memory of the virtual ECU as each case begins with it: taken from there, or written there once it is prepared; for one seed",
        HelpName = "FILE",
    };

    /// <summary>Adds the options to a command.</summary>
    public ConformanceRequestOptions(Command command)
    {
        command.Add(_ecu);
        command.Add(_seed);
        command.Add(_memory);
        command.Add(_config);
    }

    /// <summary>Opens the target, and says in words when this is.</summary>
    /// <exception cref="UserErrorException">The options do not fit each other, or a file or the bus cannot be used.</exception>
    public IConformanceTarget Open(ParseResult parsed, CancellationToken stop, out string when)
    {
        ulong seed = parsed.GetValue(_seed);
        EcuDefinition definition = NfConfig.Load(parsed.GetValue(_config) ?? NfConfig.FindDefault()).Ecu(parsed.GetValue(_ecu) ?? DefaultEcu);
        string? path = parsed.GetValue(_memory);
        byte[]? memory = path is not null && File.Exists(path) ? AtomicFile.ReadInput(path, "memory", int.MaxValue) : null;
        when = string.Create(CultureInfo.InvariantCulture, $"in virtual time, seed {seed}");
        VirtualConformanceTarget target = new(definition, ProfileOfConfig.Of(definition), seed, stop, memory);
        if (memory is null)
        {
            OutputFiles.Write(path, target.Memory);
        }

        return target;
    }
}
