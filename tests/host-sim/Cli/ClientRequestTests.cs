// How the buses and ECUs of `esync client` are named.
using EsyncSim;
using EsyncSim.Bench;
using EsyncSim.Cli;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Cli;

public sealed class ClientRequestTests
{
    private static readonly NfConfig Config = NfConfig.Load(Repository.PathOf("nf.config"));

    [Theory]
    [InlineData("", "motor=m battery=b door=d", "powertrain virtual: motor=m battery=b | comfort virtual: door=d")]
    [InlineData("virtual:", "motor=m battery=b", "can0 virtual: motor=m battery=b")]
    [InlineData("socketcan:can1", "motor=a@b=c", "can0 socketcan:can1 motor=a@b=c")]
    [InlineData("powertrain=socketcan:can0 comfort=socketcan:can1", "door=d motor=m", "comfort socketcan:can1 door=d | powertrain socketcan:can0 motor=m")]
    [InlineData("a=virtual: b=virtual:", "motor=m@a battery=dir@home/b@b", "a virtual: motor=m | b virtual: battery=dir@home/b")]
    public void Each_ECU_is_on_its_bus(string buses, string ecus, string expected) =>
        Assert.Equal(expected, string.Join(" | ", Parse(buses, ecus).Select(bus => $"{bus.Name} {bus.Address} {string.Join(' ', bus.Ecus.Select(ecu => $"{ecu.Ecu.Name}={ecu.Path}"))}")));

    [Theory]
    [InlineData("", "motor", "NAME=FILE")]
    [InlineData("", "motor=m motor=n", "motor stands twice")]
    [InlineData("virtual: virtual:", "motor=m", "can0 stands twice")]
    [InlineData("a=virtual: b=socketcan:can0", "motor=m@a", "all virtual or all real")]
    [InlineData("a=virtual: b=virtual:", "motor=m", "write --ecu motor=m@a")]
    [InlineData("a=nowhere", "motor=m", "names no bus")]
    public void What_does_not_fit_is_told(string buses, string ecus, string part) =>
        Assert.Contains(part, Assert.Throws<UserErrorException>(() => Parse(buses, ecus)).Message, StringComparison.Ordinal);

    private static IReadOnlyList<BenchBus> Parse(string buses, string ecus) =>
        ClientRequest.ParseBuses(buses.Split(' ', StringSplitOptions.RemoveEmptyEntries), ecus.Split(' '), Config);
}
