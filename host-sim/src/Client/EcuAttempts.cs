// What every undertaking with one ECU has in common: an attempt that was cut off is repeated a bounded number of times, a
// refusal never is, and in the end the ECU is left in its default session with DTCs and messages on.
// Must not know what is undertaken: UpdateSession and DocumentSession do.
// Tests: tests/host-sim/Client/UpdateSessionTests.cs, TrustSessionTests.cs.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Client;

/// <summary>Runs attempts.</summary>
internal static class EcuAttempts
{
    /// <summary>Version of PROTOCOL.md that this client speaks.</summary>
    public const byte ProtocolVersion = 1;

    /// <summary>Runs attempts until one has ended; throws nothing for what an ECU can do.</summary>
    public static async Task<UpdateOutcome> RunAsync(EcuClient client, UpdatePolicy policy, IUpdateObserver? observer, Func<Task<UpdateOutcome>> attemptAsync)
    {
        for (int attempt = 1; ; attempt++)
        {
            UpdateOutcome outcome;
            try
            {
                outcome = await attemptAsync();
            }
            catch (UpdateRefusedException refusal)
            {
                outcome = new UpdateOutcome(UpdateEnd.Refused, refusal.Reason, refusal.Message);
            }
            catch (NegativeResponseException refusal)
            {
                outcome = IsSessionLost(refusal)
                    ? new UpdateOutcome(UpdateEnd.Lost, FotaError.None, $"the ECU has left the session: {refusal.Message}")
                    : await ExplainAsync(client, refusal);
            }
            catch (DiagnosticException lost)
            {
                outcome = new UpdateOutcome(UpdateEnd.Lost, FotaError.None, lost.Message);
            }

            client.Tester.StopKeepAlive();
            bool isOver = outcome.End != UpdateEnd.Lost || attempt >= policy.AttemptsMax;
            observer?.AttemptEnded(attempt, outcome, isOver);
            if (isOver)
            {
                observer?.Stage(UpdateStage.Leave);
                await LeaveAsync(client);
                return outcome;
            }

            await client.Time.DelayMs(policy.RetryPauseMs);
        }
    }

    /// <summary>From the extended session to the programming session with access, the rest of the bus being silent.</summary>
    public static async Task EnterProgrammingAsync(EcuClient client)
    {
        await client.Tester.NotifyAsync([0x85, 0x82]);
        await client.Tester.NotifyAsync([0x28, 0x81, 0x01]);
        await client.SessionAsync(0x02);
        await client.AuthenticateAsync();
    }

    /// <summary>What stands against it before anything is sent: another protocol, an envelope that is too long.</summary>
    public static UpdateOutcome? Misfit(UpdateLimits limits, int envelopeLength)
    {
        if (limits.ProtocolVersion != ProtocolVersion)
        {
            return new UpdateOutcome(UpdateEnd.Refused, FotaError.None, $"the agent speaks version {limits.ProtocolVersion} of the protocol, this client version {ProtocolVersion}");
        }

        return envelopeLength > limits.EnvelopeLengthMax
            ? new UpdateOutcome(UpdateEnd.Refused, FotaError.EnvelopeTooLong, FotaErrorText.Of(FotaError.EnvelopeTooLong))
            : null;
    }

    /// <summary>What stands against it when the ECU does not consent (routine 0203).</summary>
    public static UpdateOutcome? NoConsent(int consent, int reasons)
    {
        UpdateEnd end = consent == 2 ? UpdateEnd.Postponed : UpdateEnd.Refused;
        return consent == 1 ? null : new UpdateOutcome(end, FotaError.None, $"the ECU does not consent to an update now (reasons {reasons:X2})");
    }

    // After a short loss of power, or a session that ran out, requests of the programming session meet an ECU in its
    // default session. That is no refusal: the next attempt goes on.
    private static bool IsSessionLost(NegativeResponseException refusal) =>
        (refusal.Service is 0x11 or 0x2E or 0x31 or 0x34 or 0x36 or 0x37 && refusal.Code is 0x33 or 0x34 or 0x7E or 0x7F)
        || (refusal.Service is 0x27 or 0x29 && refusal.Code is 0x7E or 0x7F)
        || (refusal.Service is 0x36 or 0x37 && refusal.Code == 0x24);

    // A negative response of the update target names a condition; the ECU's last result says more.
    private static async Task<UpdateOutcome> ExplainAsync(EcuClient client, NegativeResponseException refusal)
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

    private static async Task LeaveAsync(EcuClient client)
    {
        await client.Tester.NotifyAsync([0x28, 0x80, 0x01]);
        await client.Tester.NotifyAsync([0x85, 0x81]);
        await client.Tester.TryAsync([0x10, 0x01]);
    }
}
