// esync server: campaigns over vehicles whose clients are other processes, in real time, to their end.
// Invariants: all campaign files are sound before anything is sent; what was reached is in the database, so that a server that was
// stopped or killed goes on there. The server holds no image key; the fleet key that it may have signs which versions belong together.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using System.CommandLine;
using System.Net.Sockets;
using EsyncSim.Bus;
using EsyncSim.Files;
using EsyncSim.Server;
using Spectre.Console;

namespace EsyncSim.Cli;

/// <summary>The command `server`.</summary>
internal static class ServerCommand
{
    private const long RefreshNs = 250 * VirtualTime.NsPerMs;

    // Some hundred years.
    private const long LimitNs = long.MaxValue / 3;

    /// <summary>Makes the command.</summary>
    /// <param name="files">Where the fleet key is.</param>
    public static Command Create(IFileSystem files)
    {
        Option<string> db = new("--db") { Description = "Database of vehicles and campaigns; a new one, or one of before, on which the server goes on", HelpName = "FILE", Required = true };
        Option<string[]> campaigns = new("--campaign") { Description = "Campaign file (host-sim/README.md, \"Campaigns\"); several run one after the other", HelpName = "FILE", Required = true };
        ToolCommand command = new(
            "server",
            "Run campaigns over vehicles to their end, in real time: so many vehicles at once, within a window, all or nothing, with versions to return to. Exit code 0 says that all targets of all vehicles "
            + "have what was wanted. Stopped by Ctrl-C or killed, it goes on when it is started again on the same database.") { db, campaigns };
        BrokerOptions broker = new(command, $"MQTT broker that the vehicles' clients use; without it one runs inside this program, at mqtt://127.0.0.1:{BrokerAccess.DefaultPort}");
        FleetKeyOptions fleet = new(command, files);
        command
            .WithExample("esync server --db cloud.db --campaign spring-26.yaml", "vehicles of this machine join with `esync client --broker mqtt://127.0.0.1:1883 …`")
            .WithExample("esync server --db cloud.db --broker mqtt://broker.local:1883 --campaign spring-26.yaml --campaign keys-26.yaml", "at a broker of yours; the second campaign begins when the first has ended")
            .WithExample("esync server --db cloud.db --campaign spring-26.yaml --fleet-key fleet.key", "for vehicles that demand vehicle manifests (`esync client --fleet-anchor fleet.pub`)");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                CampaignPlan[] plans = [.. parsed.GetRequiredValue(campaigns).Select(CampaignFile.Load)];
                return Run(parsed.InvocationConfiguration.Output, parsed.GetRequiredValue(db), broker.Read(parsed), plans, TimeProvider.System, stop, fleet.Read(parsed, TimeProvider.System));
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Runs campaigns one after the other; returns the exit code.</summary>
    /// <exception cref="UserErrorException">The database or the broker cannot be used, it was stopped, or not all vehicles have what was wanted.</exception>
    internal static int Run(TextWriter output, string db, BrokerAccess? broker, IReadOnlyList<CampaignPlan> plans, TimeProvider clock, CancellationToken stop, FleetSigner? fleet = null)
    {
        // Virtual time is UTC, so that moments in the database mean the same to the next server.
        long startMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        VirtualTime time = new() { Pace = new WallPace(clock, startMs * VirtualTime.NsPerMs) { Stop = stop } };
        using CloudStore store = CloudStore.Open(db, () => clock.GetUtcNow().ToUnixTimeMilliseconds(), () => Guid.NewGuid().ToString("N"));
        using OwnBroker? own = broker is null ? new OwnBroker(time) : null;
        using BrokerLink link = BrokerLink.Connect(time, broker ?? own!.Access, "server");
        link.Refused = output.WriteLine;
        output.WriteLine($"server at {link.Description}, database {db}; Ctrl-C ends");
        List<string> unmet = [];
        try
        {
            foreach (CampaignPlan plan in plans)
            {
                CampaignDirector director = Run(output, time, link, store, plan, clock, fleet);
                Terminal.WriteTable(output, ["vehicle", "ECU", "version", "end", "message"], CampaignScreen.Rows(director.Vehicles));
                int good = director.Vehicles.Count(vehicle => vehicle.IsGood);
                if (good < director.Vehicles.Count)
                {
                    unmet.Add($"campaign {plan.Campaign.Id} ({director.Stands.State}): {good} of {director.Vehicles.Count} vehicles have all of what it wanted");
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new UserErrorException(EsyncCommandLine.Interrupted, $"stopped before the end; `esync server` goes on from here when it is started again with --db {db}");
        }

        return unmet.Count == 0 ? ExitCode.Ok : throw new UserErrorException(ExitCode.UnexpectedOutcome, string.Join("; ", unmet));
    }

    private static CampaignDirector Run(TextWriter output, VirtualTime time, BrokerLink link, CloudStore store, CampaignPlan plan, TimeProvider clock, FleetSigner? fleet)
    {
        IAnsiConsole console = Terminal.ConsoleOf(output);
        bool isTerminal = console.Profile.Out.IsTerminal;
        CampaignScreen screen = new(clock, isTerminal ? null : output);
        CampaignDirector director = new(time, link, store, plan, screen) { Fleet = fleet };
        screen.Director = director;
        if (!isTerminal)
        {
            time.Run(director.RunAsync, LimitNs);
            return director;
        }

        console.Live(screen.Draw(console.Profile.Width, console.Profile.Height)).AutoClear(true).Overflow(VerticalOverflow.Crop).Start(live =>
        {
            SimEvent? refresh = null;
            refresh = time.CreateEvent(() =>
            {
                live.UpdateTarget(screen.Draw(console.Profile.Width, console.Profile.Height));
                refresh!.After(RefreshNs);
            });
            refresh.After(0);
            time.Run(director.RunAsync, LimitNs);
            refresh.Cancel();
        });
        return director;
    }

    /// <summary>A broker for as long as the server runs, at the place where clients of this machine look for one.</summary>
    private sealed class OwnBroker : IDisposable
    {
        private readonly VirtualTime _time;
        private readonly LoopbackBroker _broker;

        public OwnBroker(VirtualTime time)
        {
            _time = time;
            try
            {
                _broker = time.Hold(LoopbackBroker.StartAsync(BrokerAccess.DefaultPort));
            }
            catch (SocketException exception)
            {
                throw new UserErrorException(ExitCode.BrokerUnreachable, $"no broker can run at {Access}: {exception.Message}. Is there one already? Name it with --broker {Access}");
            }
        }

        public BrokerAccess Access { get; } = BrokerAccess.Parse($"mqtt://127.0.0.1:{BrokerAccess.DefaultPort}");

        public void Dispose() => _time.Hold(_broker.StopAsync());
    }
}
