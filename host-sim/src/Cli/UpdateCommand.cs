// esync update: one update of one ECU, virtual or real, with what the user brings, over the same way as in a vehicle.
// Tests: tests/host-sim/Cli.
using System.CommandLine;
using System.Diagnostics;
using EsyncSim.Bench;
using EsyncSim.Config;
using EsyncSim.Demo;
using EsyncSim.Signing;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `update`.</summary>
internal static class UpdateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> package = new("--package") { Description = "Signed package (from `esync package build`), or trust file (from `esync keys rotate`)", Required = true, HelpName = "FILE" };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        Option<string?> ecu = new("--ecu") { Description = "Name of the ECU; on the virtual bus by default the one whose class the file is for", HelpName = "NAME" };
        Option<string?> broker = new("--broker") { Description = "Use this MQTT broker instead of the one in the process", HelpName = "mqtt://HOST:PORT" };
        Option<string?> json = new("--json") { Description = "Write the outcome as JSON, as `esync demo` does", HelpName = "FILE" };
        Option<string?> candump = new("--candump") { Description = "Write the bus traffic as a candump log", HelpName = "FILE" };
        Option<ulong?> seed = new("--seed") { HelpName = "N", Description = "Decides everything that chance decides on the virtual bus; a new one by default" };
        ToolCommand command = new("update", "Update an ECU with a package, or the keys that it trusts with a trust file: server, client, bus and agent as in a vehicle. A virtual ECU's memory stays in a file.")
        {
            package, config, ecu, broker, json, candump, seed,
        };
        BusOption bus = new(command, "Memory of a virtual ECU, kept between runs (from `esync provision`)", "Identity and secret of the ECU");
        command.WithExample("esync update --package motor-2.esp --flash motor.flash", "brings the package to the ECU and confirms it when its self-test passes");
        command.WithExample("esync update --package motor-1.trust --flash motor.flash", "the ECU trusts the keys in it from then on, and no others");
        command.WithExample("esync update --package motor-2.esp --bus socketcan:can0 --ecu motor --device motor.device", "the same for a board on the CAN interface can0");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                NfConfig configuration = NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault());
                string packagePath = parsed.GetRequiredValue(package);
                UpdateFile read = UpdateFile.Load(packagePath);
                (EcuLocation location, string devicePath) = bus.Read(parsed);
                if (!location.Bus.IsVirtual && parsed.GetValue(ecu) is null)
                {
                    throw new UserErrorException(ExitCode.BadUsage, $"--ecu NAME says which ECU of {configuration.Path} is on {location.Bus}");
                }

                UpdateRequest request = new()
                {
                    File = read,
                    Ecu = parsed.GetValue(ecu) is { } name ? configuration.Ecu(name) : UpdateRequest.FindEcu(configuration, read, packagePath),
                    Location = location,
                    Device = DeviceFile.Load(devicePath),
                    Broker = parsed.GetValue(broker),
                    Seed = parsed.GetValue(seed),
                    Stop = stop,
                };
                return Run(parsed.InvocationConfiguration.Output, request, parsed.GetValue(json), parsed.GetValue(candump));
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(TextWriter output, UpdateRequest request, string? jsonPath, string? candumpPath)
    {
        OutputFiles.RequireWritable(request.Location.FlashPath, jsonPath, candumpPath);
        Stopwatch wall = Stopwatch.StartNew();
        using StringWriter? log = candumpPath is null ? null : new StringWriter();
        IAnsiConsole console = Terminal.ConsoleOf(output);
        UpdateRequest whole = request with { Candump = log };
        UpdateRunResult result = console.Profile.Out.IsTerminal
            ? LiveScreen.Run(console, screen => UpdateRun.Run(whole, screen))
            : UpdateRun.Run(whole, new PlainScreen(output));
        OutputFiles.Write(jsonPath, result.Report.ToJson());
        OutputFiles.Write(candumpPath, log?.ToString());
        DemoSummary.Write(console, result.Report, wall.Elapsed);
        return result.Error is { } error ? throw error : ExitCode.Ok;
    }
}
