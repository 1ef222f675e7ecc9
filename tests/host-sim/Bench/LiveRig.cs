// `esync ecu run` inside a test: the motor's ECU in this process, clients over loopback. Who waits here waits for a line or for the end
// of a program, not for a time; the limit of a read is there only so that a fault ends as one.
using System.Net.Sockets;
using System.Text;
using EsyncSim.Bench;
using EsyncSim.Bus.Serve;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Bench;

internal sealed class LiveRig : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _notes = [];
    private readonly Task _running;

    internal LiveRig(params string[] listen)
        : this(bench => bench, listen)
    {
    }

    internal LiveRig(Func<LiveBench, LiveBench> prepare, params string[] listen)
    {
        Bench = prepare(new LiveBench([NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor")], seed: 1));
        Places = [.. listen.Select(text => Bench.Listen(ListenAddress.Parse(text), Note))];
        _running = Task.Run(() => Bench.Run(TimeProvider.System, speed: null, _stop.Token));
    }

    internal const string AnySocketcand = "socketcand://127.0.0.1:0/can0";
    internal const string AnySlcan = "slcan+tcp://127.0.0.1:0";
    internal const string AnyLines = "tcp-lines://127.0.0.1:0";

    internal LiveBench Bench { get; }

    internal ListenAddress[] Places { get; }

    internal string[] Notes
    {
        get
        {
            lock (_notes)
            {
                return [.. _notes];
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _running.Wait(TestContext.Current.CancellationToken);
        Bench.Dispose();
        _stop.Dispose();
    }

    internal LiveClient Connect(int place = 0, int? receiveBuffer = null) => new(Places[place].Place.Port, receiveBuffer);

    /// <summary>A client of socketcand in raw mode.</summary>
    internal LiveClient ConnectRaw(int place = 0, int? receiveBuffer = null)
    {
        LiveClient client = Connect(place, receiveBuffer);
        client.Expect("< hi >");
        client.Send("< open can0 >");
        client.Expect("< ok >");
        client.Send("< rawmode >");
        client.Expect("< ok >");
        return client;
    }

    /// <summary>Does something on the pump's thread; returns what it gives.</summary>
    internal T OnPump<T>(Func<T> look)
    {
        TaskCompletionSource<T> done = new();
        Bench.Time.Post(() => done.SetResult(look()));
        Assert.True(done.Task.Wait(LiveClient.LimitMs, TestContext.Current.CancellationToken), "the bench does not run");
        return done.Task.Result;
    }

    /// <summary>Waits until something is so, looked at on the pump's thread.</summary>
    internal void Await(Func<bool> isSo, string what)
    {
        long limit = Environment.TickCount64 + LiveClient.LimitMs;
        while (!OnPump(isSo))
        {
            Assert.True(Environment.TickCount64 < limit, what);
        }
    }

    private void Note(string line)
    {
        lock (_notes)
        {
            _notes.Add(line);
        }
    }
}

/// <summary>A client as simple as can be.</summary>
internal sealed class LiveClient : IDisposable
{
    internal const int LimitMs = 30_000;
    private readonly byte[] _buffer = new byte[4096];
    private readonly StringBuilder _text = new();

    internal LiveClient(int port, int? receiveBuffer = null)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = LimitMs, SendTimeout = LimitMs };
        Socket.ReceiveBufferSize = receiveBuffer ?? Socket.ReceiveBufferSize;
        Socket.Connect("127.0.0.1", port);
    }

    internal Socket Socket { get; }

    public void Dispose() => Socket.Dispose();

    internal void Send(string text) => Socket.Send(Encoding.ASCII.GetBytes(text));

    /// <summary>What one read gives, which must be exactly this: a packet of its own.</summary>
    internal void Expect(string packet) => Assert.Equal(packet, Encoding.ASCII.GetString(_buffer, 0, Socket.Receive(_buffer)));

    /// <summary>Reads on until a text is there; returns everything up to its end.</summary>
    internal string ReadTo(string text)
    {
        while (true)
        {
            string all = _text.ToString();
            int at = all.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0)
            {
                _text.Remove(0, at + text.Length);
                return all[..(at + text.Length)];
            }

            int count = Socket.Receive(_buffer);
            Assert.True(count > 0, $"the server has closed; it said {all}");
            _text.Append(Encoding.ASCII.GetString(_buffer, 0, count));
        }
    }

    /// <summary>Reads to the end of the line; returns what came.</summary>
    internal string ReadToEnd()
    {
        int count;
        while ((count = ReadSome()) > 0)
        {
            _text.Append(Encoding.ASCII.GetString(_buffer, 0, count));
        }

        return _text.ToString();
    }

    private int ReadSome()
    {
        try
        {
            return Socket.Receive(_buffer);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }
}
