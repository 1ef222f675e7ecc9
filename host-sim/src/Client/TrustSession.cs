// One change of the keys that one ECU trusts (PROTOCOL.md, "Trust manifest"): DocumentSession with routine 0214, after which
// the version report and FD09 say which keys count.
// Invariant: what is in force is the manifest's number under the ECU's secret; the list of keys itself comes unauthenticated.
// Tests: tests/host-sim/Client/TrustSessionTests.cs, tests/Vehicle.
namespace EsyncSim.Client;

/// <summary>Brings one trust manifest to one ECU.</summary>
public sealed class TrustSession(EcuClient client, TrustUpdate trust, UpdatePolicy policy, IUpdateObserver? observer = null)
    : DocumentSession(client, trust.Document, policy, observer)
{
    /// <inheritdoc/>
    public override string Content => trust.State.ToString();

    /// <inheritdoc/>
    protected override ushort Routine => 0x0214;

    /// <inheritdoc/>
    protected override string Kind => "trust manifest";

    /// <inheritdoc/>
    protected override string Verb => "trusts";

    /// <inheritdoc/>
    protected override async Task<(bool IsInForce, string State)> ReadStateAsync()
    {
        VersionReport report = await Client.ReadVersionReportAsync();
        TrustState state = await Client.ReadTrustStateAsync();
        return (report.IsAuthentic && report.TrustSequence == trust.State.Sequence && state.Is(trust.State), state.ToString());
    }
}
