// Several servers on one database: each vehicle is spoken with by one of them, what a killed one leaves another takes over, and one
// that has lost a vehicle says and stores nothing any more.
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.HostSim.Data;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class SeveralServersTests(ITestOutputHelper output) : IDisposable
{
    private const long Second = VirtualTime.NsPerSecond;
    private static readonly EcuDefinition Ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly byte[] File = EncodedPackages.Full(Ecu, 2, EncodedPackages.Image("2.0.0", 3_000)).Encode();

    private readonly Folder _folder = new();
    private readonly VirtualTime _time = new();
    private readonly List<CloudStore> _stores = [];
    private int _names;

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void Vehicles_that_announce_themselves_are_shared_and_no_more_begin_than_may()
    {
        VirtualMessageNetwork network = new(_time, 1);
        ScriptedVehicle[] vehicles = Vehicles(network, 6);
        CloudServer first = Server(network), second = Server(network);
        Start(first, second);
        foreach (ScriptedVehicle vehicle in vehicles)
        {
            vehicle.Announce("can0", "motor");
        }

        Pass(2 * Second);
        string[] owners = [.. first.Store.Inventory.All.Select(vehicle => vehicle.Owner!)];
        Assert.Equal(6, owners.Length);
        Assert.All([first, second], server => Assert.Equal(3, owners.Count(owner => owner == server.Served.Leases.Owner)));
        Assert.Equal("can0", Assert.Single(first.Store.Inventory.Find("V0")!.Ecus).Bus);

        Do(() => first.StartNow(Plan(6) with { ParallelMax = 2 }));
        Pass(300 * Second);

        AssertDone(first.Store, vehicles);
        (long First, long Last)[] spans = [.. vehicles.Select(vehicle => vehicle.Asked!.Value)];
        Assert.Equal(2, spans.Max(span => spans.Count(other => other.First <= span.First && span.First <= other.Last)));
        Assert.Equal(CampaignState.Done, second.DirectorOf("c1")!.Stands.State);
        Assert.All(second.DirectorOf("c1")!.Vehicles, vehicle => Assert.True(vehicle.IsGood));
    }

    [Fact]
    public void Where_the_broker_cannot_share_all_hear_each_vehicle_and_one_has_it()
    {
        VirtualMessageNetwork network = new(_time, 1);
        ScriptedVehicle[] vehicles = Vehicles(network, 4);
        CloudServer first = Server(network, false), second = Server(network, false);
        Start(first, second);
        foreach (ScriptedVehicle vehicle in vehicles)
        {
            vehicle.Announce("can0", "motor");
        }

        Pass(2 * Second);
        Assert.All(first.Store.Inventory.All, vehicle => Assert.NotNull(vehicle.Owner));
        Do(() => first.StartNow(Plan(4)));
        Pass(300 * Second);
        AssertDone(second.Store, vehicles);
    }

    [Fact]
    public void What_a_killed_server_leaves_is_taken_over_and_each_request_keeps_its_number()
    {
        int tookOver = 0;
        for (int atMs = 500; atMs <= 8_500; atMs += 1_000)
        {
            using SeveralServersTests world = new(output);
            tookOver += world.KillOne(atMs);
        }

        output.WriteLine($"{tookOver} vehicles taken over");
        Assert.True(tookOver > 5);
    }

    [Fact]
    public void A_server_that_is_stopped_gives_its_vehicles_free_at_once()
    {
        VirtualMessageNetwork network = new(_time, 1);
        ScriptedVehicle[] vehicles = Vehicles(network, 1);
        CloudServer first = Server(network), second = Server(network);
        Start(first, second);
        Do(() => first.StartNow(Plan(1)));
        Pass(3 * Second / 2);
        Do(() => first.Stop());
        long at = _time.NowNs;
        while (!vehicles[0].Requests.Contains("confirm-update /ECU/motor"))
        {
            Pass(Second);
            Assert.True(_time.NowNs < at + (25 * Second));
        }

        Pass(10 * Second);
        AssertDone(second.Store, vehicles);
    }

    [Fact]
    public void A_word_said_to_one_server_is_heard_by_the_one_that_has_the_vehicle()
    {
        VirtualMessageNetwork network = new(_time, 1);
        ScriptedVehicle[] vehicles = Vehicles(network, 2);
        CloudServer first = Server(network), second = Server(network);
        Start(first, second);
        CampaignPlan plan = Plan(2);
        Do(() => first.StartNow(plan with { Campaign = plan.Campaign with { IsConsentRequired = true } }));
        Pass(3600 * Second);
        Assert.All(vehicles, vehicle => Assert.Equal(["query-package /ECU/motor"], vehicle.Requests));

        Do(() => second.Consent("c1", "V0", true, "owner"));
        Do(() => second.Consent("c1", "V1", false, "owner of V1"));
        Do(() => second.Pause("c1", "enough"));
        Pass(60 * Second);

        Assert.Equal(("enough", CampaignState.Paused), (first.DirectorOf("c1")!.Stands.Why, first.DirectorOf("c1")!.Stands.State));
        Assert.Equal("2.0.0", vehicles[0].Runs("motor"));
        TargetState refused = first.DirectorOf("c1")!.Vehicles[1].State!.Targets[0];
        Assert.Equal((TargetEnd.Denied, "owner of V1 did not consent"), (refused.End, refused.Message));
        Do(() => first.Resume("c1"));
        Pass(60 * Second);
        Assert.Equal(CampaignState.Done, second.Store.FindCampaign("c1")!.State);
    }

    [Fact]
    public void A_lease_is_one_servers_until_it_is_over_or_given_free()
    {
        CloudStore store = Open();
        VehicleLeases first = new(store, "first"), second = new(Open(), "second");

        Assert.True(first.TryTake("V1"));
        Assert.True(first.TryTake("V1"));
        Assert.False(second.TryTake("V1"));
        Pass(20 * Second);
        Assert.Empty(first.Renew());
        Pass(20 * Second);
        Assert.False(second.TryTake("V1"));
        Pass(10 * Second);
        Assert.False(first.Has("V1"));
        Assert.True(second.TryTake("V1"));
        Assert.Equal(["V1"], first.Renew());
        Assert.Contains("V1 was taken over", Assert.Single(store.Events.After(0)).Text, StringComparison.Ordinal);
        second.Release();
        Assert.True(first.TryTake("V1"));
    }

    [Fact]
    public void One_that_was_asleep_and_has_lost_a_vehicle_stores_and_says_nothing()
    {
        CloudStore store = Open();
        VehicleLeases asleep = new(store, "asleep"), awake = new(Open(), "awake");
        asleep.TryTake("V1");
        ICampaignStore vehicle = store.Of("V1", asleep);
        VehicleCampaign state = new() { Id = "c1", Targets = [new TargetState { Ecu = "motor", Versions = [new OfferedVersion("2.0.0", "motor", "ab", 3)] }] };
        vehicle.Save(state);
        Assert.True(vehicle.IsOurs);
        Pass(31 * Second);
        awake.TryTake("V1");

        Assert.False(vehicle.IsOurs);
        Assert.Throws<LeaseLostException>(() => vehicle.Save(state with { IsReverting = true }));
        Assert.False(store.Of("V1").Find("c1")!.IsReverting);
    }

    // Kills the first of two servers at a moment; returns how many vehicles were in its hands and had not ended.
    private int KillOne(int atMs)
    {
        VirtualMessageNetwork network = new(_time, (ulong)atMs);
        ScriptedVehicle[] vehicles = Vehicles(network, 4);
        CloudServer first = Server(network), second = Server(network);
        Start(first, second);
        Do(() => first.StartNow(Plan(4) with { ParallelMax = 4 }));
        Pass(atMs * VirtualTime.NsPerMs);
        string owner = first.Served.Leases.Owner;
        int left = int.Parse(second.Store.Connection.Query($"SELECT count(*) FROM vehicle JOIN run ON run.vin = vehicle.vin WHERE owner = '{owner}' AND ended = 0"), System.Globalization.CultureInfo.InvariantCulture);
        Do(() => first.Kill());
        long killedNs = _time.NowNs;
        Assert.Equal(left > 0, second.Store.FindCampaign("c1")!.State == CampaignState.Running);
        Pass(29 * Second - (2 * VehicleLeases.RenewMs * VirtualTime.NsPerMs));
        Assert.All(second.Store.Inventory.All, vehicle => Assert.True(vehicle.Owner is not null || left == 0));
        Pass(120 * Second);

        AssertDone(second.Store, vehicles);
        Assert.Equal(left > 0, second.Store.Events.After(0).Any(happened => happened.Text.Contains("taken over", StringComparison.Ordinal)));
        return left;
    }

    private static void AssertDone(CloudStore store, ScriptedVehicle[] vehicles)
    {
        Assert.Equal(CampaignState.Done, store.FindCampaign("c1")!.State);
        Assert.Empty(store.Open("c1"));
        foreach (ScriptedVehicle vehicle in vehicles)
        {
            Assert.Equal("2.0.0", vehicle.Runs("motor"));

            // Whatever is asked again has the number that it had.
            Assert.Equal(["query-package /ECU/motor", "ready-download /ECU/motor", "prepare-update /ECU/motor", "ready-update /ECU/motor", "confirm-update /ECU/motor"], vehicle.Requests);
        }
    }

    private static CampaignPlan Plan(int vehicles) => new()
    {
        Campaign = new Campaign("c1", [new CampaignTarget { Ecu = "motor", PackageName = "rig", Version = "2.0.0", File = File }]),
        Vehicles = [.. Enumerable.Range(0, vehicles).Select(i => $"V{i}")],
        ParallelMax = vehicles,
        Text = "text",
    };

    private ScriptedVehicle[] Vehicles(VirtualMessageNetwork network, int count) => [.. Enumerable.Range(0, count).Select(i => new ScriptedVehicle(_time, network, $"V{i}"))];

    private void Pass(long ns) => _time.Run(async () => await _time.Delay(ns), ns + 1);

    private void Start(params CloudServer[] servers) => Do(() => Array.ForEach(servers, server => server.Start()));

    // As the pump does what others ask of it: what goes on from there goes on there.
    private void Do(Action action) => _time.Run(() =>
    {
        action();
        return Task.CompletedTask;
    });

    private CloudServer Server(VirtualMessageNetwork network, bool isShared = true) => new(_time, network.Join("server"), Open(), $"server-{++_names}") { SharesAnnouncements = isShared };

    private CloudStore Open()
    {
        CloudStore store = CloudStore.Open(_folder["cloud.db"], () => _time.NowNs / VirtualTime.NsPerMs, () => $"epoch-{++_names}");
        _stores.Add(store);
        return store;
    }
}
