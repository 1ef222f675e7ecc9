// One change of the collection rules of one ECU (PROTOCOL.md, "Collection rules"): DocumentSession with routine 0215, after which
// FD10 says which rules are in force. Nothing restarts.
// Invariant: a refusal is told with what to do about it. FD10 is not authenticated: who sits on the bus may say that rules are in
// force which are not.
// Tests: tests/host-sim/Rules/RulesSessionTests.cs.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Client;
using EsyncSim.Data;
using DataState = EsyncSim.Data.DataState;

namespace EsyncSim.Rules;

/// <summary>Brings one set of rules to one ECU; with <paramref name="signals"/> a refusal names signals by path.</summary>
public sealed class RulesSession(EcuClient client, RulesUpdate rules, UpdatePolicy policy, IUpdateObserver? observer = null, SignalCatalogue? signals = null)
    : DocumentSession(client, rules.Document, policy, observer)
{
    private readonly ReportChannel _channel = new(client);

    /// <inheritdoc/>
    public override string Content => rules.State.ToString();

    /// <inheritdoc/>
    protected override ushort Routine => 0x0215;

    /// <inheritdoc/>
    protected override string Kind => "collection rules";

    /// <inheritdoc/>
    protected override string Verb => "collects";

    /// <inheritdoc/>
    protected override async Task<(bool IsInForce, string State)> ReadStateAsync()
    {
        RulesState state = RulesState.Of(await _channel.ReadStateAsync());
        return (state.Is(rules.State), state.ToString());
    }

    /// <inheritdoc/>
    protected override async Task<string> ExplainAsync(UpdateRefusedException refusal)
    {
        string? sentence = refusal.Reason switch
        {
            FotaError.RulesExceedLimits => $"{RuleLimits.BoundText(refusal.Detail)} for this ECU; `esync rules show` tells its bounds and what the rules need of them",
            FotaError.SignalUnknown => $"the ECU has no signal {NameOf((ushort)refusal.Detail)}; leave it out, or give the ECU an nf.config that describes it",
            FotaError.SignalTableMismatch => await TablesAsync(),
            FotaError.SequenceTooLow => string.Create(
                CultureInfo.InvariantCulture, $"the ECU has taken rules with sequence {refusal.Detail} already, and these have {rules.State.Sequence}; build them again with --sequence {refusal.Detail + 1L} or higher"),
            FotaError.RoleMissing => "no key of the role rules that the ECU trusts has signed them; build them with such a key, or bring its public half to the ECU with `esync keys rotate`",
            FotaError.WrongVendor or FotaError.WrongClass or FotaError.WrongDevice => "the rules are for another ECU; build them for this one",
            _ => null,
        };
        return sentence is null ? refusal.Message : $"{refusal.Step}: {sentence} ({refusal.Reason})";
    }

    private async Task<string> TablesAsync()
    {
        DataState state = await _channel.ReadStateAsync();
        return $"the rules are made for other signals than the ECU has (its table is 0x{state.SignalTableId:X8}); build them again with the nf.config that the ECU was flashed with";
    }

    private string NameOf(ushort did) => signals?.Find(did) is { } signal ? $"0x{did:X4} ({signal.Path})" : $"0x{did:X4}";
}
