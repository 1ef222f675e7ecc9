// The server's database: each number once, one transaction for a batch, gaps counted, whole after a crash in the middle.
using EsyncSim;
using EsyncSim.Data;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EsyncTests.HostSim.Data;

public sealed class DataStoreTests : IDisposable
{
    private const string Ts = "2026-01-01T12:00:00.007Z";
    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_new_is_taken_and_what_is_not_is_dropped()
    {
        using DataStore store = DataStore.Open(null);
        DataTaken first = store.Take("V1", Batch(0, 1, 2, 3));
        DataTaken second = store.Take("V1", Batch(0, 2, 3, 4));
        DataTaken third = store.Take("V1", Batch(0, 1, 2));

        Assert.Equal((3u, 3, 0), (first.Last, first.New.Count, first.Duplicates));
        Assert.Equal((4u, "4", 2), (second.Last, string.Join(' ', second.New.Select(record => record.Sequence)), second.Duplicates));
        Assert.Equal((4u, 0, 2), (third.Last, third.New.Count, third.Duplicates));
        Assert.Equal(new StreamFigures("V1", "motor", "000000e1", 4, 4, 4, 0, 0, new DataDropped(0, 0, 0, 0)), Assert.Single(store.Figures()));
    }

    [Fact]
    public void Vehicles_ECUs_and_lives_of_a_log_count_apart()
    {
        using DataStore store = DataStore.Open(null);
        store.Take("V1", Batch(0, 1));
        store.Take("V2", Batch(0, 1));
        store.Take("V1", Batch(0, 1) with { Ecu = "battery" });
        store.Take("V1", Batch(0, 1) with { Epoch = "000000e2" });

        Assert.Equal(4, store.Figures().Count);
        Assert.All(store.Figures(), stream => Assert.Equal((1L, 0L), (stream.Records, stream.Duplicates)));
    }

    [Fact]
    public void Numbers_that_never_came_are_gaps_and_lost_unless_the_ECU_says_that_it_dropped_them()
    {
        using DataStore store = DataStore.Open(null);
        store.Take("V1", Batch(0, 1, 4));
        store.Take("V1", Batch(4, 10));
        Assert.Equal((7L, 7L), (store.Figures()[0].Gaps, store.Figures()[0].Lost));

        store.Take("V1", Batch(10, 11) with { Dropped = new DataDropped(3, 2, 0, 1) });
        Assert.Equal((7L, 1L), (store.Figures()[0].Gaps, store.Figures()[0].Lost));

        // A message that comes late tells of less than is known.
        store.Take("V1", Batch(10, 11) with { Dropped = new DataDropped(1, 0, 0, 0) });
        Assert.Equal(new DataDropped(3, 2, 0, 1), store.Figures()[0].Dropped);
    }

    [Fact]
    public void Each_start_of_an_ECU_leaves_one_number_out()
    {
        using DataStore store = DataStore.Open(null);
        DataRecord In(uint sequence, ushort boot) => Record(sequence) with { Boot = boot };
        store.Take("V1", Batch(0) with { Records = [In(1, 3), In(3, 4), In(6, 6)] });
        Assert.Equal((3L, 3L, 0L), (store.Figures()[0].Gaps, store.Figures()[0].Skipped, store.Figures()[0].Lost));

        // Two are missing at one start, and one within it; the batch before told of another start.
        store.Take("V1", Batch(6) with { Records = [In(9, 7), In(11, 7)] });
        Assert.Equal((6L, 4L, 2L), (store.Figures()[0].Gaps, store.Figures()[0].Skipped, store.Figures()[0].Lost));
    }

    [Fact]
    public void A_log_whose_very_first_record_was_torn_has_lost_none()
    {
        using DataStore store = DataStore.Open(null);
        store.Take("V1", Batch(0) with { Records = [Record(2) with { Boot = 2 }, Record(3) with { Boot = 2 }] });
        Assert.Equal((1L, 1L, 0L), (store.Figures()[0].Gaps, store.Figures()[0].Skipped, store.Figures()[0].Lost));
    }

    [Fact]
    public void A_stream_that_is_new_here_begins_where_its_sender_says_and_one_that_was_set_back_shows_it()
    {
        using DataStore store = DataStore.Open(null);
        Assert.Equal(0, store.Take("V1", Batch(100, 101)).Gaps);
        Assert.Equal(99, store.Take("V1", Batch(200, 201)).Gaps);
    }

