// One party's connection to an MQTT 5 broker whose other parties are other processes: what `esync server` and `esync client` talk by.
// Invariants: handlers run on the simulation's thread, one after the other, in the order of arrival; subscriptions and messages go
// out in the order in which they were asked for and nobody waits for them. While the connection is lost, what is published is lost
// too; it is tried again until it is there, with all subscriptions, and then Restored is called.
// The clock must be paced: to this link real time passes.
// Tests: tests/host-sim/Server/BrokerLinkTests.cs.
using System.Threading.Channels;
using EsyncSim.Bus;
using MQTTnet;
using MQTTnet.Protocol;

namespace EsyncSim.Server;

/// <summary>A link over MQTT between processes.</summary>
public sealed class BrokerLink : IMessageLink, IDisposable
{
    private const uint SessionSeconds = 24 * 3600;
    private const int EarlyCountMax = 64;
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(250);

    private readonly VirtualTime _time;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly BrokerAccess _broker;
    private readonly MqttClientOptions _options;
    private readonly Lock _gate = new();
    private readonly HandlerTable _subscriptions = new();
    private readonly HashSet<string> _told = [];

    // What a session has kept comes before anybody has said what to do with it.
    private readonly Queue<(string Topic, byte[] Payload)> _early = new();
    private readonly Channel<Func<Task>> _outgoing = Channel.CreateUnbounded<Func<Task>>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _end = new();
    private Task _sending = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;

    private BrokerLink(VirtualTime time, BrokerAccess broker, MqttClientOptionsBuilder options)
    {
        _time = time;
        _broker = broker;
        _options = options.Build();
        _client.ApplicationMessageReceivedAsync += received =>
        {
            string topic = received.ApplicationMessage.Topic;
            byte[] payload = System.Buffers.BuffersExtensions.ToArray(received.ApplicationMessage.Payload);
            _time.Post(() => Dispatch(topic, payload));
            return Task.CompletedTask;
        };
    }

    /// <summary>Address of the broker.</summary>
    public string Description => _broker.ToString();

    /// <inheritdoc/>
    public bool IsConnected => !_end.IsCancellationRequested && _client.IsConnected;

    /// <inheritdoc/>
    public Action? Restored { get; set; }

    /// <summary>Hears, on the pump's thread, each thing once that the broker refuses: a topic, or to connect again; with what to do.</summary>
    public Action<string>? Refused { get; set; }

    /// <summary>Connects.</summary>
    /// <param name="time">The clock, paced.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="name">The party, for the broker's log.</param>
    /// <param name="mayBeAway">True: a broker that is away now is connected to when it is there.</param>
    /// <exception cref="UserErrorException">Nobody answers there, the broker cannot prove who it is, or it does not want this party.</exception>
    public static BrokerLink Connect(VirtualTime time, BrokerAccess broker, string name, bool mayBeAway = false) =>
        Connect(new BrokerLink(time, broker, broker.Options($"esync-{name}-{Guid.NewGuid():N}")), mayBeAway, null);

    /// <summary>Connects a vehicle, in the one session that it has at a broker: what is sent to it while it is away for less than a day waits there.</summary>
    /// <param name="time">The clock, paced.</param>
    /// <param name="broker">The broker.</param>
    /// <param name="vehicle">Vehicle identification number. A second client of it takes the session over.</param>
    /// <param name="mayBeAway">True: a broker that is away now is connected to when it is there.</param>
    /// <param name="refused">See <see cref="Refused"/>; it hears as well that the broker is away.</param>
    /// <exception cref="UserErrorException">As <see cref="Connect(VirtualTime, BrokerAccess, string, bool)"/>.</exception>
    public static BrokerLink ConnectVehicle(VirtualTime time, BrokerAccess broker, string vehicle, bool mayBeAway, Action<string>? refused = null)
    {
        MqttClientOptionsBuilder options = broker.Options($"esync-vehicle-{vehicle}").WithCleanStart(false).WithSessionExpiryInterval(SessionSeconds);
        return Connect(new BrokerLink(time, broker, options) { Refused = refused }, mayBeAway, refused);
    }

    private static BrokerLink Connect(BrokerLink link, bool mayBeAway, Action<string>? away)
    {
        try
        {
            link._time.Hold(link._broker.ConnectAsync(link._client, link._options));
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            if (!mayBeAway)
            {
                link.Dispose();
                throw new UserErrorException(ExitCode.BrokerUnreachable, link._broker.Explain(exception));
            }

            away?.Invoke($"{link._broker.Explain(exception)}; going on with what is here, and trying again");
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
            _subscriptions.Add(filter, handler);
        }

        _outgoing.Writer.TryWrite(() => _broker.SubscribeAsync(_client, filter));
        _time.Post(HandEarly);
    }

    /// <inheritdoc/>
    public void Unsubscribe(string filter)
    {
        lock (_gate)
        {
            _subscriptions.Remove(filter);
        }

        _outgoing.Writer.TryWrite(() => _client.UnsubscribeAsync(filter));
    }

    /// <inheritdoc/>
    public void Publish(string topic, ReadOnlyMemory<byte> payload)
    {
        byte[] copy = payload.ToArray();
        _outgoing.Writer.TryWrite(() => _broker.PublishAsync(_client, new MqttApplicationMessageBuilder()
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

    private static bool IsOfConnection(Exception exception) => BrokerAccess.IsOfConnection(exception) || exception is InvalidOperationException or ObjectDisposedException;

    private void Dispatch(string topic, byte[] payload)
    {
        IReadOnlyList<MessageHandler> handlers;
        lock (_gate)
        {
            handlers = _subscriptions.Of(topic);
        }

        if (handlers.Count == 0 && _early.Count < EarlyCountMax)
        {
            _early.Enqueue((topic, payload));
        }

        foreach (MessageHandler handler in handlers)
        {
            handler(topic, payload);
        }
    }

    private void HandEarly()
    {
        for (int left = _early.Count; left > 0; left--)
        {
            (string topic, byte[] payload) = _early.Dequeue();
            Dispatch(topic, payload);
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
        await _broker.ConnectAsync(_client, _options, _end.Token).ConfigureAwait(false);
        string[] filters;
        lock (_gate)
        {
            filters = [.. _subscriptions.Filters];
        }

        foreach (string filter in filters)
        {
            await _broker.SubscribeAsync(_client, filter).ConfigureAwait(false);
        }
    }

    private void Tell(string refusal) => _time.Post(() =>
    {
        if (_told.Add(refusal))
        {
            Refused?.Invoke(refusal);
        }
    });

    // False when it was lost with the connection: whoever minds repeats it.
    private async Task<bool> TryAsync(Func<Task> use)
    {
        try
        {
            await use().ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            if (exception is BrokerRefusalException)
            {
                Tell(exception.Message);
            }

            return false;
        }
    }
}
