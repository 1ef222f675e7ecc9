// Two servers on one database share a fleet over mosquitto: announcements reach one of them each, each speaks with its own vehicles, and
// when one is killed in the middle the other takes its vehicles over. Every ECU is updated, and tells it once.
// The servers' clock runs faster than the wall clock, so that nobody waits for a lease to run out.
using System.Collections.Concurrent;
using EsyncSim.Bus;
using EsyncSim.Scale;
using EsyncSim.Server;
using EsyncTests.HostSim.Server.Mosquitto;
using Xunit;

namespace EsyncTests.HostSim.Scale;

public sealed class SharedFleetTests : IAsyncLifetime
{
    private const int Vehicles = 6;
    private const long PatienceNs = 3600 * VirtualTime.NsPerSecond;

    private readonly Folder _folder = new();
    private readonly Folder _brokerFolder = new();
    private readonly FastClock _clock = new();
    private ReadmeBroker _broker = null!;

    public async ValueTask InitializeAsync() => _broker = await ReadmeBroker.StartAsync(_brokerFolder);

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _brokerFolder.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_server_that_is_killed_leaves_its_vehicles_to_the_other_one()
    {
        FleetSoftware software = FleetRunTests.Software;
        ConcurrentDictionary<string, byte> completed = new();
        using MosquittoEar ear = await MosquittoEar.ConnectAsync(_broker.AsServer(), "esync/v1/+/from-vehicle", payload => Note(completed, payload));
        CampaignPlan plan = new()
        {
            Campaign = software.Campaign("shared", CampaignMode.Independent),
            Vehicles = [.. Enumerable.Range(0, Vehicles).Select(FleetSoftware.VinOf)],
            ParallelMax = Vehicles,
            Text = "shared",
        };
        List<string> ownersAtKill = [], ownersAtEnd = [];
        TaskCompletionSource isOpen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        FirstEar progress = new();
        Task first = Serve("first", progress, async (cloud, time) =>
        {
            isOpen.SetResult();
            while (OwnersIn(cloud).Count < Vehicles)
            {
                await time.DelayMs(100);
            }

            cloud.StartNow(plan);
            progress.Heard = new SimSignal(time);
            await progress.Heard;
            ownersAtKill.AddRange(OwnersIn(cloud));
            cloud.Kill();
        });
        await Task.WhenAny(isOpen.Task, first);
        Task second = Serve("second", observer: null, async (cloud, time) =>
        {
            while (cloud.Store.FindCampaign("shared") is not { State: CampaignState.Done })
            {
                await time.DelayMs(500);
            }

            ownersAtEnd.AddRange(OwnersIn(cloud));
            cloud.Stop();
        });
        FleetReport report = await Task.Run(
            () => FleetOverBroker.Run(software, new FleetOptions { Vehicles = Vehicles, Cores = 1, Stop = TestContext.Current.CancellationToken }, _broker.ByPassword("esync-bench")), CancellationToken.None);
        await Task.WhenAll(first, second);

        Assert.Equal(["first", "second"], ownersAtKill.Distinct().Order(StringComparer.Ordinal));
        Assert.All(ownersAtEnd, owner => Assert.Equal("second", owner));
        Assert.Equal((Vehicles, "pass"), (report.Confirmed, report.Outcome));
        Assert.Equal(plan.Vehicles.SelectMany(vin => new[] { "motor", "battery" }.Select(ecu => $"{vin} /ECU/{ecu}")).Order(StringComparer.Ordinal), completed.Keys.Select(told => told.Split(':')[0]).Order(StringComparer.Ordinal));
    }

    private static List<string> OwnersIn(CloudServer cloud) => [.. cloud.Store.Inventory.All.Where(vehicle => vehicle.Owner is not null).Select(vehicle => vehicle.Owner!)];

    // What is told again has the same number again.
    private static void Note(ConcurrentDictionary<string, byte> completed, byte[] payload)
    {
        if (EsyncJson.TryDecode(payload) is { Epoch: { } epoch, Body: { Sequence: { } number, Package: { Status: EsyncStatus.InstallCompleted, Type: { } type } } })
        {
            completed.TryAdd($"{epoch.Split('-')[0]} {type}:{number}", 0);
        }
    }

    // A server as a process of its own has it: a clock, a connection to the broker and one to the database.
    private Task Serve(string name, IDirectorObserver? observer, Func<CloudServer, VirtualTime, Task> story) => Task.Run(
        () =>
        {
            VirtualTime time = new() { Pace = new WallPace(_clock, _clock.GetUtcNow().ToUnixTimeMilliseconds() * VirtualTime.NsPerMs) { Stop = TestContext.Current.CancellationToken } };
            int epochs = 0;
            using CloudStore store = CloudStore.Open(_folder["cloud.db"], () => _clock.GetUtcNow().ToUnixTimeMilliseconds(), () => $"{name}-{++epochs}");
            using BrokerLink link = BrokerLink.Connect(time, _broker.AsServer(), name);
            CloudServer cloud = new(time, link, store, name, observer);
            time.Run(
                async () =>
                {
                    cloud.Start();
                    await story(cloud, time);
                },
                PatienceNs);
        },
        CancellationToken.None);

    /// <summary>Hears when a transfer to a vehicle of this server is under way.</summary>
    private sealed class FirstEar : IDirectorObserver
    {
        public SimSignal? Heard { get; set; }

        public void Changed(StoredCampaign campaign)
        {
        }

        public void Message(string vehicle, bool isToVehicle, EsyncMessage message)
        {
            if (!isToVehicle && message is { Type: EsyncType.UpdateReport, Body.Progress: > 0 })
            {
                Heard?.Set();
            }
        }

        public void Ended(string vehicle, VehicleCampaign state)
        {
        }
    }

    /// <summary>The wall clock, many times as fast, in its date too.</summary>
    private sealed class FastClock : TimeProvider
    {
        private const int Factor = 10;

        private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;
        private readonly long _startTimestamp = System.GetTimestamp();

        public override long GetTimestamp() => System.GetTimestamp() * Factor;

        public override DateTimeOffset GetUtcNow() => _start + (System.GetElapsedTime(_startTimestamp) * Factor);
    }
}
