// A campaign over two vehicles, one of three real agents and one that nobody hears: the first is brought to the new version, all or
// nothing, and the database says of both how they ended.
using EsyncSim.Server;
using EsyncTests.HostSim.Data;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class DirectedVehicleTests
{
    [Fact]
    public void Real_agents_are_updated_by_a_campaign_over_vehicles()
    {
        using GroupRig rig = new();
        rig.Run(async () =>
        {
            CampaignPlan plan = new()
            {
                Campaign = new Campaign("fleet", rig.Targets("2.0.0", 2)) { Mode = CampaignMode.AllOrNothing },
                Vehicles = ["V1", "V2"],
                ParallelMax = 2,
                Text = "text",
            };
            CampaignDirector director = await rig.DirectAsync(plan);

            Assert.Equal([true, false], director.Vehicles.Select(vehicle => vehicle.IsGood));
            Assert.All(await rig.SettleAsync(), running => Assert.Equal("2.0.0 Confirmed", running));
            Assert.Equal("fleet|Done", rig.Cloud.Connection.Query("SELECT id, state FROM campaign"));
            Assert.Equal("V1|3", rig.Cloud.Connection.Query("SELECT vin, count(*) FROM target WHERE campaign = 'fleet' AND end = 'Completed' GROUP BY vin"));
        });
    }
}
