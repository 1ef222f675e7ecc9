// Listens to what all vehicles report over a broker, beside whoever is the server there: it acknowledges nothing.
// Invariants: what is no batch is counted and nothing else; messages are handed on one after the other, on the caller's thread.
// The connection is tried again until it is there; what passes meanwhile is not heard.
// Tests: tests/host-sim/Data/BrokerEarTests.cs.
using EsyncSim.Server;
using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace EsyncSim.Data;

/// <summary>Hears reports over MQTT.</summary>
public sealed class BrokerEar : IWatchSource
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HeardBatches _heard = new();
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly MqttClientOptions _options;
    private readonly TimeSpan _retryPause;
    private long _strangeCount;
    private int _isReconnecting;
    private volatile bool _isDisposed;

    private BrokerEar(string address, TimeSpan retryPause)
    {
        Description = address;
        _retryPause = retryPause;
        (string host, int port) = MqttMessageNetwork.ParseAddress(address);
        _options = new MqttClientOptionsBuilder()
            .WithTcpServer(host, port)
            .WithClientId($"esync-watch-{Guid.NewGuid():N}"[..23])
            .WithProtocolVersion(MqttProtocolVersion.V500)
            .WithTimeout(Patience)
            .Build();
        _client.ApplicationMessageReceivedAsync += message =>
        {
            Hear(message.ApplicationMessage.Topic, System.Buffers.BuffersExtensions.ToArray(message.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>Messages on the topics of reports that were none.</summary>
    public long StrangeCount => Interlocked.Read(ref _strangeCount);

    /// <summary>Connects.</summary>
    /// <param name="address">Address of the broker, <c>mqtt://host[:port]</c>.</param>
    /// <param name="retryPause">Pause before each attempt to connect again; a second by default.</param>
    /// <exception cref="UserErrorException">The address is none, or nobody answers there.</exception>
    public static async Task<BrokerEar> ConnectAsync(string address, TimeSpan? retryPause = null)
    {
        BrokerEar ear = new(address, retryPause ?? TimeSpan.FromSeconds(1));
        try
        {
            await ear.ListenAsync().ConfigureAwait(false);
            ear._client.DisconnectedAsync += _ => ear.ReconnectAsync();
            return ear;
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            ear.Dispose();
            throw new UserErrorException(
                ExitCode.BrokerUnreachable, $"the broker at {ear.Description} does not answer; is it running there, and is the port right?");
        }
    }

    /// <inheritdoc/>
    public Task<(string Vehicle, DataBatch Batch)?> NextAsync(TimeSpan timeout, CancellationToken stop) => _heard.NextAsync(timeout, stop);

    /// <inheritdoc/>
    public void Dispose()
    {
        _isDisposed = true;
        _client.Dispose();
    }

    private static bool IsOfConnection(Exception exception) => exception is MqttCommunicationException or MqttProtocolViolationException
        or TimeoutException or OperationCanceledException or System.Net.Sockets.SocketException or InvalidOperationException;

    private void Hear(string topic, byte[] payload)
    {
        if (Topics.TryParseData(topic) is { } source && DataJson.TryDecode(payload) is { } batch && batch.Ecu == source.Ecu)
        {
            _heard.Add(source.Vehicle, batch);
        }
        else
        {
            Interlocked.Increment(ref _strangeCount);
        }
    }

    private async Task ListenAsync()
    {
        await _client.ConnectAsync(_options).ConfigureAwait(false);
        await _client.SubscribeAsync(Topics.AllData, MqttQualityOfServiceLevel.AtLeastOnce).ConfigureAwait(false);
    }

    // An attempt that fails may end with one more call of DisconnectedAsync: one of them goes on.
    private async Task ReconnectAsync()
    {
        if (Interlocked.Exchange(ref _isReconnecting, 1) == 1)
        {
            return;
        }

        for (bool isThere = false; !isThere && !_isDisposed;)
        {
            await Task.Delay(_retryPause).ConfigureAwait(false);
            isThere = await TryListenAsync().ConfigureAwait(false);
        }

        _isReconnecting = 0;
    }

    private async Task<bool> TryListenAsync()
    {
        try
        {
            await ListenAsync().ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            return false;
        }
    }
}
