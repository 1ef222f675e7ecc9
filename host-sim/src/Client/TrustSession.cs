// One change of the keys that one ECU trusts (PROTOCOL.md, "Trust manifest"):
//   prepare (extended session, limits, preconditions, silence on the bus) → programming session, access
//   → trust manifest to the staging slot → 0214 → the version report says which one is in force.
// Invariants: good only when the ECU says so under its secret; what is in force already is not sent again; each attempt
// begins anew, for 0214 happens once however often it is asked for.
// Tests: tests/host-sim/Client/TrustSessionTests.cs, tests/Vehicle.
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>Brings one trust manifest to one ECU.</summary>
public sealed class TrustSession(EcuClient client, TrustUpdate trust, UpdatePolicy policy, IUpdateObserver? observer = null)
{
    private const uint StagingAddress = 0x10000000;

    /// <summary>Runs the change to its end and says how it ended; throws nothing for what an ECU can do.</summary>
    public Task<UpdateOutcome> RunAsync() => EcuAttempts.RunAsync(client, policy, observer, AttemptAsync);

    private async Task<UpdateOutcome> AttemptAsync()
    {
        await client.AwaitPresenceAsync(policy.PresenceMsMax);
        observer?.Stage(UpdateStage.Prepare);
        await client.SessionAsync(0x03);
        client.Tester.StartKeepAlive();
        if (await IsInForceAsync())
        {
            return InForce();
        }

        UpdateLimits limits = await client.ReadLimitsAsync();
        (int consent, int reasons) = await client.CheckPreconditionsAsync();
        UpdateOutcome? obstacle = EcuAttempts.Misfit(limits, trust.Document.Length) ?? EcuAttempts.NoConsent(consent, reasons);
        if (obstacle is not null)
        {
            return obstacle;
        }

        await EcuAttempts.EnterProgrammingAsync(client);
        observer?.Stage(UpdateStage.Manifest);
        int longest = await client.RequestDownloadAsync(0, StagingAddress, (uint)trust.Document.Length);
        await client.TransferAsync(trust.Document, longest);
        await client.RoutineAsync(0x0214, "install trust manifest");
        return await IsInForceAsync()
            ? InForce()
            : new UpdateOutcome(UpdateEnd.Refused, FotaError.None, $"the ECU accepted the trust manifest but says: {await client.ReadTrustStateAsync()}");
    }

    // The list of keys comes unauthenticated, its number under the ECU's secret.
    private async Task<bool> IsInForceAsync()
    {
        VersionReport report = await client.ReadVersionReportAsync();
        TrustState state = await client.ReadTrustStateAsync();
        return report.IsAuthentic && report.TrustSequence == trust.State.Sequence && state.Is(trust.State);
    }

    private UpdateOutcome InForce() => new(UpdateEnd.Confirmed, FotaError.None, $"the ECU trusts by {trust.State}");
}
