// esync server: campaigns over vehicles whose clients are other processes, in real time, to their end.
// With --web it stays, and campaigns come over HTTP (CloudApi) too.
// Invariants: all campaign files are sound before anything is sent; what was reached is in the database, so that a server that was
// stopped or killed goes on there, or another one on the same database. The server holds no image key; the fleet key that it may have
// signs which versions belong together.
// Tests: tests/host-sim/Cli/CampaignCommandsTests.cs.
using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Web;

namespace EsyncSim.Cli;

/// <summary>What a server is to do.</summary>
internal sealed record ServerRequest
{
    /// <summary>File of the database of vehicles and campaigns.</summary>
    public required string Database { get; init; }

    /// <summary>The broker; null brings one along.</summary>
    public BrokerAccess? Broker { get; init; }

    /// <summary>Campaigns, one after the other.</summary>
    public IReadOnlyList<CampaignPlan> Plans { get; init; } = [];

    /// <summary>File of the database of what vehicles report; null takes no reports.</summary>
    public string? Reports { get; init; }

    /// <summary>Signs vehicle manifests; null signs none.</summary>
    public FleetSigner? Fleet { get; init; }

    /// <summary>Where the page is, and its guard; null for none.</summary>
    public (WebAddress Address, WebGuard Guard)? Web { get; init; }
}

