// A TCP connection to a server of a bus, with small buffers: what the system keeps is late on the bus.
// Invariant: the socket never blocks but in Wait; Nagle's algorithm is off.
// Tests: tests/host-sim/Bus/Real/TcpLinkTests.cs.
using System.Net.Sockets;

namespace EsyncSim.Bus.Real;

/// <summary>A TCP connection.</summary>
internal sealed class TcpLink : IByteLink
{
    private const int BufferLength = 8192;
    private static readonly TimeSpan ConnectMax = TimeSpan.FromSeconds(5);
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendBufferSize = BufferLength };
    private readonly string _address;

    /// <summary>Connects.</summary>
    /// <param name="address">The bus's address, for messages.</param>
    /// <param name="place">Where the server is.</param>
    /// <exception cref="UserErrorException">There is none.</exception>
    public TcpLink(string address, NetworkPlace place)
    {
        _address = address;
        try
        {
            using CancellationTokenSource limit = new(ConnectMax);
            _socket.ConnectAsync(place.Host, place.Port, limit.Token).AsTask().GetAwaiter().GetResult();
            _socket.Blocking = false;
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            _socket.Dispose();
            string why = exception is SocketException ? exception.Message : "no answer within 5 seconds";
            throw new UserErrorException(ExitCode.BusUnusable, $"{address}: cannot connect to {place.Authority}: {why}; is the server running there?");
        }
    }

    /// <inheritdoc/>
    public int Read(Span<byte> into)
    {
        int count = _socket.Receive(into, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success when count > 0 => count,
            SocketError.WouldBlock or SocketError.Interrupted => 0,
            _ => throw Gone(error),
        };
    }

    /// <inheritdoc/>
    public int Write(ReadOnlySpan<byte> from)
    {
        int count = _socket.Send(from, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => count,
            SocketError.WouldBlock or SocketError.Interrupted or SocketError.NoBufferSpaceAvailable => 0,
            _ => throw Gone(error),
        };
    }

    /// <inheritdoc/>
    public void Wait(long timeoutNs) => _socket.Poll(TimeSpan.FromMicroseconds(Math.Max(timeoutNs / VirtualTime.NsPerUs, 1)), SelectMode.SelectRead);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private UserErrorException Gone(SocketError error) => new(
        ExitCode.BusUnusable, $"{_address}: the server has closed the connection{(error == SocketError.Success ? string.Empty : $" ({new SocketException((int)error).Message})")}");
}
