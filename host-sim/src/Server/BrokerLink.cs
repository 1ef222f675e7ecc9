// One party's connection to an MQTT 5 broker whose other parties are other processes: what `esync server` and `esync client` talk by.
// Invariants: handlers run on the simulation's thread, one after the other, in the order of arrival; subscriptions and messages go
// out in the order in which they were asked for and nobody waits for them. While the connection is lost, what is published is lost
// too; it is tried again until it is there, with all subscriptions, and then Restored is called.
// The clock must be paced: to this link real time passes.
// Tests: tests/host-sim/Server/BrokerLinkTests.cs.
using System.Threading.Channels;
using EsyncSim.Bus;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EsyncSim.Server;

/// <summary>A link over MQTT between processes.</summary>
public sealed class BrokerLink : IMessageLink, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private readonly VirtualTime _time;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttClientOptions _options;
    private readonly Lock _gate = new();
    private readonly List<(string Filter, MessageHandler Handler)> _subscriptions = [];
    private readonly Channel<Func<Task>> _outgoing = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private Task _sending = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    private BrokerLink(VirtualTime time, string address, string name)
    {
        _time = time;
        Description = address;
        (string host, int port) = MqttMessageNetwork.ParseAddress(address);
        _options = new MqttClientOptionsBuilder()
            .WithTcpServer(host, port)
            .WithClientId($"esync-{name}-{Guid.NewGuid():N}")
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTimeout(Patience)
            .Build();
        _client.ApplicationMessageReceivedAsync += received =>
        {
            string topic = received.ApplicationMessage.Topic;
            byte[] payload = System.Buffers.BuffersExtensions.ToArray(received.ApplicationMessage.Payload);
            _time.Post(() => Dispatch(topic, payload));
            return Task.CompletedTask;
        };
    }

    /// <summary>Address of the broker.</summary>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsConnected => !_end.IsCancellationRequested && _client.IsConnected;

    /// <inheritdoc/>
    public Action? Restored { get; set; }

    /// <summary>Connects.</summary>
    /// <param name="time">The clock, paced.</param>
    /// <param name="address">Address of the broker, <c>mqtt://host[:port]</c>.</param>
    /// <param name="name">The party, for the broker's log.</param>
    /// <exception cref="UserErrorException">The address is none, or nobody answers there.</exception>
    public static BrokerLink Connect(VirtualTime time, string address, string name)
    {
        BrokerLink link = new(time, address, name);
        try
        {
            time.Hold(link._client.ConnectAsync(link._options));
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            link.Dispose();
            throw new UserErrorException(ExitCode.BrokerUnreachable, $"the broker at {address} does not answer; is it running there, and is the port right?");
        }

        link._sending = Task.Run(link.SendAsync);
        link._watching = Task.Run(link.WatchAsync);
        return link;
    }

    /// <inheritdoc/>
    public void Subscribe(string filter, MessageHandler handler)
    {
        lock (_gate)
        {
            _subscriptions.Add((filter, handler));
        }

        _outgoing.Writer.TryWrite(() => _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce));
    }

    /// <inheritdoc/>
    public void Publish(string topic, ReadOnlyMemory<byte> payload)
    {
        byte[] copy = payload.ToArray();
        _outgoing.Writer.TryWrite(() => _client.PublishAsync(new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithPayload(copy)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build()));
    }

    /// <inheritdoc/>
    public void Leave()
    {
        lock (_gate)
        {
            _subscriptions.Clear();
        }

        _outgoing.Writer.TryComplete();
    }

    /// <summary>Leaves, and gives what was published before a while to go out.</summary>
    public void Dispose()
    {
        Leave();
        _sending.Wait(DrainPatience);
        _end.Cancel();
        _client.Dispose();
        Task.WaitAll([_sending, _watching], DrainPatience);
        _end.Dispose();
    }

    private static bool IsOfConnection(Exception exception) => exception is MqttCommunicationException or MqttProtocolViolationException
        or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException or InvalidOperationException or ObjectDisposedException;

    private void Dispatch(string topic, byte[] payload)
    {
        (string Filter, MessageHandler Handler)[] subscriptions;
        lock (_gate)
        {
            subscriptions = [.. _subscriptions];
        }

        foreach ((string filter, MessageHandler handler) in subscriptions)
        {
            if (TopicFilter.Matches(filter, topic))
            {
                handler(topic, payload);
            }
        }
    }

    private async Task SendAsync()
    {
        await foreach (Func<Task> send in _outgoing.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            await TryAsync(send).ConfigureAwait(false);
        }
    }

    private async Task WatchAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            if (!_client.IsConnected && await TryAsync(ConnectAgainAsync).ConfigureAwait(false))
            {
                _time.Post(() => Restored?.Invoke());
            }

            await TryAsync(() => Task.Delay(RetryPause, _end.Token)).ConfigureAwait(false);
        }
    }

    private async Task ConnectAgainAsync()
    {
        await _client.ConnectAsync(_options, _end.Token).ConfigureAwait(false);
        string[] filters;
        lock (_gate)
        {
            filters = [.. _subscriptions.Select(subscription => subscription.Filter)];
        }

        foreach (string filter in filters)
        {
            await _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce).ConfigureAwait(false);
        }
    }

    // False when it was lost with the connection: whoever minds repeats it.
    private static async Task<bool> TryAsync(Func<Task> use)
    {
        try
        {
            await use().ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            return false;
        }
    }
}
