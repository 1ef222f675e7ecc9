// Scripted ECUs on one bus, a collector with its queue on a disk in memory, a network in virtual time, and a server with its database:
// the whole way of reports, and what arrived held against what was made.
using System.Globalization;
using EsyncSim.Bus;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Server;
using Microsoft.Data.Sqlite;
using Xunit;

namespace EsyncTests.HostSim.Data;

internal sealed class CollectorRig : ICollectorObserver, IDataServerObserver, IDisposable
{
    /// <summary>UTC at the beginning of virtual time.</summary>
    internal const long Begin = 1_767_268_800_000;

    private readonly Topics _topics = new("V1");
    private int _joined;

    internal CollectorRig(int ecus = 1, ulong seed = 1)
    {
        Bus = new VirtualBus(Time, 500_000);
        Network = new VirtualMessageNetwork(Time, seed);
        Ecus = [.. Enumerable.Range(0, ecus).Select(i => new LogEcu(Bus, $"ecu{i}", i))];
        Store = DataStore.Open(null);
        Server = new DataServer(Network.Join("server"), Store, this);
        Queue = ReportQueue.Open(Disk, "q", ReportQueue.BytesMaxMin);
        Collector = Make();
    }

    internal VirtualTime Time { get; } = new();

    internal VirtualBus Bus { get; }

    internal VirtualMessageNetwork Network { get; }

    internal IReadOnlyList<LogEcu> Ecus { get; }

    internal LogEcu Ecu => Ecus[0];

    internal MemoryFileSystem Disk { get; private set; } = new();

    internal ReportQueue Queue { get; private set; }

    internal DataCollector Collector { get; private set; }

    internal DataStore Store { get; }

    internal DataServer Server { get; }

    internal List<string> Problems { get; } = [];

    /// <summary>What the server's observer heard: ECU, life of its log, number.</summary>
    internal List<(string Ecu, string Epoch, uint Sequence)> Heard { get; } = [];

    internal int Starts => _joined;

    public void Collected(string ecu, IReadOnlyList<ReportRecord> records) => Assert.NotEmpty(records);

    public void Problem(string ecu, string what) => Problems.Add($"{ecu}: {what}");

    public void Received(string vehicle, DataBatch batch, IReadOnlyList<DataRecord> records)
    {
        Assert.Equal("V1", vehicle);
        Heard.AddRange(records.Select(record => (batch.Ecu, batch.Epoch, record.Sequence)));
    }

    public void Dispose()
    {
        Queue.Dispose();
        Store.Dispose();
        Network.Dispose();
    }

    /// <summary>One round, and what it brings about within two seconds.</summary>
    internal void Round()
    {
        Time.Run(Collector.CollectAsync);
        Time.RunFor(2 * VirtualTime.NsPerSecond);
    }

    /// <summary>The collector's process ends and another one starts, on what is on the disk.</summary>
    internal void RestartCollector(Dictionary<string, byte[]>? files = null)
    {
        Collector.Stop();
        Queue.Dispose();
        Disk = new MemoryFileSystem().With(files ?? Disk.Files);
        Queue = ReportQueue.Open(Disk, "q", ReportQueue.BytesMaxMin);
        Collector = Make();
    }

    /// <summary>Each record that an ECU made and did not drop is here once, in order, each with its right time.</summary>
    internal void AssertAllArrived(long toleranceMs = 60)
    {
        foreach (LogEcu ecu in Ecus)
        {
            foreach (IGrouping<uint, (ReportRecord Record, uint Epoch, long AtMs)> life in ecu.Made.GroupBy(made => made.Epoch))
            {
                string epoch = life.Key.ToString("x8", CultureInfo.InvariantCulture);
                uint[] made = [.. life.Select(entry => entry.Record.Sequence)];
                Assert.Equal(made, Heard.Where(heard => heard.Ecu == ecu.Vehicle.Name && heard.Epoch == epoch).Select(heard => heard.Sequence));
                (uint Sequence, long Ts, bool IsEstimated)[] stored = [.. Stored(ecu.Vehicle.Name, epoch)];
                Assert.Equal(made, stored.Select(record => record.Sequence));
                for (int i = 0; i < stored.Length; i++)
                {
                    long error = Math.Abs(stored[i].Ts - Begin - life.ElementAt(i).AtMs);
                    Assert.True(stored[i].IsEstimated || error <= toleranceMs, $"record {stored[i].Sequence} is dated wrong by {error} ms");
                }
            }
        }
    }

    internal IEnumerable<(uint Sequence, long Ts, bool IsEstimated)> Stored(string ecu, string epoch = "000000e1")
    {
        using SqliteCommand command = Store.Connection.CreateCommand();
        command.CommandText = "SELECT sequence, ts, estimated FROM record JOIN stream ON stream.id = record.stream WHERE ecu = $ecu AND epoch = $epoch ORDER BY sequence";
        command.Parameters.AddWithValue("$ecu", ecu);
        command.Parameters.AddWithValue("$epoch", epoch);
        using SqliteDataReader reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return ((uint)reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2));
        }
    }

    internal StreamFigures Figures(int ecu = 0) => Store.Figures().Last(stream => stream.Ecu == Ecus[ecu].Vehicle.Name);

    private DataCollector Make() => new(
        Time, Network.Join($"collector {++_joined}"), _topics, Ecus.Select(ecu => ecu.Collected), Disk, Queue, () => Begin + (Time.NowNs / VirtualTime.NsPerMs), null, this);
}
