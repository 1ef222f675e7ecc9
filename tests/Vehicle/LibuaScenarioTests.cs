// The scenarios of eSync's libua by their names, over three real agents: what the vehicle's client tells in each rollback mode, where
// the server goes from there, and what runs in the end.
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class LibuaScenarioTests : IDisposable
{
    private const uint New = 2, Older = 3, Oldest = 4;

    private readonly GroupRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Normal()
    {
        TargetResult result = Run(Campaign(Good()));

        Assert.Equal(TargetEnd.Completed, result.End);
        Assert.Equal(["DOWNLOAD_CONSENT", "INSTALL_READY", "INSTALL_IN_PROGRESS", "INSTALL_COMPLETED"], Statuses());
    }

    [Fact]
    public void Normal_failed()
    {
        TargetResult result = Run(Campaign(Bad()), "1.0.0 Confirmed");

        Assert.Equal((TargetEnd.RolledBack, "SelfTestFailed"), (result.End, result.Reason));
        Assert.Equal("INSTALL_ROLLBACK", Statuses()[^1]);
        Assert.Null(_rig.Told[^1].RollbackVersion);
    }

    [Fact]
    public void Prepare_updates()
    {
        _rig.Run(async () =>
        {
            await _rig.UpdateAsync(new Campaign("c", _rig.Targets("2.0.0", New)) { Mode = CampaignMode.AllOrNothing });
            string[] statuses = Statuses();
            Assert.Equal(3, statuses.Count(status => status == "INSTALL_READY"));
            Assert.True(Array.LastIndexOf(statuses, "INSTALL_READY") < Array.IndexOf(statuses, "INSTALL_IN_PROGRESS"));
        });
    }

    [Theory]
    [InlineData(RollbackMode.ClientInitiatedWithIntent, "INSTALL_FAILED", "1.1.0")]
    [InlineData(RollbackMode.ClientInitiatedWithoutIntent, "INSTALL_FAILED", null)]
    [InlineData(RollbackMode.AgentInitiated, "INSTALL_ROLLBACK", "1.1.0")]
    public void Rollback_by_dmc(RollbackMode mode, string status, string? named)
    {
        _rig.Rollback[0] = mode;
        TargetResult result = Run(Campaign(Bad("1.1.0"), _rig.Target(0, "1.1.0", Older)), "1.1.0 Confirmed");

        Assert.Equal((TargetEnd.RolledBack, "SelfTestFailed"), (result.End, result.Reason));
        EsyncPackage failed = _rig.Told.First(package => package.Status is "INSTALL_FAILED" or "INSTALL_ROLLBACK");
        Assert.Equal((status, named, null), (failed.Status, failed.RollbackVersion, failed.IsTerminalFailure));
        Assert.Equal("INSTALL_COMPLETED", Statuses()[^1]);
    }

    [Theory]
    [InlineData(RollbackMode.ClientInitiatedWithIntent, true)]
    [InlineData(RollbackMode.ClientInitiatedWithoutIntent, null)]
    [InlineData(RollbackMode.AgentInitiated, true)]
    public void Rollback_by_dmc_failed(RollbackMode mode, bool? isTerminal)
    {
        _rig.Rollback[0] = mode;
        TargetResult result = Run(Campaign(Bad("1.1.0"), _rig.Target(0, "1.1.0", Older, "selftest")), "1.0.0 Confirmed");

        Assert.Equal(TargetEnd.Failed, result.End);
        Assert.Equal(("INSTALL_FAILED", (string?)null, isTerminal), (_rig.Told[^1].Status, _rig.Told[^1].RollbackVersion, _rig.Told[^1].IsTerminalFailure));
    }

    [Fact]
    public void Rollback_takes_the_versions_in_their_order()
    {
        _rig.Rollback[0] = RollbackMode.ClientInitiatedWithIntent;
        TargetResult result = Run(
            Campaign(Bad("1.2.0", "1.1.0"), _rig.Target(0, "1.2.0", Older, "stalls"), _rig.Target(0, "1.1.0", Oldest)), "1.1.0 Confirmed");

        Assert.Equal(TargetEnd.RolledBack, result.End);
        Assert.Equal(["1.2.0", "1.1.0"], _rig.Told.Where(package => package.Status == "INSTALL_FAILED").Select(package => package.RollbackVersion));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Rollback_fake_version(bool isFaked, int prepared)
    {
        // 1.0.0 runs by itself after the failure; with a fake version it is installed all the same.
        _rig.Rollback[0] = RollbackMode.ClientInitiatedWithIntent;
        _rig.FakesVersionOnRollback = isFaked;
        TargetResult result = Run(Campaign(Bad("1.0.0"), _rig.Target(0, "1.0.0", Older)), "1.0.0 Confirmed");

        Assert.Equal(TargetEnd.RolledBack, result.End);
        Assert.Equal(prepared, Statuses().Count(status => status == "INSTALL_READY"));
    }

    [Fact]
    public void Rollback_mixed()
    {
        _rig.Rollback = [RollbackMode.AgentInitiated, RollbackMode.ClientInitiatedWithoutIntent, RollbackMode.None];
        _rig.Run(async () =>
        {
            CampaignTarget[] targets = [.. Enumerable.Range(0, GroupRig.EcuCount).Select(i => _rig.Target(i, "2.0.0", New, "selftest") with { RollbackVersions = ["1.1.0"] })];
            Campaign campaign = new("c", targets) { Rollbacks = [.. Enumerable.Range(0, GroupRig.EcuCount).Select(i => _rig.Target(i, "1.1.0", Older))] };
            IReadOnlyList<TargetResult> results = await _rig.UpdateAsync(campaign);

            // The third says that it went back and names nothing: it stays with what it runs.
            Assert.All(results, result => Assert.Equal(TargetEnd.RolledBack, result.End));
            Assert.Equal(["1.1.0 Confirmed", "1.1.0 Confirmed", "1.0.0 Confirmed"], await _rig.SettleAsync());
        });
    }

    private CampaignTarget Good() => _rig.Target(0, "2.0.0", New);

    private CampaignTarget Bad(params string[] back) => _rig.Target(0, "2.0.0", New, "selftest") with { RollbackVersions = back };

    private static Campaign Campaign(CampaignTarget target, params CampaignTarget[] older) => new("c", [target]) { Rollbacks = older };

    private string[] Statuses() => [.. _rig.Told.Select(package => package.Status).OfType<string>()];

    private TargetResult Run(Campaign campaign, string running = "2.0.0 Confirmed")
    {
        TargetResult? result = null;
        _rig.Run(async () =>
        {
            result = Assert.Single(await _rig.UpdateAsync(campaign));
            Assert.Equal(running, (await _rig.SettleAsync())[0]);
        });
        return result!;
    }
}
