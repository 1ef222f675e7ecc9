// What --bus takes, and what it says to the rest.
using EsyncSim;
using EsyncSim.Bus.Real;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class BusAddressTests
{
    [Theory]
    [InlineData("virtual:", "virtual", "", true)]
    [InlineData("socketcan:can0", "socketcan", "can0", false)]
    [InlineData("socketcan:vcan-1.a_b", "socketcan", "vcan-1.a_b", false)]
    [InlineData("slcan:/dev/ttyACM0", "slcan", "/dev/ttyACM0", false)]
    [InlineData("slcan:/dev/serial/by-id/usb-x?bitrate=500000", "slcan", "/dev/serial/by-id/usb-x?bitrate=500000", false)]
    [InlineData("slcan+tcp://127.0.0.1:3333", "slcan+tcp", "//127.0.0.1:3333", false)]
    [InlineData("slcan+tcp://h:3333?bitrate=250000", "slcan+tcp", "//h:3333?bitrate=250000", false)]
    [InlineData("socketcand://[::1]:28600/can0", "socketcand", "//[::1]:28600/can0", false)]
    public void An_address_is_scheme_and_rest(string text, string scheme, string rest, bool isVirtual)
    {
        BusAddress address = BusAddress.Parse(text);
        Assert.Equal((scheme, rest, isVirtual, text), (address.Scheme, address.Rest, address.IsVirtual, address.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("virtual")]
    [InlineData("virtual:x")]
    [InlineData("can0")]
    [InlineData("socketcan:")]
    [InlineData("socketcan:../can0")]
    [InlineData("socketcan:can 0")]
    [InlineData("socketcan:sixteencharacters")]
    [InlineData("SocketCan:can0")]
    [InlineData("token-ring:0")]
    [InlineData("slcan:")]
    [InlineData("slcan:ttyACM0")]
    [InlineData("slcan:/dev/ttyACM0?bitrate=")]
    [InlineData("slcan:/dev/ttyACM0?bitrate=123456")]
    [InlineData("slcan:/dev/ttyACM0?baud=500000")]
    [InlineData("slcan+tcp://127.0.0.1")]
    [InlineData("slcan+tcp://127.0.0.1:0")]
    [InlineData("slcan+tcp://127.0.0.1:3333/can0")]
    [InlineData("socketcand://127.0.0.1:28600")]
    [InlineData("socketcand://127.0.0.1:28600/can0?x=y")]
    [InlineData("tcp-lines://127.0.0.1:4444")]
    public void What_is_no_address_is_told_with_the_forms_that_are(string text)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => BusAddress.Parse(text));
        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("virtual:, socketcan:INTERFACE, slcan:DEVICE[?bitrate=N], slcan+tcp://HOST:PORT[?bitrate=N], socketcand://HOST:PORT/BUS", error.Message);
    }
}
