// A vehicle says that it is there: at once, when the connection is there again, and every minute.
using EsyncSim.Bus;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using EsyncTests.HostSim.Data;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class AnnouncerTests
{
    [Fact]
    public void It_says_which_ECUs_it_has_on_which_buses()
    {
        VirtualTime time = new();
        using VirtualMessageNetwork network = new(time, 1);
        List<(long Ms, EsyncMessage Message)> heard = [];
        network.Join("server").Subscribe("esync/v1/+/announce", (_, payload) => heard.Add((time.NowNs / VirtualTime.NsPerMs, EsyncJson.TryDecode(payload)!)));
        Announcer announcer = new(time, network.Join("vehicle"), new Topics("V1"), [new LogEcu(new VirtualBus(time, 500_000), "motor", 0).Vehicle with { Bus = "can7" }]);
        time.RunFor(70 * VirtualTime.NsPerSecond);
        network.GoDown(5 * VirtualTime.NsPerSecond);
        time.RunFor(20 * VirtualTime.NsPerSecond);
        announcer.Stop();
        network.GoDown(5 * VirtualTime.NsPerSecond);
        time.RunFor(200 * VirtualTime.NsPerSecond);

        Assert.Equal([0, 60, 75], heard.Select(one => one.Ms / 1000));
        EsyncBody body = heard[0].Message.Body;
        Assert.Equal(("esync.announce", "/vehicle", "V1"), (heard[0].Message.Type, body.Package.Type, body.Package.Name));
        Assert.Equal(("/ECU/motor", "can7"), (body.Ecus![0].Type, body.Ecus[0].Bus));
        Assert.Null(heard[0].Message.Epoch);
    }
}
