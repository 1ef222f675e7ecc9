// What is in the vehicle needs no server: with broker and server away, and the client killed meanwhile, what was begun comes to its end from
// the vehicle's disk. And the vehicle's owner says when updates may begin.
using EsyncSim.Bus;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class OutageTests
{
    [Fact]
    public void An_image_whose_package_is_here_is_brought_into_the_ECU_while_broker_and_server_are_away()
    {
        using GroupRig rig = new(3);
        rig.Run(async () =>
        {
            int transfers = 0;
            rig.OnTransferBegins = () =>
            {
                if (++transfers == 1)
                {
                    rig.Network.GoDown(300 * VirtualTime.NsPerSecond);
                    rig.Time.After(VirtualTime.NsPerSecond / 10, () => rig.Crash(offMs: 2000));
                }
            };
            Task<IReadOnlyList<TargetResult>> campaign = rig.UpdateAsync(new Campaign("c", rig.Targets("2.0.0", 2)));
            while (transfers == 0)
            {
                await rig.Time.DelayMs(100);
            }

            await rig.Time.Delay(100 * VirtualTime.NsPerSecond);
            Assert.True(rig.Network.IsDown);
            Assert.Equal(0, rig.UnderWayCount);
            Assert.Equal(3, rig.Unacknowledged.Count(message => message.Body.Package.Status == EsyncStatus.InstallReady));
            Assert.All(await campaign, result => Assert.Equal(TargetEnd.Completed, result.End));
            Assert.All(await rig.SettleAsync(), running => Assert.Equal("2.0.0 Confirmed", running));
        });
    }

    [Fact]
    public void A_group_that_is_committed_is_kept_while_broker_and_server_are_away()
    {
        using GroupRig rig = new(3);
        rig.Run(async () =>
        {
            int before = 0;
            rig.OnMessage = _ =>
            {
                // The commit's own messages to ECUs come when all of them have said that they are on trial.
                before += rig.Told.Count(package => package.Status == EsyncStatus.InstallInProgress) == GroupRig.EcuCount ? 1 : 0;
                if (before == 12)
                {
                    rig.Network.GoDown(300 * VirtualTime.NsPerSecond);
                }
            };
            Task<IReadOnlyList<TargetResult>> campaign = rig.UpdateAsync(new Campaign("c", rig.Targets("2.0.0", 2)) { Mode = CampaignMode.AllOrNothing });
            while (before < 12)
            {
                await rig.Time.DelayMs(100);
            }

            Assert.All(await rig.SettleAsync(), running => Assert.Equal("2.0.0 Confirmed", running));
            Assert.True(rig.Network.IsDown);
            Assert.All(await campaign, result => Assert.Equal(TargetEnd.Completed, result.End));
        });
    }

    [Theory]
    [InlineData("00:05-03:00", TargetEnd.Completed)]
    [InlineData("never", TargetEnd.Denied)]
    public void Updates_begin_when_the_vehicle_takes_them(string hours, TargetEnd end)
    {
        using GroupRig rig = new();
        rig.Run(async () =>
        {
            rig.Updates = UpdateHours.Parse(hours);
            rig.Crash(offMs: 1);
            TargetResult result = Assert.Single(await rig.UpdateAsync(new Campaign("c", [rig.Target(0, "2.0.0", 2)])));

            Assert.Equal(end, result.End);
            EsyncPackage refused = rig.Told.First(package => package.Status is EsyncStatus.DownloadPostponed or EsyncStatus.DownloadDenied);
            Assert.Contains("--updates", refused.Message, StringComparison.Ordinal);
            Assert.Equal(end == TargetEnd.Completed ? 5 * 60 * 1000 : null, refused.NotBeforeMs);
            Assert.Equal(end == TargetEnd.Completed, rig.Time.NowNs > 5 * 60 * VirtualTime.NsPerSecond);
            Assert.True(rig.Told.Count(package => package.Status == EsyncStatus.DownloadPostponed) <= 1);
        });
    }
}
