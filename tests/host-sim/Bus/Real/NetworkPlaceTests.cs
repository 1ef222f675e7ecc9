// Hosts and ports as addresses write them, and what is none.
using EsyncSim.Bus.Real;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class NetworkPlaceTests
{
    [Theory]
    [InlineData("//127.0.0.1:28600/can0", "127.0.0.1", 28600, "can0", "", "127.0.0.1:28600")]
    [InlineData("//bench-7.example:1", "bench-7.example", 1, "", "", "bench-7.example:1")]
    [InlineData("//[::1]:0/can0?a=b", "::1", 0, "can0", "a=b", "[::1]:0")]
    [InlineData("//h:5?ecu=x/y", "h", 5, "", "ecu=x/y", "h:5")]
    [InlineData("//h:5/a/b", "h", 5, "a/b", "", "h:5")]
    public void A_place_is_read(string text, string host, int port, string path, string query, string authority)
    {
        NetworkPlace? place = NetworkPlace.TryParse(text);
        Assert.NotNull(place);
        Assert.Equal((host, port, path, query, authority), (place.Host, place.Port, place.Path, place.Query, place.Authority));
    }

    [Theory]
    [InlineData("")]
    [InlineData("//")]
    [InlineData("h:5")]
    [InlineData("//h")]
    [InlineData("//:5")]
    [InlineData("//h:")]
    [InlineData("//h:+5")]
    [InlineData("//h:65536")]
    [InlineData("//::1:5")]
    [InlineData("//[]:5")]
    [InlineData("//a b:5")]
    [InlineData("//user@h:5")]
    public void What_is_no_place_is_none(string text) => Assert.Null(NetworkPlace.TryParse(text));
}
