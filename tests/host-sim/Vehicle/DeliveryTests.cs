// Server and client over a network that loses, doubles and delays, with a client that crashes: each request is answered
// once, and each answer is handed on once, in order. The vehicle has no ECU here, so that an answer costs no time; whole
// updates are in RestartTests.
using EsyncSim.Bus;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class DeliveryTests(ITestOutputHelper output)
{
    private const int Requests = 4;

    [Fact]
    public void On_a_sound_network_nothing_is_repeated()
    {
        Rig rig = new(1);
        List<string> passed = [];
        rig.Network.Join("ear").Subscribe("#", (_, payload) => passed.Add(EsyncJson.TryDecode(payload)!.Type));
        rig.Run();

        Assert.Equal(3 * Requests, passed.Count);
        Assert.Equal(Requests, passed.Count(type => type == "esync.acknowledge"));
        Assert.Empty(rig.Journal.Unacknowledged);
    }

    [Theory]
    [InlineData(MessageFaultKind.Drop)]
    [InlineData(MessageFaultKind.Duplicate)]
    [InlineData(MessageFaultKind.Delay)]
    public void Any_one_message_may_be_lost_doubled_or_late(MessageFaultKind kind)
    {
        long strikes = 0;
        for (int index = 0; index < 3 * Requests; index++)
        {
            Rig rig = new(1);
            MessageFaultRule rule = rig.Network.Faults.Add(new MessageFaultRule { Name = "one", Kind = kind, MatchIndex = index, DelayNsMax = 30 * VirtualTime.NsPerSecond });
            rig.Run();
            strikes += rule.StrikeCount;
        }

        Assert.Equal(3 * Requests, strikes);
    }

    [Fact]
    public void Half_of_everything_may_be_lost_doubled_and_late_at_once()
    {
        for (ulong seed = 1; seed <= 40; seed++)
        {
            Rig rig = new(seed);
            foreach (MessageFaultKind kind in Enum.GetValues<MessageFaultKind>())
            {
                rig.Network.Faults.Add(new MessageFaultRule { Name = $"{kind}", Kind = kind, Probability = 0.5 });
            }

            rig.Run();
        }
    }

    [Fact]
    public void The_broker_may_be_away_at_any_moment()
    {
        int outages = 0;
        for (int atMs = 0; atMs < 600; atMs += 7)
        {
            Rig rig = new(1);
            rig.Time.After(atMs * VirtualTime.NsPerMs, () => rig.Network.GoDown(20 * VirtualTime.NsPerSecond));
            rig.Run();
            outages += rig.Network.OutageCount;
        }

        Assert.True(outages > 40, $"only {outages} outages came before the end");
    }

    [Fact]
    public void What_waits_is_published_as_soon_as_the_connection_is_there_again()
    {
        Rig rig = new(1);
        rig.Network.GoDown(3 * VirtualTime.NsPerSecond);
        rig.Run();

        Assert.InRange(rig.Time.NowNs, 3 * VirtualTime.NsPerSecond, 5 * VirtualTime.NsPerSecond);
    }

    [Fact]
    public void The_client_may_crash_at_any_file_operation_and_the_medium_may_keep_what_it_likes()
    {
        int crashes = 0, states = 0;
        for (int cutAt = 1; cutAt <= 2 * 4 * Requests; cutAt++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                bool isMore = true;
                for (int survivor = 0; isMore; survivor++)
                {
                    Rig rig = new(1);
                    rig.CutAt(cutAt, cut, survivor);
                    rig.Run();
                    isMore = survivor + 1 < rig.SurvivorCount;
                    crashes += rig.Crashes;
                    states++;
                }
            }
        }

        output.WriteLine($"{Requests} requests: {2 * 4 * Requests} operations, {3 * 2 * 4 * Requests} cuts, {states} states of the medium");
        Assert.Equal(states, crashes);
        Assert.True(states > 4 * 2 * 4 * Requests, $"{states} states of the medium");
    }

    [Fact]
    public void A_server_that_has_lost_its_ledger_goes_on_with_the_vehicle()
    {
        VirtualTime time = new();
        using VirtualMessageNetwork network = new(time, 1);
        Topics topics = new("V1");
        VehicleClient client = new(time, network.Join("vehicle"), topics, [], VehicleJournal.InMemory("vehicle"));
        time.Run(async () =>
        {
            _ = client.RunAsync();
            for (int life = 1; life <= 3; life++)
            {
                IMessageLink link = network.Join("server");
                CampaignServer server = new(time, link, topics, new MemoryCampaignStore($"server {life}"));
                for (int i = 0; i < 3; i++)
                {
                    Assert.NotNull(await server.QueryAsync("none", "none"));
                }

                await time.DelayMs(100);
                link.Leave();
            }
        });
        Assert.InRange(time.NowNs, 0, 3 * VirtualTime.NsPerSecond);
    }

    [Fact]
    public void Over_MQTT_a_broker_that_goes_away_before_an_answer_is_out_loses_and_doubles_nothing()
    {
        VirtualTime time = new();
        LoopbackBroker broker = time.Hold(LoopbackBroker.StartAsync());
        int port = broker.Port, requests = 0;
        using MqttMessageNetwork network = new(time, BrokerAccess.Of(broker), reconnectPatience: TimeSpan.Zero);
        Topics topics = new("V1");
        Ear ear = new();
        IMessageLink onBoard = network.Join("on board");
        onBoard.Subscribe(topics.ToVehicle, (_, payload) =>
        {
            if (EsyncJson.TryDecode(payload)!.ReplyId is not null && ++requests is 2 or 3)
            {
                time.Hold(broker.StopAsync());
                time.After(12 * VirtualTime.NsPerSecond, () => broker = time.Hold(LoopbackBroker.StartAsync(port)));
            }
        });
        VehicleJournal journal = VehicleJournal.InMemory("vehicle");
        VehicleClient client = new(time, network.Join("vehicle"), topics, [], journal);
        CampaignServer server = new(time, network.Join("server"), topics, new MemoryCampaignStore("server"), ear);
        time.Run(async () =>
        {
            _ = client.RunAsync();
            for (int i = 0; i < 4; i++)
            {
                Assert.NotNull(await server.QueryAsync("none", "none"));
            }
        });
        time.RunFor(VirtualTime.NsPerSecond);

        Assert.Equal([1, 2, 3, 4], ear.Numbers);
        Assert.Empty(journal.Unacknowledged);
        Assert.InRange(time.NowNs, 12 * VirtualTime.NsPerSecond, 60 * VirtualTime.NsPerSecond);
        time.Hold(broker.StopAsync());
    }

    [Fact]
    public void Without_its_journal_a_client_that_crashes_loses_or_doubles_which_shows_that_this_would_be_seen()
    {
        int wrong = 0;
        for (int cutAt = 1; cutAt <= 2 * 4 * Requests; cutAt++)
        {
            Rig rig = new(1) { IsJournalLost = true };
            rig.CutAt(cutAt, DiskCut.After, 0);
            try
            {
                rig.Run();
            }
            catch (Xunit.Sdk.XunitException)
            {
                wrong++;
            }
        }

        Assert.True(wrong > 0);
    }

    private sealed class Ear : ICampaignObserver
    {
        public List<int> Numbers { get; } = [];

        public void Message(bool isToVehicle, EsyncMessage message)
        {
            if (!isToVehicle)
            {
                Numbers.Add(message.Body.Sequence!.Value);
            }
        }
    }

    /// <summary>A server that asks, and a client that may crash.</summary>
    private sealed class Rig : ICampaignObserver
    {
        private static readonly Topics Topics = new("V1");
        private readonly List<EsyncMessage> _asked = [];
        private readonly List<EsyncMessage> _handedOn = [];
        private readonly CampaignServer _server;
        private MemoryFileSystem _disk = new();
        private int _survivor;
        private int _epochs;

        public Rig(ulong seed)
        {
            Network = new VirtualMessageNetwork(Time, seed);
            _server = new CampaignServer(Time, Network.Join("server"), Topics, new MemoryCampaignStore("server"), this);
        }

        public VirtualTime Time { get; } = new();

        public VirtualMessageNetwork Network { get; }

        public VehicleJournal Journal { get; private set; } = null!;

        public bool IsJournalLost { get; init; }

        public int Crashes { get; private set; }

        public int SurvivorCount { get; private set; }

        public void CutAt(int operation, DiskCut cut, int survivor)
        {
            (_disk.CutAt, _disk.Cut) = (operation, cut);
            _survivor = survivor;
        }

        public void Message(bool isToVehicle, EsyncMessage message) => (isToVehicle ? _asked : _handedOn).Add(message);

        public void Run()
        {
            Time.Run(async () =>
            {
                Task vehicle = DriveAsync();
                for (int i = 0; i < Requests; i++)
                {
                    EsyncMessage? answer = await _server.QueryAsync($"ecu-{i}", "none");
                    Assert.Equal($"/ECU/ecu-{i}", answer?.Body.Package.Type);
                }

                // Whatever is still on its way arrives.
                await Time.Delay((Network.Faults.Rules.Count > 0 ? 120 : 1) * VirtualTime.NsPerSecond);
                Assert.False(vehicle.IsFaulted);
            });
            Assert.Equal(Requests, _asked.Count);
            Assert.Equal(_asked.Select(request => request.ReplyId), _handedOn.Select(answer => answer.ReplyTo));
            Assert.Equal(Enumerable.Range(1, Requests), _handedOn.Select(answer => answer.Body.Sequence!.Value));
        }

        // The client, and a new one in its place when its disk has failed.
        private async Task DriveAsync()
        {
            while (true)
            {
                Journal = VehicleJournal.Open(_disk, "vehicle.journal", $"vehicle-{++_epochs}");
                VehicleClient client = new(Time, Network.Join("vehicle"), Topics, [], Journal);
                try
                {
                    await client.RunAsync();
                }
                catch (PowerCutException)
                {
                    client.Stop();
                    Crashes++;
                    IReadOnlyList<Dictionary<string, byte[]>> survivors = _disk.Survivors();
                    SurvivorCount = survivors.Count;
                    _disk = new MemoryFileSystem().With(IsJournalLost ? [] : survivors[_survivor]);
                    await Time.DelayMs(300);
                }
            }
        }
    }
}
