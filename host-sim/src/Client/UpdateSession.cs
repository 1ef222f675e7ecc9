// One update of one ECU, in the programming order of PROTOCOL.md, "An update, message by message":
//   prepare (extended session, limits, preconditions, silence on the bus) → programming session, access, fingerprint
//   → manifest → image, resumed where a former attempt ended → check → activate → reset → trial → confirm.
// Invariants: an attempt that was cut off is repeated a bounded number of times, and each goes on where the ECU says;
// a refusal is never retried; an image is put on trial once, whatever is lost on the way (after a restart of the client:
// UpdatePolicy.IsTriedBefore); in the end the ECU is left in its default session with DTCs and messages on.
// Tests: tests/host-sim/Client/UpdateSessionTests.cs, tests/Vehicle.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>Brings one image to one ECU.</summary>
public sealed class UpdateSession(EcuClient client, UpdateImage image, UpdatePolicy policy, IUpdateObserver observer)
{
    private const uint StagingAddress = 0x10000000;
    private const uint BankAddress = 0x20000000;
    private const byte ProtocolVersion = 1;
    private int _target;
    private bool _isActivated;

    /// <summary>Runs the update to its end and says how it ended; throws nothing for what an ECU can do.</summary>
    public async Task<UpdateOutcome> RunAsync()
    {
        for (int attempt = 1; ; attempt++)
        {
            UpdateOutcome outcome;
            try
            {
                outcome = await AttemptAsync();
            }
            catch (UpdateRefusedException refusal)
            {
                outcome = new UpdateOutcome(UpdateEnd.Refused, refusal.Reason, refusal.Message);
            }
            catch (NegativeResponseException refusal)
            {
                outcome = IsSessionLost(refusal)
                    ? new UpdateOutcome(UpdateEnd.Lost, FotaError.None, $"the ECU has left the session: {refusal.Message}")
                    : await ExplainAsync(refusal);
            }
            catch (DiagnosticException lost)
            {
                outcome = new UpdateOutcome(UpdateEnd.Lost, FotaError.None, lost.Message);
            }

            client.Tester.StopKeepAlive();
            bool isOver = outcome.End != UpdateEnd.Lost || attempt >= policy.AttemptsMax;
            observer.AttemptEnded(attempt, outcome, isOver);
            if (isOver)
            {
                await LeaveAsync();
                return outcome;
            }

            await client.Time.DelayMs(policy.RetryPauseMs);
        }
    }

    private async Task<UpdateOutcome> AttemptAsync()
    {
        await client.AwaitPresenceAsync(policy.PresenceMsMax);
        if (_isActivated)
        {
            return await TryOutAsync();
        }

        observer.Stage(UpdateStage.Prepare);
        await client.SessionAsync(0x03);
        client.Tester.StartKeepAlive();
        UpdateLimits limits = await client.ReadLimitsAsync();
        VersionReport before = await client.ReadVersionReportAsync();
        if (Runs(before, before.ActiveBank, BankState.Confirmed))
        {
            return new UpdateOutcome(UpdateEnd.Confirmed, FotaError.None, $"version {before.ApplicationVersion} runs");
        }

        (int consent, int reasons) = await client.CheckPreconditionsAsync();
        _target = before.ActiveBank == 1 ? 0 : 1;
        if (Holds(before, _target, BankState.Trial))
        {
            // Activated by a client before this one; whether it has restarted since then shows below.
            _isActivated = true;
            return await TryOutAsync();
        }

        if (Obstacle(before, limits, consent, reasons) is { } obstacle)
        {
            return obstacle;
        }

        await client.Tester.NotifyAsync([0x85, 0x82]);
        await client.Tester.NotifyAsync([0x28, 0x81, 0x01]);
        await client.SessionAsync(0x02);
        await client.AuthenticateAsync();
        await client.Tester.RequestAsync([0x2E, 0xF1, 0x5A, .. policy.Fingerprint], "write fingerprint");
        await DownloadAsync(before);
        observer.Stage(UpdateStage.Check);
        await client.RoutineAsync(0xFF01, "check programming dependencies");
        if (policy.Goal == UpdateGoal.Verified)
        {
            return new UpdateOutcome(UpdateEnd.Verified, FotaError.None, $"version {image.Version} is in the ECU, whole and checked");
        }

        observer.Stage(UpdateStage.Activate);
        await client.RoutineAsync(0x0211, "activate");
        _isActivated = true;
        await client.ResetAsync(policy.PresenceMsMax);
        return await TryOutAsync();
    }

    private UpdateOutcome? Obstacle(VersionReport before, UpdateLimits limits, int consent, int reasons)
    {
        if (policy.IsTriedBefore && Holds(before, _target, BankState.Rejected))
        {
            return WentBack(before);
        }

        if (Misfit(limits) is { } misfit)
        {
            return misfit;
        }

        if (consent == 1)
        {
            return null;
        }

        UpdateEnd end = consent == 2 ? UpdateEnd.Postponed : UpdateEnd.Refused;
        return new UpdateOutcome(end, FotaError.None, $"the ECU does not consent to an update now (reasons {reasons:X2})");
    }

    private async Task DownloadAsync(VersionReport before)
    {
        BankState state = before.States[_target];
        bool isBound = (state == BankState.Receiving || state == BankState.Verified)
            && before.ManifestDigests[_target].AsSpan().SequenceEqual(image.ManifestDigest);
        if (!isBound)
        {
            observer.Stage(UpdateStage.Manifest);
            int longest = await client.RequestDownloadAsync(0, StagingAddress, (uint)image.Envelope.Length);
            await client.TransferAsync(image.Envelope, longest);
            await client.RoutineAsync(0x0210, "authenticate manifest");
        }

        if (state == BankState.Verified && isBound)
        {
            return;
        }

        ResumePoint point = await client.ReadResumePointAsync();
        if (!isBound || point.NextByte == 0)
        {
            observer.Stage(UpdateStage.Erase);
            await client.RoutineAsync(0xFF00, "erase memory");
            point = point with { NextByte = 0 };
        }

        if (point.NextByte < image.Payload.Length)
        {
            await TransferImageAsync((int)point.NextByte);
        }
    }

