// esync fleet: hundreds of vehicles in one process, each with its client and its ECUs, through a campaign; with a server in the same
// process and in virtual time, or with servers that are other programs, through a broker.
// Invariant: a vehicle counts as updated only when its ECUs show it, whatever the server says.
// Tests: tests/host-sim/Cli/FleetCommandTests.cs, tests/host-sim/Scale.
using System.CommandLine;
using System.Globalization;
using EsyncSim.Scale;
using EsyncSim.Server;

namespace EsyncSim.Cli;

/// <summary>The command `fleet`.</summary>
internal static class FleetCommand
{
    private const string CampaignName = "fleet";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        ToolCommand command = new(
            "fleet",
            "Take many simulated vehicles through a campaign in one process. Each has the client of vehicles and ECUs that run the agent's sources, on a bus and a clock of its own; all share keys, packages and the flash they begin with. "
            + "A vehicle counts when the authenticated version reports of its ECUs, read after the campaign, show the new version confirmed.");
        FleetArguments arguments = new(command);
        command.WithExample("esync fleet --vehicles 100", "a hundred vehicles and their server, as fast as this machine can")
            .WithExample("esync fleet --vehicles 200 --lossy 10 --bad 5 --abort-rate 20 --json fleet.json", "a tenth of the messages get lost, and every twentieth vehicle goes back");
        command.WithExample("esync fleet --vehicles 100 --write spring", "spring/campaign.yaml and its packages, for the server of the next line")
            .WithExample("esync server --db cloud.db --campaign spring/campaign.yaml --broker mqtt://127.0.0.1:1883", "the server, in a terminal of its own")
            .WithExample("esync fleet --vehicles 100 --broker mqtt://127.0.0.1:1883", "and the fleet that it updates");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                OutputFiles.RequireWritable(arguments.JsonOf(parsed));
                FleetOptions options = arguments.Read(parsed, stop);
                BrokerAccess? broker = arguments.BrokerOf(parsed);
                FleetSoftware software = arguments.SoftwareOf(parsed);
                TextWriter output = parsed.InvocationConfiguration.Output;
                if (arguments.WriteOf(parsed) is { } folder)
                {
                    software.Write(folder, CampaignName, options.Mode, options.First, options.Vehicles, options.ParallelMax ?? options.Vehicles);
                    output.WriteLine($"{Path.Combine(folder, "campaign.yaml")} brings {software.WantedVersion} to {options.Vehicles} vehicles");
                    return ExitCode.Ok;
                }

                return Run(output, software, options, broker, arguments.JsonOf(parsed));
            },
            CancellationToken.None));
        return command;
    }

    private static int Run(TextWriter output, FleetSoftware software, FleetOptions options, BrokerAccess? access, string? json)
    {
        FleetOptions watched = options with
        {
            Note = output.WriteLine,
            Progress = progress => output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{progress.VirtualSeconds,8:F1} s: {progress.Ended} of {options.Vehicles} vehicles, {progress.Messages} messages")),
        };
        FleetReport report = access is null ? FleetRun.Run(software, watched) : FleetOverBroker.Run(software, watched, access);
        OutputFiles.Write(json, report.ToJson());
        FleetSummary.Write(output, report);
        return report.Outcome == "pass" ? ExitCode.Ok : ExitCode.UnexpectedOutcome;
    }
}
