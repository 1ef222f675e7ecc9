// One update of one ECU, in the programming order of PROTOCOL.md, "An update, message by message":
//   prepare (extended session, limits, preconditions, silence on the bus) → programming session, access, fingerprint
//   → manifest → image, resumed where a former attempt ended → check → activate → reset → trial → confirm.
// Invariants: each attempt takes the form of the image that UpdateImages has for the ECU as it is then, and goes on where the ECU says; an image
// is put on trial once, whatever is lost on the way (after a restart of the client: UpdatePolicy.IsTriedBefore). How attempts follow one another is
// EcuAttempts' affair, what follows a refusal the caller's.
// Tests: tests/host-sim/Client/UpdateSessionTests.cs, tests/Vehicle.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>Brings one version to one ECU.</summary>
public sealed class UpdateSession(EcuClient client, UpdateImages images, UpdatePolicy policy, IUpdateObserver? observer = null)
{
    private const uint StagingAddress = 0x10000000;
    private const uint BankAddress = 0x20000000;
    private const int ConfirmAttemptsMax = 12;
    private const int ConfirmPauseMs = 250;
    private BlockLengthChooser? _lengths;
    private UpdateImage? _image;
    private int _target;
    private bool _isActivated;

    /// <summary>A session for an image that there is in one form only.</summary>
    public UpdateSession(EcuClient client, UpdateImage image, UpdatePolicy policy, IUpdateObserver? observer = null)
        : this(client, new UpdateImages([image]), policy, observer)
    {
    }

    // One for all attempts: what the line lost in one counts in the next.
    private BlockLengthChooser Lengths => _lengths ??= new BlockLengthChooser(policy.BlockLength) { Changed = change => observer?.BlockLengthChanged(change) };

    /// <summary>Runs the update to its end and says how it ended; throws nothing for what an ECU can do.</summary>
    public async Task<UpdateOutcome> RunAsync() => await EcuAttempts.RunAsync(client, policy, observer, AttemptAsync) with { Image = _image };

    private async Task<UpdateOutcome> AttemptAsync()
    {
        await client.AwaitPresenceAsync(policy.PresenceMsMax);
        if (_isActivated)
        {
            return await TryOutAsync();
        }

        observer?.Stage(UpdateStage.Prepare);
        await client.SessionAsync(0x03);
        client.Tester.StartKeepAlive();
        UpdateLimits limits = await client.ReadLimitsAsync();
        VersionReport before = await client.ReadVersionReportAsync();
        if (Runs(before, before.ActiveBank, BankState.Confirmed))
        {
            return new UpdateOutcome(UpdateEnd.Confirmed, FotaError.None, $"version {before.ApplicationVersion} runs");
        }

        (int consent, int reasons) = await client.CheckPreconditionsAsync();
        _target = UpdateImages.Secondary(before);
        if (images.AreIn(before, _target, BankState.Trial))
        {
            // Activated by a client before this one; whether it has restarted since then shows below.
            _isActivated = true;
            return await TryOutAsync();
        }

        if (Obstacle(before, limits, consent, reasons) is { } obstacle)
        {
            return obstacle;
        }

        UpdateImage image = images.For(before, limits)[0];
        _image = image;
        await EcuAttempts.EnterProgrammingAsync(client);
        await client.Tester.RequestAsync([0x2E, 0xF1, 0x5A, .. policy.Fingerprint], "write fingerprint");
        await DownloadAsync(image, before);
        observer?.Stage(UpdateStage.Check);
        await client.RoutineAsync(0xFF01, "check programming dependencies");
        if (policy.Goal == UpdateGoal.Verified)
        {
            return new UpdateOutcome(UpdateEnd.Verified, FotaError.None, $"version {images.Version} is in the ECU, whole and checked");
        }

        observer?.Stage(UpdateStage.Activate);
        await client.RoutineAsync(0x0211, "activate");
        _isActivated = true;
        await client.ResetAsync(policy.PresenceMsMax);
        return await TryOutAsync();
    }

