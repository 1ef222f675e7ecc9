// Addresses of brokers, and the words for what goes wrong with no broker behind them.
using System.Net.Sockets;
using EsyncSim;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class BrokerAccessTests
{
    [Theory]
    [InlineData("mqtt://broker.local", "mqtt://broker.local:1883", false)]
    [InlineData("mqtt://127.0.0.1:18830/", "mqtt://127.0.0.1:18830", false)]
    [InlineData("mqtts://broker.local", "mqtts://broker.local:8883", true)]
    [InlineData("mqtts://[::1]:8884", "mqtts://[::1]:8884", true)]
    public void An_address_says_host_port_and_whether_there_is_TLS(string address, string whole, bool isTls)
    {
        BrokerAccess access = BrokerAccess.Parse(address);

        Assert.Equal((whole, isTls), (access.ToString(), access.IsTls));
    }

    [Theory]
    [InlineData("localhost:1883")]
    [InlineData("http://localhost")]
    [InlineData("mqtt://")]
    [InlineData("mqtts://name:secret@localhost")]
    [InlineData("mqtt://localhost/topic")]
    [InlineData("")]
    public void An_address_that_is_none_is_bad_usage(string address)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => BrokerAccess.Parse(address));

        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("mqtts://host:port", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtts://h", SocketError.ConnectionRefused, "is the port right?")]
    [InlineData("mqtt://h", SocketError.HostNotFound, "does not answer")]
    [InlineData("mqtt://h", SocketError.ConnectionReset, "with it: mqtts://")]
    [InlineData("mqtts://h", SocketError.NotConnected, "give --broker-cert and --broker-key")]
    public void A_connection_that_fails_is_told_by_how_far_it_came(string address, SocketError error, string part)
    {
        IOException failed = new("no connection", new SocketException((int)error));

        Assert.Contains(part, BrokerAccess.Parse(address).Explain(failed), StringComparison.Ordinal);
    }
}
