// The tables of the server's database. Times are UTC in milliseconds since 1970.
// Invariant: user_version says which tables there are; a database that says something else is refused, not guessed at.
// Tests: tests/host-sim/Data/DataStoreTests.cs.
using Microsoft.Data.Sqlite;

namespace EsyncSim.Data;

/// <summary>Makes and checks tables.</summary>
internal static class DataStoreSchema
{
    // "ESYD": tells SQLite's tools whose file it is.
    private const int ApplicationId = 0x45535944;

    private const string Tables = """
        CREATE TABLE stream (
          id INTEGER PRIMARY KEY, vehicle TEXT NOT NULL, ecu TEXT NOT NULL, epoch TEXT NOT NULL,
          last INTEGER NOT NULL, boot INTEGER, records INTEGER NOT NULL, duplicates INTEGER NOT NULL, gaps INTEGER NOT NULL, skipped INTEGER NOT NULL,
          dropped_low INTEGER NOT NULL, dropped_normal INTEGER NOT NULL, dropped_high INTEGER NOT NULL, expired INTEGER NOT NULL,
          UNIQUE (vehicle, ecu, epoch));
        CREATE TABLE signal (id INTEGER PRIMARY KEY, path TEXT NOT NULL, unit TEXT NOT NULL, UNIQUE (path, unit));
        CREATE TABLE record (
          stream INTEGER NOT NULL REFERENCES stream, sequence INTEGER NOT NULL, kind TEXT NOT NULL, priority TEXT NOT NULL,
          boot INTEGER NOT NULL, ms INTEGER NOT NULL, ts INTEGER NOT NULL, estimated INTEGER NOT NULL,
          rule INTEGER, cause TEXT, trigger INTEGER, raw TEXT,
          PRIMARY KEY (stream, sequence)) WITHOUT ROWID;
        CREATE INDEX record_ts ON record (ts);
        CREATE TABLE value (
          stream INTEGER NOT NULL, sequence INTEGER NOT NULL, position INTEGER NOT NULL, signal INTEGER NOT NULL REFERENCES signal,
          value REAL, boolean INTEGER NOT NULL, quality TEXT,
          PRIMARY KEY (stream, sequence, position)) WITHOUT ROWID;
        CREATE TABLE event (
          stream INTEGER NOT NULL, sequence INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL, report TEXT NOT NULL,
          PRIMARY KEY (stream, sequence)) WITHOUT ROWID;
        """;

    /// <summary>Makes the tables of a new database, or checks those of an old one.</summary>
    public static void Prepare(SqliteConnection connection, int version, bool mayCreate)
    {
        long found = Ask(connection, "PRAGMA user_version"), id = Ask(connection, "PRAGMA application_id");
        if (mayCreate && found == 0 && id == 0 && Ask(connection, "SELECT count(*) FROM sqlite_master") == 0)
        {
            using SqliteTransaction transaction = connection.BeginTransaction();
            Do(connection, Tables, transaction);
            Do(connection, $"PRAGMA user_version = {version}; PRAGMA application_id = {ApplicationId}", transaction);
            transaction.Commit();
        }
        else if (id != ApplicationId || found != version)
        {
            throw new UserErrorException(
                ExitCode.BadFile,
                $"{connection.DataSource} is no database of reports that this program reads: {(id == ApplicationId ? $"it has version {found}, expected {version}; read it with the program that wrote it" : "something else made it; name another file")}");
        }

        if (mayCreate)
        {
            // What was committed survives a loss of power, not only the end of the process.
            Do(connection, "PRAGMA synchronous = FULL", null);
        }
    }

    private static long Ask(SqliteConnection connection, string question)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = question;
        return (long)command.ExecuteScalar()!;
    }

    private static void Do(SqliteConnection connection, string what, SqliteTransaction? transaction)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = what;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
