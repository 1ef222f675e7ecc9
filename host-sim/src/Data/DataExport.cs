// Reads the server's database for people and programs: values or events, filtered, in the order of their time.
// Invariants: rows come one by one, however many there are; the order is that of time, then of the streams and their numbers, so that two
// exports of one database are the same.
// Tests: tests/host-sim/Data/DataExportTests.cs, tests/host-sim/Cli/DataCommandTests.cs.
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace EsyncSim.Data;

/// <summary>What is wanted; null or none: all of it.</summary>
public sealed record ExportFilter
{
    /// <summary>Paths of signals; * stands for any characters.</summary>
    public IReadOnlyList<string> Signals { get; init; } = [];

    /// <summary>Vehicle.</summary>
    public string? Vehicle { get; init; }

    /// <summary>ECU.</summary>
    public string? Ecu { get; init; }

    /// <summary>First moment, UTC in milliseconds since 1970.</summary>
    public long? FromMs { get; init; }

    /// <summary>First moment that is not wanted any more.</summary>
    public long? ToMs { get; init; }
}

/// <summary>Where and when something was reported.</summary>
/// <param name="Vehicle">The vehicle.</param>
/// <param name="Ecu">The ECU.</param>
/// <param name="UtcMs">UTC in milliseconds since 1970.</param>
/// <param name="IsEstimated">True when its start was not told the time.</param>
/// <param name="Sequence">Number of its record.</param>
/// <param name="Kind">Kind of its record.</param>
public sealed record ExportOrigin(string Vehicle, string Ecu, long UtcMs, bool IsEstimated, uint Sequence, string Kind);

/// <summary>One value.</summary>
public sealed record ExportedValue(ExportOrigin Origin, string Path, VssScalar? Value, string Unit, string? Quality, long? Rule, string? Cause);

/// <summary>One event.</summary>
public sealed record ExportedEvent(ExportOrigin Origin, LogReport Report);

/// <summary>Reads what a store has.</summary>
public static class DataExport
{
    private const string Origin = "stream.vehicle, stream.ecu, record.ts, record.estimated, record.sequence, record.kind";

    private const string Filter =
        "($vehicle IS NULL OR stream.vehicle = $vehicle) AND ($ecu IS NULL OR stream.ecu = $ecu) AND ($from IS NULL OR record.ts >= $from) AND ($to IS NULL OR record.ts < $to)";

    /// <summary>Values.</summary>
    public static IEnumerable<ExportedValue> Values(DataStore store, ExportFilter filter)
    {
        using SqliteCommand command = Command(
            store,
            filter,
            $"SELECT {Origin}, signal.path, value.value, value.boolean, signal.unit, value.quality, record.rule, record.cause FROM record " +
            "JOIN stream ON stream.id = record.stream JOIN value ON value.stream = record.stream AND value.sequence = record.sequence JOIN signal ON signal.id = value.signal " +
            $"WHERE {Filter}{Paths(filter)} ORDER BY record.ts, record.stream, record.sequence, value.position");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            VssScalar? value = reader.IsDBNull(7) ? null : new VssScalar(reader.GetDouble(7), reader.GetBoolean(8));
            yield return new ExportedValue(
                OriginOf(reader), reader.GetString(6), value, reader.GetString(9), TextOf(reader, 10), reader.IsDBNull(11) ? null : reader.GetInt64(11), TextOf(reader, 12));
        }
    }

    /// <summary>Events; signals do not matter to them.</summary>
    public static IEnumerable<ExportedEvent> Events(DataStore store, ExportFilter filter)
    {
        using SqliteCommand command = Command(
            store,
            filter with { Signals = [] },
            $"SELECT {Origin}, event.report FROM record JOIN stream ON stream.id = record.stream JOIN event ON event.stream = record.stream AND event.sequence = record.sequence " +
            $"WHERE {Filter} ORDER BY record.ts, record.stream, record.sequence");
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return new ExportedEvent(OriginOf(reader), JsonSerializer.Deserialize(reader.GetString(6), DataJsonContext.Default.LogReport)!);
        }
    }

    /// <summary>True when a path is one that was asked for.</summary>
    public static bool IsWanted(string path, IReadOnlyList<string> patterns) => patterns.Count == 0 || patterns.Any(pattern => Matches(path, pattern));

    // * at any place, by its parts in order; the first one is the beginning, the last one the end.
    private static bool Matches(string path, string pattern)
    {
        string[] parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return path == pattern;
        }

        if (!path.StartsWith(parts[0], StringComparison.Ordinal) || path.Length < parts[0].Length + parts[^1].Length || !path.EndsWith(parts[^1], StringComparison.Ordinal))
        {
            return false;
        }

        int at = parts[0].Length;
        foreach (string part in parts[1..^1])
        {
            at = path.IndexOf(part, at, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            at += part.Length;
        }

        return at <= path.Length - parts[^1].Length;
    }

    private static string Paths(ExportFilter filter) =>
        filter.Signals.Count == 0 ? string.Empty : $" AND ({string.Join(" OR ", filter.Signals.Select((_, i) => $"signal.path GLOB $path{i}"))})";

    private static SqliteCommand Command(DataStore store, ExportFilter filter, string question)
    {
        SqliteCommand command = store.Connection.CreateCommand();
        command.CommandText = question;
        Add("$vehicle", filter.Vehicle);
        Add("$ecu", filter.Ecu);
        Add("$from", filter.FromMs);
        Add("$to", filter.ToMs);
        for (int i = 0; i < filter.Signals.Count; i++)
        {
            // GLOB knows more than *; what else it knows stands for itself.
            Add($"$path{i}", filter.Signals[i].Replace("[", "[[]", StringComparison.Ordinal).Replace("?", "[?]", StringComparison.Ordinal));
        }

        return command;

        void Add(string name, object? value) => command.Parameters.AddWithValue(name, value ?? DBNull.Value);
    }

    private static ExportOrigin OriginOf(SqliteDataReader reader) =>
        new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetBoolean(3), (uint)reader.GetInt64(4), reader.GetString(5));

    private static string? TextOf(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
}
