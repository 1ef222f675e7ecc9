// Opens SQLite databases of this program: whose file it is (application_id) and which tables it has (user_version).
// Invariants: an older version is brought up to date in one transaction, a newer one or a foreign file is refused, not guessed at;
// what was committed survives a loss of power.
// Tests: tests/host-sim/Server/CloudStoreTests.cs, tests/host-sim/Data/DataStoreTests.cs.
using Microsoft.Data.Sqlite;

namespace EsyncSim.Files;

/// <summary>A kind of database.</summary>
/// <param name="Content">What is in it, for people: "reports".</param>
/// <param name="ApplicationId">Tells SQLite's tools whose file it is.</param>
/// <param name="Migrations">What makes version n out of version n - 1, the first one from nothing.</param>
internal sealed record SqliteFile(string Content, int ApplicationId, params string[] Migrations)
{
    /// <summary>Name of a database in memory.</summary>
    public const string InMemory = ":memory:";

    /// <summary>Opens a database, or makes one where there is none and the mode allows it.</summary>
    /// <exception cref="UserErrorException">It is none of this kind, newer than this program, or cannot be used.</exception>
    public SqliteConnection Open(string? path, SqliteOpenMode mode)
    {
        SqliteConnection connection = new(new SqliteConnectionStringBuilder { DataSource = path ?? InMemory, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Prepare(connection, mode != SqliteOpenMode.ReadOnly);
            return connection;
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw Unusable(path ?? InMemory, exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What to tell a user when the database cannot be used.</summary>
    public UserErrorException Unusable(string path, SqliteException exception) => new(
        ExitCode.BadFile, $"database {path} cannot be used: {exception.Message} Is it a database of {Content}, may it be written, and is there room on the disk?");

    private void Prepare(SqliteConnection connection, bool mayWrite)
    {
        if (mayWrite && Stands(connection, out _, out _) != Standing.Current)
        {
            // Looked at again with the write lock in hand: another process may have been faster.
            using SqliteTransaction transaction = connection.BeginTransaction();
            if (Stands(connection, out long old, out _) == Standing.Old)
            {
                foreach (string migration in Migrations[(int)old..])
                {
                    Do(connection, migration, transaction);
                }

                Do(connection, $"PRAGMA user_version = {Migrations.Length}; PRAGMA application_id = {ApplicationId}", transaction);
                transaction.Commit();
            }
        }

        if (Stands(connection, out long found, out long id) != Standing.Current)
        {
            throw new UserErrorException(
                ExitCode.BadFile,
                $"{connection.DataSource} is no database of {Content} that this program reads: {(id == ApplicationId ? $"it has version {found}, expected {Migrations.Length}; read it with the program that wrote it" : "something else made it; name another file")}");
        }

        if (mayWrite)
        {
            Do(connection, "PRAGMA journal_mode = WAL", null);
            Do(connection, "PRAGMA synchronous = FULL", null);
        }
    }

    private Standing Stands(SqliteConnection connection, out long version, out long id)
    {
        version = Ask(connection, "PRAGMA user_version");
        id = Ask(connection, "PRAGMA application_id");
        bool isNew = version == 0 && id == 0 && Ask(connection, "SELECT count(*) FROM sqlite_master") == 0;
        return isNew || (id == ApplicationId && version < Migrations.Length) ? Standing.Old : id == ApplicationId && version == Migrations.Length ? Standing.Current : Standing.Foreign;
    }

    private static long Ask(SqliteConnection connection, string question)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = question;
        return (long)command.ExecuteScalar()!;
    }

    private enum Standing
    {
        Old,
        Current,
        Foreign,
    }

    private static void Do(SqliteConnection connection, string what, SqliteTransaction? transaction)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = what;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }
}
