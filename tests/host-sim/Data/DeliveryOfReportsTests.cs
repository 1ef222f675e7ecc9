// Everything arrives once, in order for each ECU: over a network that loses, doubles and delays, with a broker that is gone for an hour,
// with a collector that crashes at any file operation, and with a server that loses its store.
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class DeliveryOfReportsTests(ITestOutputHelper output)
{
    private const string Data = "esync/v1/V1/data/+", Acknowledged = "esync/v1/V1/data-ack";

    [Fact]
    public void On_a_sound_network_nothing_is_repeated()
    {
        using CollectorRig rig = new(ecus: 3);
        int batches = 0, acknowledgements = 0;
        IMessageLink ear = rig.Network.Join("ear");
        ear.Subscribe(Data, (_, _) => batches++);
        ear.Subscribe(Acknowledged, (_, _) => acknowledgements++);
        Drive(rig, seconds: 120);

        rig.AssertAllArrived();
        Assert.Equal(batches, acknowledgements);
        Assert.Equal(rig.Collector.PublishedCount, batches);
        Assert.All(rig.Store.Figures(), stream => Assert.Equal((0L, 0L, 0L), (stream.Duplicates, stream.Gaps, stream.Lost)));
        Assert.Empty(rig.Queue.Ecus);
    }

    [Fact]
    public void The_broker_may_be_gone_for_an_hour()
    {
        using CollectorRig rig = new(ecus: 4);
        rig.Time.After(60 * VirtualTime.NsPerSecond, () => rig.Network.GoDown(3600 * VirtualTime.NsPerSecond));
        Drive(rig, seconds: 3800);

        rig.AssertAllArrived();
        Assert.Equal(1, rig.Network.OutageCount);
        long records = rig.Store.Figures().Sum(stream => stream.Records);
        output.WriteLine($"{records} records, {rig.Collector.PublishedCount} messages, {rig.Store.Figures().Sum(stream => stream.Duplicates)} doubles dropped");
        Assert.Equal(rig.Ecus.Sum(ecu => ecu.Made.Count), records);
        Assert.All(rig.Store.Figures(), stream => Assert.Equal(0, stream.Gaps));
    }

    [Theory]
    [InlineData(MessageFaultKind.Drop)]
    [InlineData(MessageFaultKind.Duplicate)]
    [InlineData(MessageFaultKind.Delay)]
    public void Half_of_all_messages_may_be_lost_doubled_or_late(MessageFaultKind kind)
    {
        long strikes = 0, duplicates = 0;
        for (ulong seed = 1; seed <= 10; seed++)
        {
            using CollectorRig rig = new(ecus: 2, seed);
            MessageFaultRule rule = rig.Network.Faults.Add(new MessageFaultRule { Name = $"{kind}", Kind = kind, Probability = 0.5, DelayNsMax = 20 * VirtualTime.NsPerSecond });
            Drive(rig, seconds: 100, settleSeconds: 400);
            rig.AssertAllArrived();
            strikes += rule.StrikeCount;
            duplicates += rig.Store.Figures().Sum(stream => stream.Duplicates);
            Assert.All(rig.Store.Figures(), stream => Assert.Equal(0, stream.Gaps));
        }

        Assert.True(strikes > 50, $"{strikes} strikes");
        Assert.True(duplicates > 0, "nothing came twice");
    }

    [Fact]
    public void The_collector_may_crash_at_any_file_operation_and_the_medium_may_keep_what_it_likes()
    {
        int states = 0, operations = 0;
        CrashAndGoOn(cutAt: int.MaxValue / 2, DiskCut.Before, 0, ref operations);
        for (int cutAt = 1; cutAt <= operations; cutAt++)
        {
            foreach (DiskCut cut in Enum.GetValues<DiskCut>())
            {
                for (int survivor = 0, count = 1; survivor < count; survivor++)
                {
                    int reached = 0;
                    count = CrashAndGoOn(cutAt, cut, survivor, ref reached);
                    states++;
                }
            }
        }

        output.WriteLine($"{operations} operations, {states} states of the medium");
        Assert.InRange(operations, 15, 200);
        Assert.True(states > 4 * operations, $"{states} states");
    }

    [Fact]
    public void The_server_may_lose_its_store()
    {
        using CollectorRig rig = new();
        Drive(rig, seconds: 50);
        long before = rig.Figures().Records;
        rig.Store.Connection.Query("DELETE FROM value; DELETE FROM event; DELETE FROM record; DELETE FROM stream; SELECT 0");
        Drive(rig, seconds: 50);

        StreamFigures figures = rig.Figures();
        Assert.Equal(rig.Ecu.Made.Count - before, figures.Records);
        Assert.Equal(rig.Ecu.Made[^1].Record.Sequence, figures.Last);
        Assert.Equal(0, figures.Gaps);
    }

    [Fact]
    public void A_server_whose_store_was_set_back_goes_on_and_shows_what_it_lost()
    {
        using CollectorRig rig = new();
        Drive(rig, seconds: 50);
        rig.Store.Connection.Query("DELETE FROM record WHERE sequence > 2; UPDATE stream SET last = 2, records = 2; SELECT 0");
        uint last = rig.Ecu.Made[^1].Record.Sequence;
        Drive(rig, seconds: 50);

        Assert.Equal(last - 2, rig.Figures().Lost);
        Assert.Equal(rig.Ecu.Made[^1].Record.Sequence, rig.Figures().Last);
    }

    [Fact]
    public void What_is_no_batch_changes_nothing()
    {
        using CollectorRig rig = new();
        IMessageLink anybody = rig.Network.Join("anybody");
        Drive(rig, seconds: 20);
        StreamFigures before = rig.Figures();
        foreach (string text in new[] { "", "{}", "null", "[]", "{\"type\":\"esync.data\",\"ecu\":\"other\",\"epoch\":\"000000e1\",\"after\":0,\"records\":[]}" })
        {
            anybody.Publish("esync/v1/V1/data/ecu0", System.Text.Encoding.UTF8.GetBytes(text));
            anybody.Publish("esync/v1/V1/data-ack", System.Text.Encoding.UTF8.GetBytes(text));
        }

        rig.Time.RunFor(VirtualTime.NsPerSecond);
        Assert.Equal(5, rig.Server.StrangeCount);
        Assert.Equal(before, rig.Figures());
    }

    [Fact]
    public void An_acknowledgement_of_another_life_or_ECU_takes_nothing_out_of_the_queue()
    {
        using CollectorRig rig = new();
        rig.Ecu.AddStart();
        rig.Network.Faults.Add(new MessageFaultRule { Name = "no batches", Kind = MessageFaultKind.Drop, Filter = Data, Probability = 1 });
        rig.Round();
        IMessageLink anybody = rig.Network.Join("anybody");
        foreach (DataAcknowledgement wrong in new[] { new DataAcknowledgement("esync.data-acknowledge", "ecu0", "000000e2", 9), new DataAcknowledgement("esync.data-acknowledge", "ecu9", "000000e1", 9) })
        {
            anybody.Publish(Acknowledged, DataJson.Encode(wrong));
        }

        rig.Time.RunFor(VirtualTime.NsPerSecond);
        Assert.Equal(2, rig.Queue.CountOf("ecu0"));
    }

    [Fact]
    public void Over_MQTT_a_broker_that_goes_away_loses_and_doubles_nothing()
    {
        VirtualTime time = new();
        LoopbackBroker broker = time.Hold(LoopbackBroker.StartAsync());
        using MqttMessageNetwork network = new(time, BrokerAccess.Of(broker), reconnectPatience: TimeSpan.Zero);
        int port = broker.Port;
        LogEcu ecu = new(new VirtualBus(time, 500_000), "motor", 0);
        using DataStore store = DataStore.Open(null);
        DataServer server = new(network.Join("server"), store);
        MemoryFileSystem disk = new();
        using ReportQueue queue = ReportQueue.Open(disk, "q");
        DataCollector collector = new(time, network.Join("collector"), new Topics("V1"), [ecu.Collected], disk, queue, () => CollectorRig.Begin + (time.NowNs / VirtualTime.NsPerMs));
        ecu.AddStart();
        time.After(15 * VirtualTime.NsPerSecond, () => time.Hold(broker.StopAsync()));
        time.After(47 * VirtualTime.NsPerSecond, () => broker = time.Hold(LoopbackBroker.StartAsync(port)));
        time.Run(() =>
        {
            for (int i = 1; i < 60; i++)
            {
                time.After(i * VirtualTime.NsPerSecond, () => ecu.AddSample(1));
            }

            time.After(90 * VirtualTime.NsPerSecond, collector.Stop);
            return collector.RunAsync();
        });

        StreamFigures figures = Assert.Single(store.Figures());
        Assert.Equal((ecu.Made.Count, 0L, 0L), ((int)figures.Records, figures.Gaps, figures.Lost));
        Assert.Equal(0, server.StrangeCount);
        time.Hold(broker.StopAsync());
    }

    // A few rounds; the process ends at a file operation, a new one goes on with what the medium kept. Returns how many states that could be.
    private static int CrashAndGoOn(int cutAt, DiskCut cut, int survivor, ref int operations)
    {
        using CollectorRig rig = new();
        rig.Disk.CutAt = rig.Disk.OperationCount + cutAt;
        rig.Disk.Cut = cut;
        IReadOnlyList<Dictionary<string, byte[]>> survivors = [];
        int begun = rig.Disk.OperationCount;
        MemoryFileSystem disk = rig.Disk;
        rig.Ecu.AddStart();
        for (int round = 0; round < 5; round++)
        {
            rig.Ecu.AddSample((ushort)round);
            try
            {
                rig.Round();
            }
            catch (PowerCutException)
            {
                survivors = disk.Survivors();
                rig.RestartCollector(survivors[survivor]);
            }

            operations = Math.Max(operations, disk.OperationCount - begun);
        }

        rig.Time.Run(() =>
        {
            rig.Time.After(60 * VirtualTime.NsPerSecond, rig.Collector.Stop);
            return rig.Collector.RunAsync();
        });
        rig.AssertAllArrived();
        Assert.Equal(0, rig.Figures().Gaps);
        Assert.Empty(rig.Problems);
        return survivors.Count;
    }

    // ECUs make a record each second while the collector runs, and then all settles.
    private static void Drive(CollectorRig rig, int seconds, int settleSeconds = 60)
    {
        if (rig.Ecu.Made.Count > 0)
        {
            rig.RestartCollector();
        }

        rig.Time.Run(
            () =>
            {
                Task running = rig.Collector.RunAsync();
                for (int second = 1; second <= seconds; second++)
                {
                    int now = second;
                    rig.Time.After(second * VirtualTime.NsPerSecond, () => Step(rig, now));
                }

                rig.Time.After((seconds + settleSeconds) * VirtualTime.NsPerSecond, rig.Collector.Stop);
                return running;
            },
            limitNs: 2L * (seconds + settleSeconds) * VirtualTime.NsPerSecond);
    }

    private static void Step(CollectorRig rig, int second)
    {
        foreach (LogEcu ecu in rig.Ecus)
        {
            if (ecu.Made.Count == 0)
            {
                ecu.AddStart();
            }

            ecu.AddSample((ushort)second);
        }
    }
}
