// The server's store of what ECUs report: one SQLite database. Which records a stream has (vehicle, ECU, life of its log) and the records
// themselves are one transaction, so that each counts once, whenever the server crashes.
// Invariants: of a stream numbers are stored once, ascending; what Take returns for is on the medium. A number that was left out is a gap
// and counted; whether the ECU has dropped it is said beside it. A database of another version is refused.
// It must not know the network.
// Tests: tests/host-sim/Data/DataStoreTests.cs.
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace EsyncSim.Data;

/// <summary>What became of a batch.</summary>
/// <param name="Last">Number up to which the stream is here: what can be acknowledged.</param>
/// <param name="New">Records that were new.</param>
/// <param name="Duplicates">Records that were here.</param>
/// <param name="Gaps">Numbers that were left out.</param>
public sealed record DataTaken(uint Last, IReadOnlyList<DataRecord> New, int Duplicates, long Gaps);

/// <summary>Figures of a stream.</summary>
/// <param name="Vehicle">The vehicle.</param>
/// <param name="Ecu">The ECU.</param>
/// <param name="Epoch">Life of its log.</param>
/// <param name="Last">Number of the last record.</param>
/// <param name="Records">Records that are here.</param>
/// <param name="Duplicates">Records that came more than once, and were dropped.</param>
/// <param name="Gaps">Numbers that never came.</param>
/// <param name="Skipped">Of these the ones that starts of the ECU account for: each leaves one number out, for a record that may be torn.</param>
/// <param name="Dropped">What the ECU says that it has dropped.</param>
public sealed record StreamFigures(string Vehicle, string Ecu, string Epoch, uint Last, long Records, long Duplicates, long Gaps, long Skipped, DataDropped Dropped)
{
    /// <summary>Numbers that never came and that the ECU does not say to have dropped or left out.</summary>
    public long Lost => Math.Max(Gaps - Skipped - Dropped.Low - Dropped.Normal - Dropped.High - Dropped.Expired, 0);
}

/// <summary>The server's database.</summary>
public sealed class DataStore : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly DataStoreCommands _commands;

    private DataStore(SqliteConnection connection)
    {
        _connection = connection;
        _commands = new DataStoreCommands(connection);
    }

    /// <summary>Called in the middle of a transaction, before it counts; for tests that crash there.</summary>
    internal Action? BeforeCommit { get; set; }

    /// <summary>The connection, for readers of the tables.</summary>
    internal SqliteConnection Connection => _connection;

    /// <summary>Opens a database, or makes one where there is none.</summary>
    /// <param name="path">Its file; null keeps it in memory.</param>
    /// <exception cref="UserErrorException">It is none, of another version, or cannot be used.</exception>
    public static DataStore Open(string? path) => Open(path, path is null ? SqliteOpenMode.Memory : SqliteOpenMode.ReadWriteCreate);

    /// <summary>Opens a database that must be there, for reading.</summary>
    /// <exception cref="UserErrorException">It is none, of another version, or cannot be used.</exception>
    public static DataStore OpenExisting(string path) =>
        File.Exists(path) ? Open(path, SqliteOpenMode.ReadOnly) : throw new UserErrorException(ExitCode.BadFile, $"database {path} is not there; `esync data watch --db {path}` makes one");

    /// <summary>Takes a batch: all that is new in it, or nothing.</summary>
    /// <exception cref="UserErrorException">The database cannot be written; nothing was taken.</exception>
    public DataTaken Take(string vehicle, DataBatch batch)
    {
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            DataTaken taken = Take(transaction, vehicle, batch);
            BeforeCommit?.Invoke();
            transaction.Commit();
            return taken;
        }
        catch (SqliteException exception)
        {
            throw DataStoreSchema.File.Unusable(_connection.DataSource, exception);
        }
    }

    /// <summary>Figures of all streams, by vehicle and ECU.</summary>
    public IReadOnlyList<StreamFigures> Figures()
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText =
            "SELECT vehicle, ecu, epoch, last, records, duplicates, gaps, skipped, dropped_low, dropped_normal, dropped_high, expired FROM stream ORDER BY vehicle, ecu, id";
        using SqliteDataReader reader = command.ExecuteReader();
        List<StreamFigures> figures = [];
        while (reader.Read())
        {
            figures.Add(new StreamFigures(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), (uint)reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6), reader.GetInt64(7),
                new DataDropped((uint)reader.GetInt64(8), (uint)reader.GetInt64(9), (uint)reader.GetInt64(10), (uint)reader.GetInt64(11))));
        }

        return figures;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _commands.Dispose();
        _connection.Dispose();
    }

    private static DataStore Open(string? path, SqliteOpenMode mode) => new(DataStoreSchema.File.Open(path, mode));

    private DataTaken Take(SqliteTransaction transaction, string vehicle, DataBatch batch)
    {
        _commands.Begin(transaction);
        (long stream, uint last, int? boot, bool isNew) = _commands.Stream(vehicle, batch.Ecu, batch.Epoch, batch.After);

        // Further than what is here: somebody had it, for its sender was told so, and that store is gone.
        long gaps = !isNew && batch.After > last ? batch.After - last : 0, skipped = 0;
        last = Math.Max(last, batch.After);

        // A stream that is here from its first number on began in start 1.
        boot ??= last == 0 ? 1 : null;
        List<DataRecord> taken = [];
        foreach (DataRecord record in batch.Records.Where(record => record.Sequence > last))
        {
            uint gap = record.Sequence - last - 1;
            gaps += gap;
            skipped += Math.Min(gap, (ushort)(record.Boot - (boot ?? record.Boot)));
            (last, boot) = (record.Sequence, record.Boot);
            taken.Add(record);
            Store(stream, record, batch.Units);
        }

        int duplicates = batch.Records.Count - taken.Count;
        _commands.Advance(stream, (last, boot), taken.Count, duplicates, (gaps, skipped), batch.Dropped);
        return new DataTaken(last, taken, duplicates, gaps);
    }

    private void Store(long stream, DataRecord record, IReadOnlyDictionary<string, string>? units)
    {
        _commands.AddRecord(stream, record, UtcText.TryParse(record.Ts)!.Value);
        int position = 0;
        foreach (VssValue value in record.Values ?? [])
        {
            _commands.AddValue(stream, record.Sequence, position++, value, units?.GetValueOrDefault(value.Path) ?? string.Empty);
        }

        if (record.Event is { } report)
        {
            string text = JsonSerializer.Serialize(report, DataJsonContext.Default.LogReport);
            _commands.AddEvent(stream, record.Sequence, report.Body.Level, report.Body.Message, text);
        }
    }
}
