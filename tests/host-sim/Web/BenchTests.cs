// The bench behind the page, in virtual time: updates by order, faults by hand, and what a page is told of it.
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Server;
using EsyncSim.Web;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EsyncTests.HostSim.Web;

public sealed class BenchTests : IDisposable
{
    private readonly VehicleOnBench _bench = new(new BenchOptions { ConfigPath = Repository.PathOf("nf.config"), Clock = new StandingClock() });
    private readonly BenchCampaigns _campaigns;
    private string _campaign = string.Empty;

    public BenchTests() => _campaigns = new BenchCampaigns(_bench);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Three_ECUs_are_updated_and_the_page_is_told_all_the_way()
    {
        List<string> stages = [];
        List<double> rates = [];
        BenchView view = new(_bench);
        List<BenchUpdate> deltas = [];
        Run(async () =>
        {
            Assert.Equal(["1.0.0", "1.0.0", "1.0.0"], _bench.Ecus.Select(ecu => ecu.Version));
            _campaign = _campaigns.Begin(new UpdateOrder(Release: "2.0.0")).Campaign!;
            await UntilAsync(() =>
            {
                deltas.Add(view.Delta());
                stages.AddRange(_bench.Ecus.Select(ecu => ecu.Progress.Stage));
                rates.AddRange(_bench.Ecus.Where(ecu => ecu.Progress.IsTransferring).Select(ecu => ecu.Progress.PercentOfLimit));
                return IsDone;
            });
        });

        Assert.All(_bench.Ecus, ecu => Assert.Equal(("2.0.0", "running"), (ecu.Version, ecu.Power)));
        Assert.All(_bench.Ecus, ecu => Assert.Equal(["1.0.0 Previous", "2.0.0 Confirmed"], ecu.Banks.Select(bank => $"{bank.Version} {bank.State}").Order()));
        Assert.Contains("transfer", stages);
        Assert.Contains("on trial", stages);
        Assert.InRange(rates.Max(), 50, 100);
        Assert.Contains(deltas, delta => delta.Ecus is { Count: > 0 });
        Assert.Contains(deltas, delta => delta.Bus is { LoadPercent: > 50 });
        Assert.Contains(deltas, delta => delta.Trace?.Any(row => row.Step == "prepare-update") == true);
        Assert.Contains(deltas, delta => delta.Signals?.Any(signal => signal.Path == "Vehicle.Powertrain.ElectricMotor.Speed") == true);
        Assert.All(deltas, delta => Assert.True(delta.Trace is null || delta.Trace.Count <= BenchView.DeltaRowsMax));
        BenchUpdate all = view.Snapshot();
        Assert.Equal((3, "ESYNC0DEM0VEH1C01"), (all.Ecus!.Count, all.Head!.Vehicle));
        Assert.Contains(all.Notes!, note => note.Level == "good" && note.Text.StartsWith("INSTALL_COMPLETED", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_fails_takes_all_back_and_the_database_says_so()
    {
        Run(async () =>
        {
            _campaign = _campaigns.Begin(new UpdateOrder(Release: "2.0.0", Failing: "pump")).Campaign!;
            await UntilAsync(() => IsDone);
        });

        Assert.All(_bench.Ecus, ecu => Assert.Equal("1.0.0", ecu.Version));
        Assert.Contains(_bench.Ecus[2].Dtcs, dtc => dtc is { Code: "5A0000", Text: "a trial went back on its own" });
        using SqliteCommand ask = _bench.Store.Connection.CreateCommand();
        ask.CommandText = "SELECT count(*) FROM target WHERE end IN ('RolledBack', 'Withheld', 'Failed')";
        Assert.Equal(3L, ask.ExecuteScalar());
    }

    [Fact]
    public void Power_that_was_cut_in_the_middle_of_a_transfer_comes_back_and_the_transfer_goes_on()
    {
        Run(async () =>
        {
            _campaign = _campaigns.Begin(new UpdateOrder(["motor"], "2.0.0", "independent")).Campaign!;
            await UntilAsync(() => _bench.Ecus[0].Progress is { IsTransferring: true, Position: > 30_000 });
            _bench.FaultPanel.Begin("power", new FaultOrder("motor"));
            await _bench.Time.DelayMs(500);
            Assert.Equal(("off", "power-motor"), (_bench.Ecus[0].Power, _bench.Faults.Single().Id));
            _bench.FaultPanel.End("power", "motor");
            await UntilAsync(() => IsDone);
        });

        Assert.Equal("2.0.0", _bench.Ecus[0].Version);
        Assert.InRange(_bench.Ecus[0].Progress.From, 4096, 60_000);
        Assert.Empty(_bench.Faults);
    }

    [Fact]
    public void Faults_strike_are_counted_and_are_taken_back()
    {
        Run(async () =>
        {
            _bench.FaultPanel.Begin("drop", new FaultOrder(Count: 5));
            Assert.Equal("the next 5 frames are lost", _bench.Faults.Single().Text);
            await _bench.Time.DelayMs(3000);
            Assert.Empty(_bench.Faults);

            _bench.FaultPanel.Begin("drop", new FaultOrder(Percent: 50));
            await _bench.Time.DelayMs(3000);
            Assert.InRange(_bench.Faults.Single().Strikes!.Value, 10, 10_000);
            _bench.FaultPanel.End("drop", null);

            _bench.FaultPanel.Begin("babble", new FaultOrder(Priority: "high"));
            await _bench.Time.DelayMs(2000);
            Assert.InRange(_bench.Bus.LoadPercent, 99, 100);
            _bench.FaultPanel.End("babble", null);

            _bench.FaultPanel.Begin("broker", new FaultOrder());
            Assert.Equal("broker", _bench.Faults.Single().Id);
            _bench.FaultPanel.End("broker", null);
            await _bench.Time.DelayMs(100);
        });

        Assert.Empty(_bench.Faults);
    }

    [Fact]
    public void Orders_that_make_no_sense_are_refused_with_a_sentence()
    {
        Run(() =>
        {
            Assert.Contains("there is no ECU door", Refused(() => _campaigns.Begin(new UpdateOrder(["door"]))), StringComparison.Ordinal);
            Assert.Contains("there is no release 9.9.9", Refused(() => _campaigns.Begin(new UpdateOrder(Release: "9.9.9"))), StringComparison.Ordinal);
            Assert.Contains("twice", Refused(() => _campaigns.Begin(new UpdateOrder(["motor", "motor"]))), StringComparison.Ordinal);
            Assert.Contains("all-or-nothing or independent", Refused(() => _campaigns.Begin(new UpdateOrder(Mode: "both"))), StringComparison.Ordinal);
            Assert.Contains("is not updated", Refused(() => _campaigns.Begin(new UpdateOrder(["motor"], Failing: "pump"))), StringComparison.Ordinal);
            Assert.Contains("there is no ECU  on", Refused(() => _bench.FaultPanel.Begin("power", new FaultOrder())), StringComparison.Ordinal);
            Assert.Contains("1 to 10,000", Refused(() => _bench.FaultPanel.Begin("drop", new FaultOrder(Count: 0))), StringComparison.Ordinal);
            Assert.Contains("1 to 10,000", Refused(() => _bench.FaultPanel.Begin("drop", new FaultOrder(Count: 1, Percent: 1))), StringComparison.Ordinal);
            Assert.Contains("high or low", Refused(() => _bench.FaultPanel.Begin("babble", new FaultOrder(Priority: "loud"))), StringComparison.Ordinal);
            Assert.Contains("there is no fault fire", Refused(() => _bench.FaultPanel.Begin("fire", new FaultOrder())), StringComparison.Ordinal);
            _campaigns.Begin(new UpdateOrder(["pump"]));
            Assert.Contains("is under way", Refused(() => _campaigns.Begin(new UpdateOrder(["pump"]))), StringComparison.Ordinal);
            return Task.CompletedTask;
        });
    }

    [Fact]
    public void Consent_is_waited_for_across_hours_and_a_campaign_can_be_aborted()
    {
        Run(async () =>
        {
            _campaign = _campaigns.Begin(new UpdateOrder(["pump"], "2.0.0", "independent", Consent: true)).Campaign!;
            await _bench.Time.DelayMs(30_000);
            Assert.Equal(("1.0.0", false), (_bench.Ecus[2].Version, IsDone));
            _campaigns.Server.Consent(_campaign, _bench.Vehicle, true, "test");
            await UntilAsync(() => IsDone);
            Assert.Equal("2.0.0", _bench.Ecus[2].Version);

            _campaign = _campaigns.Begin(new UpdateOrder(["pump"], "1.0.0", "independent", Consent: true)).Campaign!;
            await _bench.Time.DelayMs(3_000);
            _campaigns.Server.Cancel(_campaign, "by hand");
            await UntilAsync(() => _bench.Store.Open(_campaign).Count == 0);
            Assert.Equal("2.0.0", _bench.Ecus[2].Version);
        });
    }

    private bool IsDone => _bench.Store.FindCampaign(_campaign)?.State == CampaignState.Done;

    private static string Refused(Action order) => Assert.Throws<UserErrorException>(order).Message;

    private void Run(Func<Task> story)
    {
        _bench.Prepare();
        _bench.Time.Run(async () =>
        {
            Task living = _bench.LiveAsync();
            await story();
            Assert.False(living.IsFaulted, living.Exception?.ToString());
        });
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        for (int i = 0; !isSo(); i++)
        {
            Assert.True(i < 3000, "it takes more than five minutes");
            await _bench.Time.DelayMs(100);
        }
    }

    private sealed class StandingClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 27, 3, 0, 0, TimeSpan.Zero);
    }
}
