// The whole way of reports with the agent inside a virtual ECU: its log on its flash, the collector on the bus, the server's database.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Data;
using EsyncSim.Files;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using EsyncTests.AgentFirmware.EcuM;
using EsyncTests.HostSim.Data;
using Xunit;

namespace EsyncTests.Vehicle;

public sealed class ReportCollectionTests : ICollectorObserver, IDisposable
{
    private const long Begin = 1_767_268_800_000;
    private readonly VehicleRig _rig = new(change: config => config.Data.BuiltInRules = []);
    private readonly DataStore _store = DataStore.Open(null);
    private readonly MemoryFileSystem _disk = new();
    private readonly ReportQueue _queue;
    private readonly VehicleEcu _ecu;
    private readonly DataCollector _collector;
    private readonly List<string> _problems = [];

    public ReportCollectionTests()
    {
        VirtualMessageNetwork network = new(_rig.Time, 1);
        _queue = ReportQueue.Open(_disk, "q");
        _ecu = new VehicleEcu("motor", _rig.Client, new UpdatePolicy());
        _ = new DataServer(network.Join("server"), _store);
        _collector = new DataCollector(
            _rig.Time, network.Join("collector"), new Topics("V1"), [new CollectedEcu(_ecu, _rig.Definition.Signals)], _disk, _queue,
            () => Begin + (_rig.Time.NowNs / VirtualTime.NsPerMs), null, this);
    }

    public void Dispose()
    {
        _queue.Dispose();
        _store.Dispose();
    }

    void ICollectorObserver.Collected(string ecu, IReadOnlyList<ReportRecord> records) => Assert.NotEmpty(records);

    void ICollectorObserver.Problem(string ecu, string what) => _problems.Add(what);

    [Fact]
    public void Starts_and_times_of_an_ECU_arrive_once_and_in_order_also_over_restarts()
    {
        _rig.Run(async () =>
        {
            await _rig.BeginAsync();
            for (int start = 0; start < 3; start++)
            {
                await RoundsAsync(3);
                await _rig.Client.SessionAsync(0x03);
                await _rig.Client.ResetAsync();
            }

            await RoundsAsync(3);
        });

        Assert.Equal("start,time,start,time,start,time,start,time", _store.Connection.Query("SELECT kind FROM record ORDER BY sequence"));
        Assert.Equal("0", _store.Connection.Query("SELECT count(*) FROM record WHERE estimated"));
        string[] boots = _store.Connection.Query("SELECT boot FROM record WHERE kind = 'start' ORDER BY sequence").Split(',');
        Assert.Equal(4, boots.Distinct().Count());
        StreamFigures figures = Assert.Single(_store.Figures());
        Assert.Equal((8L, 0L, 0L), (figures.Records, figures.Gaps - figures.Skipped, figures.Lost));
        Assert.Empty(_problems);

        // A start record lies within its start: the reset came some seconds after the time was told.
        long[] times = [.. _store.Connection.Query("SELECT ts FROM record ORDER BY sequence").Split(',').Select(text => long.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(times.Order(), times);
        Assert.InRange(times[^1] - Begin, 0, _rig.Time.NowNs / VirtualTime.NsPerMs);
    }

    [Fact]
    public void In_the_middle_of_a_download_reports_are_taken_and_the_download_goes_on()
    {
        TestImage image = _rig.Image("1.0.0", 1, 30_000);
        int visits = 0;
        _rig.OnTransferred = position =>
        {
            // The first visit tells the time, which makes the first records; the second one takes them.
            if (position > 10_000 * (visits + 1))
            {
                visits++;
                _ = _collector.CollectAsync();
            }
        };
        _rig.Run(async () =>
        {
            await _rig.BeginAsync();
            UpdateOutcome outcome;
            using (EcuTurn turn = await _ecu.Gate.EnterAsync())
            {
                outcome = await _rig.UpdateAsync(image, new UpdatePolicy { Goal = UpdateGoal.Verified });
                Assert.Equal(2, visits);
                Assert.Equal("start,time", _store.Connection.Query("SELECT kind FROM record ORDER BY sequence"));
            }

            Assert.Equal(UpdateEnd.Verified, outcome.End);
        });

        Assert.Single(_rig.Attempts);
        Assert.Equal((0, image.Payload.Length), Assert.Single(_rig.Transfers));
        Assert.Empty(_problems);
    }

    private async Task RoundsAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            await _collector.CollectAsync();
            await _rig.Time.DelayMs(2000);
        }
    }
}
