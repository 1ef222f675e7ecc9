// Frames on a virtual bus: at their moments, in their order, and what is said when nobody acknowledges.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Replay;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Replay;

public sealed class ReplayRunTests
{
    private readonly BusBench _bench = new();

    [Fact]
    public void Frames_leave_in_order_and_not_before_their_moment()
    {
        ReplayFrame[] frames = [.. Enumerable.Range(0, 40).Select(i => new ReplayFrame(i < 20 ? 0 : 50 * VirtualTime.NsPerMs, new BusFrame((uint)(0x700 - i), false, [(byte)i])))];
        VirtualCan can = _bench.Node("replay");
        _ = _bench.Node("listener");

        ReplayCount count = _bench.Time.Run(() => new ReplayRun(_bench.Time, can).PlayAsync(new ReplayPlan(frames)));

        Assert.Equal(40, count.Sent);
        Assert.Equal(frames.Select(frame => frame.Frame), _bench.Records.Select(record => record.Frame));
        Assert.All(_bench.Records.Skip(20), record => Assert.True(record.StartNs >= 50 * VirtualTime.NsPerMs));
        Assert.True(count.LatestMs > 1, "twenty frames at once cannot all be in time");
    }

    [Fact]
    public void A_bus_that_takes_nothing_ends_the_replay()
    {
        VirtualCan can = _bench.Node("replay");
        ReplayRun run = new(_bench.Time, can);
        can.PowerOff();

        UserErrorException error = Assert.Throws<UserErrorException>(() => _bench.Time.Run(() => run.PlayAsync(new ReplayPlan([new ReplayFrame(0, new BusFrame(1, false, []))]))));

        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
    }
}
