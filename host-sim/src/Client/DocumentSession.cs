// What it takes to bring one ECU a signed document whose content takes the place of what is in force there:
//   prepare (extended session, limits, preconditions, silence on the bus) → programming session, access
//   → document to the staging slot → its routine → the ECU says what is in force.
// Invariants: good only when the ECU says so; what is in force already is not sent again; each attempt begins anew, for the
// routine happens once however often it is asked for.
// Must not know what a document says: TrustSession and RulesSession do.
// Tests: tests/host-sim/Client/TrustSessionTests.cs, tests/host-sim/Rules/RulesSessionTests.cs.
using EsyncAgent;

namespace EsyncSim.Client;

/// <summary>Brings one signed document to one ECU.</summary>
public abstract class DocumentSession(EcuClient client, ReadOnlyMemory<byte> document, UpdatePolicy policy, IUpdateObserver? observer)
{
    private const uint StagingAddress = 0x10000000;
    private BlockLengthChooser? _lengths;

    /// <summary>What is in force when the ECU has taken it, in words.</summary>
    public abstract string Content { get; }

    /// <summary>Conversation with the ECU.</summary>
    protected EcuClient Client { get; } = client;

    /// <summary>The routine that takes the document from the staging slot.</summary>
    protected abstract ushort Routine { get; }

    /// <summary>What kind of document it is.</summary>
    protected abstract string Kind { get; }

    /// <summary>What an ECU does by it: the ECU … by this document.</summary>
    protected abstract string Verb { get; }

    /// <summary>Runs the change to its end and says how it ended; throws nothing for what an ECU can do.</summary>
    public Task<UpdateOutcome> RunAsync() => EcuAttempts.RunAsync(Client, policy, observer, AttemptAsync);

    /// <summary>Asks the ECU what is in force: whether it is this document's content, and what it is in words.</summary>
    protected abstract Task<(bool IsInForce, string State)> ReadStateAsync();

    /// <summary>Why the ECU refused the document, for people.</summary>
    protected virtual Task<string> ExplainAsync(UpdateRefusedException refusal) => Task.FromResult(refusal.Message);

    // One for all attempts: what the line lost in one counts in the next.
    private BlockLengthChooser Lengths => _lengths ??= new BlockLengthChooser(policy.BlockLength) { Changed = change => observer?.BlockLengthChanged(change) };

    private async Task<UpdateOutcome> AttemptAsync()
    {
        await Client.AwaitPresenceAsync(policy.PresenceMsMax);
        observer?.Stage(UpdateStage.Prepare);
        await Client.SessionAsync(0x03);
        Client.Tester.StartKeepAlive();
        if ((await ReadStateAsync()).IsInForce)
        {
            return InForce();
        }

        UpdateLimits limits = await Client.ReadLimitsAsync();
        (int consent, int reasons) = await Client.CheckPreconditionsAsync();
        UpdateOutcome? obstacle = EcuAttempts.Misfit(limits, document.Length) ?? EcuAttempts.NoConsent(consent, reasons);
        if (obstacle is not null)
        {
            return obstacle;
        }

        await EcuAttempts.EnterProgrammingAsync(Client);
        observer?.Stage(UpdateStage.Manifest);
        int longest = await Client.RequestDownloadAsync(0, StagingAddress, (uint)document.Length);
        await Client.TransferAsync(document, longest, lengths: Lengths);
        return await InstallAsync();
    }

    private async Task<UpdateOutcome> InstallAsync()
    {
        try
        {
            await Client.RoutineAsync(Routine, $"install {Kind}");
        }
        catch (UpdateRefusedException refusal)
        {
            return new UpdateOutcome(UpdateEnd.Refused, refusal.Reason, await ExplainAsync(refusal));
        }

        (bool isInForce, string state) = await ReadStateAsync();
        return isInForce ? InForce() : new UpdateOutcome(UpdateEnd.Refused, FotaError.None, $"the ECU accepted the {Kind} but says: {state}");
    }

    private UpdateOutcome InForce() => new(UpdateEnd.Confirmed, FotaError.None, $"the ECU {Verb} by {Content}");
}
