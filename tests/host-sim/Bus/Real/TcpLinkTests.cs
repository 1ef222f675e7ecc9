// A TCP connection: nobody there, and a server that goes away.
using System.Net;
using System.Net.Sockets;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class TcpLinkTests
{
    [Fact]
    public void Nobody_there_is_one_line()
    {
        int port;
        using (Socket free = Listen())
        {
            port = PortOf(free);
        }

        foreach (string address in new[] { $"socketcand://127.0.0.1:{port}/can0", $"slcan+tcp://127.0.0.1:{port}" })
        {
            UserErrorException error = Assert.Throws<UserErrorException>(() => BusAddress.Parse(address).Open());
            Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
            Assert.StartsWith($"{address}: cannot connect to 127.0.0.1:{port}: ", error.Message);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void Bytes_pass_nothing_blocks_and_a_server_that_goes_away_shows()
    {
        using Socket listener = Listen();
        using TcpLink link = new("slcan+tcp://x", NetworkPlace.TryParse($"//127.0.0.1:{PortOf(listener)}")!);
        using Socket server = listener.Accept();
        byte[] buffer = new byte[16];
        Assert.Equal(0, link.Read(buffer));
        server.Send("z\r"u8);
        link.Wait(10 * VirtualTime.NsPerSecond);
        Assert.Equal(2, link.Read(buffer));

        int room = 0;
        while (link.Write(new byte[4096]) is > 0 and int count)
        {
            room += count; // until nobody takes any more
        }

        Assert.True(room > 0);
        server.Dispose();
        Assert.Contains("the server has closed the connection", Assert.Throws<UserErrorException>(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                link.Wait(10 * VirtualTime.NsPerSecond);
                link.Read(buffer);
            }
        }).Message);
    }

    private static Socket Listen()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }

    private static int PortOf(Socket socket) => ((IPEndPoint)socket.LocalEndPoint!).Port;
}
