// Whole updates on each board's drivers while somebody else uses the bus: what the flow control loses and wins back, and
// the rate that is left. The figures of tests/README.md come from here.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Config;
using EsyncTests.AgentFirmware.EcuM;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class BoardTrafficTests(ITestOutputHelper output)
{
    private const int Length = 30_000;

    [Theory]
    [InlineData("esp32-mcp2515", 0, 6, 20)]
    [InlineData("esp32-mcp2515", 25, 5, 20)]
    [InlineData("esp32-mcp2515", 50, 4, 20)]
    [InlineData("stm32f769i-discovery", 0, 14, 25)]
    [InlineData("stm32f769i-discovery", 25, 4, 20)]
    [InlineData("stm32f769i-discovery", 50, 1, 15)]
    [InlineData("nucleo-f767zi", 0, 7, 14)]
    [InlineData("nucleo-f767zi", 25, 1, 14)]
    [InlineData("stm32f429i-discovery", 0, 7, 14)]
    public void An_update_gets_through(string board, int foreignPercent, double kBpsMin, double kBpsMax)
    {
        VehicleRig rig = new("motor", board: board);
        TrafficNode traffic = new(rig.Bus, "others");
        long startNs = 0, endNs = 0;
        rig.OnTransferred = _ =>
        {
            startNs = startNs == 0 ? rig.Time.NowNs : startNs;
            endNs = rig.Time.NowNs;
        };
        rig.Run(async () =>
        {
            await rig.BeginAsync();
            if (foreignPercent > 0)
            {
                BusFrame frame = new(0x555, false, [1, 2, 3, 4, 5, 6, 7, 8]);
                traffic.Start(frame, rig.Bus.BitsToNs(125) * 100 / foreignPercent);
            }

            UpdateOutcome outcome = await rig.UpdateAsync(rig.Image("1.0.0", 1, Length));
            Assert.True(outcome.End == UpdateEnd.Confirmed, outcome.Text);
        });
        double rate = (Length - 4093) / ((endNs - startNs) / 1e6);
        output.WriteLine($"{board}, {foreignPercent} % foreign: {rate:F1} kB/s, {rig.Ecu.Can.LostCount} frames lost since the last start");
        Assert.InRange(rate, kBpsMin, kBpsMax);
    }
}
