// Both networks behave alike, except for time: MQTT takes none, the virtual one takes what the seed says.
using System.Net.Sockets;
using System.Text;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server;

public class MessageNetworkTests
{
    [Fact]
    public void Mqtt_delivers_in_order_and_virtual_time_stands_still()
    {
        VirtualTime time = new();
        using MqttMessageNetwork network = new(time, broker: null);
        IMessageLink server = network.Join("server");
        IMessageLink vehicle = network.Join("vehicle");
        List<string> heard = [];
        vehicle.Subscribe("esync/v1/V1/#", (topic, payload) =>
        {
            heard.Add($"{time.NowNs} {topic[^2..]} {Text(payload)}");
            if (heard.Count == 1)
            {
                vehicle.Publish("esync/v1/answer", "from the handler"u8.ToArray());
            }
        });
        server.Subscribe("esync/v1/answer", (_, payload) => heard.Add($"{time.NowNs} answer {Text(payload)}"));
        time.RunUntil(5);
        for (int i = 0; i < 20; i++)
        {
            server.Publish("esync/v1/V1/to", Encoding.ASCII.GetBytes($"{i}"));
            server.Publish("esync/v1/V2/to", "not for us"u8.ToArray());
        }

        time.RunFor(0);

        IEnumerable<string> sent = Enumerable.Range(0, 20).Select(i => $"5 to {i}");
        Assert.Equal(sent, heard.Where(line => !line.Contains("answer")));
        Assert.Contains("5 answer from the handler", heard);
    }

    [Fact]
    public void Mqtt_carries_a_whole_package()
    {
        VirtualTime time = new();
        using MqttMessageNetwork network = new(time, broker: null);
        byte[] package = new byte[300_000];
        new SeededRandom(1).Fill(package);
        byte[] received = [];
        network.Join("vehicle").Subscribe("package/+", (_, payload) => received = payload.ToArray());
        network.Join("server").Publish("package/1", package);
        time.RunFor(0);

        Assert.Equal(package, received);
    }

    [Fact]
    public void Two_runs_on_one_broker_do_not_hear_each_other()
    {
        VirtualTime time = new();
        using MqttMessageNetwork first = new(time, broker: null);
        string address = first.Description.Split(' ')[0];
        using MqttMessageNetwork second = new(time, BrokerAccess.Parse(address));
        int heard = 0;
        first.Join("vehicle").Subscribe("a", (_, _) => heard++);
        IMessageLink other = second.Join("vehicle");
        other.Subscribe("a", (_, _) => heard += 100);
        first.Join("server").Publish("a", new byte[1]);
        time.RunFor(0);

        Assert.Equal(1, heard);
    }

