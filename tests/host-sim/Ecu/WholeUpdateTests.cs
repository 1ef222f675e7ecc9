// A whole update on the virtual ECU, as a measure of the simulation itself.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Ecu;
using EsyncSim.Logs;
using EsyncTests.IlCounting;
using Xunit;

namespace EsyncTests.HostSim.Ecu;

public sealed class WholeUpdateTests
{
    [Fact]
    public void Skipping_idle_turns_changes_the_time_of_an_update_by_less_than_a_hundredth()
    {
        UpdateScenario skipping = Run("motor", isAlwaysTurning: false);
        UpdateScenario turning = Run("motor", isAlwaysTurning: true);
        Assert.Equal(turning.Bus.FrameCount, skipping.Bus.FrameCount);
        Assert.InRange(skipping.Bus.Time.NowNs, turning.Bus.Time.NowNs * 0.99, turning.Bus.Time.NowNs * 1.01);
        Assert.InRange(DownloadNs(skipping), DownloadNs(turning) * 0.99, DownloadNs(turning) * 1.01);
        Assert.True(skipping.Ecu.TurnCount < turning.Ecu.TurnCount);
    }

    [Fact]
    public void The_same_options_give_the_same_traffic_to_the_bit()
    {
        Assert.Equal(Log(), Log());

        static string Log()
        {
            UpdateScenario scenario = new("motor", new VirtualEcuOptions());
            StringWriter text = new();
            scenario.Bus.Observe(new CandumpLog(text));
            scenario.Run();
            return text.ToString();
        }
    }

    [Fact]
    public void Two_receive_buffers_lose_next_to_nothing_at_the_flow_control_that_they_announce()
    {
        // A block of two fills both buffers while a file is written; the tester present that then comes every two seconds
        // has no room. Not counted: requests while the processor restarts.
        UpdateScenario scenario = new("climate", new VirtualEcuOptions());
        Dictionary<UpdateStage, uint> lost = [];
        scenario.StageEntered = stage => lost[stage] = scenario.Ecu.Can.LostCount;
        scenario.Run();
        Assert.InRange(lost[UpdateStage.Activate] - lost[UpdateStage.Manifest], 0u, 4u);
    }

    private static UpdateScenario Run(string ecu, bool isAlwaysTurning)
    {
        UpdateScenario scenario = new(ecu, new VirtualEcuOptions { IsAlwaysTurning = isAlwaysTurning });
        scenario.Run();
        return scenario;
    }

    private static long DownloadNs(UpdateScenario scenario) =>
        scenario.StageStartNs[UpdateStage.Check] - scenario.StageStartNs[UpdateStage.Download];
}
