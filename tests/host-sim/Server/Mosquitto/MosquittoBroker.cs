// Debian's mosquitto as a process of the test: its own configuration in a folder of the test, a free port of the loopback interface,
// ready when it takes a connection, ended by its process id. It never touches one that runs already.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace EsyncTests.HostSim.Server.Mosquitto;

/// <summary>A broker that is another program.</summary>
internal sealed class MosquittoBroker : IAsyncDisposable
{
    private const string Program = "/usr/sbin/mosquitto";

    // Against a hang only: it is there within a tenth of a second.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan ConnectPause = TimeSpan.FromMilliseconds(10);

    private readonly string _configuration;
    private readonly int[] _ports;
    private readonly StringBuilder _said = new();
    private Process? _process;

    private MosquittoBroker(string configuration, int[] ports)
    {
        _configuration = configuration;
        _ports = ports;
    }

    /// <summary>TCP port of its first listener.</summary>
    internal int Port => _ports[0];

    /// <summary>What it said so far, for the message of a test that fails.</summary>
    internal string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Starts a broker.</summary>
    /// <param name="folder">Where its configuration is written.</param>
    /// <param name="configuration">Its configuration, with its listeners.</param>
    /// <param name="ports">Ports of its listeners: it is there when all take connections, for it opens one after the other.</param>
    internal static async Task<MosquittoBroker> StartAsync(Folder folder, string configuration, params int[] ports)
    {
        Assert.True(File.Exists(Program), $"{Program} is not there; install it with `apt-get install mosquitto` (tests/README.md)");

        // Started by root it would become a user who may not look into the test's folder.
        await File.WriteAllTextAsync(folder["mosquitto.conf"], $"user {Environment.UserName}\n{configuration}");
        MosquittoBroker broker = new(folder["mosquitto.conf"], ports);
        await broker.StartAsync();
        return broker;
    }

    /// <summary>TCP ports of the loopback interface that are free, no two the same.</summary>
    internal static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners)
        {
            listener.Start();
        }

        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners)
        {
            listener.Dispose();
        }

        return ports;
    }

    /// <summary>Starts it again on the same port.</summary>
    internal async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(Program, ["-c", _configuration, "-v"]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        using CancellationTokenSource patience = new(Patience);
        foreach (int port in _ports)
        {
            await AwaitAsync(_process, port, patience.Token);
        }
    }

    private async Task AwaitAsync(Process process, int port, CancellationToken patience)
    {
        while (true)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, port, patience);
                return;
            }
            catch (SocketException) when (!process.HasExited)
            {
                await Task.Delay(ConnectPause, patience);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                throw new InvalidOperationException($"mosquitto did not start:\n{Said}", exception);
            }
        }
    }

    /// <summary>Ends it as a power failure would.</summary>
    internal async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private void Hear(string? line)
    {
        lock (_said)
        {
            _said.AppendLine(line);
        }
    }
}
