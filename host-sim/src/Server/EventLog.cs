// What happened, in sentences for people: one row each in the server's database, written in the transaction of what it tells.
// Invariant: numbers only grow, whichever server of the database writes, so that a reader goes on behind the last one it has.
// Tests: tests/host-sim/Server/VehicleInventoryTests.cs.
using Microsoft.Data.Sqlite;

namespace EsyncSim.Server;

/// <summary>Something that happened.</summary>
/// <param name="Id">Its number.</param>
/// <param name="AtMs">When, UTC in milliseconds since 1970.</param>
/// <param name="Vin">To which vehicle; null where it is about none.</param>
/// <param name="Ecu">To which ECU of it.</param>
/// <param name="Campaign">In which campaign.</param>
/// <param name="Text">What.</param>
public sealed record CloudEvent(long Id, long AtMs, string? Vin, string? Ecu, string? Campaign, string Text);

/// <summary>The events of a database.</summary>
public sealed class EventLog
{
    /// <summary>Events that are read at once at most.</summary>
    public const int CountMax = 1000;

    private readonly CloudStore _store;

    internal EventLog(CloudStore store) => _store = store;

    /// <summary>Number of the newest event; 0 when there is none.</summary>
    public long LastId => (long)_store.Ask("SELECT coalesce(max(id), 0) FROM event")!;

    /// <summary>Events behind one, the oldest first.</summary>
    /// <param name="after">Number of the last one that is known; 0 for none.</param>
    /// <param name="count">How many at most, up to <see cref="CountMax"/>.</param>
    /// <param name="campaign">Only those of this campaign; null for all.</param>
    /// <param name="vin">Only those of this vehicle; null for all.</param>
    public IReadOnlyList<CloudEvent> After(long after, int count = CountMax, string? campaign = null, string? vin = null) => _store.All(
        Read,
        "SELECT id, at, vin, ecu, campaign, text FROM event WHERE id > $a AND ($b IS NULL OR campaign = $b) AND ($c IS NULL OR vin = $c) ORDER BY id LIMIT $d",
        after, campaign, vin, Math.Clamp(count, 1, CountMax));

    /// <summary>Adds one.</summary>
    internal void Add(SqliteTransaction transaction, string text, string? campaign = null, string? vin = null, string? ecu = null) => _store.Do(
        transaction, "INSERT INTO event (at, vin, ecu, campaign, text) VALUES ($a, $b, $c, $d, $e)", _store.NowMs, vin, ecu, campaign, text);

    private static CloudEvent Read(SqliteDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4), row.GetString(5));
}
