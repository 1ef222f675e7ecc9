// One answer of a database as text: columns joined by |, rows by a comma.
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace EsyncTests.HostSim.Data;

internal static class SqliteQuery
{
    internal static string Query(this SqliteConnection connection, string question)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = question;
        using SqliteDataReader reader = command.ExecuteReader();
        List<string> rows = [];
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i) switch
            {
                double number => number.ToString("0.0###", CultureInfo.InvariantCulture),
                DBNull => "–",
                object value => Convert.ToString(value, CultureInfo.InvariantCulture),
            })));
        }

        return string.Join(',', rows);
    }
}
