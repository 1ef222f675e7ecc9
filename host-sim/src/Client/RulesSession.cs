// One change of the collection rules of one ECU (PROTOCOL.md, "Collection rules"):
//   extended session, limits, preconditions, silence on the bus → programming session, access
//   → rules to the staging slot → 0215 → FD10 says which ones are in force.
// Invariants: good only when the ECU says that these are in force; what is in force already is not sent again; nothing restarts.
// FD10 is not authenticated: who sits on the bus may say that rules are in force which are not.
// Tests: tests/host-sim/Rules.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Data;
using DataState = EsyncSim.Data.DataState;

namespace EsyncSim.Client;

/// <summary>Signed rules, and what an ECU says when they are in force.</summary>
/// <param name="Document">What is sent.</param>
/// <param name="Sequence">Their sequence number.</param>
/// <param name="DigestPrefix">First 16 bytes of their digest.</param>
/// <param name="RuleCount">How many they are.</param>
public sealed record RulesUpdate(ReadOnlyMemory<byte> Document, uint Sequence, byte[] DigestPrefix, int RuleCount)
{
    /// <summary>True when an ECU says that these rules are in force.</summary>
    public bool IsInForce(DataState state) => state.RulesSequence == Sequence && state.RulesDigestPrefix.AsSpan().SequenceEqual(DigestPrefix);

    /// <summary>Short form for people: "collection rules 3: 5 rules".</summary>
    public override string ToString() => TextOf(Sequence, RuleCount);

    /// <summary>The same of what an ECU says.</summary>
    public static string TextOf(DataState state) => TextOf(state.RulesSequence, state.RuleCount);

    private static string TextOf(uint sequence, int count)
    {
        string which = sequence == 0 ? "built-in collection rules" : string.Create(CultureInfo.InvariantCulture, $"collection rules {sequence}");
        return string.Create(CultureInfo.InvariantCulture, $"{which}: {count} {(count == 1 ? "rule" : "rules")}");
    }
}

/// <summary>Brings one set of rules to one ECU.</summary>
public sealed class RulesSession(EcuClient client, RulesUpdate rules, UpdatePolicy policy, IUpdateObserver? observer = null)
{
    private const uint StagingAddress = 0x10000000;
    private readonly ReportChannel _channel = new(client);

    /// <summary>Runs the change to its end and says how it ended; throws nothing for what an ECU can do.</summary>
    public Task<UpdateOutcome> RunAsync() => EcuAttempts.RunAsync(client, policy, observer, AttemptAsync);

    private async Task<UpdateOutcome> AttemptAsync()
    {
        await client.AwaitPresenceAsync(policy.PresenceMsMax);
        observer?.Stage(UpdateStage.Prepare);
        await client.SessionAsync(0x03);
        client.Tester.StartKeepAlive();
        if (rules.IsInForce(await _channel.ReadStateAsync()))
        {
            return InForce();
        }

        UpdateLimits limits = await client.ReadLimitsAsync();
        (int consent, int reasons) = await client.CheckPreconditionsAsync();
        UpdateOutcome? obstacle = EcuAttempts.Misfit(limits, rules.Document.Length) ?? EcuAttempts.NoConsent(consent, reasons);
        if (obstacle is not null)
        {
            return obstacle;
        }

        await EcuAttempts.EnterProgrammingAsync(client);
        observer?.Stage(UpdateStage.Manifest);
        int longest = await client.RequestDownloadAsync(0, StagingAddress, (uint)rules.Document.Length);
        await client.TransferAsync(rules.Document, longest);
        await client.RoutineAsync(0x0215, "install collection rules");
        DataState state = await _channel.ReadStateAsync();
        return rules.IsInForce(state)
            ? InForce()
            : new UpdateOutcome(UpdateEnd.Refused, FotaError.None, $"the ECU accepted the collection rules but says: {RulesUpdate.TextOf(state)}");
    }

    private UpdateOutcome InForce() => new(UpdateEnd.Confirmed, FotaError.None, $"the ECU collects by {rules}");
}