/// <summary>The command `server`.</summary>
internal static class ServerCommand
{
    /// <summary>Makes the command.</summary>
    /// <param name="files">Where the fleet key is.</param>
    public static Command Create(IFileSystem files)
    {
        Option<string> db = new("--db") { Description = "Database of vehicles and campaigns; a new one, or one of before, on which the server goes on", HelpName = "FILE", Required = true };
        Option<string[]> campaigns = new("--campaign") { Description = "Campaign file (host-sim/README.md, \"Campaigns\"); several run one after the other", HelpName = "FILE" };
        Option<string?> reports = new("--reports") { Description = "Database of what the vehicles report, for `esync data export`; without it their clients keep it", HelpName = "FILE" };
        ToolCommand command = new(
            "server",
            "Run campaigns over vehicles to their end, in real time: so many vehicles at once, within a window, all or nothing, with versions to return to. Exit code 0 says that all targets of all vehicles "
            + "have what was wanted. Stopped by Ctrl-C or killed, it goes on when it is started again on the same database. With --web it stays until Ctrl-C, and `esync campaign` or any program gives it packages and "
            + "campaigns over HTTP; several servers on one database share the vehicles.") { db, campaigns, reports };
        WebOption web = new();
        web.AddTo(command);
        BrokerOptions broker = new(command, $"MQTT broker that the vehicles' clients use; without it one runs inside this program, at mqtt://127.0.0.1:{BrokerAccess.DefaultPort}");
        FleetKeyOptions fleet = new(command, files);
        command
            .WithExample("esync server --db cloud.db --campaign spring-26.yaml", "vehicles of this machine join with `esync client --broker mqtt://127.0.0.1:1883 …`")
            .WithExample("esync server --db cloud.db --broker mqtt://broker.local:1883 --campaign spring-26.yaml --campaign keys-26.yaml", "at a broker of yours; the second campaign begins when the first has ended")
            .WithExample("esync server --db cloud.db --campaign spring-26.yaml --fleet-key fleet.key", "for vehicles that demand vehicle manifests (`esync client --fleet-anchor fleet.pub`)")
            .WithExample("esync server --db cloud.db --campaign spring-26.yaml --reports reports.db", "takes what vehicles report as well (`esync client --reports DIR`); `esync data export --db reports.db` shows it")
            .WithExample("esync server --db cloud.db --web", "stays; `esync campaign start spring-26.yaml` uploads packages and begins, http://127.0.0.1:8080/openapi/v1.json says what else there is");
        command.SetAction((parsed, stop) => Task.Run(
            () =>
            {
                ServerRequest request = new()
                {
                    Database = parsed.GetRequiredValue(db),
                    Broker = broker.Read(parsed),
                    Web = web.Of(parsed, CloudApi.PackagesPath),
                    Plans = [.. (parsed.GetValue(campaigns) ?? []).Select(CampaignFile.Load)],
                    Reports = parsed.GetValue(reports),
                    Fleet = fleet.Read(parsed, TimeProvider.System),
                };
                return request is { Plans.Count: 0, Web: null }
                    ? throw new UserErrorException(ExitCode.BadUsage, "there is nothing to do: name a campaign with --campaign FILE, or let campaigns come over HTTP with --web")
                    : Run(parsed.InvocationConfiguration.Output, request, TimeProvider.System, stop);
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>Runs campaigns one after the other; returns the exit code.</summary>
    /// <exception cref="UserErrorException">The database or the broker cannot be used, it was stopped, or not all vehicles have what was wanted.</exception>
    internal static int Run(TextWriter output, ServerRequest request, TimeProvider clock, CancellationToken stop)
    {
        // Virtual time is UTC, so that moments in the database mean the same to the next server.
        long startMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        VirtualTime time = new() { Pace = new WallPace(clock, startMs * VirtualTime.NsPerMs) { Stop = stop } };
        using CloudStore store = CloudStore.Open(request.Database, () => clock.GetUtcNow().ToUnixTimeMilliseconds(), () => Guid.NewGuid().ToString("N"));
        using DataStore? reports = request.Reports is null ? null : DataStore.Open(request.Reports);
        using OwnBroker? own = request.Broker is null ? new OwnBroker(time) : null;
        using BrokerLink link = BrokerLink.Connect(time, request.Broker ?? own!.Access, "server");
        link.Refused = output.WriteLine;
        output.WriteLine($"server at {link.Description}, database {request.Database}; Ctrl-C ends");
        if (reports is not null)
        {
            _ = new DataServer(link, reports);
        }

        ServerScreen screen = new(output, time, clock);
        // The broker inside this program has one server, and cannot share.
        CloudServer cloud = new(time, link, store, $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}", screen.Observer) { SharesAnnouncements = request.Broker is not null };
        cloud.Served.Fleet = request.Fleet;
        WebHost? host = null;
        try
        {
            host = request.Web is { } page ? Open(output, time, cloud, page.Address, page.Guard, stop) : null;
            List<string> unmet = RunPlans(output, screen, cloud, request.Plans);
            if (host is not null)
            {
                screen.Until(cloud.RunAsync);
            }

            return unmet.Count == 0 ? ExitCode.Ok : throw new UserErrorException(ExitCode.UnexpectedOutcome, string.Join("; ", unmet));
        }
        catch (OperationCanceledException) when (host is not null)
        {
            return ExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            throw new UserErrorException(EsyncCommandLine.Interrupted, $"stopped before the end; `esync server` goes on from here when it is started again with --db {request.Database}");
        }
        finally
        {
            cloud.Stop();
            host?.DisposeAsync().AsTask().Wait(CancellationToken.None);
        }
    }

    private static List<string> RunPlans(TextWriter output, ServerScreen screen, CloudServer cloud, IReadOnlyList<CampaignPlan> plans)
    {
        List<string> unmet = [];
        screen.Until(() =>
        {
            cloud.Start();
            return Task.CompletedTask;
        });
        foreach (CampaignPlan plan in plans)
        {
            string id = plan.Campaign.Id;
            screen.Until(async () =>
            {
                cloud.StartNow(plan);
                screen.Director = cloud.DirectorOf(id);
                await cloud.RunToEndAsync(id);
            });
            CampaignDirector director = cloud.DirectorOf(id)!;
            Terminal.WriteTable(output, ["vehicle", "ECU", "version", "end", "message"], CampaignScreen.Rows(director.Vehicles));
            int good = director.Vehicles.Count(vehicle => vehicle.IsGood);
            if (good < director.Vehicles.Count)
            {
                unmet.Add($"campaign {id} ({director.Stands.State}): {good} of {director.Vehicles.Count} vehicles have all of what it wanted");
            }
        }

        return unmet;
    }

    private static WebHost Open(TextWriter output, VirtualTime time, CloudServer cloud, WebAddress address, WebGuard guard, CancellationToken stop)
    {
        CloudApi api = new(time, cloud, stop);
        WebHost host = time.Hold(WebHost.StartAsync(address, guard, CloudApi.AddServices, app =>
        {
            api.Map(app);
            PageRoutes.Map(app, "server");
        }));

        // An address of all interfaces is none that a vehicle could ask.
        bool isReachable = !IPAddress.Any.Equals(address.Address) && !IPAddress.IPv6Any.Equals(address.Address);
        cloud.Served.PackagesUrl = isReachable ? $"{host.Url.ToString().TrimEnd('/')}{CloudApi.PackagesPath}" : null;
        output.WriteLine($"page and interface at {host.Url}{(guard.Token is { } token ? $"?token={token}" : string.Empty)}");
        return host;
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
