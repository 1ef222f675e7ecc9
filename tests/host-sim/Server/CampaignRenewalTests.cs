// What the rules of campaigns make of a vehicle that finds its manifest too old: the ECUs are asked anew, once, and the step is asked again; what
// no new manifest mends ends the target, and takes a group back.
using EsyncSim.Client;
using EsyncSim.Server;
using EsyncTests.HostSim.Packages;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class CampaignRenewalTests
{
    private int _number;

    [Theory]
    [InlineData(TargetStep.Consent, "ready-download", "DOWNLOAD_DENIED", FleetError.Stale)]
    [InlineData(TargetStep.Prepare, "prepare-update", "INSTALL_FAILED", FleetError.Expired)]
    [InlineData(TargetStep.Ready, "ready-update", "INSTALL_FAILED", FleetError.NotNamed)]
    [InlineData(TargetStep.Confirm, "confirm-update", "INSTALL_FAILED", FleetError.Missing)]
    public void A_step_that_found_its_manifest_too_old_is_asked_again_after_a_new_report_and_not_a_third_time(TargetStep step, string type, string status, FleetError error)
    {
        VehicleCampaign state = Begin(CampaignMode.Independent, step);
        state = Answer(Ask(state, type), status, error);
        state = Answer(Ask(state, "query-package"), nonce: 7);
        Assert.Equal((step, "07"), (state.Targets[0].Step, state.Targets[0].Nonce![..2]));
        state = Answer(Ask(state, type), status, error);
        Assert.Equal(status == "DOWNLOAD_DENIED" ? TargetEnd.Denied : TargetEnd.Failed, state.Targets[0].End);
        Assert.Equal(error.Reason(), state.Targets[0].Reason);
    }

    [Fact]
    public void A_manifest_that_was_overtaken_is_replaced_before_anybody_is_asked_anew()
    {
        VehicleCampaign state = Answer(Ask(Begin(CampaignMode.Independent, TargetStep.Prepare), "prepare-update"), "INSTALL_FAILED", FleetError.SequenceTooLow);
        state = Answer(Ask(state, "prepare-update"), "INSTALL_FAILED", FleetError.SequenceTooLow);
        state = Answer(Ask(state, "query-package"), nonce: 7);
        state = Answer(Ask(state, "prepare-update"), "INSTALL_READY");
        Assert.Equal((TargetStep.Ready, 0), (state.Targets[0].Step, state.Targets[0].Renewals));
    }

    [Theory]
    [InlineData(FleetError.NotSigned)]
    [InlineData(FleetError.WrongImage)]
    [InlineData(FleetError.WrongVehicle)]
    public void What_a_new_manifest_does_not_mend_ends_the_target(FleetError error)
    {
        VehicleCampaign state = Answer(Ask(Begin(CampaignMode.Independent, TargetStep.Prepare), "prepare-update"), "INSTALL_FAILED", error);
        Assert.Equal((TargetEnd.Failed, error.Reason()), (state.Targets[0].End, state.Targets[0].Reason));
    }

    [Fact]
    public void A_commit_whose_manifest_is_too_old_is_ordered_again_after_all_have_reported_also_those_that_are_up_to_date()
    {
        VehicleCampaign state = OnTrial();
        state = state with { Targets = [.. state.Targets, state.Targets[0] with { Ecu = "fan", Step = TargetStep.Ended, End = TargetEnd.UpToDate, MayBeOnTrial = false }] };
        state = Answer(Ask(state, "commit-update"), "INSTALL_FAILED", FleetError.Stale);
        CampaignMove move = CampaignMachine.Next(state, 0);
        Assert.Equal([0, 1, 2], move.Steps.Select(ask => ask.Target));
        Assert.All(move.Steps, ask => Assert.Equal(EsyncType.QueryPackage, ask.Type));
        CampaignAsk[] asks = [.. move.Steps.Select(ask => ask with { Number = ++_number })];
        state = asks.Aggregate(move.State, CampaignMachine.Asked);

        // One does not answer: after the order to commit only the vehicle's word ends anything.
        state = CampaignMachine.Answered(state, asks[0].Number, null, 0);
        Assert.Null(state.Targets[0].End);
        state = CampaignMachine.Answered(state, asks[1].Number, Reply(null, null, 2, "Trial"), 0);
        state = CampaignMachine.Answered(state, asks[2].Number, Reply(null, null, 3, "Confirmed"), 0);
        Assert.Equal(TargetEnd.UpToDate, state.Targets[2].End);
        state = Answer(Ask(state, "query-package"), nonce: 1);
        Assert.Equal(["01", "02", "03"], state.Targets.Select(target => target.Nonce![..2]));
        state = Answer(Ask(state, "commit-update"), "INSTALL_COMPLETED");
        Assert.Equal([TargetEnd.Completed, TargetEnd.Completed, TargetEnd.UpToDate], state.Targets.Select(target => target.End!.Value));
    }

    [Fact]
    public void A_commit_that_no_new_manifest_mends_takes_all_back_and_says_why()
    {
        VehicleCampaign state = Answer(Ask(OnTrial(), "commit-update"), "INSTALL_FAILED", FleetError.WrongGroup);
        Assert.True(state.IsReverting);
        state = Answer(Ask(state, "rollback-update"), "INSTALL_ROLLBACK");
        Assert.All(state.Targets, target => Assert.Equal((TargetEnd.RolledBack, "VehicleManifestWrongGroup"), (target.End!.Value, target.Reason)));
        Assert.Contains("refused", state.Targets[0].Message);
    }

    private static VehicleCampaign OnTrial() => Begin(CampaignMode.AllOrNothing, TargetStep.Confirm, "motor", "battery");

    private static VehicleCampaign Begin(CampaignMode mode, TargetStep step, params string[] ecus) => new()
    {
        Id = "c1",
        Mode = mode,
        Targets = [.. (ecus.Length == 0 ? ["motor"] : ecus).Select(ecu => new TargetState { Ecu = ecu, Step = step, MayBeOnTrial = step > TargetStep.Ready, Versions = [new OfferedVersion("2.0.0", ecu, "aa", 1)] })],
    };

    private static EsyncMessage Reply(string? status, FleetError? error, byte nonce, string? bankState)
    {
        byte[] report = new byte[VersionReport.Length];
        report[0] = 2;
        TestFleet.Of(nonce, 16).CopyTo(report, VersionReport.NonceOffset);
        return new EsyncMessage
        {
            Type = EsyncType.UpdateStatus,
            Body = new EsyncBody
            {
                Package = new EsyncPackage { Type = "/ECU/motor", Name = "motor", Version = "1.0.0", Status = status, Message = "refused" },
                Ecu = new EsyncEcu { Reason = error?.Reason(), State = bankState, VersionReport = Convert.ToHexString(report) },
            },
        };
    }

    // The one thing that is asked now.
    private VehicleCampaign Ask(VehicleCampaign state, string type)
    {
        CampaignMove move = CampaignMachine.Next(state, 0);
        CampaignAsk ask = Assert.Single(move.Steps);
        Assert.Equal($"esync.{type}", ask.Type);
        return CampaignMachine.Asked(move.State, ask with { Number = ++_number });
    }

    private static VehicleCampaign Answer(VehicleCampaign state, string? status = null, FleetError? error = null, byte nonce = 0) =>
        CampaignMachine.Answered(state, Assert.Single(state.Asks).Number, Reply(status, error, nonce, null), 0);
}
