// Listens to what all vehicles report over a broker, beside whoever is the server there: it acknowledges nothing.
// Invariants: what is no batch is counted and nothing else; messages are handed on one after the other, on the caller's thread.
// The connection is tried again until it is there; what passes meanwhile is not heard.
// Tests: tests/host-sim/Data/BrokerEarTests.cs.
using EsyncSim.Server;
using MQTTnet;

namespace EsyncSim.Data;

/// <summary>Hears reports over MQTT.</summary>
public sealed class BrokerEar : IWatchSource
{
    private readonly HeardBatches _heard = new();
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly BrokerAccess _broker;
    private readonly MqttClientOptions _options;
    private readonly TimeSpan _retryPause;
    private long _strangeCount;
    private int _isReconnecting;
    private volatile bool _isDisposed;

    private BrokerEar(BrokerAccess broker, TimeSpan retryPause)
    {
        _broker = broker;
        _retryPause = retryPause;
        _options = broker.Options($"esync-watch-{Guid.NewGuid():N}"[..23]).Build();
        _client.ApplicationMessageReceivedAsync += message =>
        {
            Hear(message.ApplicationMessage.Topic, System.Buffers.BuffersExtensions.ToArray(message.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
    }

    /// <inheritdoc/>
    public string Description => _broker.ToString();

    /// <summary>Messages on the topics of reports that were none.</summary>
    public long StrangeCount => Interlocked.Read(ref _strangeCount);

    /// <summary>Connects.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="retryPause">Pause before each attempt to connect again; a second by default.</param>
    /// <exception cref="UserErrorException">Nobody answers there, the broker cannot prove who it is, or it does not want this party.</exception>
    public static async Task<BrokerEar> ConnectAsync(BrokerAccess broker, TimeSpan? retryPause = null)
    {
        BrokerEar ear = new(broker, retryPause ?? TimeSpan.FromSeconds(1));
        try
        {
            await ear.ListenAsync().ConfigureAwait(false);
            ear._client.DisconnectedAsync += _ => ear.ReconnectAsync();
            return ear;
        }
        catch (Exception exception) when (IsOfConnection(exception))
        {
            ear.Dispose();
            throw new UserErrorException(ExitCode.BrokerUnreachable, broker.Explain(exception));
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

    private static bool IsOfConnection(Exception exception) => BrokerAccess.IsOfConnection(exception) || exception is InvalidOperationException;

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
        await _broker.ConnectAsync(_client, _options).ConfigureAwait(false);
        await _broker.SubscribeAsync(_client, Topics.AllData).ConfigureAwait(false);
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
