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
    public void What_is_no_address_is_told_with_the_forms_that_are(string text)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => BusAddress.Parse(text));
        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("virtual:, socketcan:INTERFACE", error.Message);
    }
}