    [Fact]
    public void A_broker_that_is_not_there_is_said_in_one_line()
    {
        using TcpListener listener = new(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        int port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using MqttMessageNetwork network = new(new VirtualTime(), BrokerAccess.Parse($"mqtt://127.0.0.1:{port}"));

        UserErrorException error = Assert.Throws<UserErrorException>(() => network.Join("server"));

        Assert.Equal(ExitCode.BrokerUnreachable, error.ExitCode);
        Assert.Contains($"mqtt://127.0.0.1:{port}", error.Message);
    }

    [Fact]
    public void Virtual_messages_take_time_keep_their_order_and_repeat_with_the_seed()
    {
        List<string> first = VirtualRun(7);

        Assert.Equal(first, VirtualRun(7));
        Assert.NotEqual(first, VirtualRun(8));
        Assert.Equal(Enumerable.Range(0, 30), first.Select(line => int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.All(first, line => Assert.InRange(long.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), 5_000_000, 80_000_000));
    }

    [Fact]
    public void While_the_network_is_down_nothing_arrives_and_the_parties_hear_of_its_end()
    {
        using VirtualPair pair = new();
        IMessageLink server = pair.Server;
        server.Restored = () => server.Publish("a", Encoding.ASCII.GetBytes($"restored at {pair.Time.NowMs} ms"));
        server.Publish("a", "under way"u8.ToArray());
        pair.Network.GoDown(2 * VirtualTime.NsPerSecond);
        Assert.False(server.IsConnected);
        server.Publish("a", "published while down"u8.ToArray());
        pair.Time.RunFor(3 * VirtualTime.NsPerSecond);

        Assert.True(server.IsConnected);
        Assert.Equal(["restored at 2000 ms"], pair.Heard);
        Assert.Equal(1, pair.Network.OutageCount);
    }

    [Theory]
    [InlineData(MessageFaultKind.Drop, "0 2 3")]
    [InlineData(MessageFaultKind.Duplicate, "0 1 2 3 1")]
    [InlineData(MessageFaultKind.Delay, "0 2 3 1")]
    public void A_fault_strikes_the_message_that_it_is_told_to(MessageFaultKind kind, string expected)
    {
        VirtualTime time = new();
        using VirtualMessageNetwork network = new(time, 3);
        MessageFaultRule rule = network.Faults.Add(new MessageFaultRule { Name = "f", Kind = kind, MatchIndex = 1, Filter = "a/#" });
        List<string> heard = [];
        network.Join("vehicle").Subscribe("#", (_, payload) => heard.Add(Text(payload)));
        IMessageLink server = network.Join("server");
        for (int i = 0; i < 4; i++)
        {
            server.Publish("a/b", Encoding.ASCII.GetBytes($"{i}"));
        }

        time.RunFor(20 * VirtualTime.NsPerSecond);

        Assert.Equal(expected, string.Join(' ', heard));
        Assert.Equal((1, 4), (rule.StrikeCount, rule.MatchCount));
    }

    [Fact]
    public void Who_has_left_hears_nothing_and_is_not_heard()
    {
        using VirtualPair pair = new();
        pair.Server.Subscribe("b", (_, payload) => pair.Heard.Add(Text(payload)));
        pair.Server.Publish("a", "under way"u8.ToArray());
        pair.Vehicle.Leave();
        pair.Vehicle.Publish("b", "from a dead one"u8.ToArray());
        pair.Time.RunFor(VirtualTime.NsPerSecond);

        Assert.Empty(pair.Heard);
        Assert.False(pair.Vehicle.IsConnected);
    }

    [Fact]
    public void Mqtt_connects_and_subscribes_again_when_the_broker_is_back()
    {
        VirtualTime time = new();
        LoopbackBroker broker = time.Hold(LoopbackBroker.StartAsync());
        int port = broker.Port;
        using MqttMessageNetwork network = new(time, BrokerAccess.Parse($"mqtt://127.0.0.1:{port}"), reconnectPatience: TimeSpan.Zero);
        IMessageLink vehicle = network.Join("vehicle");
        IMessageLink server = network.Join("server");
        List<string> heard = [];
        int restored = 0;
        vehicle.Subscribe("a", (_, payload) => heard.Add(Text(payload)));
        vehicle.Restored = () => restored++;
        server.Publish("a", "before"u8.ToArray());

        time.Hold(broker.StopAsync());
        server.Publish("a", "while it is away"u8.ToArray());
        server.Publish("a", "still"u8.ToArray());
        Assert.False(server.IsConnected);
        broker = time.Hold(LoopbackBroker.StartAsync(port));
        server.Publish("a", "after"u8.ToArray());
        time.RunFor(0);

        Assert.Equal(["before", "after"], heard);
        Assert.True(server.IsConnected && vehicle.IsConnected);
        Assert.Equal(1, restored);
        time.Hold(broker.StopAsync());
    }

    [Theory]
    [InlineData("a/b", "a/b", true)]
    [InlineData("a/b", "a/c", false)]
    [InlineData("a/b", "a/b/c", false)]
    [InlineData("a/+", "a/b", true)]
    [InlineData("a/+", "a/b/c", false)]
    [InlineData("a/+/c", "a/b/c", true)]
    [InlineData("a/#", "a/b/c", true)]
    [InlineData("a/#", "b/c", false)]
    [InlineData("a/b/c", "a/b", false)]
    public void Filters_match_as_MQTT_says(string filter, string topic, bool isMatch)
    {
        Assert.Equal(isMatch, TopicFilter.Matches(filter, topic));
    }

    private static List<string> VirtualRun(ulong seed)
    {
        VirtualTime time = new();
        using VirtualMessageNetwork network = new(time, seed);
        List<string> heard = [];
        network.Join("vehicle").Subscribe("a", (_, payload) => heard.Add($"{time.NowNs} {Text(payload)}"));
        IMessageLink server = network.Join("server");
        for (int i = 0; i < 30; i++)
        {
            server.Publish("a", Encoding.ASCII.GetBytes($"{i}"));
        }

        time.RunFor(VirtualTime.NsPerSecond);
        return heard;
    }

    private static string Text(ReadOnlyMemory<byte> payload) => Encoding.ASCII.GetString(payload.Span);

    /// <summary>A vehicle that hears topic a, and a server.</summary>
    private sealed class VirtualPair : IDisposable
    {
        public VirtualPair()
        {
            Network = new VirtualMessageNetwork(Time, 1);
            Vehicle = Network.Join("vehicle");
            Server = Network.Join("server");
            Vehicle.Subscribe("a", (_, payload) => Heard.Add(Text(payload)));
        }

        public VirtualTime Time { get; } = new();

        public VirtualMessageNetwork Network { get; }

        public IMessageLink Vehicle { get; }

        public IMessageLink Server { get; }

        public List<string> Heard { get; } = [];

        public void Dispose() => Network.Dispose();
    }
}
