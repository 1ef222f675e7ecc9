// esync client: one vehicle's client between a broker and the vehicle's ECUs, in real time, until Ctrl-C.
// Invariants: what it was doing is in its journal and in the ECUs, so that a client that was stopped or killed goes on there; memories
// of virtual ECUs are written when it ends. It has the secrets for access to the ECUs, and no signing key.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using System.CommandLine;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncSim.Demo;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Signing;
using EsyncSim.Vehicle;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>A vehicle that is to have a client.</summary>
internal sealed record ClientRequest
{
    /// <summary>The broker.</summary>
    public required BrokerAccess Broker { get; init; }

    /// <summary>Vehicle identification number; null asks the first ECU.</summary>
    public string? Vehicle { get; init; }

    /// <summary>File of the journal.</summary>
    public required string Journal { get; init; }

    /// <summary>The bus.</summary>
    public required BusAddress Bus { get; init; }

    /// <summary>Fleet keys whose vehicle manifests are demanded; with none, none is.</summary>
    public IReadOnlyList<TrustAnchor> FleetAnchors { get; init; } = [];

    /// <summary>ECUs, each with its memory (virtual bus) or its device file.</summary>
    public required IReadOnlyList<(EcuDefinition Ecu, string Path)> Ecus { get; init; }
}

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
        Option<string> bus = new("--bus") { Description = $"The bus that the ECUs are on: {BusAddress.Forms}", HelpName = "ADDRESS", DefaultValueFactory = _ => BusAddress.Virtual.ToString() };
        Option<string[]> ecus = new("--ecu") { Description = "An ECU of nf.config; FILE is the memory of a virtual one, with its device file FILE.device beside it, and the device file of a real one. Once for each ECU", HelpName = "NAME=FILE", Required = true };
        Option<string?> config = new("--config") { Description = "ECU configuration; nf.config by default", HelpName = "FILE" };
        ToolCommand command = new(
            "client",
            "Run the client of one vehicle until Ctrl-C: it takes the server's requests from the broker and updates the ECUs. Stopped or killed in the middle of an update it goes on when it is started again on its journal. "
            + "The memories of virtual ECUs are written when it ends.") { journal, vehicle, bus, ecus, config };
        BrokerOptions broker = new(command, "MQTT broker that the server uses", isRequired: true);
        FleetAnchorOption fleet = new(command);
        command
            .WithExample("esync client --broker mqtt://127.0.0.1:1883 --journal v1.journal --ecu motor=motor.flash", "a vehicle with one virtual ECU, made by `esync provision --ecu motor --flash motor.flash …`")
            .WithExample("esync client --broker mqtt://127.0.0.1:1883 --journal v1.journal --bus socketcan:can0 --ecu motor=motor.device --ecu battery=battery.device", "two boards on the CAN interface can0");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                NfConfig configuration = NfConfig.Load(parsed.GetValue(config) ?? NfConfig.FindDefault());
                ClientRequest request = new()
                {
                    Broker = broker.Read(parsed)!,
                    Vehicle = parsed.GetValue(vehicle),
                    Journal = parsed.GetRequiredValue(journal),
                    Bus = BusAddress.Parse(parsed.GetRequiredValue(bus)),
                    FleetAnchors = fleet.Read(parsed),
                    Ecus = [.. parsed.GetRequiredValue(ecus).Select(text => Parse(text, configuration))],
                };
                return Run(parsed.InvocationConfiguration.Output, request, TimeProvider.System, stop);
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Runs the client until it is stopped; returns the exit code.</summary>
    /// <exception cref="UserErrorException">A file, the bus or the broker cannot be used, or the first ECU does not say its vehicle.</exception>
    internal static int Run(TextWriter output, ClientRequest request, TimeProvider clock, CancellationToken stop)
    {
        RequireSound(request);
        IAnsiConsole console = Terminal.ConsoleOf(output);
        return console.Profile.Out.IsTerminal ? LiveScreen.Run(console, screen => Run(request, screen, clock, stop)) : Run(request, new PlainScreen(output), clock, stop);
    }

    private static int Run(ClientRequest request, IDemoScreen screen, TimeProvider clock, CancellationToken stop)
    {
        VehicleJournal journal = VehicleJournal.Open(DiskFileSystem.Instance, request.Journal, Guid.NewGuid().ToString("N"));
        using VehicleBench bench = VehicleBench.Open(request.Bus, request.Ecus, clock, stop);
        VirtualTime time = bench.Bus.Time;
        using BrokerLink link = BrokerLink.Connect(time, request.Broker, "vehicle");
        link.Refused = screen.Note;
        bench.Start();
        VehicleClient? client = null;
        try
        {
            time.Run(
                async () =>
                {
                    Topics topics = new(request.Vehicle ?? await ReadVehicleAsync(bench.Members[0], request.Bus));
                    screen.Note($"vehicle {topics.Vehicle}, ECUs {string.Join(", ", bench.Members.Select(member => member.Definition.Name))}, messages over {link.Description}; Ctrl-C ends");
                    screen.Note(request.FleetAnchors.Count == 0
                        ? "no vehicle manifests are demanded: which versions belong together is the server's word alone; --fleet-anchor FILE demands them"
                        : $"updates are followed only with a vehicle manifest signed by {string.Join(" or ", request.FleetAnchors.Select(anchor => $"fleet key {Convert.ToHexStringLower(anchor.KeyId)[..8]}"))}");
                    client = new VehicleClient(time, link, topics, [.. bench.Members.Select(member => EcuOf(member, bench, screen))], journal, new VehicleOptions
                    {
                        Fleet = request.FleetAnchors.Count == 0 ? null : new FleetPolicy(topics.Vehicle, request.FleetAnchors, () => clock.GetUtcNow().ToUnixTimeMilliseconds()),
                    });
                    await client.RunAsync();
                },
                LimitNs);
        }
        catch (OperationCanceledException)
        {
            screen.Note(journal.UnderWay.Count > 0
                ? $"stopped in the middle of {string.Join(", ", journal.UnderWay.Select(left => $"{left.Type} for {left.Body.Package.Type}"))}; it goes on when the client is started again"
                : "stopped; nothing was under way");
        }
        finally
        {
            client?.Stop();
            bench.Finish();
        }

        return ExitCode.Ok;
    }

    private static VehicleEcu EcuOf(BenchMember member, VehicleBench bench, IDemoScreen screen) =>
        new(member.Definition.Name, member.Client, new UpdatePolicy(), new TransferMeter(bench.Bus, member.Definition, screen, [])) { Signals = member.Definition.Signals };

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

    private static (EcuDefinition Ecu, string Path) Parse(string text, NfConfig config)
    {
        int equals = text.IndexOf('=');
        return equals > 0 && equals < text.Length - 1
            ? (config.Ecu(text[..equals]), text[(equals + 1)..])
            : throw new UserErrorException(ExitCode.BadUsage, $"--ecu {text} names no ECU and its file; write --ecu NAME=FILE, such as motor=motor.flash");
    }

    private static void RequireSound(ClientRequest request)
    {
        if (request.Ecus.GroupBy(ecu => ecu.Ecu.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"--ecu {twice.Key} stands twice; a vehicle has one ECU of each name");
        }

        if (request.Ecus.Select(ecu => ecu.Ecu.Bus.Name).Distinct().Count() > 1)
        {
            throw new UserErrorException(ExitCode.BadUsage, $"the ECUs {string.Join(", ", request.Ecus.Select(ecu => ecu.Ecu.Name))} are not all on one bus of nf.config; this client reaches one bus");
        }

        if (request.Bus.IsVirtual)
        {
            OutputFiles.RequireWritable([.. request.Ecus.Select(ecu => ecu.Path)]);
        }
    }
}
