// Which frames are played, as what, and when.
using EsyncSim.Bus;
using EsyncSim.Decode;
using EsyncSim.Logs;
using EsyncSim.Replay;
using Xunit;

namespace EsyncTests.HostSim.Replay;

public sealed class ReplayPlanTests
{
    private const long Ms = VirtualTime.NsPerMs;
    private static readonly LoggedFrame[] Log = [At(5000, 0x7E0), At(5010, 0x7E8), At(5030, 0x100)];

    [Fact]
    public void Frames_are_due_as_they_came_after_a_moment_for_the_ecu_to_start() =>
        Assert.Equal([(100 * Ms, 0x7E0u), (110 * Ms, 0x7E8), (130 * Ms, 0x100)], Due(new ReplayChoice { LeadNs = 100 * Ms }));

    [Fact]
    public void Speed_divides_the_time_but_not_that_of_the_start() =>
        Assert.Equal([100 * Ms, 105 * Ms, 115 * Ms], Due(new ReplayChoice { Speed = 2, LeadNs = 100 * Ms }).Select(frame => frame.DueNs));

    [Fact]
    public void Unlimited_is_at_once() =>
        Assert.All(Due(new ReplayChoice { Speed = double.PositiveInfinity }), frame => Assert.Equal(0, frame.DueNs));

    [Fact]
    public void Only_chosen_identifiers_are_played_under_others() =>
        Assert.Equal(
            [(10 * Ms, 0x18DA10F1u)],
            Due(new ReplayChoice { Only = [new CanId(0x7E8, false)], Map = new Dictionary<CanId, CanId> { [new CanId(0x7E8, false)] = new CanId(0x18DA10F1, true) } }));

    [Fact]
    public void A_simulation_is_repeated_from_the_start_of_its_ecu()
    {
        BusFrame sent = new(1, false, []);
        LoggedFrame frame = new((LogClock.SimulationEpochSeconds * VirtualTime.NsPerSecond) + (7 * Ms), "can0", sent);

        Assert.Equal((7 * Ms) - (FrameBits.Count(sent) * 2000), Assert.Single(ReplayPlan.Of([frame], new ReplayChoice()).Frames).DueNs);
    }

    [Fact]
    public void An_empty_log_plays_nothing() => Assert.Empty(ReplayPlan.Of([], new ReplayChoice()).Frames);

    // The log has the ends of frames.
    private static LoggedFrame At(long ms, uint identifier)
    {
        BusFrame frame = new(identifier, false, [1]);
        return new LoggedFrame((ms * Ms) + (FrameBits.Count(frame) * 2000), "can0", frame);
    }

    private static List<(long DueNs, uint Identifier)> Due(ReplayChoice choice) => [.. ReplayPlan.Of(Log, choice).Frames.Select(frame => (frame.DueNs, frame.Frame.Identifier))];
}
