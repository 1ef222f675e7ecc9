// A vehicle with ECUs on several buses: buses are worked on at the same time, ECUs of one bus one after the other, each in its order.
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class SideBySideTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CampaignMode.Independent)]
    [InlineData(CampaignMode.AllOrNothing)]
    public void Three_buses_are_faster_than_one(CampaignMode mode)
    {
        long one = DurationNs(1, mode, out int mostOfOne), three = DurationNs(3, mode, out int mostOfThree);

        output.WriteLine($"{mode}: {one / 1e9:F2} s on one bus, {three / 1e9:F2} s on three");
        Assert.Equal((1, 3), (mostOfOne, mostOfThree));
        Assert.True(three * 2 < one, $"{one} ns on one bus, {three} ns on three");
    }

    [Fact]
    public void One_that_fails_keeps_nothing_from_those_beside_it()
    {
        using GroupRig rig = new(2);
        rig.Run(async () =>
        {
            IReadOnlyList<TargetResult> results = await rig.UpdateAsync(new Campaign("c", rig.Targets("2.0.0", 2, (1, "selftest"))));
            Assert.Equal([TargetEnd.Completed, TargetEnd.RolledBack, TargetEnd.Completed], results.Select(result => result.End));
            Assert.Equal(["2.0.0 Confirmed", "1.0.0 Confirmed", "2.0.0 Confirmed"], await rig.SettleAsync());
        });
    }

    [Fact]
    public void One_that_comes_after_another_waits_for_it_though_its_bus_is_free()
    {
        using GroupRig rig = new(3);
        rig.Run(async () =>
        {
            CampaignTarget[] targets = rig.Targets("2.0.0", 2);
            targets[0] = targets[0] with { After = ["ecu2"] };
            await rig.UpdateAsync(new Campaign("c", targets));
            string[] told = [.. rig.Told.Select(package => $"{package.Type} {package.Status}")];
            Assert.True(Array.IndexOf(told, "/ECU/ecu0 DOWNLOAD_CONSENT") > Array.IndexOf(told, "/ECU/ecu2 INSTALL_COMPLETED"));
            Assert.Equal(3, told.Count(one => one.EndsWith("INSTALL_COMPLETED", StringComparison.Ordinal)));
        });
    }

    private static long DurationNs(int buses, CampaignMode mode, out int most)
    {
        using GroupRig rig = new(buses);
        long ns = 0;
        int count = 0;
        rig.Run(async () =>
        {
            rig.OnMessage = _ => count = Math.Max(count, rig.UnderWayCount);
            long begin = rig.Time.NowNs;
            IReadOnlyList<TargetResult> results = await rig.UpdateAsync(new Campaign("c", rig.Targets("2.0.0", 2)) { Mode = mode });
            ns = rig.Time.NowNs - begin;
            Assert.All(results, result => Assert.Equal(TargetEnd.Completed, result.End));
        });
        most = count;
        return ns;
    }
}
