// A server that is killed whenever it stores a step, and the next one on its database: the campaign ends as it would have, each ECU is
// told once, and the group is kept as a whole or not at all.
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class ServerKillTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(CampaignMode.AllOrNothing, true, 2_000, 1)]
    [InlineData(CampaignMode.AllOrNothing, false, 90_000, 1)]
    [InlineData(CampaignMode.AllOrNothing, true, 90_000, 1)]
    [InlineData(CampaignMode.AllOrNothing, false, 2_000, 1)]
    [InlineData(CampaignMode.Independent, false, 2_000, 1)]
    [InlineData(CampaignMode.Independent, true, 2_000, 3)]
    [InlineData(CampaignMode.Independent, false, 90_000, 3)]
    [InlineData(CampaignMode.AllOrNothing, false, 2_000, 3)]
    [InlineData(CampaignMode.AllOrNothing, true, 90_000, 3)]
    public void A_server_that_is_killed_when_it_stores_a_step_goes_on_or_takes_all_back(CampaignMode mode, bool isStored, int offMs, int buses) => Kill(mode, isStored, offMs, buses, EveryStep.Stride(6));

    private void Kill(CampaignMode mode, bool isStored, int offMs, int buses, int stride)
    {
        int kept = 0, back = 0;
        for (int at = 1; ; at += stride)
        {
            using GroupRig rig = new(buses);
            bool isKilled = false;
            rig.Run(async () =>
            {
                (IReadOnlyList<TargetResult> results, isKilled) = await rig.UpdateKilledAsync(new Campaign("group", rig.Targets("2.0.0", 2)) { Mode = mode }, at, isStored, offMs);
                string[] running = await rig.SettleAsync();
                string said = $"step {at}: {string.Join(", ", running)}; told {string.Join(", ", results.Select(result => result.End))}";
                Assert.All(running.Zip(results), end => Assert.True(end.Second.IsGood == (end.First == "2.0.0 Confirmed"), said));
                Assert.True(mode == CampaignMode.Independent || running.Distinct().Count() == 1, said);
                Assert.True(running.All(version => version is "2.0.0 Confirmed" or "1.0.0 Confirmed"), said);
                Assert.Empty(rig.Cloud.Open("group"));
                kept += running[0] == "2.0.0 Confirmed" ? 1 : 0;
                back += running[0] == "2.0.0 Confirmed" ? 0 : 1;
            });
            if (!isKilled)
            {
                break;
            }
        }

        output.WriteLine($"{mode}, {buses} buses, {(isStored ? "stored" : "not stored")}, {offMs} ms: {kept} kept, {back} back");
        Assert.True(kept > 1);
    }
}
