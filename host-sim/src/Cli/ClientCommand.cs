// esync client: one vehicle's client between a broker and the vehicle's ECUs, in real time, until Ctrl-C.
// Invariants: what it was doing is in its journal, its packages and the ECUs, so that a client that was stopped or killed goes on there; memories
// of virtual ECUs are in their files at every moment. It has the secrets for access to the ECUs, and no signing key.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using System.CommandLine;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Demo;
using EsyncSim.Files;
using EsyncSim.Logs;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `client`.</summary>
internal static class ClientCommand
{
    // Some hundred years.
    private const long LimitNs = long.MaxValue / 3;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        Option<string> journal = new("--journal") { Description = "What the client must not forget; a new file, or that of a client before", HelpName = "FILE", Required = true };
        Option<string?> vehicle = new("--vehicle") { Description = "Vehicle identification number; without it what the first ECU says (22 F190)", HelpName = "VIN" };
        Option<string[]> buses = new("--bus") { Description = $"A bus: {BusAddress.Forms}. Once for each bus, then with a NAME: that of nf.config, or another one that --ecu names. Without it virtual ones as in nf.config", HelpName = "[NAME=]ADDRESS" };
        Option<string[]> ecus = new("--ecu") { Description = "An ECU of nf.config; FILE is the memory of a virtual one, with its device file FILE.device beside it, and the device file of a real one. Once for each ECU", HelpName = "NAME=FILE[@BUS]", Required = true };
        Option<string?> packages = new("--packages") { Description = "Where packages are kept, whole and in part; beside the journal by default", HelpName = "DIR" };
        Option<string> updates = new("--updates") { Description = "When updates may begin: always, never, or hours of the day in UTC", HelpName = "always|never|HH:MM-HH:MM", DefaultValueFactory = _ => "always" };
        Option<string?> reports = new("--reports") { Description = "Collect what the ECUs report, and keep it here until the server has it; without it nothing is collected", HelpName = "DIR" };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new(
            "client",
            "Run the client of one vehicle until Ctrl-C: it takes the server's requests from the broker and updates the ECUs. Stopped or killed in the middle of an update it goes on when it is started again on its journal, "
            + "also while the broker is away. Buses are worked on side by side.") { journal, vehicle, buses, ecus, packages, updates, reports, config };
        BrokerOptions broker = new(command, "MQTT broker that the server uses", isRequired: true);
        BlockLengthOption blockLength = new(command);
        FleetAnchorOption fleet = new(command);
        LogOption log = new(command);
        command
            .WithExample("esync client --broker mqtt://127.0.0.1:1883 --journal v1.journal --ecu motor=motor.flash", "a vehicle with one virtual ECU, made by `esync provision --ecu motor --flash motor.flash …`")
            .WithExample("esync client --broker mqtt://127.0.0.1:1883 --journal v1.journal --bus socketcan:can0 --ecu motor=motor.device --ecu battery=battery.device", "two boards on the CAN interface can0")
            .WithExample("esync client --broker mqtt://127.0.0.1:1883 --journal v1.journal --bus powertrain=socketcan:can0 --bus comfort=socketcan:can1 --ecu motor=motor.device --ecu door=door.device --updates 22:00-05:00 --reports reports", "ECUs on two interfaces, updated side by side at night, with their reports");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                NfConfig configuration = NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault());
                ClientRequest request = new()
                {
                    Broker = broker.Read(parsed)!,
                    Vehicle = parsed.GetValue(vehicle),
                    Journal = parsed.GetRequiredValue(journal),
                    FleetAnchors = fleet.Read(parsed),
                    Buses = ClientRequest.ParseBuses(parsed.GetValue(buses) ?? [], parsed.GetRequiredValue(ecus), configuration),
                    Packages = parsed.GetValue(packages),
                    Updates = UpdateHours.Parse(parsed.GetRequiredValue(updates)),
                    BlockLength = blockLength.Read(parsed),
                    Reports = parsed.GetValue(reports),
                };
                using BusLog? traffic = log.Open(parsed);
                return Run(parsed.InvocationConfiguration.Output, request, TimeProvider.System, stop, traffic);
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Runs the client until it is stopped; returns the exit code.</summary>
    /// <exception cref="UserErrorException">A file, the bus or the broker cannot be used, or the first ECU does not say its vehicle.</exception>
    internal static int Run(TextWriter output, ClientRequest request, TimeProvider clock, CancellationToken stop, IBusObserver? log = null)
    {
        if (request.Buses[0].Address.IsVirtual)
        {
            OutputFiles.RequireWritable([.. request.Buses.SelectMany(bus => bus.Ecus).Select(ecu => ecu.Path)]);
        }

        IAnsiConsole console = Terminal.ConsoleOf(output);
        return console.Profile.Out.IsTerminal ? LiveScreen.Run(console, screen => Run(request, screen, clock, stop, log)) : Run(request, new PlainScreen(output), clock, stop, log);
    }

    private static int Run(ClientRequest request, IDemoScreen screen, TimeProvider clock, CancellationToken stop, IBusObserver? log)
    {
        // Who has a journal has been connected before: what it left under way needs no broker.
        bool isKnown = File.Exists(request.Journal);
        VehicleJournal journal = VehicleJournal.Open(DiskFileSystem.Instance, request.Journal, Guid.NewGuid().ToString("N"));
        using VehicleBench bench = VehicleBench.Open(request.Buses, clock, stop);
        if (log is not null)
        {
            bench.Observe(log);
        }

        using HttpPackageSource web = new();
        VehicleParty? party = null;
        bench.Start();
        try
        {
            string vehicle = request.Vehicle ?? bench.Time.Run(() => ReadVehicleAsync(bench.Members[0], request.Buses[0].Address), LimitNs);
            party = new VehicleParty(request, bench, vehicle, journal, web, screen, clock, isKnown);
            bench.Time.Run(party.RunAsync, LimitNs);
        }
        catch (OperationCanceledException)
        {
            screen.Note(journal.UnderWay.Count > 0
                ? $"stopped in the middle of {string.Join(", ", journal.UnderWay.Select(left => $"{left.Type} for {left.Body.Package.Type}"))}; it goes on when the client is started again"
                : "stopped; nothing was under way");
        }
        finally
        {
            party?.Dispose();
            bench.Finish();
        }

        return ExitCode.Ok;
    }

    private static async Task<string> ReadVehicleAsync(BenchMember member, BusAddress bus)
    {
        try
        {
            await member.Client.AwaitPresenceAsync();
            return await member.Client.ReadTextAsync(0xF190);
        }
        catch (DiagnosticException exception)
        {
            throw new UserErrorException(ExitCode.EcuRefused, $"the ECU {member.Definition.Name} on {bus} does not say which vehicle it is in: {exception.Message}. Name it with --vehicle VIN");
        }
    }
}
