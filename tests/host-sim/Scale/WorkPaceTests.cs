// How far a vehicle may run while its server is outside: at once while frames pass, with the wall clock when they do not.
using EsyncSim.Bus;
using EsyncSim.Scale;
using Xunit;

namespace EsyncTests.HostSim.Scale;

public sealed class WorkPaceTests
{
    private const long Ms = VirtualTime.NsPerMs;

    [Fact]
    public void Without_a_frame_it_goes_with_the_wall_clock()
    {
        VirtualTime time = new();
        WorkPace pace = new(new VirtualBus(time, 500_000), wallNs: 1000 * Ms);
        Assert.Equal((0, false), (pace.Next(1005 * Ms), pace.IsAtWork));
        Run(time, pace, 1020 * Ms);
        Run(time, pace, 4020 * Ms);

        Assert.Equal(3020 * Ms, time.NowNs);
    }

    [Fact]
    public void While_frames_pass_it_does_not_wait_and_silence_is_work_for_a_bounded_time()
    {
        VirtualTime time = new();
        VirtualBus bus = new(time, 500_000);
        WorkPace pace = new(bus, wallNs: 0);
        TrafficOf(bus, time, untilMs: 10_000);
        Run(time, pace, 20 * Ms);
        int turns = 0;
        do
        {
            Run(time, pace, 21 * Ms);
            turns++;
        }
        while (pace.IsAtWork);

        Assert.InRange(time.NowNs, 10_000 * Ms, (10_000 * Ms) + WorkPace.WorkNs + (100 * Ms));
        Assert.InRange(turns, 200, 300);
        long restNs = time.NowNs;
        Run(time, pace, 22 * Ms);
        Assert.Equal((restNs, false), (time.NowNs, pace.IsAtWork));
    }

    private static void Run(VirtualTime time, WorkPace pace, long wallNs) => time.RunUntil(pace.Next(wallNs));

    // A frame every second.
    private static void TrafficOf(VirtualBus bus, VirtualTime time, int untilMs)
    {
        VirtualCan mouth = new(bus, "mouth");
        VirtualCan ear = new(bus, "ear");
        mouth.SetOnline(true);
        ear.SetOnline(true);
        for (int ms = 10; ms <= untilMs; ms += 999)
        {
            time.CreateEvent(() => mouth.TrySend(new EsyncAgent.CanFrame { Identifier = 0x123, Length = 8 })).At(ms * Ms);
        }
    }
}
