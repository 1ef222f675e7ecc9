// Addresses to listen at, as people write them.
using EsyncSim;
using EsyncSim.Web;
using Xunit;

namespace EsyncTests.HostSim.Web;

public sealed class WebAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080", true)]
    [InlineData("localhost", "127.0.0.1:8080", true)]
    [InlineData("localhost:90", "127.0.0.1:90", true)]
    [InlineData("9000", "127.0.0.1:9000", true)]
    [InlineData("0", "127.0.0.1:0", true)]
    [InlineData("0.0.0.0:80", "0.0.0.0:80", false)]
    [InlineData("[::1]:8081", "[::1]:8081", true)]
    [InlineData("::1", "[::1]:8080", true)]
    [InlineData("[::]", "[::]:8080", false)]
    [InlineData("192.168.3.4", "192.168.3.4:8080", false)]
    public void An_address_is_read(string text, string expected, bool isLoopback)
    {
        WebAddress address = WebAddress.Parse(text);
        Assert.Equal(expected, address.ToString());
        Assert.Equal(isLoopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("bench.local:8080")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:")]
    [InlineData("http://127.0.0.1:8080")]
    public void What_is_no_address_is_told_with_a_form_that_is(string text)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => WebAddress.Parse(text));
        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("IP:PORT such as 127.0.0.1:8080", error.Message, StringComparison.Ordinal);
    }
}
