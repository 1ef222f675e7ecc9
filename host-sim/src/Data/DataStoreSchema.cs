// The tables of the server's database. Times are UTC in milliseconds since 1970.
// Tests: tests/host-sim/Data/DataStoreTests.cs.
using EsyncSim.Files;

namespace EsyncSim.Data;

/// <summary>The tables.</summary>
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

    /// <summary>The kind of database.</summary>
    public static SqliteFile File { get; } = new("reports", ApplicationId, Tables);
}
