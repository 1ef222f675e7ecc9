// Which server speaks with which vehicle: a lease in the database, so that several servers may work on one file.
// Invariants: a vehicle has one owner at a time; a lease is taken in one transaction, when it is free, over or one's own, and lasts 30 s
// unless it is renewed; whoever cannot say in its own transaction that it still has it stores nothing. Clocks of servers that share a
// file are the same clock: that of the machine.
// Tests: tests/host-sim/Server/SeveralServersTests.cs.
using Microsoft.Data.Sqlite;

namespace EsyncSim.Server;

/// <summary>Another server has the vehicle now.</summary>
public sealed class LeaseLostException(string vin) : Exception($"another server speaks with {vin} now");

/// <summary>Leases of one server.</summary>
public sealed class VehicleLeases
{
    /// <summary>How long a lease lasts that is not renewed, in milliseconds.</summary>
    public const long DurationMs = 30_000;

    /// <summary>How often leases are renewed, in milliseconds.</summary>
    public const long RenewMs = 10_000;

    private readonly CloudStore _store;
    private readonly Dictionary<string, long> _untilMs = [];

    /// <summary>Leases of a server.</summary>
    /// <param name="store">The database.</param>
    /// <param name="owner">Name of the server: another one than any other server has.</param>
    public VehicleLeases(CloudStore store, string owner)
    {
        _store = store;
        Owner = owner;
    }

    /// <summary>Name of this server.</summary>
    public string Owner { get; }

    /// <summary>True as long as nobody else can have the vehicle.</summary>
    public bool Has(string vin) => _untilMs.TryGetValue(vin, out long untilMs) && _store.NowMs < untilMs;

    /// <summary>Takes a vehicle; false while another server has it.</summary>
    public bool TryTake(string vin) => Has(vin) || TryTake(vin, _ => { });

    /// <summary>The same, always in a transaction, with something else that is noted in it, whoever has the vehicle.</summary>
    internal bool TryTake(string vin, Action<SqliteTransaction> note)
    {
        bool isOurs = false;
        long untilMs = _store.NowMs + DurationMs;
        _store.Transact(transaction =>
        {
            _store.EnsureVehicle(transaction, vin);
            string? former = _store.AskIn(transaction, "SELECT owner FROM vehicle WHERE vin = $a", vin) as string;
            isOurs = _store.Do(transaction, "UPDATE vehicle SET owner = $b, owner_until = $c WHERE vin = $a AND (owner IS NULL OR owner = $b OR owner_until <= $d)", vin, Owner, untilMs, _store.NowMs) > 0;
            if (isOurs && former is not null && former != Owner)
            {
                _store.Events.Add(transaction, $"{vin} was taken over from a server that is gone", vin: vin);
            }

            note(transaction);
        });
        if (isOurs)
        {
            _untilMs[vin] = untilMs;
        }

        return isOurs;
    }

    /// <summary>Renews all leases in one statement; returns the vehicles that were lost.</summary>
    public IReadOnlyList<string> Renew()
    {
        if (_untilMs.Count == 0)
        {
            return [];
        }

        long untilMs = _store.NowMs + DurationMs;
        _store.Transact(transaction => _store.Do(transaction, "UPDATE vehicle SET owner_until = $b WHERE owner = $a AND owner_until > $c", Owner, untilMs, _store.NowMs));
        HashSet<string> kept = [.. _store.All(row => row.GetString(0), "SELECT vin FROM vehicle WHERE owner = $a AND owner_until = $b", Owner, untilMs)];
        string[] lost = [.. _untilMs.Keys.Where(vin => !kept.Contains(vin))];
        foreach (string vin in lost)
        {
            _untilMs.Remove(vin);
        }

        foreach (string vin in kept)
        {
            _untilMs[vin] = untilMs;
        }

        return lost;
    }

    /// <summary>Notes that a vehicle may be another server's; the database says so when it is asked for next.</summary>
    internal void Forget(string vin) => _untilMs.Remove(vin);

    /// <summary>Gives all vehicles free.</summary>
    public void Release()
    {
        if (_untilMs.Count > 0)
        {
            _store.Transact(transaction => _store.Do(transaction, "UPDATE vehicle SET owner = NULL, owner_until = 0 WHERE owner = $a", Owner));
            _untilMs.Clear();
        }
    }

    /// <summary>Makes sure, within a transaction, that a vehicle is still ours.</summary>
    /// <exception cref="LeaseLostException">It is not.</exception>
    internal void Require(SqliteTransaction transaction, string vin)
    {
        if (_store.AskIn(transaction, "SELECT owner FROM vehicle WHERE vin = $a", vin) as string != Owner)
        {
            throw new LeaseLostException(vin);
        }
    }
}