    private async Task TransferImageAsync(int offset)
    {
        observer.Stage(UpdateStage.Download);
        observer.TransferBegins(offset, image.Payload.Length);
        int longest = await client.RequestDownloadAsync(image.Encoding, BankAddress + (uint)offset, (uint)(image.Payload.Length - offset));
        await client.TransferAsync(image.Payload[offset..], longest, position => observer.Transferred(offset + position));
        observer.TransferEnds();
    }

    // The trial runs for a while under the client's eyes before it is confirmed: an application that fails its
    // self-test, throws or stalls goes back by itself meanwhile.
    private async Task<UpdateOutcome> TryOutAsync()
    {
        observer.Stage(UpdateStage.Trial);
        client.Tester.StopKeepAlive();
        await client.Time.DelayMs(policy.TrialMs);
        await client.AwaitPresenceAsync(policy.PresenceMsMax);
        await client.SessionAsync(0x03);
        client.Tester.StartKeepAlive();
        bool isConfirmation = policy.Goal == UpdateGoal.Confirmed;
        if (isConfirmation)
        {
            await client.AuthenticateAsync();
        }

        VersionReport report = await client.ReadVersionReportAsync();
        if (report.States[_target] == BankState.Trial && report.RunningBank != _target)
        {
            // The request for the reset was lost: the trial has not begun. Now a reset takes access.
            if (!isConfirmation)
            {
                await client.AuthenticateAsync();
            }

            await client.ResetAsync(policy.PresenceMsMax);
            throw new NoResponseException(0x11, "ECU reset");
        }

        if (!Runs(report, _target, BankState.Trial) && !Runs(report, _target, BankState.Confirmed))
        {
            return WentBack(report);
        }

        if (!isConfirmation)
        {
            return new UpdateOutcome(UpdateEnd.OnTrial, FotaError.None, $"version {report.ApplicationVersion} runs on trial");
        }

        observer.Stage(UpdateStage.Confirm);
        await client.RoutineAsync(0x0212, "confirm");
        report = await client.ReadVersionReportAsync();
        return new UpdateOutcome(UpdateEnd.Confirmed, FotaError.None, $"version {report.ApplicationVersion} runs");
    }

    private bool Runs(VersionReport report, int bank, BankState state) => report.RunningBank == bank && Holds(report, bank, state);

    private bool Holds(VersionReport report, int bank, BankState state) =>
        bank < report.States.Count && report.States[bank] == state
        && report.ManifestDigests[bank].AsSpan().SequenceEqual(image.ManifestDigest);

    private static UpdateOutcome WentBack(VersionReport report) => new(
        UpdateEnd.RolledBack,
        report.LastError,
        $"the ECU went back to version {report.ApplicationVersion}: {FotaErrorText.Of(report.LastError)}");

    // What the ECU would refuse later, or could not even understand.
    private UpdateOutcome? Misfit(UpdateLimits limits)
    {
        if (limits.ProtocolVersion != ProtocolVersion)
        {
            return new UpdateOutcome(UpdateEnd.Refused, FotaError.None, $"the agent speaks version {limits.ProtocolVersion} of the protocol, this client version {ProtocolVersion}");
        }

        FotaError reason = !limits.Takes(image.Encoding) ? FotaError.EncodingUnsupported
            : image.Envelope.Length > limits.EnvelopeLengthMax ? FotaError.EnvelopeTooLong
            : FotaError.None;
        return reason == FotaError.None ? null : new UpdateOutcome(UpdateEnd.Refused, reason, FotaErrorText.Of(reason));
    }

    // After a short loss of power, or a session that ran out, requests of the programming session meet an ECU in its
    // default session. That is no refusal: the next attempt goes on.
    private static bool IsSessionLost(NegativeResponseException refusal) =>
        (refusal.Service is 0x11 or 0x2E or 0x31 or 0x34 or 0x36 or 0x37 && refusal.Code is 0x33 or 0x34 or 0x7E or 0x7F)
        || (refusal.Service is 0x36 or 0x37 && refusal.Code == 0x24);

    // A negative response of the update target names a condition; the ECU's last result says more.
    private async Task<UpdateOutcome> ExplainAsync(NegativeResponseException refusal)
    {
        if (refusal.Service is not (0x31 or 0x34 or 0x36 or 0x37))
        {
            FotaError access = refusal.Service is 0x27 or 0x29 ? FotaError.AccessRefused : FotaError.None;
            return new UpdateOutcome(UpdateEnd.Refused, access, refusal.Message);
        }

        try
        {
            UpdateState state = await client.ReadUpdateStateAsync();
            string sentence = state.LastError == FotaError.None ? "" : $": {FotaErrorText.Of(state.LastError)}";
            return new UpdateOutcome(UpdateEnd.Refused, state.LastError, refusal.Message + sentence);
        }
        catch (DiagnosticException)
        {
            return new UpdateOutcome(UpdateEnd.Lost, FotaError.None, refusal.Message);
        }
    }

    private async Task LeaveAsync()
    {
        observer.Stage(UpdateStage.Leave);
        await client.Tester.NotifyAsync([0x28, 0x80, 0x01]);
        await client.Tester.NotifyAsync([0x85, 0x81]);
        await client.Tester.TryAsync([0x10, 0x01]);
    }
}