    private UpdateOutcome? Obstacle(VersionReport before, UpdateLimits limits, int consent, int reasons)
    {
        if (policy.IsTriedBefore && images.AreIn(before, _target, BankState.Rejected))
        {
            return WentBack(before);
        }

        return Misfit(before, limits) ?? EcuAttempts.NoConsent(consent, reasons);
    }

    private async Task DownloadAsync(UpdateImage image, VersionReport before)
    {
        if (image.IsIn(before, _target, BankState.Verified))
        {
            return;
        }

        bool isBound = image.IsIn(before, _target, BankState.Receiving);
        if (!isBound)
        {
            await BindAsync(image);
        }

        ResumePoint point = await client.ReadResumePointAsync();
        if (isBound && !point.IsOf(image))
        {
            // The boot record names the manifest, and the slot beside the bank does not hold it.
            isBound = false;
            await BindAsync(image);
        }

        int offset = isBound ? (int)point.NextByte : 0;
        if (!isBound || point.ChunkCount == 0)
        {
            observer?.Stage(UpdateStage.Erase);
            await client.RoutineAsync(0xFF00, "erase memory");
        }

        if (offset < image.Payload.Length)
        {
            await TransferImageAsync(image, offset);
        }
    }

    private async Task BindAsync(UpdateImage image)
    {
        observer?.Stage(UpdateStage.Manifest);
        int longest = await client.RequestDownloadAsync(0, StagingAddress, (uint)image.Envelope.Length);
        await client.TransferAsync(image.Envelope, longest, lengths: Lengths);
        await client.RoutineAsync(0x0210, "authenticate manifest");
    }

    private async Task TransferImageAsync(UpdateImage image, int offset)
    {
        observer?.Stage(UpdateStage.Download);
        observer?.TransferBegins(image, offset);
        int longest = await client.RequestDownloadAsync(image.Encoding, BankAddress + (uint)offset, (uint)(image.Payload.Length - offset));
        await client.TransferAsync(image.Payload[offset..], longest, position => observer?.Transferred(offset + position), Lengths);
        observer?.TransferEnds();
    }

    // The trial runs for a while under the client's eyes before it is confirmed: an application that fails its
    // self-test, throws or stalls goes back by itself meanwhile.
    private async Task<UpdateOutcome> TryOutAsync()
    {
        observer?.Stage(UpdateStage.Trial);
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

        observer?.Stage(UpdateStage.Confirm);
        await ConfirmAsync();
        report = await client.ReadVersionReportAsync();
        return new UpdateOutcome(UpdateEnd.Confirmed, FotaError.None, $"version {report.ApplicationVersion} runs");
    }

    // An ECU that was reset on the way tests itself once more: it says so, and is asked again until it runs or has gone back.
    private async Task ConfirmAsync()
    {
        for (int left = ConfirmAttemptsMax; ; left--)
        {
            try
            {
                await client.RoutineAsync(0x0212, "confirm");
                return;
            }
            catch (UpdateRefusedException refusal) when (refusal.Reason == FotaError.SelfTestPending && left > 1)
            {
                await client.Time.DelayMs(ConfirmPauseMs);
            }
        }
    }

    private bool Runs(VersionReport report, int bank, BankState state) => report.RunningBank == bank && images.AreIn(report, bank, state);

    private static UpdateOutcome WentBack(VersionReport report) => new(
        UpdateEnd.RolledBack,
        report.LastError,
        $"the ECU went back to version {report.ApplicationVersion}: {FotaErrorText.Of(report.LastError)}");

    // What the ECU would refuse later, or could not even understand.
    private UpdateOutcome? Misfit(VersionReport before, UpdateLimits limits)
    {
        if (images.For(before, limits) is [{ } image, ..])
        {
            return EcuAttempts.Misfit(limits, image.Envelope.Length);
        }

        FotaError reason = UpdateImages.Obstacle(images.All[0], before, limits);
        return new UpdateOutcome(UpdateEnd.Refused, reason, FotaErrorText.Of(reason));
    }
}
