// The options of `esync fleet`, and what of them does not fit together.
// Tests: tests/host-sim/Cli/FleetCommandTests.cs.
using System.CommandLine;
using EsyncSim.Config;
using EsyncSim.Scale;
using EsyncSim.Server;

namespace EsyncSim.Cli;

/// <summary>Options of a fleet on the command line.</summary>
internal sealed class FleetArguments
{
    private const int VehiclesDefault = 10;

    private readonly Option<int?> _vehicles = new("--vehicles") { Description = $"How many; {VehiclesDefault} by default", HelpName = "N" };
    private readonly Option<int?> _first = new("--first") { Description = "Number of the first vehicle, for a second fleet at one broker; 0 by default", HelpName = "N" };
    private readonly Option<int?> _limit = new("--for") { Description = "With --broker: check the fleet after so many seconds, wherever it is then", HelpName = "SECONDS" };
    private readonly Option<ulong> _seed = new("--seed") { HelpName = "N", Description = "Decides everything that chance decides; the same seed repeats a run, whatever the cores", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> _cores = new("--cores") { Description = "Threads that run vehicles; all cores by default", HelpName = "N" };
    private readonly Option<string?> _ecus = new("--ecus") { Description = "ECUs of each vehicle, of motor, battery and pump; motor,battery by default", HelpName = "NAME,NAME" };
    private readonly Option<string?> _campaign = new("--campaign") { Description = "Campaign file instead of the built-in update: one that --write has made, and that was changed", HelpName = "FILE" };
    private readonly Option<int?> _parallel = new("--parallel") { Description = "Vehicles under way at the same time; all by default", HelpName = "N" };
    private readonly Option<bool> _group = new("--all-or-nothing") { Description = "All ECUs of a vehicle get the built-in update, or none" };
    private readonly Option<int?> _lossy = new("--lossy") { Description = "Messages that get lost, 0 to 99 of a hundred", HelpName = "PERCENT" };
    private readonly Option<int?> _bad = new("--bad") { Description = "Vehicles whose new image fails its trial, 0 to 100 of a hundred", HelpName = "PERCENT" };
    private readonly Option<int?> _abort = new("--abort-rate") { Description = "Abort the built-in update when more vehicles fail", HelpName = "PERCENT" };
    private readonly Option<string?> _write = new("--write") { Description = "Write the built-in update as a campaign with its packages into this folder, for `esync server`, and end", HelpName = "FOLDER" };
    private readonly Option<string?> _json = new("--json") { Description = "Write the figures as JSON", HelpName = "FILE" };
    private readonly Option<string?> _config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
    private readonly BrokerOptions _broker;

    /// <summary>Adds the options to a command.</summary>
    public FleetArguments(Command command)
    {
        NumberOption.RequireFrom(1, _vehicles, _cores, _parallel, _limit);
        NumberOption.RequireFrom(0, _first, _lossy, _bad, _abort);
        foreach (Option option in new Option[] { _vehicles, _first, _limit, _seed, _cores, _ecus, _campaign, _parallel, _group, _lossy, _bad, _abort, _write, _json, _config })
        {
            command.Add(option);
        }

        _broker = new BrokerOptions(command, "MQTT broker whose servers update the fleet; without it the server is in this program");
    }

    /// <summary>Folder into which the campaign is to be written instead of being run; null for none.</summary>
    public string? WriteOf(ParseResult parsed) => parsed.GetValue(_write);

    /// <summary>File for the figures; null for none.</summary>
    public string? JsonOf(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>The broker; null for a server in this program.</summary>
    public BrokerAccess? BrokerOf(ParseResult parsed) => _broker.Read(parsed);

    /// <summary>What all vehicles share.</summary>
    /// <exception cref="UserErrorException">The configuration is not usable, or has no such ECU.</exception>
    public FleetSoftware SoftwareOf(ParseResult parsed) => new(
        parsed.GetValue(_config) ?? NfConfig.FindDefault(), parsed.GetValue(_ecus)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What is asked of the fleet.</summary>
    /// <exception cref="UserErrorException">The options do not fit each other, or the campaign file is wrong.</exception>
    public FleetOptions Read(ParseResult parsed, CancellationToken stop)
    {
        FleetOptions options = new()
        {
            Vehicles = parsed.GetValue(_vehicles) ?? VehiclesDefault,
            First = parsed.GetValue(_first) ?? 0,
            Seed = parsed.GetValue(_seed),
            Cores = parsed.GetValue(_cores) ?? Environment.ProcessorCount,
            ParallelMax = parsed.GetValue(_parallel),
            Mode = parsed.GetValue(_group) ? CampaignMode.AllOrNothing : CampaignMode.Independent,
            LossyPercent = PercentOf(parsed, _lossy, 99) ?? 0,
            BadPercent = PercentOf(parsed, _bad, 100) ?? 0,
            AbortRate = PercentOf(parsed, _abort, 99),
            Plan = parsed.GetValue(_campaign) is { } path ? CampaignFile.Load(path) : null,
            Limit = parsed.GetValue(_limit) is { } seconds ? TimeSpan.FromSeconds(seconds) : TimeSpan.FromDays(1),
            Stop = stop,
        };
        bool isOfServer = options.Plan is not null || options.AbortRate is not null || options.LossyPercent > 0;
        return isOfServer && BrokerOf(parsed) is not null
            ? throw new UserErrorException(ExitCode.BadUsage, "--campaign, --abort-rate and --lossy are for the server and the network in this program; with --broker both are elsewhere")
            : options;
    }

    private static int? PercentOf(ParseResult parsed, Option<int?> option, int most) =>
        parsed.GetValue(option) is { } percent && percent > most ? throw new UserErrorException(ExitCode.BadUsage, $"{option.Name} takes a number from 0 to {most}") : parsed.GetValue(option);
}
