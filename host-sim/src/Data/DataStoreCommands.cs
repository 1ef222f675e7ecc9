// The statements by which a batch comes into the database, prepared once.
// Invariant: between Begin and the end of its transaction only; values go in as parameters.
// Tests: tests/host-sim/Data/DataStoreTests.cs.
using Microsoft.Data.Sqlite;

namespace EsyncSim.Data;

/// <summary>Writes into the tables.</summary>
internal sealed class DataStoreCommands(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _prepared = [];
    private readonly Dictionary<(string Path, string Unit), long> _signals = [];
    private SqliteTransaction? _transaction;

    /// <summary>The next statements are part of this transaction.</summary>
    public void Begin(SqliteTransaction transaction)
    {
        _transaction = transaction;

        // A transaction that was given up may have taken new signals along.
        _signals.Clear();
    }

    /// <summary>The stream, its last number, the start that this is of, and whether the stream was made just now.</summary>
    public (long Id, uint Last, int? Boot, bool IsNew) Stream(string vehicle, string ecu, string epoch, uint after)
    {
        bool isNew = Run(
            "INSERT OR IGNORE INTO stream (vehicle, ecu, epoch, last, records, duplicates, gaps, skipped, dropped_low, dropped_normal, dropped_high, expired) VALUES ($a, $b, $c, $d, 0, 0, 0, 0, 0, 0, 0, 0)",
            vehicle, ecu, epoch, after) > 0;
        using SqliteDataReader reader = Prepare("SELECT id, last, boot FROM stream WHERE vehicle = $a AND ecu = $b AND epoch = $c", vehicle, ecu, epoch).ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), (uint)reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt32(2), isNew);
    }

    /// <summary>Moves a stream on.</summary>
    public void Advance(long stream, (uint Number, int? Boot) last, int records, int duplicates, (long All, long Skipped) gaps, DataDropped? dropped)
    {
        Run(
            "UPDATE stream SET last = $a, boot = $b, records = records + $c, duplicates = duplicates + $d, gaps = gaps + $e, skipped = skipped + $f WHERE id = $g",
            last.Number, last.Boot, records, duplicates, gaps.All, gaps.Skipped, stream);
        if (dropped is not null)
        {
            // A batch that comes late tells of less than is known.
            Run(
                "UPDATE stream SET dropped_low = max(dropped_low, $a), dropped_normal = max(dropped_normal, $b), dropped_high = max(dropped_high, $c), expired = max(expired, $d) WHERE id = $e",
                dropped.Low, dropped.Normal, dropped.High, dropped.Expired, stream);
        }
    }

    /// <summary>Adds a record.</summary>
    public void AddRecord(long stream, DataRecord record, long utcMs) => Run(
        "INSERT INTO record (stream, sequence, kind, priority, boot, ms, ts, estimated, rule, cause, trigger, raw) VALUES ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j, $k, $l)",
        stream, record.Sequence, record.Kind, record.Priority, record.Boot, record.Ms, utcMs, record.IsEstimated == true, record.Rule, record.Cause, record.Trigger, record.Raw);

    /// <summary>Adds a value of a record.</summary>
    public void AddValue(long stream, uint sequence, int position, VssValue value, string unit) => Run(
        "INSERT INTO value (stream, sequence, position, signal, value, boolean, quality) VALUES ($a, $b, $c, $d, $e, $f, $g)",
        stream, sequence, position, Signal(value.Path, unit), value.Value?.Number, value.Value?.IsBoolean == true, value.Quality);

    /// <summary>Adds the event of a record.</summary>
    public void AddEvent(long stream, uint sequence, string level, string message, string report) =>
        Run("INSERT INTO event (stream, sequence, level, message, report) VALUES ($a, $b, $c, $d, $e)", stream, sequence, level, message, report);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteCommand command in _prepared.Values)
        {
            command.Dispose();
        }
    }

    private long Signal(string path, string unit)
    {
        if (!_signals.TryGetValue((path, unit), out long id))
        {
            Run("INSERT OR IGNORE INTO signal (path, unit) VALUES ($a, $b)", path, unit);
            id = (long)Prepare("SELECT id FROM signal WHERE path = $a AND unit = $b", path, unit).ExecuteScalar()!;
            _signals.Add((path, unit), id);
        }

        return id;
    }

    private int Run(string statement, params object?[] values) => Prepare(statement, values).ExecuteNonQuery();

    // Parameters are $a, $b, … in the order of the values.
    private SqliteCommand Prepare(string statement, params object?[] values)
    {
        if (!_prepared.TryGetValue(statement, out SqliteCommand? command))
        {
            command = connection.CreateCommand();
            command.CommandText = statement;
            for (int i = 0; i < values.Length; i++)
            {
                command.Parameters.Add(new SqliteParameter { ParameterName = $"${(char)('a' + i)}" });
            }

            _prepared.Add(statement, command);
        }

        command.Transaction = _transaction;
        for (int i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }

        return command;
    }
}
