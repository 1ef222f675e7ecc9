// Hears one topic at a broker, on threads of its own: for tests that wait for what two other parties say to each other.
using EsyncSim.Server;
using MQTTnet;

namespace EsyncTests.HostSim.Server.Mosquitto;

/// <summary>One who listens.</summary>
internal sealed class MosquittoEar : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    private MosquittoEar()
    {
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Connects; from then on everything on the filter's topics is heard.</summary>
    internal static async Task<MosquittoEar> ConnectAsync(BrokerAccess access, string filter, Action<byte[]> hear)
    {
        MosquittoEar ear = new();
        ear._client.ApplicationMessageReceivedAsync += received =>
        {
            hear(System.Buffers.BuffersExtensions.ToArray(received.ApplicationMessage.Payload));
            return Task.CompletedTask;
        };
        await access.ConnectAsync(ear._client, access.Options($"ear-{Guid.NewGuid():N}").Build());
        await access.SubscribeAsync(ear._client, filter);
        return ear;
    }
}
