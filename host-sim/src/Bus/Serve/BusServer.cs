// A listening TCP socket and its clients, each with a conversation on the virtual bus.
// Invariants: sockets are read and written beside the pump; what was read is handed to the pump and awaited, so that nothing piles up.
// A client that breaks its line, sends nonsense or reads nothing concerns nobody else; one too many is refused with a reason.
// Notes come on the pump's thread, and seldom: what happens over and over is told at its 1st, 2nd, 4th, 8th time.
// Tests: tests/host-sim/Bus/Serve/BusServerTests.cs, HostileClientTests.cs.
using System.Net;
using System.Net.Sockets;
using EsyncSim.Bus.Real;

namespace EsyncSim.Bus.Serve;

/// <summary>A server of a virtual bus.</summary>
public sealed class BusServer : IDisposable
{
    /// <summary>Clients at the same time.</summary>
    public const int ClientsMax = 16;

    // Small, for what the system keeps for a client is late on the bus and invisible to its timeouts.
    private const int SocketBufferLength = 8192;
    private const int ReadLength = 4096;
    private const int PacketLength = 16_384; // more than the longest piece: a response of 4095 bytes in digits
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LeaveMax = TimeSpan.FromSeconds(1);
    private readonly VirtualBus _bus;
    private readonly ListenAddress _address;
    private readonly Func<IClientSide, Conversation> _converse;
    private readonly Action<string> _note;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _clients;
    private long _refused;

    /// <summary>Listens from now on.</summary>
    /// <param name="bus">The bus.</param>
    /// <param name="address">Where to listen.</param>
    /// <param name="converse">Begins the conversation with a client.</param>
    /// <param name="note">Tells the user what happens to clients.</param>
    /// <exception cref="UserErrorException">Nothing can listen there.</exception>
    public BusServer(VirtualBus bus, ListenAddress address, Func<IClientSide, Conversation> converse, Action<string> note)
    {
        _bus = bus;
        _address = address;
        _converse = converse;
        _note = note;
        _socket = Listen(address);
        Address = address.At(((IPEndPoint)_socket.LocalEndPoint!).Port);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens, with the port that was taken.</summary>
    public ListenAddress Address { get; }

    /// <summary>Clients that are connected now.</summary>
    public int ClientCount => Volatile.Read(ref _clients);

    /// <summary>Closes the socket and all clients.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _accepting.Wait();
        _stop.Dispose();
    }

    private static Socket Listen(ListenAddress address)
    {
        Socket? socket = null;
        try
        {
            IPAddress host = Dns.GetHostAddresses(address.Place.Host).OrderBy(one => one.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First(); // what most clients try
            socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = SocketBufferLength };
            socket.Bind(new IPEndPoint(host, address.Place.Port));
            socket.Listen();
            return socket;
        }
        catch (SocketException exception)
        {
            socket?.Dispose();
            throw new UserErrorException(ExitCode.BusUnusable, $"cannot listen at {address}: {exception.Message}; port 0 takes a free one");
        }
    }

    // A client whose computer is gone without a word leaves its place within a minute.
    private static void KeepAlive(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _socket.AcceptAsync(_stop.Token);
                serving.RemoveAll(task => task.IsCompleted);
                serving.Add(ClientCount < ClientsMax ? ServeAsync(client) : RefuseAsync(client));
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                await Task.Delay(Pause); // a client that was gone before it came in, or no descriptor is free
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                break;
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task RefuseAsync(Socket socket)
    {
        using (socket)
        {
            _bus.Time.Post(() =>
            {
                if (long.IsPow2(++_refused))
                {
                    _note($"{_address.Scheme}: {ClientsMax} clients are connected, that is all; refused so far: {_refused}");
                }
            });
            try
            {
                await socket.SendAsync(_address.Refusal(ClientsMax), _stop.Token);
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception exception) when (IsEnd(exception))
            {
                // Gone already: nobody is there to be told.
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _clients);
        ServedClient? client = null;
        Task writing = Task.CompletedTask;
        try
        {
            socket.NoDelay = true;
            socket.SendBufferSize = SocketBufferLength;
            KeepAlive(socket);
            string name = $"{_address.Scheme} client {socket.RemoteEndPoint}";
            client = await OnPumpAsync(() => Task.FromResult(new ServedClient(_bus, name, _converse, _note)));
            writing = WriteAsync(socket, client);
            await ReadAsync(socket, client);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // The line is broken, or the server ends.
        }

        if (client is not null)
        {
            _bus.Time.Post(client.End);
            await Task.WhenAny(writing, Task.Delay(LeaveMax, _stop.Token));
        }

        socket.Dispose();
        await writing;
        Interlocked.Decrement(ref _clients);
    }

    private async Task ReadAsync(Socket socket, ServedClient client)
    {
        byte[] buffer = new byte[ReadLength];
        bool mayRead = true;
        while (mayRead)
        {
            int count = await socket.ReceiveAsync(buffer, _stop.Token);
            mayRead = await OnPumpAsync(() => count == 0 ? client.DrainAsync() : client.TakeAsync(buffer.AsSpan(0, count))) && count > 0;
        }
    }

    private async Task WriteAsync(Socket socket, ServedClient client)
    {
        try
        {
            byte[] packet = new byte[PacketLength];
            while (await client.Outbox.WaitToReadAsync(_stop.Token))
            {
                (int length, bool isAlone) = Fill(packet, client);
                for (int sent = 0; sent < length;)
                {
                    sent += await socket.SendAsync(packet.AsMemory(sent, length - sent), _stop.Token);
                }

                if (isAlone)
                {
                    await Task.Delay(Pause, _stop.Token); // the client reads it before anything follows
                }
            }

            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            _bus.Time.Post(client.End);
        }
    }

    // What is to be said next: all that there is, or one piece that goes alone.
    private (int Length, bool IsAlone) Fill(byte[] packet, ServedClient client)
    {
        int length = 0;
        while (client.Outbox.TryPeek(out Said said) && length + said.Bytes.Length <= packet.Length && !(said.IsAlone && length > 0))
        {
            client.Outbox.TryRead(out _);
            said.Bytes.CopyTo(packet, length);
            length += said.Bytes.Length;
            if (client.Written())
            {
                _bus.Time.Post(client.Continue);
            }

            if (said.IsAlone)
            {
                return (length, true);
            }
        }

        return (length, false);
    }

    // Lets the pump do something, and waits for what it promises.
    private async Task<T> OnPumpAsync<T>(Func<Task<T>> action)
    {
        TaskCompletionSource<Task<T>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _bus.Time.Post(() => done.SetResult(action()));
        return await (await done.Task.WaitAsync(_stop.Token)).WaitAsync(_stop.Token);
    }

    private static bool IsEnd(Exception exception) => exception is OperationCanceledException or SocketException or ObjectDisposedException;
}
