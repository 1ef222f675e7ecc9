// The broker inside the process, so that nothing needs to be installed: MQTT 5 on 127.0.0.1, on a port that is free.
// Invariant: reachable from this machine only.
// Tests: tests/host-sim/Server.
using System.Net;
using System.Net.Sockets;
using MQTTnet.Server;

namespace EsyncSim.Server;

/// <summary>An MQTT broker on the loopback interface.</summary>
public sealed class LoopbackBroker
{
    private const int AttemptsMax = 5;
    private readonly MqttServer _server;

    private LoopbackBroker(MqttServer server, int port)
    {
        _server = server;
        Port = port;
    }

    /// <summary>TCP port.</summary>
    public int Port { get; }

    /// <summary>Starts a broker.</summary>
    /// <param name="wantedPort">TCP port; 0 takes one that is free.</param>
    public static async Task<LoopbackBroker> StartAsync(int wantedPort = 0)
    {
        for (int attempt = 1; ; attempt++)
        {
            // MQTTnet does not tell which port it got for port 0; between asking and using, another may take it.
            int port = wantedPort > 0 ? wantedPort : FreePort();
            MqttServer server = new MqttServerFactory().CreateMqttServer(
                new MqttServerOptionsBuilder()
                    .WithDefaultEndpoint()
                    .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
                    .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
                    .WithDefaultEndpointPort(port)
                    .Build());
            try
            {
                await server.StartAsync().ConfigureAwait(false);
                return new LoopbackBroker(server, port);
            }
            catch (SocketException) when (attempt < AttemptsMax)
            {
                server.Dispose();
            }
        }
    }

    /// <summary>Stops the broker.</summary>
    public async Task StopAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        _server.Dispose();
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
