// What --listen takes, and what it says to the rest.
using EsyncSim;
using EsyncSim.Bus.Serve;
using Xunit;

namespace EsyncTests.HostSim.Bus.Serve;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("socketcand://127.0.0.1:28600/can0", "socketcand", "127.0.0.1", 28600, "can0", null)]
    [InlineData("socketcand://[::1]:0/vcan1", "socketcand", "::1", 0, "vcan1", null)]
    [InlineData("slcan+tcp://localhost:3333", "slcan+tcp", "localhost", 3333, "", null)]
    [InlineData("tcp-lines://0.0.0.0:65535", "tcp-lines", "0.0.0.0", 65535, "", null)]
    [InlineData("tcp-lines://127.0.0.1:1?ecu=motor", "tcp-lines", "127.0.0.1", 1, "", "motor")]
    public void An_address_is_protocol_and_place(string text, string scheme, string host, int port, string bus, string? ecu)
    {
        ListenAddress address = ListenAddress.Parse(text);
        Assert.Equal((scheme, host, port, bus, ecu), (address.Scheme, address.Place.Host, address.Place.Port, address.BusName, address.Ecu));
        Assert.Equal(text, address.ToString());
        Assert.Equal(7, ListenAddress.Parse(address.At(7).ToString()).Place.Port);
    }

    [Theory]
    [InlineData("")]
    [InlineData("socketcand")]
    [InlineData("socketcand:")]
    [InlineData("socketcand://127.0.0.1:28600")]
    [InlineData("socketcand://127.0.0.1/can0")]
    [InlineData("socketcand://127.0.0.1:65536/can0")]
    [InlineData("socketcand://127.0.0.1:-1/can0")]
    [InlineData("socketcand://127.0.0.1:1/can 0")]
    [InlineData("socketcand://:1/can0")]
    [InlineData("socketcand://::1:1/can0")]
    [InlineData("socketcand://127.0.0.1:1/can0?ecu=motor")]
    [InlineData("slcan+tcp://127.0.0.1:1/can0")]
    [InlineData("slcan:/dev/ttyACM0")]
    [InlineData("tcp-lines://127.0.0.1:1?ecu=")]
    [InlineData("tcp-lines://127.0.0.1:1?name=motor")]
    [InlineData("tcp://127.0.0.1:1")]
    public void What_is_no_address_is_told_with_the_forms_that_are(string text)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => ListenAddress.Parse(text));
        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("socketcand://HOST:PORT/BUS, slcan+tcp://HOST:PORT, tcp-lines://HOST:PORT[?ecu=NAME]", error.Message);
    }
}
