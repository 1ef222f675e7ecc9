// Two parties with clocks of their own and a broker between them, as two processes are: messages in order, and a broker that goes
// away and comes back.
using System.Text;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class BrokerLinkTests
{
    private const long PatienceNs = 60 * VirtualTime.NsPerSecond;

    [Fact]
    public async Task Messages_of_another_process_arrive_in_their_order()
    {
        LoopbackBroker broker = await LoopbackBroker.StartAsync();
        BrokerAccess address = BrokerAccess.Of(broker);
        VirtualTime time = Paced();
        using BrokerLink ear = BrokerLink.Connect(time, address, "ear");
        using BrokerLink mouth = BrokerLink.Connect(Paced(), address, "mouth");
        List<string> heard = [];
        SimSignal all = new(time);
        ear.Subscribe("a/+", (topic, payload) =>
        {
            heard.Add($"{topic} {Encoding.ASCII.GetString(payload.Span)}");
            if (heard[^1] == "a/b 9")
            {
                all.Set();
            }
        });

        // Its own message comes back when the subscription counts.
        ear.Subscribe("ready", (_, _) => Enumerable.Range(0, 10).ToList().ForEach(i => mouth.Publish(i % 2 == 0 ? "a/a" : "a/b", Encoding.ASCII.GetBytes($"{i}"))));
        ear.Publish("ready", new byte[1]);
        mouth.Publish("b", new byte[1]);
        bool isThere = false;
        time.Run(async () => isThere = await all.Wait(PatienceNs), 2 * PatienceNs);

        Assert.True(isThere);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"a/{(i % 2 == 0 ? 'a' : 'b')} {i}"), heard);
        await broker.StopAsync();
    }

    [Fact]
    public async Task A_broker_that_comes_back_finds_the_subscriptions_again()
    {
        LoopbackBroker broker = await LoopbackBroker.StartAsync();
        VirtualTime time = Paced();
        using BrokerLink link = BrokerLink.Connect(time, BrokerAccess.Of(broker), "party");
        SimSignal restored = new(time), heard = new(time);
        link.Subscribe("a", (_, _) => heard.Set());
        link.Restored = restored.Set;
        await broker.StopAsync();
        bool isLost = false, isRestored = false, isHeard = false;
        time.Run(
            async () =>
            {
                for (int i = 0; link.IsConnected && i < 1000; i++)
                {
                    await time.DelayMs(10);
                }

                isLost = !link.IsConnected;
                link.Publish("a", new byte[1]);
                broker = time.Hold(LoopbackBroker.StartAsync(broker.Port));
                isRestored = await restored.Wait(PatienceNs);
                link.Publish("a", new byte[1]);
                isHeard = await heard.Wait(PatienceNs);
            },
            3 * PatienceNs);

        Assert.Equal((true, true, true), (isLost, isRestored, isHeard));
        await broker.StopAsync();
    }

    [Fact]
    public async Task Where_no_broker_answers_there_is_one_clear_line()
    {
        LoopbackBroker broker = await LoopbackBroker.StartAsync();
        await broker.StopAsync();

        UserErrorException error = Assert.Throws<UserErrorException>(() => BrokerLink.Connect(Paced(), BrokerAccess.Of(broker), "party"));
        Assert.Equal(ExitCode.BrokerUnreachable, error.ExitCode);
        Assert.Contains($"mqtt://127.0.0.1:{broker.Port} does not answer", error.Message, StringComparison.Ordinal);
    }

    private static VirtualTime Paced() => new() { Pace = new WallPace(TimeProvider.System, 0) };
}
