// esync demo: the whole story in one run.
// Tests: tests/host-sim/Demo, tests/host-sim/Cli.
using System.CommandLine;
using System.Diagnostics;
using EsyncSim.Config;
using EsyncSim.Demo;
using EsyncSim.Logs;
using EsyncSim.Web;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `demo`.</summary>
internal static class DemoCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<ulong> seed = new("--seed") { HelpName = "N", Description = "Decides everything that chance decides; the same seed repeats a run to the frame", DefaultValueFactory = _ => 1 };
        Option<string?> json = new("--json") { Description = "Write steps and transfers as JSON", HelpName = "FILE" };
        Option<string?> config = new("--config") { Description = "ECU configuration with the ECUs motor and battery; nf.config by default", HelpName = "FILE" };
        Option<string?> board = new("--board") { Description = "Put both ECUs on this board: its drivers on models of its chips, and its flow control", HelpName = "NAME" };
        Option<string?> db = new("--db") { Description = "With --web: database of the server; without it one in a temporary folder, gone afterwards", HelpName = "FILE" };
        WebOption web = new();
        ToolCommand command = new(
            "demo",
            "Show the main job in one run: server, client and two virtual ECUs on one CAN bus. Both are updated, faulty versions " +
            "go back on their own, a power cut is survived, forged packages are refused. Ends with 0 only when all of it happened. " +
            "With --web it tells no story: three ECUs (motor, battery, pump), client and server stay in step with the wall clock until Ctrl-C, with a page to watch them on, " +
            "to update them, and to bring faults about.")
        {
            seed, board, json, config, db,
        };
        LogOption log = new(command);
        BrokerOptions broker = new(command, "Use this MQTT broker instead of the one in the process");
        web.AddTo(command);
        command.WithExample("esync demo", "the story, with live progress")
            .WithExample("esync demo --seed 7 --json demo.json --log demo.pcapng", "the same for a script: figures and every frame in files");
        command.WithExample("esync demo --board esp32-mcp2515", "what the same costs on a board with an SPI CAN controller: see the transfers' rates");
        command.WithExample("esync demo --web", $"the bench to watch, at http://{WebAddress.Default}/");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                string configPath = parsed.GetValue(config) ?? NfConfig.FindDefault();
                if (web.Of(parsed) is { } page)
                {
                    RequireAbsent(parsed, [board, json, .. log.Options, .. command.Options.Where(option => option.Name.StartsWith("--broker", StringComparison.Ordinal))]);
                    BenchOptions bench = new() { ConfigPath = configPath, DatabasePath = parsed.GetValue(db), Seed = parsed.GetValue(seed), Stop = stop };
                    return DemoWeb.Run(parsed.InvocationConfiguration.Output, page, bench);
                }

                if (parsed.GetResult(db) is not null)
                {
                    throw new UserErrorException(ExitCode.BadUsage, "--db is for the bench with a page; add --web");
                }

                DemoOptions options = new() { Seed = parsed.GetValue(seed), Board = parsed.GetValue(board), Broker = broker.Read(parsed), ConfigPath = configPath, Stop = stop };
                OutputFiles.RequireWritable(parsed.GetValue(json));
                using BusLog? traffic = log.Open(parsed);
                return Run(parsed, options with { Log = traffic }, parsed.GetValue(json));
            },
            CancellationToken.None));
        return command;
    }

    private static void RequireAbsent(ParseResult parsed, IEnumerable<Option> options)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is not null) is { } strange)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"{strange.Name} is for the demo that tells its story, and --web is a bench that stays; leave one of them away");
        }
    }

    private static int Run(ParseResult parsed, DemoOptions options, string? jsonPath)
    {
        TextWriter output = parsed.InvocationConfiguration.Output;
        Stopwatch wall = Stopwatch.StartNew();
        IAnsiConsole console = Terminal.ConsoleOf(output);
        DemoReport report = console.Profile.Out.IsTerminal
            ? LiveScreen.Run(console, screen => DemoScript.Run(options, screen))
            : DemoScript.Run(options, new PlainScreen(output));
        OutputFiles.Write(jsonPath, report.ToJson());
        DemoSummary.Write(console, report, wall.Elapsed);
        return report.IsPassed ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
    }
}
