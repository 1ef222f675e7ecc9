// Messages through an MQTT 5 broker: one in the process, or any other that --broker names.
// Invariants: virtual time stands still from Publish until every party here that the message is meant for has received
// it; handlers then run at that same moment of virtual time, in the order of publication. Messages that no party of
// this process published are ignored: a broker may serve several runs at once. When the broker goes away, what is published
// is lost until it is back; each publication tries to connect and to subscribe again.
// Tests: tests/host-sim/Server.
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EsyncSim.Bus;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace EsyncSim.Server;

/// <summary>A network over MQTT.</summary>
public sealed class MqttMessageNetwork : IMessageNetwork
{
    private const string IdentifierProperty = "esync-message";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReconnectPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan DisconnectPause = TimeSpan.FromMilliseconds(5);

    private readonly VirtualTime _time;
    private readonly LoopbackBroker? _own;
    private readonly BrokerAccess _broker;
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly List<Link> _links = [];
    private readonly ConcurrentDictionary<string, Exchange> _pending = new();
    private readonly TimeSpan _reconnectPatience;
    private bool _isLost;
    private long _published;

    /// <summary>Uses a broker, or starts one in the process when none is given.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="broker">The broker; null starts one.</param>
    /// <param name="reconnectPatience">
    /// Real time for which the first publication after a loss holds virtual time until the broker is back; ten seconds by
    /// default. A paced clock does not stand still: there each publication tries once.
    /// </param>
    public MqttMessageNetwork(VirtualTime time, BrokerAccess? broker, TimeSpan? reconnectPatience = null)
    {
        _time = time;
        _reconnectPatience = reconnectPatience ?? Patience;
        _own = broker is null ? time.Hold(LoopbackBroker.StartAsync()) : null;
        _broker = broker ?? BrokerAccess.Of(_own!);
    }

    /// <inheritdoc/>
    public string Description => _own is null ? _broker.ToString() : $"{_broker} (in this process)";

    /// <inheritdoc/>
    /// <exception cref="UserErrorException">The broker cannot be reached or does not want us.</exception>
    public IMessageLink Join(string name)
    {
        IMqttClient client = new MqttClientFactory().CreateMqttClient();
        Link link = new(this, client, _broker.Options($"esync-{name}-{_run[..12]}").Build());
        Await(link.ConnectAsync());
        _links.Add(link);
        return link;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Link link in _links)
        {
            link.Client.Dispose();
        }

