// What a server does with campaigns that people give it: stored with their packages, begun, paused, given up, asked consent for, found by
// what vehicles run; and gone on with by the next server on the same database.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncTests.HostSim.Data;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class CloudServerTests : IDisposable
{
    private const long Second = VirtualTime.NsPerSecond;
    private static readonly EcuDefinition Ecu = NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor");
    private static readonly Package Old = EncodedPackages.Full(Ecu, 1, EncodedPackages.Image("1.0.0", 3_000));
    private static readonly byte[] File = EncodedPackages.Encoded(Ecu, 2, EncodedPackages.Image("2.0.0", 3_000), Old).Encode();

    private readonly Folder _folder = new();
    private readonly VirtualTime _time = new();
    private readonly VirtualMessageNetwork _network;
    private readonly List<CloudStore> _stores = [];
    private int _names;

    public CloudServerTests() => _network = new VirtualMessageNetwork(_time, 1);

    public void Dispose()
    {
        _stores.ForEach(store => store.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public void A_text_names_packages_of_the_store_and_becomes_a_draft_that_waits_to_be_begun()
    {
        ScriptedVehicle vehicle = new(_time, _network, "V1");
        CloudServer server = Server();
        StoredPackage package = server.Store.Packages.Add(File, "motor-2.esp");
        CampaignPlan plan = CampaignFile.Parse("""{ "campaign": "c1", "vehicles": ["V1"], "targets": [{ "ecu": "motor", "package": "rig@2.0.0", "rollback": ["1.0.0"] }] }""", server.Store.Packages);
        Assert.Equal((package.Sha256, "2.0.0"), (Campaign.Sha256Of(plan.Campaign.Targets[0].File), plan.Campaign.Targets[0].Version));

        Do(() => server.Draft(plan));
        Pass(60);
        Assert.Equal(CampaignState.Draft, server.Store.FindCampaign("c1")!.State);
        Assert.Empty(vehicle.Requests);
        Assert.Equal(["c1"], server.Store.Packages.NeededBy(package.Sha256));

        Do(() => server.Begin("c1"));
        Pass(60);
        Assert.Equal("2.0.0", vehicle.Runs("motor"));
        Assert.Equal(CampaignState.Done, server.Store.FindCampaign("c1")!.State);
        Assert.Empty(server.Store.Packages.NeededBy(package.Sha256));
        Assert.Contains("is over (Done)", Refused(() => server.Begin("c1")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nobody@1", "the store has no package of this name and version")]
    [InlineData("rig", "the store has no package of this name and version")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "no package in the store has this SHA-256")]
    public void A_package_that_is_not_in_the_store_is_named_with_what_to_do(string name, string reason)
    {
        CloudServer server = Server();
        server.Store.Packages.Add(File, "motor-2.esp");
        string told = Assert.Throws<UserErrorException>(() => CampaignFile.Parse($"campaign: c1\nvehicles: [V1]\ntargets: [{{ ecu: motor, package: {name} }}]\n", server.Store.Packages)).Message;

        Assert.Contains(reason, told, StringComparison.Ordinal);
        Assert.Contains("(3,", told, StringComparison.Ordinal);
        Assert.Contains("Upload it first", told, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_packages_of_one_name_and_version_are_told_apart_by_their_SHA256()
    {
        CloudServer server = Server();
        string first = server.Store.Packages.Add(File, "a.esp").Sha256;
        string second = server.Store.Packages.Add(EncodedPackages.Full(Ecu, 9, EncodedPackages.Image("2.0.0", 3_000)).Encode(), "b.esp").Sha256;
        string told = Assert.Throws<UserErrorException>(() => CampaignFile.Parse("campaign: c1\nvehicles: [V1]\ntargets: [{ ecu: motor, package: rig@2.0.0 }]\n", server.Store.Packages)).Message;

        Assert.Contains(first, told, StringComparison.Ordinal);
        Assert.Contains(second, told, StringComparison.Ordinal);
        Assert.Equal("2.0.0", CampaignFile.Parse($"campaign: c1\nvehicles: [V1]\ntargets: [{{ ecu: motor, package: {second} }}]\n", server.Store.Packages).Campaign.Targets[0].Version);
    }

    [Fact]
    public void Vehicles_are_found_by_what_they_run_when_the_campaign_begins()
    {
        ScriptedVehicle[] vehicles = [.. Enumerable.Range(1, 3).Select(i => new ScriptedVehicle(_time, _network, $"V{i}"))];
        CloudServer server = Server();
        CampaignPlan plan = Plan("select: { class: 11111111-2222-3333-4444-555555555555, ecu: motor, version: 1.0.0 }");
        Assert.Equal(new VehicleFilter("11111111-2222-3333-4444-555555555555", "motor", "1.0.0"), plan.Select);
        Do(() => server.Draft(plan));
        Assert.Contains("is for no vehicle", Refused(() => server.Begin("c1")), StringComparison.Ordinal);

        // What they run is known from an earlier question only.
        Array.ForEach(vehicles, vehicle => vehicle.Announce("can0", "motor"));
        Pass(5);
        Do(() => server.StartNow(Plan("vehicles: [V1, V2]") with { Text = "inventory", Campaign = new Campaign("inventory", [Target("motor", "1.0.0")]) }));
        Pass(30);
        Do(() => server.Begin("c1"));
        Pass(60);

        Assert.Equal(["2.0.0", "2.0.0", null], vehicles.Select(vehicle => vehicle.Runs("motor")));
        Assert.Equal(["V1", "V2"], server.DirectorOf("c1")!.Vehicles.Select(vehicle => vehicle.Vin));
    }

    [Fact]
    public void Consent_is_waited_for_over_hours_and_restarts_and_takes_no_place_of_others()
    {
        ScriptedVehicle[] vehicles = [.. Enumerable.Range(1, 3).Select(i => new ScriptedVehicle(_time, _network, $"V{i}"))];
        CloudServer server = Server();
        Do(() => server.StartNow(Plan("vehicles: [V1, V2, V3]\nconsent: required")));
        Pass(7200);
        Assert.All(vehicles, vehicle => Assert.Equal(["query-package /ECU/motor"], vehicle.Requests));
        Assert.Equal("V1|1,V2|1,V3|1", server.Store.Connection.Query("SELECT vin, waits FROM run ORDER BY vin"));

        Do(server.Kill);
        CloudServer next = Server();
        Pass(60);
        Do(() => next.Consent("c1", "V1", true, "driver"));
        Do(() => next.Consent("c1", "V2", false, "fleet desk"));
        Pass(60);

        Assert.Equal("2.0.0", vehicles[0].Runs("motor"));
        Assert.Equal(["query-package /ECU/motor"], vehicles[1].Requests);
        TargetState refused = next.DirectorOf("c1")!.Vehicles[1].State!.Targets[0];
        Assert.Equal((TargetEnd.Denied, "fleet desk did not consent"), (refused.End, refused.Message));
        Assert.Contains("fleet desk did not consent for V2 before", Refused(() => next.Consent("c1", "V2", true, "driver")), StringComparison.Ordinal);
        Assert.Contains("is not for V9", Refused(() => next.Consent("c1", "V9", true, "driver")), StringComparison.Ordinal);
        Do(() => next.Cancel("c1", "too late"));
        Pass(60);
        Assert.Equal(TargetEnd.Withheld, next.DirectorOf("c1")!.Vehicles[2].State!.Targets[0].End);
        Assert.Equal(["driver has consented to the update of V1", "fleet desk did not consent to the update of V2"], next.Store.Events.After(0).Select(happened => happened.Text).Where(text => text.Contains("consent to", StringComparison.Ordinal) || text.Contains("consented to", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_word_that_was_said_before_the_vehicle_was_asked_counts()
    {
        ScriptedVehicle vehicle = new(_time, _network, "V1");
        CloudServer server = Server();
        Do(() => server.Draft(Plan("vehicles: [V1]\nconsent: required")));
        Do(() => server.Consent("c1", "V1", true, "driver"));
        Do(() => server.Begin("c1"));
        Pass(60);
        Assert.Equal("2.0.0", vehicle.Runs("motor"));
    }

    [Fact]
    public void What_cannot_be_done_says_so()
    {
        CloudServer server = Server();
        Assert.Contains("there is no campaign c9", Refused(() => server.Pause("c9", string.Empty)), StringComparison.Ordinal);
        Do(() => server.Draft(Plan("vehicles: [V1]")));
        Assert.Contains("is Draft: it can be paused while it runs", Refused(() => server.Pause("c1", string.Empty)), StringComparison.Ordinal);
        Assert.Contains("only a paused one", Refused(() => server.Resume("c1")), StringComparison.Ordinal);
        Assert.Contains("asks nobody for consent", Refused(() => server.Consent("c1", "V1", true, "me")), StringComparison.Ordinal);
        Assert.Contains("another text", Refused(() => server.Draft(Plan("vehicles: [V2]"))), StringComparison.Ordinal);
        Do(() => server.Cancel("c1", "not this one"));
        Assert.Equal((CampaignState.Cancelled, "not this one"), (server.Store.FindCampaign("c1")!.State, server.Store.FindCampaign("c1")!.Why));
        Assert.Contains("is over (Cancelled)", Refused(() => server.Begin("c1")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_campaign_that_another_process_began_is_run_by_the_server_of_its_database()
    {
        ScriptedVehicle vehicle = new(_time, _network, "V1");
        CloudServer server = Server();
        CloudServer command = new(_time, _network.Join("command"), Open(), "command");
        Do(() => command.StartNow(Plan("vehicles: [V1]")));
        Do(command.Stop);
        Pass(60);

        Assert.Equal("2.0.0", vehicle.Runs("motor"));
        Assert.Equal(CampaignState.Done, server.Store.FindCampaign("c1")!.State);
    }

    private static CampaignTarget Target(string ecu, string version) => new() { Ecu = ecu, PackageName = "rig", Version = version, File = File };

    private CampaignPlan Plan(string keys)
    {
        CloudStore store = _stores[0];
        store.Packages.Add(File, "motor-2.esp");
        return CampaignFile.Parse($"campaign: c1\n{keys}\ntargets: [{{ ecu: motor, package: rig@2.0.0 }}]\n", store.Packages);
    }

    private string Refused(Action action)
    {
        UserErrorException? error = null;
        Do(() => error = Assert.Throws<UserErrorException>(action));
        return error!.Message;
    }

    private void Pass(long seconds) => _time.Run(async () => await _time.Delay(seconds * Second), (seconds * Second) + 1);

    // As the pump does what others ask of it: what goes on from there goes on there.
    private void Do(Action action) => _time.Run(() =>
    {
        action();
        return Task.CompletedTask;
    });

    private CloudServer Server()
    {
        CloudServer server = new(_time, _network.Join("server"), Open(), $"server-{++_names}");
        Do(server.Start);
        return server;
    }

    private CloudStore Open()
    {
        CloudStore store = CloudStore.Open(_folder["cloud.db"], () => _time.NowNs / VirtualTime.NsPerMs, () => $"epoch-{++_names}");
        _stores.Add(store);
        return store;
    }
}
