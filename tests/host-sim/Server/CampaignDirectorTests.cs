// One campaign over several vehicles that the test plays, in virtual time: how many at once, when, when no more; and a director that
// is killed at each of its transactions, with the next one on what the database held at that moment.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Server;
using EsyncTests.HostSim.Data;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class CampaignDirectorTests : IDisposable
{
    // A vehicle of two ECUs answers ten requests, each after a second and two ways through the network.
    private const long VehicleNs = 13 * VirtualTime.NsPerSecond;

    private static readonly Campaign TwoEcus = new("c1", [Target("motor"), Target("battery") with { After = ["motor"] }]);

    private readonly ITestOutputHelper _output;
    private readonly Folder _folder = new();

    public CampaignDirectorTests(ITestOutputHelper output) => _output = output;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(9)]
    public void So_many_vehicles_are_under_way_at_once_and_no_more(int parallelMax)
    {
        using World world = new(5);
        CampaignDirector director = world.Run(Plan(5) with { ParallelMax = parallelMax });

        Assert.Equal(CampaignState.Done, director.Stands.State);
        Assert.All(director.Vehicles, vehicle => Assert.True(vehicle.IsGood));
        Assert.All(world.Vehicles, vehicle => Assert.Equal(("2.0.0", "2.0.0", 10), (vehicle.Runs("motor"), vehicle.Runs("battery"), vehicle.Requests.Count)));
        (long First, long Last)[] spans = [.. world.Vehicles.Select(vehicle => vehicle.Asked!.Value)];
        Assert.Equal(Math.Min(parallelMax, 5), spans.Max(span => spans.Count(other => other.First <= span.First && span.First <= other.Last)));
        Assert.Equal(["Draft", "Running", "Done"], world.States);
    }

    [Fact]
    public void Nothing_begins_outside_the_window_and_what_is_under_way_goes_on()
    {
        using World world = new(3);
        CampaignDirector director = world.Run(Plan(3) with { Window = new CampaignWindow(300_000, 300_000 + (VehicleNs / VirtualTime.NsPerMs * 3 / 2)) });

        Assert.InRange(world.Vehicles[0].Asked!.Value.First, 300 * VirtualTime.NsPerSecond, 301 * VirtualTime.NsPerSecond);
        Assert.Equal([true, true, false], director.Vehicles.Select(vehicle => vehicle.IsGood));
        Assert.Null(world.Vehicles[2].Asked);
        Assert.Null(director.Vehicles[2].State);
        Assert.Equal(CampaignState.Done, director.Stands.State);
    }

    [Fact]
    public void Too_many_failures_stop_the_campaign_and_not_those_under_way()
    {
        using World world = new(6, failing: [1, 2]);
        CampaignDirector director = world.Run(Plan(6) with { ParallelMax = 2, Abort = new AbortRule(50, 3) });

        // 1 and 2 fail at once, then 0 ends: two of three. 3 has begun when 1 had failed.
        Assert.Equal((CampaignState.Aborted, "2 of 3 vehicles failed, more than 50 %"), (director.Stands.State, director.Stands.Why));
        Assert.Equal([true, false, false, true, false, false], director.Vehicles.Select(vehicle => vehicle.IsGood));
        Assert.All(world.Vehicles.Skip(4), vehicle => Assert.Null(vehicle.Asked));

        Assert.Equal(CampaignState.Aborted, world.Run(Plan(6) with { ParallelMax = 2, Abort = new AbortRule(50, 3) }).Stands.State);
        Assert.All(world.Vehicles.Skip(4), vehicle => Assert.Null(vehicle.Asked));
    }

    [Fact]
    public void A_rate_that_is_reached_and_not_exceeded_stops_nothing()
    {
        using World world = new(4, failing: [0]);

        Assert.Equal(CampaignState.Done, world.Run(Plan(4) with { Abort = new AbortRule(50, 2) }).Stands.State);
        Assert.All(world.Vehicles, vehicle => Assert.NotNull(vehicle.Asked));
    }

    [Fact]
    public void A_paused_campaign_finishes_what_is_under_way_and_goes_on_when_it_is_resumed()
    {
        using World world = new(2);
        CampaignDirector director = world.Run(Plan(2), director =>
        {
            world.Time.After(VehicleNs / 2, () => director.Pause("a look at the first"));
            world.Time.After(10 * VehicleNs, () =>
            {
                Assert.Equal([true, false], director.Vehicles.Select(vehicle => vehicle.IsGood));
                director.Resume();
            });
        });

        Assert.All(director.Vehicles, vehicle => Assert.True(vehicle.IsGood));
        Assert.InRange(world.Vehicles[1].Asked!.Value.First, 10 * VehicleNs, 11 * VehicleNs);
        Assert.Equal(["Draft", "Running", "Paused", "Running", "Done"], world.States);
    }

    [Fact]
    public void A_cancelled_campaign_begins_nothing_more_and_stops_where_it_can()
    {
        using World world = new(2);

        // The first vehicle is being asked what its motor runs; the answer still comes.
        CampaignDirector director = world.Run(Plan(2), director => world.Time.After(VirtualTime.NsPerSecond / 2, () => director.Cancel("wrong package")));

        Assert.Equal((CampaignState.Cancelled, "wrong package"), (director.Stands.State, director.Stands.Why));
        Assert.Equal(["query-package /ECU/motor"], world.Vehicles[0].Requests);
        Assert.All(director.Vehicles[0].State!.Targets, target => Assert.Equal((TargetEnd.Withheld, "wrong package"), (target.End, target.Message)));
        Assert.Null(world.Vehicles[1].Asked);
        director.Resume();
        Assert.Equal(CampaignState.Cancelled, director.Stands.State);
    }

    [Fact]
    public void A_vehicle_that_is_silent_costs_a_bounded_time_and_holds_nobody_up_for_ever()
    {
        using World world = new(2, silent: [0]);
        CampaignDirector director = world.Run(Plan(2));

        Assert.Equal(TargetEnd.NoAnswer, director.Vehicles[0].State!.Targets[0].End);
        Assert.True(director.Vehicles[1].IsGood);
    }

    [Fact]
    public void A_campaign_stays_as_it_began()
    {
        using World world = new(1);
        world.Run(Plan(1));
        int before = world.Vehicles[0].Requests.Count;

        world.Run(Plan(1));
        Assert.Equal(before, world.Vehicles[0].Requests.Count);
        Assert.Contains("another text", Assert.Throws<UserErrorException>(() => world.Run(Plan(1) with { Text = "other" })).Message, StringComparison.Ordinal);
        Campaign changed = TwoEcus with { Targets = [TwoEcus.Targets[0] with { File = [9] }, TwoEcus.Targets[1]] };
        Assert.Contains("other package files", Assert.Throws<UserErrorException>(() => world.Run(Plan(1) with { Campaign = changed })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_director_that_is_killed_at_a_transaction_is_followed_by_one_that_goes_on(bool isStored)
    {
        int kills = 0, stride = EveryStep.Stride(7);
        for (int at = 1; ; at += stride)
        {
            using World world = new(4, failing: [2]);
            (CampaignDirector? director, CloudStore store) = world.RunKilled(Plan(4) with { ParallelMax = 2 }, _folder[$"kill-{isStored}-{at}.db"], at, isStored);
            if (director is null)
            {
                break;
            }

            kills++;
            Assert.Equal(CampaignState.Done, director.Stands.State);
            Assert.Equal([true, true, false, true], director.Vehicles.Select(vehicle => vehicle.IsGood));
            Assert.Equal(TargetEnd.Failed, director.Vehicles[2].State!.Targets[0].End);
            Assert.Empty(store.Open("c1"));
            foreach (ScriptedVehicle vehicle in world.Vehicles)
            {
                // Whatever is asked again has the number that it had.
                Assert.Equal(vehicle.Requests.Distinct(), vehicle.Requests);
            }

            Assert.Equal("Done", store.Connection.Query("SELECT state FROM campaign"));
        }

        _output.WriteLine($"{kills} kills, {(isStored ? "stored" : "not stored")}");
        Assert.True(kills > 8);
    }

    private static CampaignTarget Target(string ecu) => new() { Ecu = ecu, PackageName = ecu, Version = "2.0.0", File = [1, 2, 3] };

    private static CampaignPlan Plan(int vehicles) => new() { Campaign = TwoEcus, Vehicles = [.. Enumerable.Range(0, vehicles).Select(i => $"V{i}")], Text = "text" };

    /// <summary>Vehicles, their network, and a store.</summary>
    private sealed class World : IDirectorObserver, IDisposable
    {
        private const long LimitNs = 36_000 * VirtualTime.NsPerSecond;

        private readonly VirtualMessageNetwork _network;
        private readonly List<CloudStore> _stores = [];
        private int _epochs;

        internal World(int vehicles, int[]? failing = null, int[]? silent = null)
        {
            _network = new VirtualMessageNetwork(Time, 1);
            Vehicles = [.. Enumerable.Range(0, vehicles).Select(i => new ScriptedVehicle(Time, _network, $"V{i}") { Fails = failing?.Contains(i) == true, IsSilent = silent?.Contains(i) == true })];
            _stores.Add(Open(null));
        }

        internal VirtualTime Time { get; } = new();

        internal ScriptedVehicle[] Vehicles { get; }

        /// <summary>States of the campaign in their order, from the draft on.</summary>
        internal List<string> States { get; } = [nameof(CampaignState.Draft)];

        public void Dispose()
        {
            _network.Dispose();
            _stores.ForEach(store => store.Dispose());
        }

        public void Changed(StoredCampaign campaign) => States.Add(campaign.State.ToString());

        public void Message(string vehicle, bool isToVehicle, EsyncMessage message) => Assert.Contains(vehicle, Vehicles.Select((_, i) => $"V{i}"));

        public void Ended(string vehicle, VehicleCampaign state) => Assert.True(state.HasEnded);

        /// <summary>A director to its end, on the store of those before it.</summary>
        internal CampaignDirector Run(CampaignPlan plan, Action<CampaignDirector>? begin = null)
        {
            IMessageLink link = _network.Join("server");
            CampaignDirector director = new(Time, link, _stores[0], plan, this);
            begin?.Invoke(director);
            Time.Run(director.RunAsync, LimitNs);
            link.Leave();
            return director;
        }

        /// <summary>A director that is killed at a transaction, and the next one; none when the first came to its end.</summary>
        internal (CampaignDirector? Next, CloudStore Store) RunKilled(CampaignPlan plan, string path, int at, bool isStored)
        {
            CloudStore first = Open(path);
            IMessageLink link = _network.Join("server");
            SimSignal dead = new(Time);
            bool isDead = false;
            int transactions = 0;
            Action kill = () =>
            {
                if (transactions == at)
                {
                    // What a machine finds that loses power now. The one that is killed goes on, unheard, on a disk that is nobody's.
                    foreach (string suffix in new[] { string.Empty, "-wal" }.Where(suffix => File.Exists(path + suffix)))
                    {
                        File.Copy(path + suffix, path + ".next" + suffix);
                    }

                    isDead = true;
                    link.Leave();
                    dead.Set();
                }
            };
            first.BeforeCommit = () =>
            {
                transactions++;
                if (!isStored)
                {
                    kill();
                }
            };
            first.AfterCommit = isStored ? kill : null;
            CampaignDirector? next = null;
            Time.Run(
                async () =>
                {
                    _ = WatchAsync(new CampaignDirector(Time, link, first, plan).RunAsync(), dead);
                    await dead;
                    if (isDead)
                    {
                        await Time.Delay(2 * VirtualTime.NsPerSecond);
                        next = new CampaignDirector(Time, _network.Join("server"), Open(path + ".next"), plan);
                        await next.RunAsync();
                    }
                },
                LimitNs);
            return (next, _stores[^1]);
        }

        private static async Task WatchAsync(Task work, SimSignal done)
        {
            await work;
            done.Set();
        }

        private CloudStore Open(string? path)
        {
            CloudStore store = CloudStore.Open(path, () => Time.NowNs / VirtualTime.NsPerMs, () => $"server-{++_epochs}");
            _stores.Add(store);
            return store;
        }
    }
}
