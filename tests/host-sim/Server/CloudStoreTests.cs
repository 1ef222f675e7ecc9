// The server's database: the state of a vehicle in a campaign and the numbers of its messages are one step, whole after a crash, and
// found again by the next server.
using EsyncSim;
using EsyncSim.Server;
using EsyncTests.HostSim.Data;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EsyncTests.HostSim.Server;

public sealed class CloudStoreTests : IDisposable
{
    private readonly Folder _folder = new();
    private int _epochs;
    private long _nowMs = 1000;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_saved_is_found_by_the_next_server()
    {
        VehicleCampaign state = State() with { Asks = [new CampaignAsk(0, EsyncType.PrepareUpdate, 7)], IsReverting = true };
        using (CloudStore store = Open())
        {
            ICampaignStore vehicle = store.Of("V1");
            Assert.Equal(1, vehicle.Ledger.NextRequest());
            Assert.True(vehicle.Ledger.TryTake("V1", "client", 1, 1, out _));
            vehicle.Save(state);
        }

        using CloudStore next = Open();
        ICampaignStore found = next.Of("V1");
        Assert.Equal(("server-1", 1), (found.Ledger.Epoch, found.Ledger.LastRequest));
        Assert.False(found.Ledger.TryTake("V1", "client", 1, 1, out int handedOn));
        Assert.Equal(1, handedOn);
        Assert.Equivalent(state, found.Find("c1"), strict: true);
        Assert.Equal(["V1"], next.Open("c1"));
        Assert.Null(next.Of("V2").Find("c1"));
    }

    [Fact]
    public void The_columns_say_what_the_state_says()
    {
        using CloudStore store = Open();
        ICampaignStore vehicle = store.Of("V1");
        vehicle.Save(State());
        _nowMs = 2000;
        VehicleCampaign ended = State();
        vehicle.Save(ended.With(0, ended.Targets[0] with { Step = TargetStep.Ended, End = TargetEnd.Failed, Reason = "RoleMissing", Message = "a signature is missing" }));

        Assert.Equal("c1|V1|AllOrNothing|1|1000|2000", store.Connection.Query("SELECT campaign, vin, mode, ended, begun, changed FROM run"));
        Assert.Equal("motor|Application|2.0.0|2.0.0|Ended|Failed|RoleMissing|a signature is missing", store.Connection.Query("SELECT ecu, part, wanted, bringing, step, end, reason, message FROM target"));
        Assert.Empty(store.Open("c1"));
    }

    [Fact]
    public void A_server_that_crashes_before_the_transaction_counts_has_neither_the_number_nor_the_state()
    {
        string path = _folder["cloud.db"];
        using (CloudStore store = Open())
        {
            ICampaignStore vehicle = store.Of("V1");
            vehicle.Save(State());
            store.BeforeCommit = () =>
            {
                // What a machine finds that loses power at this moment.
                foreach (string file in Directory.GetFiles(Path.GetDirectoryName(path)!, "cloud.db*"))
                {
                    File.Copy(file, file.Replace("cloud.db", "crash.db", StringComparison.Ordinal));
                }

                throw new InvalidOperationException("crash");
            };
            vehicle.Ledger.NextRequest();
            Assert.Throws<InvalidOperationException>(() => vehicle.Save(State() with { IsReverting = true }));
        }

        using CloudStore after = Open("crash.db");
        Assert.Equal(0, after.Of("V1").Ledger.LastRequest);
        Assert.False(after.Of("V1").Find("c1")!.IsReverting);
    }

    [Fact]
    public void A_database_from_before_gets_the_newer_tables_and_keeps_what_it_has()
    {
        using (CloudStore store = Open())
        {
            store.Of("V1").Save(State());
            store.Connection.Query("DROP TABLE need; DROP TABLE consent; DROP TABLE form; DROP TABLE package; DROP TABLE ecu; DROP TABLE event; DROP TABLE campaign");
            store.Connection.Query("ALTER TABLE target DROP COLUMN encoding; ALTER TABLE target DROP COLUMN why; ALTER TABLE run DROP COLUMN waits");
            store.Connection.Query("ALTER TABLE vehicle DROP COLUMN owner; ALTER TABLE vehicle DROP COLUMN owner_until; ALTER TABLE vehicle DROP COLUMN announced");
            store.Connection.Query("PRAGMA user_version = 1");
        }

        StoredCampaign campaign = new("c1", "text", "digest", CampaignState.Paused, "for the night");
        using (CloudStore store = Open())
        {
            Assert.Equal(["V1"], store.Open("c1"));
            Assert.Null(store.FindCampaign("c1"));
            store.Save(campaign with { State = CampaignState.Running });
            _nowMs = 3000;
            store.Save(campaign);
        }

        using CloudStore next = Open();
        Assert.Equal(campaign, next.FindCampaign("c1"));
        Assert.Equal("1000|3000", next.Connection.Query("SELECT created, changed FROM campaign"));
    }

    [Fact]
    public void Servers_that_open_a_new_database_at_once_all_get_it()
    {
        for (int round = 0; round < 5; round++)
        {
            string path = _folder[$"new-{round}.db"];
            using Barrier together = new(4);
            CloudStore[] stores = new CloudStore[4];
            Thread[] threads = [.. stores.Select((_, i) => new Thread(() =>
            {
                together.SignalAndWait();
                stores[i] = CloudStore.Open(path, () => _nowMs, () => $"server-{i}");
            }))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());

            Assert.All(stores, Assert.NotNull);
            Array.ForEach(stores, store => store.Dispose());
        }
    }

    [Fact]
    public void A_database_of_another_kind_or_of_a_later_version_is_refused_with_a_word()
    {
        using (CloudStore store = Open())
        {
            store.Connection.Query("PRAGMA user_version = 99");
        }

        Assert.Contains("it has version 99, expected 3", Assert.Throws<UserErrorException>(() => Open()).Message);
        using (SqliteConnection other = new($"Data Source={_folder["other.db"]};Pooling=false"))
        {
            other.Open();
            other.Query("CREATE TABLE t (a)");
        }

        Assert.Contains("something else made it", Assert.Throws<UserErrorException>(() => Open("other.db")).Message);
    }

    private static VehicleCampaign State() => new()
    {
        Id = "c1",
        Mode = CampaignMode.AllOrNothing,
        Targets = [new TargetState { Ecu = "motor", Versions = [new OfferedVersion("2.0.0", "motor", "ab", 3)], IncrementalFailures = [new IncrementalFailure("delta", "WrongBase")] }],
    };

    private CloudStore Open(string name = "cloud.db") => CloudStore.Open(_folder[name], () => _nowMs, () => $"server-{++_epochs}");
}
