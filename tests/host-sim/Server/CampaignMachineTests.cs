// The rules of campaigns as functions: what is asked in which order, and what each answer makes of it. No network and no clock.
using System.Text.Json;
using EsyncSim;
using EsyncSim.Server;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class CampaignMachineTests
{
    private static readonly string[] Ecus = ["motor", "battery", "lamp"];
    private static readonly Gen<int> Seeds = Gen.Choose(0, int.MaxValue);

    [Fact]
    public void Independent_targets_go_side_by_side()
    {
        Play play = new(Begin(CampaignMode.Independent));
        play.Run();

        Assert.Equal(new[] { "query-package", "ready-download", "prepare-update", "ready-update", "confirm-update" }.SelectMany(Each), play.Asked);
        Assert.All(play.State.Targets, target => Assert.Equal(TargetEnd.Completed, target.End));
    }

    [Fact]
    public void What_is_for_one_ECU_goes_in_its_order_whatever_becomes_of_it()
    {
        VehicleCampaign begin = Begin(CampaignMode.Independent);
        begin = begin.With(1, begin.Targets[1] with { Ecu = "motor", Part = TargetPart.Trust }).With(2, begin.Targets[2] with { Ecu = "motor", Part = TargetPart.Rules });
        Play play = new(begin) { Statuses = { ["motor prepare-update"] = "INSTALL_FAILED" } };
        play.Run();

        Assert.Equal(Enumerable.Repeat(new[] { "motor query-package", "motor ready-download", "motor prepare-update" }, 3).SelectMany(one => one), play.Asked);
    }

    [Fact]
    public void All_or_nothing_prepares_all_before_any_is_tried_and_tries_all_before_any_is_kept()
    {
        Play play = new(Begin(CampaignMode.AllOrNothing));
        play.Run();

        Assert.Equal(
            [.. Each("query-package"), .. Each("ready-download"), .. Each("prepare-update"), .. Each("ready-update"), "group commit-update"],
            play.Asked);
        Assert.All(play.State.Targets, target => Assert.Equal(TargetEnd.Completed, target.End));
    }

    [Theory]
    [InlineData("battery ready-download", "DOWNLOAD_DENIED", false)]
    [InlineData("battery prepare-update", "INSTALL_FAILED", false)]
    [InlineData("lamp prepare-update", "INSTALL_FAILED", false)]
    [InlineData("motor ready-update", "INSTALL_ROLLBACK", true)]
    [InlineData("battery ready-update", "INSTALL_ROLLBACK", true)]
    [InlineData("lamp ready-update", "INSTALL_FAILED", true)]
    [InlineData("group commit-update", "INSTALL_ROLLBACK", false)]
    public void Whatever_fails_before_the_commit_takes_all_back_that_may_be_on_trial(string step, string status, bool isTakenBack)
    {
        Play play = new(Begin(CampaignMode.AllOrNothing)) { Statuses = { [step] = status } };
        play.Run();

        Assert.Equal(isTakenBack, play.Asked.Contains("group rollback-update"));
        Assert.DoesNotContain(play.State.Targets, target => target.IsGood);
        Assert.True(play.Asked.Count(asked => asked == "group commit-update") == (step.StartsWith("group", StringComparison.Ordinal) ? 1 : 0));
    }

    [Fact]
    public void An_ECU_that_is_up_to_date_is_no_part_of_the_group()
    {
        Play play = new(Begin(CampaignMode.AllOrNothing)) { Installed = { ["battery"] = "2.0.0" } };
        play.Run();

        Assert.Equal([TargetEnd.Completed, TargetEnd.UpToDate, TargetEnd.Completed], play.State.Targets.Select(target => target.End!.Value));
        Assert.DoesNotContain("battery ready-update", play.Asked);
    }

    [Fact]
    public void Once_the_commit_is_ordered_only_the_vehicle_ends_the_group()
    {
        Play play = new(Begin(CampaignMode.AllOrNothing)) { SilentTimes = { ["group commit-update"] = 3 } };
        play.Run();

        Assert.Equal(4, play.Asked.Count(asked => asked == "group commit-update"));
        VehicleCampaign ordered = play.History.First(state => state.IsCommitOrdered);
        Assert.Equal(ordered, CampaignMachine.Cancelled(ordered, "no longer wanted"));
        Assert.All(play.State.Targets, target => Assert.Equal(TargetEnd.Completed, target.End));
    }

    [Fact]
    public void A_campaign_that_is_cancelled_before_the_commit_goes_back()
    {
        Play play = new(Begin(CampaignMode.AllOrNothing)) { CancelAt = "lamp ready-update" };
        play.Run();

        Assert.Equal("group rollback-update", play.Asked[^1]);
        Assert.All(play.State.Targets, target => Assert.Equal(TargetEnd.RolledBack, target.End));
    }

    [Fact]
    public void Cancelling_independent_targets_keeps_what_is_done_and_finishes_what_is_under_way()
    {
        VehicleCampaign begin = Begin(CampaignMode.Independent);
        Play play = new(begin.With(2, begin.Targets[2] with { After = ["battery"] })) { CancelAt = "battery prepare-update" };
        play.Run();

        Assert.Equal([TargetEnd.Completed, TargetEnd.Completed, TargetEnd.Withheld], play.State.Targets.Select(target => target.End!.Value));
    }

    [Fact]
    public void A_target_waits_for_those_it_comes_after_and_is_withheld_when_they_fail()
    {
        VehicleCampaign begin = Begin(CampaignMode.Independent);
        begin = begin.With(0, begin.Targets[0] with { After = ["lamp"] });
        Play good = new(begin);
        good.Run();
        Assert.Equal(["battery query-package", "lamp query-package"], good.Asked[..2]);
        Assert.True(good.Asked.IndexOf("motor query-package") > good.Asked.IndexOf("lamp confirm-update"));

        Play bad = new(begin) { Statuses = { ["lamp prepare-update"] = "INSTALL_FAILED" } };
        bad.Run();
        Assert.Equal(TargetEnd.Withheld, bad.State.Targets[0].End);
        Assert.Contains("comes after lamp", bad.State.Targets[0].Message);

        Play chain = new(begin.With(1, begin.Targets[1] with { After = ["motor"] })) { Statuses = { ["lamp prepare-update"] = "INSTALL_FAILED" } };
        chain.Run();
        Assert.Contains("comes after motor", chain.State.Targets[1].Message);
    }

    [Fact]
    public void Targets_that_wait_for_each_other_end_with_a_word()
    {
        VehicleCampaign begin = Begin(CampaignMode.Independent);
        begin = begin.With(0, begin.Targets[0] with { After = ["lamp"] }).With(2, begin.Targets[2] with { After = ["motor"] });
        Play play = new(begin);
        play.Run();

        Assert.Equal([TargetEnd.Withheld, TargetEnd.Completed, TargetEnd.Withheld], play.State.Targets.Select(target => target.End!.Value));
        Assert.Contains("in a circle", play.State.Targets[0].Message);
    }

    [Fact]
    public void Keys_and_rules_have_no_trial_and_are_done_when_they_are_installed()
    {
        VehicleCampaign begin = Begin(CampaignMode.Independent);
        Play play = new(begin.With(0, begin.Targets[0] with { Part = TargetPart.Rules })) { Statuses = { ["motor ready-update"] = "INSTALL_COMPLETED" } };
        play.Run();

        Assert.Equal(TargetEnd.Completed, play.State.Targets[0].End);
        Assert.DoesNotContain("motor confirm-update", play.Asked);
        CampaignTarget rules = new() { Ecu = "motor", PackageName = "r", Version = "1", File = [1], Part = TargetPart.Rules };
        Assert.Contains("no trial to come back from", Assert.Throws<UserErrorException>(() => new Campaign("c1", [rules]) { Mode = CampaignMode.AllOrNothing }.Begin()).Message);
    }

    [Fact]
    public void A_failure_that_may_pass_is_tried_again_so_often_and_a_terminal_one_is_not()
    {
        VehicleCampaign begin = Begin(CampaignMode.Independent) with { RetriesMax = 2 };
        Play passing = new(begin) { Statuses = { ["motor prepare-update"] = "INSTALL_FAILED" } };
        passing.Run();
        Assert.Equal(3, passing.Asked.Count(asked => asked == "motor prepare-update"));

        Play terminal = new(begin) { Statuses = { ["motor prepare-update"] = "INSTALL_FAILED" }, IsTerminal = true };
        terminal.Run();
        Assert.Single(terminal.Asked, asked => asked == "motor prepare-update");
    }

    [Theory]
    [InlineData(CampaignMode.Independent)]
    [InlineData(CampaignMode.AllOrNothing)]
    public void One_that_is_being_asked_when_consent_is_refused_is_denied_as_well(CampaignMode mode)
    {
        VehicleCampaign state = Begin(mode) with { Consent = ConsentState.Awaited };
        CampaignMove move = CampaignMachine.Next(state, 0);
        state = move.Steps.Select((ask, i) => ask with { Number = i + 1 }).Aggregate(move.State, CampaignMachine.Asked);
        EsyncMessage answer = new() { Type = EsyncType.QueryPackage, Body = new EsyncBody { Package = new EsyncPackage { Type = "/ECU/motor", Name = "p", Version = "1.0.0" } } };
        state = CampaignMachine.Answered(CampaignMachine.Answered(state, 1, answer, 0), 2, answer, 0);
        Assert.Equal(long.MaxValue, CampaignMachine.Next(state, 0).WakeNs ?? long.MaxValue);
        state = CampaignMachine.Consented(state, isGiven: false, "the driver");
        Assert.False(state.HasEnded);
        state = CampaignMachine.Answered(state, 3, answer, 0);

        Assert.All(state.Targets, target => Assert.Equal(TargetEnd.Denied, target.End));
        Assert.Empty(CampaignMachine.Next(state, 0).Steps);
    }

    [Fact]
    public void The_versions_to_return_to_are_tried_in_their_order()
    {
        VehicleCampaign begin = Begin(CampaignMode.Independent, "1.1.0", "1.0.0");
        Play play = new(begin) { Installed = { ["motor"] = "0.9.0" }, Statuses = { ["motor prepare-update"] = "INSTALL_FAILED" }, GoodAt = { ["motor"] = 2 } };
        play.Run();

        Assert.Equal(["2.0.0", "1.1.0", "1.0.0"], play.Prepared.Where(prepared => prepared.Ecu == "motor").Select(prepared => prepared.Version));
        Assert.Equal((TargetEnd.RolledBack, 2), (play.State.Targets[0].End, play.State.Targets[0].At));
    }

    [Fact]
    public void A_group_never_ends_with_some_kept_and_some_not() => Properties.Hold(Seeds, seed =>
    {
        Random random = new(seed);
        Play play = new(Begin(CampaignMode.AllOrNothing) with { RetriesMax = random.Next(3) }) { Chance = random };
        play.Run();
        int kept = play.State.Targets.Count(target => target.IsGood);
        Assert.True(kept is 0 or 3, $"{string.Join(", ", play.State.Targets.Select(target => target.End))} after {string.Join(" | ", play.Asked)}");
    });

    [Fact]
    public void A_state_survives_its_JSON_at_each_step() => Properties.Hold(Seeds, seed =>
    {
        Play stored = new(Begin((CampaignMode)(seed % 2), "1.0.0")) { Chance = new Random(seed), IsStoredEachStep = true };
        Play kept = new(Begin((CampaignMode)(seed % 2), "1.0.0")) { Chance = new Random(seed) };
        stored.Run();
        kept.Run();
        Assert.Equal(kept.Asked, stored.Asked);
    });

    private static IEnumerable<string> Each(string type) => Ecus.Select(ecu => $"{ecu} {type}");

    private static VehicleCampaign Begin(CampaignMode mode, params string[] back) => new()
    {
        Id = "c1",
        Mode = mode,
        Targets = [.. Ecus.Select(ecu => new TargetState { Ecu = ecu, Versions = [.. new[] { "2.0.0" }.Concat(back).Select(version => new OfferedVersion(version, ecu, version, 1))] })],
    };

    /// <summary>A vehicle that answers at once, as it is told or as chance has it.</summary>
    private sealed class Play(VehicleCampaign begin)
    {
        private const int StepsMax = 500;
        private long _nowNs;
        private int _asks;

        public VehicleCampaign State { get; private set; } = begin;

        public List<VehicleCampaign> History { get; } = [];

        public List<string> Asked { get; } = [];

        public List<(string Ecu, string Version)> Prepared { get; } = [];

        public Dictionary<string, string> Statuses { get; } = [];

        public Dictionary<string, string> Installed { get; } = [];

        public Dictionary<string, int> SilentTimes { get; } = [];

        /// <summary>From which version of its list on an ECU takes what it is given.</summary>
        public Dictionary<string, int> GoodAt { get; } = [];

        public bool IsTerminal { get; init; }

        public string? CancelAt { get; init; }

        public Random? Chance { get; init; }

        public bool IsStoredEachStep { get; init; }

        public void Run()
        {
            for (int step = 1; ; step++)
            {
                Assert.True(step < StepsMax, $"no end after {string.Join(" | ", Asked)}");
                CampaignMove move = CampaignMachine.Next(State, _nowNs);
                State = move.Steps.Select((ask, i) => ask with { Number = ++_asks }).Aggregate(move.State, CampaignMachine.Asked);
                State = Stored(State);
                foreach (CampaignAsk ask in State.Asks.Where(ask => ask.Number > _asks - move.Steps.Count))
                {
                    Note(ask);
                }

                if (State.Asks.Count > 0)
                {
                    Answer(State.Asks[Chance?.Next(State.Asks.Count) ?? 0]);
                }
                else if (move.WakeNs is { } wake)
                {
                    Assert.True(wake > _nowNs);
                    _nowNs = wake;
                }
                else
                {
                    Assert.True(State.HasEnded);
                    return;
                }
            }
        }

        private string NameOf(CampaignAsk ask) => $"{(ask.Target < 0 ? "group" : State.Targets[ask.Target].Ecu)} {ask.Type[6..]}";

        private void Note(CampaignAsk ask)
        {
            History.Add(State);
            string name = NameOf(ask);
            Asked.Add(name);
            if (ask.Type == EsyncType.PrepareUpdate)
            {
                Prepared.Add((State.Targets[ask.Target].Ecu, State.Targets[ask.Target].Offer.Version));
            }

            Assert.True(State.Asks.Count(other => other.Target == ask.Target) == 1 && (ask.Target >= 0 || State.Asks.Count == 1), $"{name} beside {string.Join(", ", State.Asks)}");
        }

        private void Answer(CampaignAsk ask)
        {
            TargetState? target = ask.Target < 0 ? null : State.Targets[ask.Target];
            string name = NameOf(ask);
            if (name == CancelAt)
            {
                State = CampaignMachine.Cancelled(State, "no longer wanted");
            }

            bool isSilent = SilentTimes.TryGetValue(name, out int left) && left > 0;
            SilentTimes[name] = left - 1;
            State = Stored(CampaignMachine.Answered(State, ask.Number, isSilent ? null : Said(name, ask, target), _nowNs));
        }

        private EsyncMessage Said(string name, CampaignAsk ask, TargetState? target)
        {
            string good = ask.Type switch
            {
                EsyncType.ReadyDownload => EsyncStatus.DownloadConsent,
                EsyncType.PrepareUpdate => EsyncStatus.InstallReady,
                EsyncType.ReadyUpdate => EsyncStatus.InstallInProgress,
                EsyncType.RollbackUpdate => EsyncStatus.InstallRollback,
                _ => EsyncStatus.InstallCompleted,
            };
            bool isGoodByNow = target is not null && GoodAt.TryGetValue(target.Ecu, out int from) && target.At >= from;
            string status = isGoodByNow ? good : Statuses.GetValueOrDefault(name, good);
            if (Chance is { } chance && ask.Type != EsyncType.RollbackUpdate && chance.Next(4) == 0)
            {
                // The vehicle's own group answers are all or nothing; its tests say so.
                status = ask.Target < 0 ? EsyncStatus.InstallRollback : ask.Type == EsyncType.ReadyDownload ? EsyncStatus.DownloadPostponed : EsyncStatus.InstallFailed;
            }

            string? version = ask.Type == EsyncType.QueryPackage ? Installed.GetValueOrDefault(target!.Ecu, "1.0.0") : target?.Offer.Version;
            return new EsyncMessage
            {
                Type = EsyncType.UpdateStatus,
                Body = new EsyncBody
                {
                    Package = new EsyncPackage { Type = target?.Type ?? EsyncTarget.Vehicle, Name = "p", Version = version, Status = ask.Type == EsyncType.QueryPackage ? null : status, IsTerminalFailure = IsTerminal ? true : null },
                },
            };
        }

        private VehicleCampaign Stored(VehicleCampaign state) =>
            IsStoredEachStep ? JsonSerializer.Deserialize<VehicleCampaign>(JsonSerializer.Serialize(state))! : state;
    }
}
