// What can go wrong on the way of an update, and how the client gets through it: against the agent's own sources on a
// virtual ECU. The plain ways are in tests/Vehicle.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Flash;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class UpdateSessionTests
{
    private const int Length = 30_000;
    private const uint Requests = 0x7E0;
    private const uint Responses = 0x7E8;
    private readonly VehicleRig _rig = new();
    private readonly MessageLog _log;

    public UpdateSessionTests()
    {
        _log = new MessageLog(_rig.Definition.Config.CanIf);
        _rig.Bus.Observe(_log);
    }

    private TestImage First => _rig.Image("1.0.0", 1, Length);

    private TestImage Second => _rig.Image("2.0.0", 2, Length);

    [Fact]
    public void The_requests_come_in_the_programming_order()
    {
        Run(async () => Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(Second)).End));
        Assert.Equal(
            [
                "→ 3E 00", "→ 10 03", "→ 22 FD 00", "→ 22 FD 05", "→ 31 01 02 04", "→ 31 01 02 03", "⇒ 85 82", "⇒ 28 81 01",
                "→ 10 02", "→ 29 05", "→ 29 06", "→ 2E F1 5A", "→ 34 00 44", "→ 36 01", "→ 36 02", "→ 37", "→ 31 01 02 10",
                "→ 22 FD 02", "→ 31 01 FF 00", "→ 34 00 44", "→ 36 01", "→ 36 02", "→ 36 03", "→ 36 04", "→ 36 05", "→ 36 06",
                "→ 36 07", "→ 36 08", "→ 37", "→ 31 01 FF 01", "→ 31 01 02 11", "→ 11 01", "→ 3E 00", "→ 10 03",
                "→ 29 05", "→ 29 06", "→ 31 01 02 04", "→ 31 01 02 12", "→ 31 01 02 04", "⇒ 28 80 01", "⇒ 85 81", "→ 10 01",
            ],
            MessageLog.Beginnings(_log.Entries));
        Assert.Contains(_log.Entries, entry => entry is { Direction: '⇒', Message: [0x3E, 0x80] });
    }

    [Fact]
    public void A_power_cut_so_short_that_the_client_notices_only_the_lost_session_is_resumed()
    {
        void Cut(int position)
        {
            if (position > 15_000)
            {
                _rig.OnTransferred = null;
                _rig.Ecu.PowerCut(CutModel.ProgramUnstable);
                _rig.Time.After(1_000_000, _rig.Ecu.PowerOn);
            }
        }

        Run(async () =>
        {
            _rig.OnTransferred = Cut;
            Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(Second)).End);
        });
        Assert.Equal("the ECU has left the session: service 36 was refused with 7F (serviceNotSupportedInActiveSession)", _rig.Attempts[1].Text);
        Assert.True(_rig.Transfers[^1].Offset > 0);
    }

    [Fact]
    public void When_the_response_to_the_reset_is_lost_the_trial_is_not_started_twice()
    {
        LoseAfter('→', [0x11, 0x01], Responses);
        Run(async () => Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(Second)).End));
        Assert.Single(_log.Entries, entry => entry is { Direction: '→', Message: [0x11, ..] });
    }

    [Fact]
    public void When_the_request_for_the_reset_is_lost_it_is_made_again()
    {
        LoseAfter('←', [0x71, 0x01, 0x02, 0x11], Requests);
        Run(async () => Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(Second)).End));
        Assert.Single(_rig.Transfers.Skip(1));
    }

    [Fact]
    public void When_the_response_to_confirm_is_lost_the_former_result_is_told()
    {
        LoseAfter('→', [0x31, 0x01, 0x02, 0x12], Responses);
        Run(async () => Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(Second)).End));
    }

    [Fact]
    public void An_application_that_still_tests_itself_is_waited_for()
    {
        int asked = 0;
        _log.Heard = (from, message) => asked += from == '→' && message.AsSpan().StartsWith(new byte[] { 0x31, 0x01, 0x02, 0x12 }) ? 1 : 0;
        Run(async () =>
        {
            asked = 0;
            UpdateOutcome outcome = await _rig.UpdateAsync(_rig.Image("2.0.0", 2, Length, "slow"), new UpdatePolicy { TrialMs = 100 });
            Assert.Equal((UpdateEnd.Confirmed, "version 2.0.0 runs"), Outcome(outcome));
        });
        Assert.InRange(asked, 2, 10);
    }

    [Fact]
    public void What_runs_already_is_not_sent_again()
    {
        Run(async () => Assert.Equal((UpdateEnd.Confirmed, "version 1.0.0 runs"), Outcome(await _rig.UpdateAsync(First))));
        Assert.Single(_rig.Transfers);
    }

    [Fact]
    public void An_update_may_stop_at_each_of_its_goals_and_go_on_from_there()
    {
        Run(async () =>
        {
            UpdateOutcome verified = await _rig.UpdateAsync(Second, new UpdatePolicy { Goal = UpdateGoal.Verified });
            Assert.Equal((UpdateEnd.Verified, "version 2.0.0 is in the ECU, whole and checked"), Outcome(verified));
            Assert.Equal("1.0.0", await _rig.Client.ReadTextAsync(0xF189));
            UpdateOutcome onTrial = await _rig.UpdateAsync(Second, new UpdatePolicy { Goal = UpdateGoal.OnTrial });
            Assert.Equal((UpdateEnd.OnTrial, "version 2.0.0 runs on trial"), Outcome(onTrial));
            UpdateOutcome confirmed = await _rig.UpdateAsync(Second);
            Assert.Equal((UpdateEnd.Confirmed, "version 2.0.0 runs"), Outcome(confirmed));
        });
        Assert.Equal(2, _rig.Transfers.Count);
    }

    [Fact]
    public void A_trial_that_nobody_confirms_goes_back_and_says_so()
    {
        Run(async () =>
        {
            await _rig.UpdateAsync(Second, new UpdatePolicy { Goal = UpdateGoal.OnTrial });
            await _rig.Time.DelayMs(_rig.Definition.Config.Fota.TrialConfirmMsMax + 5_000);
            await _rig.Client.AwaitPresenceAsync();
            Assert.Equal("1.0.0", await _rig.Client.ReadTextAsync(0xF189));
            UpdateState state = await _rig.Client.ReadUpdateStateAsync();
            Assert.Equal((EsyncState.InstallRollback, FotaError.ConfirmTimeExpired, 1), (state.State, state.LastError, state.Rollbacks));
        });
    }

    [Fact]
    public void The_client_may_order_the_way_back()
    {
        Run(async () =>
        {
            await _rig.UpdateAsync(Second);
            await _rig.Client.RollBackAsync();
            Assert.Equal("1.0.0", await _rig.Client.ReadTextAsync(0xF189));
            UpdateRefusedException refusal = await Assert.ThrowsAsync<UpdateRefusedException>(() => _rig.Client.RollBackAsync());
            Assert.Equal(FotaError.NoPreviousImage, refusal.Reason);
        });
    }

    [Fact]
    public void An_older_manifest_is_refused_with_its_reason_and_not_tried_again()
    {
        Run(async () =>
        {
            await _rig.UpdateAsync(Second);
            UpdateOutcome outcome = await _rig.UpdateAsync(First with { Digest = new byte[32] });
            Assert.Equal((UpdateEnd.Refused, FotaError.SequenceTooLow), (outcome.End, outcome.Reason));
            Assert.Equal("authenticate manifest: the ECU has accepted a newer manifest already (SequenceTooLow)", outcome.Text);
        });
        Assert.Equal(3, _rig.Attempts.Count);
    }

    [Fact]
    public void An_envelope_that_cannot_fit_is_not_even_sent()
    {
        Run(async () =>
        {
            UpdateOutcome outcome = await _rig.UpdateAsync(Second with { Envelope = new byte[20_000] });
            Assert.Equal((UpdateEnd.Refused, FotaError.EnvelopeTooLong), (outcome.End, outcome.Reason));
        });
        Assert.Single(_rig.Stages, UpdateStage.Manifest);
    }

    [Fact]
    public void Without_the_secret_nothing_is_changed()
    {
        Run(async () =>
        {
            EcuClient stranger = new(_rig.Tester, new DeviceCredentials(TestImage.DeviceId, new byte[32]), count => new byte[count]);
            await stranger.SessionAsync(0x03);
            NegativeResponseException refusal = await Assert.ThrowsAsync<NegativeResponseException>(stranger.AuthenticateAsync);
            Assert.Equal(0x58, refusal.Code);
        });
    }

    [Fact]
    public void An_application_that_does_not_consent_postpones_the_update()
    {
        Run(async () =>
        {
            _rig.Loader!.IsUpdateAllowed = false;
            UpdateOutcome outcome = await _rig.UpdateAsync(Second);
            Assert.Equal((UpdateEnd.Postponed, FotaError.None), (outcome.End, outcome.Reason));
        });
        Assert.Single(_rig.Transfers);
    }

    [Fact]
    public void An_ECU_that_is_gone_is_lost_after_all_attempts()
    {
        Run(async () =>
        {
            _rig.Ecu.PowerCut(CutModel.ProgramUnstable);
            UpdateOutcome outcome = await _rig.UpdateAsync(Second, new UpdatePolicy { AttemptsMax = 2, PresenceMsMax = 3_000 });
            Assert.Equal((UpdateEnd.Lost, "no answer to service 3E (waiting for the ECU to come back)"), Outcome(outcome));
        });
        Assert.Equal(3, _rig.Attempts.Count);
    }

    [Theory]
    [InlineData(BusFaultKind.Drop, 0.0005)]
    [InlineData(BusFaultKind.Corrupt, 0.02)]
    [InlineData(BusFaultKind.Duplicate, 0.0005)]
    [InlineData(BusFaultKind.Delay, 0.002)]
    public void A_bus_with_faults_costs_time_only(BusFaultKind kind, double probability)
    {
        BusFaultRule rule = null!;
        Run(async () =>
        {
            rule = _rig.Bus.Faults.Add(new BusFaultRule { Name = "noise", Kind = kind, Probability = probability });
            UpdateOutcome outcome = await _rig.UpdateAsync(Second, new UpdatePolicy { AttemptsMax = 20 });
            Assert.Equal((UpdateEnd.Confirmed, "version 2.0.0 runs"), Outcome(outcome));
        });
        Assert.True(rule.StrikeCount > 0);
    }

    private static (UpdateEnd End, string Text) Outcome(UpdateOutcome outcome) => (outcome.End, outcome.Text);

    /// <summary>Provisions the ECU, brings the first image, forgets what was heard, and runs the story.</summary>
    private void Run(Func<Task> story) => _rig.Run(async () =>
    {
        await _rig.BeginAsync();
        Assert.Equal(UpdateEnd.Confirmed, (await _rig.UpdateAsync(First)).End);
        _log.Entries.Clear();
        await story();
    });

    /// <summary>Loses the next frame with an identifier after a message that begins like this, in the second update.</summary>
    private void LoseAfter(char direction, byte[] beginning, uint identifier)
    {
        int heard = 0;
        _log.Heard = (from, message) =>
        {
            if (from == direction && message.AsSpan().StartsWith(beginning) && ++heard == 2)
            {
                _rig.Bus.Faults.Add(new BusFaultRule { Name = "once", Kind = BusFaultKind.Drop, Identifier = identifier, Probability = 1, CountMax = 1 });
            }
        };
    }
}
