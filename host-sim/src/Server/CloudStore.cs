// The server's database of vehicles and campaigns: one SQLite file. Of each campaign its text and how it stands, of each vehicle the
// numbers of its messages, of each vehicle in each campaign its state, whole, as CampaignMachine left it; beside that the same in
// columns, for whoever asks. Tables: CloudSchema; what else is in it has classes of its own (CampaignTable, PackageStore,
// VehicleInventory, VehicleLeases, EventLog).
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
    private readonly SqliteConnection _connection;
    private readonly Func<long> _nowMs;
    private readonly Func<string> _newEpoch;

    private CloudStore(SqliteConnection connection, Func<long> nowMs, Func<string> newEpoch, IFileSystem files, string folder)
    {
        _connection = connection;
        _nowMs = nowMs;
        _newEpoch = newEpoch;
        Campaigns = new CampaignTable(this);
        Events = new EventLog(this);
        Packages = new PackageStore(this, files, folder);
        Inventory = new VehicleInventory(this);
    }

    /// <summary>Campaigns.</summary>
    public CampaignTable Campaigns { get; }

    /// <summary>What happened.</summary>
    public EventLog Events { get; }

    /// <summary>Packages that were uploaded.</summary>
    public PackageStore Packages { get; }

    /// <summary>Vehicles and what their ECUs run.</summary>
    public VehicleInventory Inventory { get; }

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
    /// <param name="files">Where the packages lie, beside the database; the disk, or the memory where the database is.</param>
    /// <exception cref="UserErrorException">It is none, newer than this program, or cannot be used.</exception>
    public static CloudStore Open(string? path, Func<long> nowMs, Func<string> newEpoch, IFileSystem? files = null) => new(
        CloudSchema.File.Open(path, path is null ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate),
        nowMs,
        newEpoch,
        files ?? (path is null ? new MemoryFileSystem() : DiskFileSystem.Instance),
        (path ?? SqliteFile.InMemory) + ".packages");

    /// <summary>What is kept of one vehicle.</summary>
    /// <param name="vin">The vehicle.</param>
    /// <param name="leases">Who may change it; null where there is one server only.</param>
    public ICampaignStore Of(string vin, VehicleLeases? leases = null)
    {
        string? stored = (string?)Ask("SELECT ledger FROM vehicle WHERE vin = $a", vin);
        ServerLedger ledger = stored is null ? new ServerLedger(_newEpoch()) : ServerLedger.Of(JsonSerializer.Deserialize(stored, CloudJsonContext.Default.LedgerForm)!);
        return new VehicleStore(this, vin, ledger, leases);
    }

    /// <summary>Vehicles of a campaign whose state has not ended.</summary>
    public IReadOnlyList<string> Open(string campaign) => All(row => row.GetString(0), "SELECT vin FROM run WHERE campaign = $a AND ended = 0 ORDER BY vin", campaign);

    /// <summary>How a campaign stands; null when it is not in here.</summary>
    public StoredCampaign? FindCampaign(string id) => Campaigns.Find(id);

    /// <summary>Stores how a campaign stands.</summary>
    public void Save(StoredCampaign campaign) => Campaigns.Save(campaign);

    /// <summary>Changes whenever another connection has changed the database.</summary>
    internal long ForeignVersion => (long)Ask("PRAGMA data_version")!;

    /// <summary>A name that nobody had before.</summary>
    internal string NewName() => _newEpoch();

    /// <summary>Vehicles that other servers speak with now.</summary>
    internal HashSet<string> OwnedByOthers(string owner) => [.. All(row => row.GetString(0), "SELECT vin FROM vehicle WHERE owner IS NOT NULL AND owner <> $a AND owner_until > $b", owner, NowMs)];

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    /// <summary>Where a vehicle is in a campaign; null when it has not begun.</summary>
    internal VehicleCampaign? Find(string vin, string campaign) =>
        (string?)Ask("SELECT state FROM run WHERE campaign = $a AND vin = $b", campaign, vin) is { } state ? JsonSerializer.Deserialize(state, CloudJsonContext.Default.VehicleCampaign) : null;

    /// <summary>Makes a vehicle known, within a transaction.</summary>
    internal void EnsureVehicle(SqliteTransaction transaction, string vin) => Do(
        transaction,
        "INSERT INTO vehicle (vin, ledger, seen) VALUES ($a, $b, 0) ON CONFLICT DO NOTHING",
        vin, JsonSerializer.Serialize(new ServerLedger(_newEpoch()).Form, CloudJsonContext.Default.LedgerForm));

    /// <summary>Stores a vehicle's numbers, within a transaction.</summary>
    internal void Save(SqliteTransaction transaction, string vin, ServerLedger ledger) => Do(
        transaction,
        "INSERT INTO vehicle (vin, ledger, seen) VALUES ($a, $b, $c) ON CONFLICT (vin) DO UPDATE SET ledger = $b, seen = $c",
        vin, JsonSerializer.Serialize(ledger.Form, CloudJsonContext.Default.LedgerForm), _nowMs());

    /// <summary>Changes that count together or not at all.</summary>
    internal void Transact(Action<SqliteTransaction> change)
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
            throw CloudSchema.File.Unusable(_connection.DataSource, exception);
        }

        AfterCommit?.Invoke();
    }

    /// <summary>Stores where a vehicle is, within a transaction.</summary>
    internal void Save(SqliteTransaction transaction, string vin, VehicleCampaign state)
    {
        string text = JsonSerializer.Serialize(state, CloudJsonContext.Default.VehicleCampaign);
        Do(
            transaction,
            "INSERT INTO run (campaign, vin, mode, state, ended, begun, changed, waits) VALUES ($a, $b, $c, $d, $e, $f, $f, $g) ON CONFLICT (campaign, vin) DO UPDATE SET state = $d, ended = $e, changed = $f, waits = $g",
            state.Id, vin, state.Mode.ToString(), text, state.HasEnded, _nowMs(), state.IsWaitingForConsent);
        foreach (TargetState target in state.Targets)
        {
            Do(
                transaction,
                "INSERT INTO target (campaign, vin, ecu, part, wanted, bringing, step, end, reason, message, encoding, why) VALUES ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $l) "
                + "ON CONFLICT (campaign, vin, ecu, part) DO UPDATE SET bringing = $f, step = $g, end = $h, reason = $i, message = $j, encoding = $k, why = $l",
                state.Id, vin, target.Ecu, target.Part.ToString(), target.Versions[0].Version, target.Offer.Version, target.Step.ToString(), target.End?.ToString(), target.Reason, target.Message,
                target.Choice?.Encoding, target.Choice?.Why);
        }
    }

    /// <summary>The first column of the first row; null when there is none.</summary>
    internal object? Ask(string question, params object?[] values)
    {
        using SqliteCommand command = Command(question, values);
        return command.ExecuteScalar();
    }

    /// <summary>As <see cref="Ask"/>, within a transaction.</summary>
    internal object? AskIn(SqliteTransaction transaction, string question, params object?[] values)
    {
        using SqliteCommand command = Command(question, values);
        command.Transaction = transaction;
        return command.ExecuteScalar();
    }

    /// <summary>Runs one statement; values are $a, $b, … in it. Returns the rows that it changed.</summary>
    internal int Do(SqliteTransaction transaction, string what, params object?[] values)
    {
        using SqliteCommand command = Command(what, values);
        command.Transaction = transaction;
        return command.ExecuteNonQuery();
    }

    /// <summary>All rows of an answer.</summary>
    internal IReadOnlyList<T> All<T>(Func<SqliteDataReader, T> read, string question, params object?[] values)
    {
        using SqliteCommand command = Command(question, values);
        using SqliteDataReader reader = command.ExecuteReader();
        List<T> rows = [];
        while (reader.Read())
        {
            rows.Add(read(reader));
        }

        return rows;
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
}

/// <summary>Serialisation code made by the compiler.</summary>
[System.Text.Json.Serialization.JsonSourceGenerationOptions(UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[System.Text.Json.Serialization.JsonSerializable(typeof(VehicleCampaign))]
[System.Text.Json.Serialization.JsonSerializable(typeof(LedgerForm))]
[System.Text.Json.Serialization.JsonSerializable(typeof(PlanForm))]
internal sealed partial class CloudJsonContext : System.Text.Json.Serialization.JsonSerializerContext;
