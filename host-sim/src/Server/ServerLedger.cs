// What the server must remember of its conversations so that each message counts once: the number of its last request and of its last
// vehicle manifest, and of each vehicle the last message that was handed on, by the epoch that numbered it.
// Invariants: numbers only grow; of one epoch every number is handed on once, in order; the memory is bounded, the epoch
// that is silent for longest is forgotten first. An epoch that is not known begins with the oldest message that its sender
// still waits for: a ledger that was lost costs doubles, never a vehicle that waits for ever. All of the server's state of
// this kind is in here, so that it can be stored as one piece.
// It must not know what the messages say.
// Tests: tests/host-sim/Server.
using System.Text.Json.Serialization;

namespace EsyncSim.Server;

/// <summary>A ledger as data.</summary>
/// <param name="Epoch">Name of its life.</param>
/// <param name="LastRequest">Number of the last request.</param>
/// <param name="Vehicles">Of each vehicle the last number of each epoch, the epoch that is silent for longest first.</param>
internal sealed record LedgerForm(
    [property: JsonPropertyName("epoch")] string Epoch,
    [property: JsonPropertyName("lastRequest")] int LastRequest,
    [property: JsonPropertyName("vehicles")] IReadOnlyDictionary<string, IReadOnlyList<LedgerEntry>> Vehicles)
{
    /// <summary>Number of the last vehicle manifest; 0 before the first.</summary>
    [JsonPropertyName("lastManifest")]
    public long LastManifest { get; init; }
}

/// <summary>An epoch of a vehicle.</summary>
internal sealed record LedgerEntry([property: JsonPropertyName("epoch")] string Epoch, [property: JsonPropertyName("last")] int Last);

/// <summary>Numbers of requests made and of messages received.</summary>
/// <param name="epoch">Name of this ledger's life: another one than any server before had with the same vehicles.</param>
public sealed class ServerLedger(string epoch)
{
    /// <summary>Epochs that are remembered of one vehicle. A vehicle has a second one only when it lost its journal.</summary>
    public const int EpochCountMax = 16;

    private readonly Dictionary<string, List<Received>> _vehicles = [];

    /// <summary>Goes with every request.</summary>
    public string Epoch { get; } = epoch;

    /// <summary>Number of the last request; 0 before the first.</summary>
    public int LastRequest { get; private set; }

    /// <summary>Number of the last vehicle manifest; 0 before the first.</summary>
    public long LastManifest { get; private set; }

    /// <summary>All of it.</summary>
    internal LedgerForm Form => new(
        Epoch, LastRequest, _vehicles.ToDictionary(vehicle => vehicle.Key, vehicle => (IReadOnlyList<LedgerEntry>)[.. vehicle.Value.Select(received => new LedgerEntry(received.Epoch, received.Last))])) { LastManifest = LastManifest };

    /// <summary>A ledger as it was stored.</summary>
    internal static ServerLedger Of(LedgerForm form)
    {
        ServerLedger ledger = new(form.Epoch) { LastRequest = form.LastRequest, LastManifest = form.LastManifest };
        foreach ((string vehicle, IReadOnlyList<LedgerEntry> entries) in form.Vehicles)
        {
            ledger._vehicles[vehicle] = [.. entries.Select(entry => new Received(entry.Epoch) { Last = entry.Last })];
        }

        return ledger;
    }

    /// <summary>The number for one more request.</summary>
    public int NextRequest() => ++LastRequest;

    /// <summary>The number for one more vehicle manifest: the time, so that a ledger that was lost does not begin below what vehicles have followed.</summary>
    /// <param name="nowMs">The time, in milliseconds since 1970 UTC.</param>
    public long NextManifest(long nowMs) => LastManifest = Math.Max(LastManifest + 1, nowMs);

    /// <summary>Takes a numbered message; true when it is the next one and is to be handed on, now and never again.</summary>
    /// <param name="vehicle">Its sender.</param>
    /// <param name="epoch">What the sender numbers its messages under.</param>
    /// <param name="number">Its number.</param>
    /// <param name="oldest">The lowest number that the sender waits for an acknowledgement of.</param>
    /// <param name="handedOn">The last number that was handed on, this one included: what can be acknowledged.</param>
    public bool TryTake(string vehicle, string epoch, int number, int oldest, out int handedOn)
    {
        if (!_vehicles.TryGetValue(vehicle, out List<Received>? epochs))
        {
            _vehicles[vehicle] = epochs = [];
        }

        Received received = epochs.Find(known => known.Epoch == epoch) ?? new Received(epoch) { Last = Math.Max(oldest, 1) - 1 };
        bool isNext = number == received.Last + 1;
        if (isNext)
        {
            received.Last = number;
            epochs.Remove(received);
            epochs.Add(received);
            if (epochs.Count > EpochCountMax)
            {
                epochs.RemoveAt(0);
            }
        }

        handedOn = received.Last;
        return isNext;
    }

    private sealed class Received(string epoch)
    {
        public string Epoch { get; } = epoch;

        public int Last { get; set; }
    }
}
