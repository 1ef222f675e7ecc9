// What the commands have in common that bring one file to one ECU through server, vehicle and bus (`update`, `rules push`): where the
// ECU is, and what is written of the run.
// Tests: tests/host-sim/Cli/UpdateCommandTests.cs, RulesPushTests.cs.
using System.CommandLine;
using System.Diagnostics;
using EsyncSim.Bench;
using EsyncSim.Config;
using EsyncSim.Demo;
using EsyncSim.Logs;
using EsyncSim.Signing;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>Options of a command that brings a file to an ECU.</summary>
internal sealed class DeliveryOptions
{
    private readonly Option<string?> _config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
    private readonly Option<string?> _ecu = new("--ecu") { Description = "Name of the ECU; on the virtual bus by default the one whose class the file is for", HelpName = "NAME" };
    private readonly Option<string?> _json = new("--json") { Description = "Write the outcome as JSON, as `esync demo` does", HelpName = "FILE" };
    private readonly Option<ulong?> _seed = new("--seed") { HelpName = "N", Description = "Decides everything that chance decides on the virtual bus; a new one by default" };
    private readonly BlockLengthOption _blockLength;
    private readonly LogOption _log;
    private readonly BrokerOptions _broker;
    private readonly BusOption _bus;

    /// <summary>Adds the options to a command.</summary>
    public DeliveryOptions(Command command)
    {
        command.Add(_config);
        command.Add(_ecu);
        _broker = new BrokerOptions(command, "Use this MQTT broker instead of the one in the process");
        _blockLength = new BlockLengthOption(command);
        command.Add(_json);
        _log = new LogOption(command);
        command.Add(_seed);
        _bus = new BusOption(command, "Memory of a virtual ECU, kept between runs (from `esync provision`)", "Identity and secret of the ECU");
    }

    /// <summary>Brings the file to the ECU; returns the exit code.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="path">Where the file is.</param>
    /// <param name="load">Reads the file.</param>
    /// <param name="stop">Ends the run.</param>
    /// <exception cref="UserErrorException">Something on the command line is not usable, or the ECU did not take the file.</exception>
    public int Run(ParseResult parsed, string path, Func<string, UpdateFile> load, CancellationToken stop)
    {
        NfConfig configuration = NfConfig.Load(parsed.GetValue(_config) ?? NfConfig.FindDefault());
        UpdateFile read = load(path);
        (EcuLocation location, string devicePath) = _bus.Read(parsed);
        if (!location.Bus.IsVirtual && parsed.GetValue(_ecu) is null)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--ecu NAME says which ECU of {configuration.Path} is on {location.Bus}");
        }

        UpdateRequest request = new()
        {
            File = read,
            Ecu = parsed.GetValue(_ecu) is { } name ? configuration.Ecu(name) : UpdateRequest.FindEcu(configuration, read, path),
            Location = location,
            Device = DeviceFile.Load(devicePath),
            Broker = _broker.Read(parsed),
            BlockLength = _blockLength.Read(parsed),
            Seed = parsed.GetValue(_seed),
            Stop = stop,
        };
        OutputFiles.RequireWritable(location.FlashPath, parsed.GetValue(_json));
        using BusLog? log = _log.Open(parsed);
        return Run(parsed.InvocationConfiguration.Output, request with { Log = log }, parsed.GetValue(_json));
    }

    private static int Run(TextWriter output, UpdateRequest request, string? jsonPath)
    {
        Stopwatch wall = Stopwatch.StartNew();
        IAnsiConsole console = Terminal.ConsoleOf(output);
        UpdateRunResult result = console.Profile.Out.IsTerminal
            ? LiveScreen.Run(console, screen => UpdateRun.Run(request, screen))
            : UpdateRun.Run(request, new PlainScreen(output));
        OutputFiles.Write(jsonPath, result.Report.ToJson());
        DemoSummary.Write(console, result.Report, wall.Elapsed);
        return result.Error is { } error ? throw error : ExitCode.Ok;
    }
}