    [Fact]
    public void All_that_a_record_says_is_in_the_tables()
    {
        using DataStore store = DataStore.Open(null);
        VssValue[] values =
        [
            new() { Path = "Vehicle.Speed", Ts = Ts, Value = new VssScalar(12.5, false) },
            new() { Path = "Vehicle.IsOn", Ts = Ts, Value = new VssScalar(1, true), Quality = "timed-out" },
            new() { Path = "Vehicle.Never", Ts = Ts, Value = null, Quality = "never-set" },
        ];
        DataRecord sample = Record(1) with { IsEstimated = true, Rule = 7, Cause = "change", Trigger = 300, Values = values, Raw = "ff" };
        LogReport report = new(LogReport.TypeName, new LogReportBody { Type = "/ECU/motor", Level = "WARN", Timestamp = Ts, Message = "DTC 0A1B2C fails", Compound = new LogReportCompound { Dtc = "0A1B2C" } });
        DataRecord dtc = Record(2) with { Kind = "dtc", Rule = null, Cause = null, Trigger = null, Values = values[..1], Event = report };
        store.Take("V1", Batch(0) with { Records = [sample, dtc], Units = new Dictionary<string, string> { ["Vehicle.Speed"] = "km/h" } });

        Assert.Equal("1|sample|normal|3|1001|1767268800007|1|7|change|300|ff,2|dtc|normal|3|1002|1767268800007|0|–|–|–|–",
            store.Connection.Query("SELECT sequence, kind, priority, boot, ms, ts, estimated, rule, cause, trigger, raw FROM record"));
        Assert.Equal("1|0|Vehicle.Speed|km/h|12.5|0|–,1|1|Vehicle.IsOn||1.0|1|timed-out,1|2|Vehicle.Never||–|0|never-set,2|0|Vehicle.Speed|km/h|12.5|0|–",
            store.Connection.Query("SELECT sequence, position, path, unit, value, boolean, quality FROM value JOIN signal ON signal.id = value.signal ORDER BY sequence, position"));
        Assert.Equal("2|WARN|DTC 0A1B2C fails", store.Connection.Query("SELECT sequence, level, message FROM event"));
        Assert.Contains("\"dtc\":\"0A1B2C\"", store.Connection.Query("SELECT report FROM event"));
    }

    [Fact]
    public void A_server_that_crashes_before_the_transaction_counts_has_nothing_of_the_batch()
    {
        string path = _folder["data.db"];
        using (DataStore store = DataStore.Open(path))
        {
            store.Take("V1", Batch(0, 1, 2));
            store.BeforeCommit = () =>
            {
                // What a machine finds that loses power at this moment.
                foreach (string file in Directory.GetFiles(Path.GetDirectoryName(path)!, "data.db*"))
                {
                    File.Copy(file, file.Replace("data.db", "crash.db", StringComparison.Ordinal));
                }

                throw new InvalidOperationException("crash");
            };
            Assert.Throws<InvalidOperationException>(() => store.Take("V1", Batch(2, 3, 4)));
            store.BeforeCommit = null;
            Assert.Equal(2, store.Figures()[0].Records);
            Assert.Equal(4u, store.Take("V1", Batch(2, 3, 4)).Last);
        }

        using DataStore crashed = DataStore.Open(_folder["crash.db"]);
        Assert.Equal((2u, 2L), (crashed.Figures()[0].Last, crashed.Figures()[0].Records));
        Assert.Equal("1,2", crashed.Connection.Query("SELECT sequence FROM record ORDER BY sequence"));
        Assert.Equal(2, crashed.Take("V1", Batch(2, 3, 4)).New.Count);
    }

    [Fact]
    public void A_server_that_crashes_after_it_knows_the_batch_for_a_double()
    {
        string path = _folder["data.db"];
        using (DataStore store = DataStore.Open(path))
        {
            store.Take("V1", Batch(0, 1, 2));
        }

        using DataStore again = DataStore.Open(path);
        Assert.Equal((2u, 0, 2), (again.Take("V1", Batch(0, 1, 2)).Last, again.Take("V1", Batch(0, 1, 2)).New.Count, again.Take("V1", Batch(0, 1, 2)).Duplicates));
    }

    [Fact]
    public void What_is_no_database_of_reports_is_refused_with_what_to_do()
    {
        File.WriteAllText(_folder["text.db"], new string('x', 5000));
        using (SqliteConnection other = new($"Data Source={_folder["other.db"]};Pooling=False"))
        {
            other.Open();
            other.Query("CREATE TABLE t (a INTEGER); SELECT 1");
        }

        DataStore.Open(_folder["newer.db"]).Dispose();
        using (SqliteConnection newer = new($"Data Source={_folder["newer.db"]};Pooling=False"))
        {
            newer.Open();
            newer.Query("PRAGMA user_version = 9; SELECT 1");
        }

        Assert.Contains("cannot be used", Refusal("text.db"));
        Assert.Contains("something else made it", Refusal("other.db"));
        Assert.Contains("it has version 9, expected 1", Refusal("newer.db"));
        Assert.Contains("is not there", Assert.Throws<UserErrorException>(() => DataStore.OpenExisting(_folder["none.db"])).Message);
        Assert.Contains("cannot be used", Refusal("no/such.db"));
    }

    [Fact]
    public void A_database_is_read_while_a_server_writes_it()
    {
        using DataStore writer = DataStore.Open(_folder["data.db"]);
        writer.Take("V1", Batch(0, 1));
        using DataStore reader = DataStore.OpenExisting(_folder["data.db"]);

        Assert.Equal(1, reader.Figures()[0].Records);
        writer.Take("V1", Batch(1, 2));
        Assert.Equal(2, reader.Figures()[0].Records);
        Assert.Contains("cannot be used", Assert.Throws<UserErrorException>(() => reader.Take("V1", Batch(2, 3))).Message);
    }

    private string Refusal(string name)
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => DataStore.Open(_folder[name]));
        Assert.Equal(ExitCode.BadFile, error.ExitCode);
        return error.Message;
    }

    private static DataBatch Batch(uint after, params uint[] numbers) => new()
    {
        Type = DataBatch.TypeName,
        Ecu = "motor",
        Epoch = "000000e1",
        After = after,
        Records = [.. numbers.Select(Record)],
    };

    private static DataRecord Record(uint sequence) => new() { Sequence = sequence, Kind = "sample", Priority = "normal", Boot = 3, Ms = 1000 + sequence, Ts = Ts, Rule = 1, Cause = "period", Trigger = 1, Values = [] };
}
