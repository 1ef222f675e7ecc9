// The server's side of one vehicle in its database.
// Invariant: numbers, state, what ECUs said and the events that tell of it count in one transaction, and only while the vehicle is ours.
// Tests: tests/host-sim/Server/CloudStoreTests.cs.
using Microsoft.Data.Sqlite;

namespace EsyncSim.Server;

/// <summary>Keeps one vehicle.</summary>
internal sealed class VehicleStore(CloudStore store, string vin, ServerLedger ledger, VehicleLeases? leases) : ICampaignStore
{
    private readonly List<EsyncMessage> _noted = [];
    private VehicleCampaign? _last;

    /// <inheritdoc/>
    public ServerLedger Ledger => ledger;

    /// <inheritdoc/>
    public bool IsOurs => leases?.Has(vin) != false;

    /// <inheritdoc/>
    public VehicleCampaign? Find(string id) => _last = store.Find(vin, id);

    /// <inheritdoc/>
    public void Note(EsyncMessage answer) => _noted.Add(answer);

    /// <inheritdoc/>
    public void Save(VehicleCampaign? state)
    {
        store.Transact(transaction =>
        {
            leases?.Require(transaction, vin);
            store.Save(transaction, vin, ledger);
            _noted.ForEach(answer => store.Inventory.Note(transaction, vin, answer));
            if (state is not null)
            {
                store.Save(transaction, vin, state);
                Tell(transaction, _last?.Id == state.Id ? _last : null, state);
            }
        });
        _noted.Clear();
        _last = state ?? _last;
    }

    private void Tell(SqliteTransaction transaction, VehicleCampaign? before, VehicleCampaign state)
    {
        void Add(string text, string? ecu = null) => store.Events.Add(transaction, text, state.Id, vin, ecu);
        for (int i = 0; i < state.Targets.Count; i++)
        {
            TargetState target = state.Targets[i];
            TargetState? former = before?.Targets[i];
            if (target.Choice is { } choice && choice.Why != former?.Choice?.Why)
            {
                Add($"{target.Ecu} gets {target.Offer.Version} as {choice.Encoding}: {choice.Why}", target.Ecu);
            }

            if (target.IncrementalFailures.Count > (former?.IncrementalFailures.Count ?? 0))
            {
                Add($"{target.Ecu} refused {target.IncrementalFailures[^1].Encoding} ({target.IncrementalFailures[^1].Reason}) and gets the whole image", target.Ecu);
            }

            if (target.End is { } end && former?.End is null)
            {
                Add(target.Message.Length == 0 ? $"{target.Ecu} ended: {end}" : $"{target.Ecu} ended: {end}, {target.Message}", target.Ecu);
                if (end == TargetEnd.Completed && target.Part == TargetPart.Application)
                {
                    store.Inventory.Confirmed(transaction, vin, target.Ecu, target.Offer.Version);
                }
            }
        }

        if (state.IsWaitingForConsent && before?.IsWaitingForConsent != true)
        {
            Add($"{vin} waits for consent");
        }
    }
}
