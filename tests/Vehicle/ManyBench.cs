// A vehicle full of signals with everything behind it: ECUs with the agent inside on one bus, nodes that send frames, the vehicle's collector
// with its queue on a disk in memory, a message network, a server with its database.
// Invariants: what the server has is taken from its database and its observer only; what it should have, from the ECUs' truth.
using System.Globalization;
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Config;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Server;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class ManyBench : ICollectorObserver, IDataServerObserver, IDisposable
{
    /// <summary>UTC at the beginning of virtual time.</summary>
    public const long Begin = 1_767_268_800_000;

    private readonly Topics _topics = new("V1");
    private readonly CollectorOptions _options;
    private readonly long _queueBytesMax;
    private int _joined;

    public ManyBench(ManyConfig plan, Func<VirtualTime, IMessageNetwork> network, CollectorOptions options, long queueBytesMax = ReportQueue.BytesMaxByDefault, int idleMsMax = 1)
    {
        Plan = plan;
        Bus = new VirtualBus(Time, 500_000);
        Network = network(Time);
        Ecus = [.. plan.Read().Select((definition, i) => new ManyEcu(Bus, plan, definition, i, idleMsMax))];
        Dictionary<uint, ManyFrame> frames = Frames();
        Senders =
        [
            new ManySender(Bus, "traffic", plan.TrafficFrames.Select(id => frames[id]), plan.FramePeriodMs),
            .. Enumerable.Range(0, plan.Ecus).Select(ecu => new ManySender(Bus, $"node{ecu}", plan.FramesOf(ecu).Select(id => frames[id]), plan.FramePeriodMs)),
        ];
        _options = options;
        _queueBytesMax = queueBytesMax;
        Store = DataStore.Open(null);
        Server = new DataServer(Network.Join("server"), Store, this);
        Queue = ReportQueue.Open(Disk, "q", queueBytesMax);
        Collector = Make();
    }

    public ManyConfig Plan { get; }

    public VirtualTime Time { get; } = new();

    public VirtualBus Bus { get; }

    public IMessageNetwork Network { get; }

    public IReadOnlyList<ManyEcu> Ecus { get; }

    public IReadOnlyList<ManySender> Senders { get; }

    public MemoryFileSystem Disk { get; private set; } = new();

    public ReportQueue Queue { get; private set; }

    public DataCollector Collector { get; private set; }

    public DataStore Store { get; }

    public DataServer Server { get; }

    /// <summary>What was wrong, by the collector's word.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>What arrived at the server, as it came: ECU, life of its log, record.</summary>
    public List<(string Ecu, string Epoch, DataRecord Record)> Arrived { get; } = [];

    /// <summary>Bytes of records that were taken out of ECUs.</summary>
    public long CollectedBytes { get; private set; }

    /// <summary>Records that were taken out of ECUs.</summary>
    public long CollectedRecords { get; private set; }

    /// <summary>Most bytes that ever waited in the queue on disk.</summary>
    public long QueuedBytesMax { get; private set; }

    void ICollectorObserver.Collected(string ecu, IReadOnlyList<ReportRecord> records)
    {
        CollectedRecords += records.Count;
        CollectedBytes += records.Sum(record => (long)record.Bytes.Length);
        QueuedBytesMax = Math.Max(QueuedBytesMax, Queue.Bytes);
    }

    void ICollectorObserver.Problem(string ecu, string what)
    {
        if (what.Length > 0)
        {
            Problems.Add(string.Create(CultureInfo.InvariantCulture, $"{Time.NowMs}: {ecu}: {what}"));
        }
    }

    void IDataServerObserver.Received(string vehicle, DataBatch batch, IReadOnlyList<DataRecord> records) =>
        Arrived.AddRange(records.Select(record => (batch.Ecu, batch.Epoch, record)));

    public void Dispose()
    {
        Queue.Dispose();
        Store.Dispose();
        Network.Dispose();
    }

    /// <summary>Power on and provisioning of all ECUs.</summary>
    public async Task BeginAsync()
    {
        foreach (ManyEcu ecu in Ecus)
        {
            ecu.Ecu.PowerOn();
            await ecu.Client.AwaitPresenceAsync();
            await ecu.Client.SessionAsync(0x03);
            await ecu.Client.RoutineAsync(0x0220, "provision", TestImage.Provisioning);
            await ecu.Client.SessionAsync(0x01);
        }
    }

    /// <summary>The vehicle's client is killed; after a while another one goes on with what is on the disk.</summary>
    public void RestartCollector(long offNs)
    {
        Collector.Stop();
        Queue.Dispose();
        Time.After(offNs, () =>
        {
            Disk = new MemoryFileSystem().With(Disk.Files);
            Queue = ReportQueue.Open(Disk, "q", _queueBytesMax);
            Collector = Make();
            _ = Collector.RunAsync();
        });
    }

    /// <summary>Waits until all that the ECUs have numbered up to now is at the server.</summary>
    public async Task SettleAsync(int secondsMax)
    {
        Dictionary<string, uint> last = Ecus.ToDictionary(ecu => ecu.Name, ecu => ecu.Agent.Data.Reports.NextSequence - 1);
        int second = 0;
        while (Ecus.Any(ecu => Store.Figures().FirstOrDefault(stream => stream.Ecu == ecu.Name)?.Last < last[ecu.Name]))
        {
            Assert.True(second++ < secondsMax, "not all that the ECUs have is at the server");
            await Time.DelayMs(1000);
        }
    }

    private Dictionary<uint, ManyFrame> Frames()
    {
        Dictionary<uint, ManyFrame> frames = [];
        foreach (ManyEcu ecu in Ecus)
        {
            foreach (ConfiguredSignal signal in ecu.Definition.SignalEntries.Where(signal => signal.Can is not null))
            {
                uint identifier = signal.Can!.Identifier;
                if (!frames.TryGetValue(identifier, out ManyFrame? frame))
                {
                    frames[identifier] = frame = new ManyFrame(identifier);
                }

                frame.Add(ecu, signal);
            }
        }

        return frames;
    }

    private DataCollector Make() => new(
        Time, Network.Join(string.Create(CultureInfo.InvariantCulture, $"collector{++_joined}")), _topics,
        Ecus.Select(ecu => new CollectedEcu(ecu.Vehicle, ecu.Definition.Signals)), Disk, Queue, () => Begin + (Time.NowNs / VirtualTime.NsPerMs), _options, this);
}
