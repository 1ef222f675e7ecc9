// The server's database of vehicles and campaigns: one SQLite file. Of each campaign its text and how it stands, of each vehicle the
// numbers of its messages, of each vehicle in each campaign its state, whole, as CampaignMachine left it; beside that the same in
// columns, for whoever asks.
// Invariants: numbers and state change in one transaction; what Save returns for is on the medium, so that a server that is killed
// anywhere finds the step before or the step after. Times are UTC in milliseconds since 1970.
// It must not know the network, nor what comes next in a campaign.
// Tests: tests/host-sim/Server/CloudStoreTests.cs, tests/Vehicle/ServerKillTests.cs (a kill at every transaction).
using System.Text.Json;
using EsyncSim.Files;
using Microsoft.Data.Sqlite;

namespace EsyncSim.Server;

/// <summary>The server's database.</summary>
public sealed class CloudStore : IDisposable
{
    // "ESYC"
    private static readonly SqliteFile File = new(
        "campaigns",
        0x45535943,
        """
        CREATE TABLE vehicle (vin TEXT PRIMARY KEY, ledger TEXT NOT NULL, seen INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE run (
          campaign TEXT NOT NULL, vin TEXT NOT NULL REFERENCES vehicle, mode TEXT NOT NULL, state TEXT NOT NULL, ended INTEGER NOT NULL,
          begun INTEGER NOT NULL, changed INTEGER NOT NULL, PRIMARY KEY (campaign, vin)) WITHOUT ROWID;
        CREATE TABLE target (
          campaign TEXT NOT NULL, vin TEXT NOT NULL, ecu TEXT NOT NULL, part TEXT NOT NULL, wanted TEXT NOT NULL, bringing TEXT NOT NULL, step TEXT NOT NULL,
          end TEXT, reason TEXT NOT NULL, message TEXT NOT NULL,
          PRIMARY KEY (campaign, vin, ecu, part), FOREIGN KEY (campaign, vin) REFERENCES run) WITHOUT ROWID;
        """,
        """
        CREATE TABLE campaign (
          id TEXT PRIMARY KEY, text TEXT NOT NULL, files TEXT NOT NULL, state TEXT NOT NULL, why TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL) WITHOUT ROWID;
        """);

    private readonly SqliteConnection _connection;
    private readonly Func<long> _nowMs;
    private readonly Func<string> _newEpoch;

    private CloudStore(SqliteConnection connection, Func<long> nowMs, Func<string> newEpoch)
    {
        _connection = connection;
        _nowMs = nowMs;
        _newEpoch = newEpoch;
    }

    /// <summary>Called in the middle of a transaction, before it counts; for tests that kill the server there.</summary>
    internal Action? BeforeCommit { get; set; }

    /// <summary>Called when a transaction counts, before anybody is told of it; for the same tests.</summary>
    internal Action? AfterCommit { get; set; }

    /// <summary>The present moment, UTC in milliseconds since 1970.</summary>
    internal long NowMs => _nowMs();

    /// <summary>The connection, for readers of the tables.</summary>
    internal SqliteConnection Connection => _connection;

    /// <summary>Opens a database, or makes one where there is none.</summary>
    /// <param name="path">Its file; null keeps it in memory.</param>
    /// <param name="nowMs">UTC in milliseconds since 1970.</param>
    /// <param name="newEpoch">Names that no server used before with the same vehicle.</param>
    /// <exception cref="UserErrorException">It is none, newer than this program, or cannot be used.</exception>
    public static CloudStore Open(string? path, Func<long> nowMs, Func<string> newEpoch) =>
        new(File.Open(path, path is null ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate), nowMs, newEpoch);

    /// <summary>What is kept of one vehicle.</summary>
    public ICampaignStore Of(string vin)
    {
        string? stored = (string?)Ask("SELECT ledger FROM vehicle WHERE vin = $a", vin);
        ServerLedger ledger = stored is null ? new ServerLedger(_newEpoch()) : ServerLedger.Of(JsonSerializer.Deserialize(stored, CloudJsonContext.Default.LedgerForm)!);
        return new VehicleStore(this, vin, ledger);
    }

    /// <summary>Vehicles of a campaign whose state has not ended.</summary>
    public IReadOnlyList<string> Open(string campaign)
    {
        using SqliteCommand command = Command("SELECT vin FROM run WHERE campaign = $a AND ended = 0 ORDER BY vin", campaign);
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> vehicles = [];
        while (reader.Read())
        {
            vehicles.Add(reader.GetString(0));
        }

        return vehicles;
    }

