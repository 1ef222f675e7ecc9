// Small fleets with their server in one process: all are updated, bad ones go back, too many bad ones abort the campaign; and one seed
// gives the same report again, on any number of threads.
using EsyncSim;
using EsyncSim.Scale;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.HostSim.Scale;

public sealed class FleetRunTests
{
    private static readonly Lazy<FleetSoftware> Made = new(() => new FleetSoftware(Repository.PathOf("nf.config")));

    /// <summary>Software of a fleet, made once for all tests.</summary>
    internal static FleetSoftware Software => Made.Value;

    [Fact]
    public void Every_vehicle_shows_the_new_version_confirmed()
    {
        FleetReport report = FleetRun.Run(Software, new FleetOptions { Vehicles = 4, Cores = 2 });

        Assert.Equal(("pass", "Done", 4, 0), (report.Outcome, report.Campaign, report.Confirmed, report.Contradictions));
        Assert.Equal(["battery 2.0.0 Confirmed: 4", "motor 2.0.0 Confirmed: 4"], report.Running.Select(row => $"{row.Key}: {row.Value}"));
        Assert.Equal(8, report.Ends["Completed None"]);
        Assert.True(report.Measured is { Seconds: > 0, MessagesPerSecond: > 0 });
        Assert.True(report is { Messages: > 4 * 20, BusFrames: > 4 * 1000, MessagesLost: 0 });
    }

    [Fact]
    public void One_seed_repeats_a_run_to_the_byte_on_any_number_of_threads_whatever_gets_lost()
    {
        FleetOptions options = new() { Vehicles = 6, Seed = 7, Cores = 1, LossyPercent = 20, BadPercent = 30 };
        FleetReport first = FleetRun.Run(Software, options);

        Assert.Equal("pass", first.Outcome);
        Assert.InRange(first.MessagesLost, first.Messages / 10, first.Messages * 3 / 10);
        Assert.Equal(Text(first), Text(FleetRun.Run(Software, options with { Cores = 3 })));
        Assert.NotEqual(Text(first), Text(FleetRun.Run(Software, options with { Seed = 8 })));
    }

    [Fact]
    public void Vehicles_whose_trial_fails_go_back_and_the_others_do_not()
    {
        FleetReport report = FleetRun.Run(Software, new FleetOptions { Vehicles = 8, Seed = 3, BadPercent = 40 });

        Assert.InRange(report.BadVehicles, 1, 7);
        Assert.Equal(("pass", 8 - report.BadVehicles), (report.Outcome, report.Confirmed));
        Assert.Equal(report.BadVehicles, report.Running["motor 1.0.0 Confirmed"]);
        Assert.Equal(report.BadVehicles, report.Ends["RolledBack SelfTestFailed"]);
    }

    [Fact]
    public void All_or_nothing_leaves_bad_vehicles_as_they_were()
    {
        FleetReport report = FleetRun.Run(Software, new FleetOptions { Vehicles = 4, Seed = 3, BadPercent = 50, Mode = CampaignMode.AllOrNothing });

        Assert.InRange(report.BadVehicles, 1, 3);
        Assert.Equal(("pass", 4 - report.BadVehicles), (report.Outcome, report.Confirmed));
        Assert.Equal((report.BadVehicles, report.BadVehicles), (report.Running["motor 1.0.0 Confirmed"], report.Running["battery 1.0.0 Confirmed"]));
    }

    [Fact]
    public void Too_many_failures_abort_the_campaign_and_what_was_not_begun_stays_as_it_was()
    {
        FleetReport report = FleetRun.Run(Software, new FleetOptions { Vehicles = 12, BadPercent = 100, ParallelMax = 3, AbortRate = 50 });

        Assert.Equal(("Aborted", "pass", 0, 12), (report.Campaign, report.Outcome, report.Confirmed, report.Running["motor 1.0.0 Confirmed"]));
        Assert.InRange(report.Ends["RolledBack SelfTestFailed"], 5, 8);
        Assert.Equal(report.Ends["RolledBack SelfTestFailed"], report.Running["battery 2.0.0 Confirmed"]);
    }

    [Fact]
    public void A_server_that_says_more_than_the_ECUs_show_is_found_out()
    {
        FleetReport report = FleetRun.Run(Software, new FleetOptions { Vehicles = 2 });

        Assert.Equal("fail", (report with { Contradictions = 1 }).Outcome);
        Assert.Equal("fail", (report with { Confirmed = 1 }).Outcome);
    }

    [Fact]
    public void An_ECU_that_the_fleet_has_not_is_refused()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => new FleetSoftware(Repository.PathOf("nf.config"), ["motor", "brake"]));

        Assert.Equal(ExitCode.BadUsage, error.ExitCode);
        Assert.Contains("motor, battery, pump", error.Message, StringComparison.Ordinal);
    }

    private static string Text(FleetReport report) => System.Text.Encoding.UTF8.GetString((report with { Measured = null }).ToJson());
}