        if (_own is not null)
        {
            _time.Hold(_own.StopAsync());
        }
    }

    private void Publish(Link sender, string topic, ReadOnlyMemory<byte> payload)
    {
        Link[] lost = [.. _links.Where(link => !link.Client.IsConnected)];
        if (lost.Length > 0 && !Reconnect(lost))
        {
            return;
        }

        Link[] receivers = [.. _links.Where(link => link.IsMeant(topic))];
        string identifier = $"{_run}-{_published++.ToString(CultureInfo.InvariantCulture)}";
        Exchange exchange = new(receivers.Length);
        _pending[identifier] = exchange;
        MqttApplicationMessage message = new MqttApplicationMessageBuilder()
            .WithTopic(topic)
            .WithPayload(payload.ToArray())
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .WithUserProperty(IdentifierProperty, System.Text.Encoding.ASCII.GetBytes(identifier))
            .Build();
        try
        {
            _time.Hold(PassAsync(sender, message, exchange).WaitAsync(Patience));
        }
        catch (Exception exception) when (BrokerAccess.IsOfConnection(exception))
        {
            if (exception is BrokerRefusalException)
            {
                throw new UserErrorException(ExitCode.BrokerUnreachable, exception.Message);
            }

            // Lost with the connection, for some of the receivers or for all; a broker that is there and mute is another matter.
            if (exception is TimeoutException && _links.TrueForAll(link => link.Client.IsConnected))
            {
                throw new UserErrorException(
                    ExitCode.BrokerUnreachable, $"the broker at {_broker} does not bring messages to {topic} to whom they are for; do its topic rules let this party read there?");
            }
        }

        _pending.TryRemove(identifier, out _);
        foreach (Link receiver in receivers)
        {
            if (exchange.TryGetPayload(receiver, out byte[]? arrived))
            {
                _time.After(0, () => receiver.Dispatch(topic, arrived));
            }
        }
    }

    private async Task PassAsync(Link sender, MqttApplicationMessage message, Exchange exchange)
    {
        await _broker.PublishAsync(sender.Client, message).ConfigureAwait(false);
        await exchange.Completion.ConfigureAwait(false);
    }

    // True when all parties of this process are connected again.
    private bool Reconnect(Link[] lost)
    {
        // One who has waited in vain once does not wait again: every message would.
        TimeSpan patience = _isLost || _time.Pace is not null ? TimeSpan.Zero : _reconnectPatience;
        _isLost = !_time.Hold(TryConnectAsync(lost, patience));
        foreach (Link link in _isLost ? [] : lost)
        {
            _time.After(0, () => link.Restored?.Invoke());
        }

        return !_isLost;
    }

    private static async Task<bool> TryConnectAsync(Link[] links, TimeSpan patience)
    {
        Stopwatch waited = Stopwatch.StartNew();
        foreach (Link link in links)
        {
            while (!await link.TryConnectAsync().ConfigureAwait(false))
            {
                if (waited.Elapsed >= patience)
                {
                    return false;
                }

                await Task.Delay(ReconnectPause).ConfigureAwait(false);
            }
        }

        return true;
    }

    private void Arrived(Link receiver, MqttApplicationMessage message)
    {
        string? identifier = message.UserProperties?.Find(property => property.Name == IdentifierProperty)?.ReadValueAsString();
        if (identifier is not null && _pending.TryGetValue(identifier, out Exchange? exchange))
        {
            exchange.Arrived(receiver, System.Buffers.BuffersExtensions.ToArray(message.Payload));
        }
    }

    // A message that waits for a receiver who is gone waits in vain.
    private void Disconnected()
    {
        foreach (Exchange exchange in _pending.Values)
        {
            exchange.Break();
        }
    }

    private void Await(Task task)
    {
        try
        {
            _time.Hold(task);
        }
        catch (Exception exception) when (BrokerAccess.IsOfConnection(exception))
        {
            throw new UserErrorException(ExitCode.BrokerUnreachable, $"{_broker.Explain(exception)} Without --broker one runs inside this program");
        }
    }

    /// <summary>One message on its way to its receivers; a repeated delivery counts once.</summary>
    private sealed class Exchange(int receivers)
    {
        private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ConcurrentDictionary<Link, byte[]> _payloads = new();

        public Task Completion => receivers == 0 ? Task.CompletedTask : _completion.Task;

        public bool TryGetPayload(Link receiver, [NotNullWhen(true)] out byte[]? payload) => _payloads.TryGetValue(receiver, out payload);

        public void Arrived(Link receiver, byte[] payload)
        {
            if (_payloads.TryAdd(receiver, payload) && _payloads.Count == receivers)
            {
                _completion.TrySetResult();
            }
        }

        public void Break() => _completion.TrySetException(new MqttCommunicationException("the connection was lost"));
    }

    private sealed class Link : IMessageLink
    {
        private readonly MqttMessageNetwork _network;
        private readonly MqttClientOptions _options;
        private readonly List<(string Filter, MessageHandler Handler)> _subscriptions = [];
        private bool _hasLeft;

        public Link(MqttMessageNetwork network, IMqttClient client, MqttClientOptions options)
        {
            _network = network;
            _options = options;
            Client = client;
            client.ApplicationMessageReceivedAsync += received =>
            {
                network.Arrived(this, received.ApplicationMessage);
                return Task.CompletedTask;
            };
            client.DisconnectedAsync += _ =>
            {
                network.Disconnected();
                return Task.CompletedTask;
            };
        }

        public IMqttClient Client { get; }

        public bool IsConnected => !_hasLeft && !_network._isLost && Client.IsConnected;

        public Action? Restored { get; set; }

        public bool IsMeant(string topic) => _subscriptions.Exists(s => TopicFilter.Matches(s.Filter, topic));

        public Task ConnectAsync() => _network._broker.ConnectAsync(Client, _options);

        // Connects again with all subscriptions; false when the broker is still away.
        public async Task<bool> TryConnectAsync()
        {
            try
            {
                await ConnectAfterDisconnectAsync().ConfigureAwait(false);
                foreach ((string filter, _) in _subscriptions)
                {
                    await _network._broker.SubscribeAsync(Client, filter).ConfigureAwait(false);
                }

                return true;
            }
            catch (Exception exception) when (BrokerAccess.IsOfConnection(exception))
            {
                return false;
            }
        }

        // The client wants its end of the former connection to be over, and has no other word for "not yet" than this exception.
        private async Task ConnectAfterDisconnectAsync()
        {
            Stopwatch waited = Stopwatch.StartNew();
            while (true)
            {
                try
                {
                    await ConnectAsync().ConfigureAwait(false);
                    return;
                }
                catch (InvalidOperationException) when (!Client.IsConnected && waited.Elapsed < Patience)
                {
                    await Task.Delay(DisconnectPause).ConfigureAwait(false);
                }
            }
        }

        public void Subscribe(string filter, MessageHandler handler)
        {
            _network.Await(_network._broker.SubscribeAsync(Client, filter));
            _subscriptions.Add((filter, handler));
        }

        public void Unsubscribe(string filter)
        {
            _subscriptions.RemoveAll(subscription => subscription.Filter == filter);
            _network.Await(Client.UnsubscribeAsync(filter));
        }

        public void Publish(string topic, ReadOnlyMemory<byte> payload)
        {
            if (!_hasLeft)
            {
                _network.Publish(this, topic, payload);
            }
        }

        public void Leave()
        {
            _hasLeft = true;
            _network._links.Remove(this);
            _subscriptions.Clear();
            Client.Dispose();
        }

        public void Dispatch(string topic, byte[] payload)
        {
            foreach ((string filter, MessageHandler handler) in _subscriptions.ToArray())
            {
                if (TopicFilter.Matches(filter, topic))
                {
                    handler(topic, payload);
                }
            }
        }
    }
}