    /// <summary>How a campaign stands; null when it is not in here.</summary>
    public StoredCampaign? FindCampaign(string id)
    {
        using SqliteCommand command = Command("SELECT text, files, state, why FROM campaign WHERE id = $a", id);
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? new StoredCampaign(id, reader.GetString(0), reader.GetString(1), Enum.Parse<CampaignState>(reader.GetString(2)), reader.GetString(3)) : null;
    }

    /// <summary>Stores how a campaign stands.</summary>
    public void Save(StoredCampaign campaign) => Transact(transaction => Do(
        transaction,
        "INSERT INTO campaign (id, text, files, state, why, created, changed) VALUES ($a, $b, $c, $d, $e, $f, $f) ON CONFLICT (id) DO UPDATE SET state = $d, why = $e, changed = $f",
        campaign.Id, campaign.Text, campaign.FilesDigest, campaign.State.ToString(), campaign.Why, _nowMs()));

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private VehicleCampaign? Find(string vin, string campaign) =>
        (string?)Ask("SELECT state FROM run WHERE campaign = $a AND vin = $b", campaign, vin) is { } state ? JsonSerializer.Deserialize(state, CloudJsonContext.Default.VehicleCampaign) : null;

    private void Save(string vin, ServerLedger ledger, VehicleCampaign? state) => Transact(transaction =>
    {
        string form = JsonSerializer.Serialize(ledger.Form, CloudJsonContext.Default.LedgerForm);
        Do(transaction, "INSERT INTO vehicle (vin, ledger, seen) VALUES ($a, $b, $c) ON CONFLICT (vin) DO UPDATE SET ledger = $b, seen = $c", vin, form, _nowMs());
        if (state is not null)
        {
            Save(transaction, vin, state);
        }
    });

    private void Transact(Action<SqliteTransaction> change)
    {
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            change(transaction);
            BeforeCommit?.Invoke();
            transaction.Commit();
        }
        catch (SqliteException exception)
        {
            throw File.Unusable(_connection.DataSource, exception);
        }

        AfterCommit?.Invoke();
    }

    private void Save(SqliteTransaction transaction, string vin, VehicleCampaign state)
    {
        string text = JsonSerializer.Serialize(state, CloudJsonContext.Default.VehicleCampaign);
        Do(
            transaction,
            "INSERT INTO run (campaign, vin, mode, state, ended, begun, changed) VALUES ($a, $b, $c, $d, $e, $f, $f) ON CONFLICT (campaign, vin) DO UPDATE SET state = $d, ended = $e, changed = $f",
            state.Id, vin, state.Mode.ToString(), text, state.HasEnded, _nowMs());
        foreach (TargetState target in state.Targets)
        {
            Do(
                transaction,
                "INSERT INTO target (campaign, vin, ecu, part, wanted, bringing, step, end, reason, message) VALUES ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j) "
                + "ON CONFLICT (campaign, vin, ecu, part) DO UPDATE SET bringing = $f, step = $g, end = $h, reason = $i, message = $j",
                state.Id, vin, target.Ecu, target.Part.ToString(), target.Versions[0].Version, target.Offer.Version, target.Step.ToString(), target.End?.ToString(), target.Reason, target.Message);
        }
    }

    private object? Ask(string question, params object?[] values)
    {
        using SqliteCommand command = Command(question, values);
        return command.ExecuteScalar();
    }

    private void Do(SqliteTransaction transaction, string what, params object?[] values)
    {
        using SqliteCommand command = Command(what, values);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string text, params object?[] values)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${(char)('a' + i)}", values[i] ?? DBNull.Value);
        }

        return command;
    }

    private sealed class VehicleStore(CloudStore store, string vin, ServerLedger ledger) : ICampaignStore
    {
        public ServerLedger Ledger => ledger;

        public VehicleCampaign? Find(string id) => store.Find(vin, id);

        public void Save(VehicleCampaign? state) => store.Save(vin, ledger, state);
    }
}

/// <summary>Serialisation code made by the compiler.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(VehicleCampaign))]
[System.Text.Json.Serialization.JsonSerializable(typeof(LedgerForm))]
internal sealed partial class CloudJsonContext : System.Text.Json.Serialization.JsonSerializerContext;
