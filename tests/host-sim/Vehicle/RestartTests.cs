// A campaign whose client crashes at moments of its work with a real agent: every request is answered once, the ECU ends
// with the version, and an image that went back is not tried a second time.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncSim.Demo;
using EsyncSim.Files;
using EsyncSim.Packages;
using EsyncSim.Server;
using EsyncSim.Vehicle;
using Xunit;

namespace EsyncTests.HostSim.Vehicle;

public sealed class RestartTests : IDisposable, ICampaignObserver
{
    private readonly DemoWorld _world = new(
        new DemoOptions { ConfigPath = Repository.PathOf("nf.config"), IsNetworkVirtual = true },
        new PlainScreen(TextWriter.Null));

    private readonly MemoryFileSystem _disk = new();
    private readonly List<EsyncMessage> _asked = [];
    private readonly List<EsyncMessage> _answered = [];
    private readonly Topics _topics = new("V1");
    private VehicleClient? _client;
    private int _trials;

    public void Dispose() => _world.Dispose();

    void ICampaignObserver.Message(bool isToVehicle, EsyncMessage message)
    {
        if (isToVehicle || message.ReplyTo is not null)
        {
            (isToVehicle ? _asked : _answered).Add(message);
        }
    }

    [Theory]
    [InlineData(UpdateStage.Manifest)]
    [InlineData(UpdateStage.Download)]
    [InlineData(UpdateStage.Check)]
    [InlineData(UpdateStage.Activate)]
    [InlineData(UpdateStage.Trial)]
    [InlineData(UpdateStage.Confirm)]
    [InlineData(UpdateStage.Leave)]
    public void A_client_that_crashes_in_a_stage_finishes_after_its_restart(UpdateStage stage)
    {
        TargetResult result = Run("1.0.0", stage, offMs: 2000);

        Assert.Equal(TargetEnd.Completed, result.End);
        Assert.Equal(5, _asked.Count);
        Assert.Equal(_asked.Select(request => request.ReplyId), _answered.Select(answer => answer.ReplyTo));
    }

    [Fact]
    public void An_image_that_went_back_while_the_client_was_away_is_not_tried_again()
    {
        // Long enough that the trial's attempts are used up before the client comes back.
        TargetResult result = Run("2.1.0-selftest", UpdateStage.Trial, offMs: 60_000, isFirstInstalled: true);

        Assert.Equal(TargetEnd.RolledBack, result.End);
        Assert.Equal("SelfTestFailed", result.Reason);
        Assert.Equal(_asked.Select(request => request.ReplyId), _answered.Select(answer => answer.ReplyTo));
        Assert.Equal(1, _trials);
    }

    private TargetResult Run(string version, UpdateStage crashIn, int offMs, bool isFirstInstalled = false) => _world.Time.Run(async () =>
    {
        _world.Motor.Bench.Ecu.PowerOn();
        EcuClient client = _world.Motor.Client;
        await client.AwaitPresenceAsync();
        await client.SessionAsync(0x03);
        await client.RoutineAsync(0x0220, "provision", _world.Motor.ProvisioningRecord);
        CampaignServer server = new(_world.Time, _world.Network.Join("server"), _topics, new MemoryCampaignStore("server"), this);
        if (isFirstInstalled)
        {
            Start(new StageObserver(_ => { }));
            Package first = _world.Motor.Sign(_world.Motor.Request("1.0.0", 1));
            Assert.Equal(TargetEnd.Completed, (await server.RunAsync(new Campaign("first", [_world.Motor.Target(first, "1.0.0")])))[0].End);
            Crash();
            _asked.Clear();
            _answered.Clear();
        }

        bool wasCrashed = false;
        Start(new StageObserver(stage =>
        {
            _trials += stage == UpdateStage.Activate ? 1 : 0;
            if (stage == crashIn && !wasCrashed)
            {
                wasCrashed = true;
                _world.Time.After(20 * VirtualTime.NsPerMs, () =>
                {
                    Crash();
                    _world.Time.After(offMs * VirtualTime.NsPerMs, () => Start(new StageObserver(later => _trials += later == UpdateStage.Activate ? 1 : 0)));
                });
            }
        }));
        Package package = _world.Motor.Sign(_world.Motor.Request(version, 1));
        TargetResult result = (await server.RunAsync(new Campaign("c1", [_world.Motor.Target(package, version)])))[0];
        Assert.True(wasCrashed);
        return result;
    });

    private void Start(IUpdateObserver observer)
    {
        VehicleEcu ecu = new("motor", _world.Motor.Bench.Connect(_world.Motor.Credentials), new UpdatePolicy(), observer);
        _client = new VehicleClient(_world.Time, _world.Network.Join("vehicle"), _topics, [ecu], VehicleJournal.Open(_disk, "vehicle.journal", "vehicle"));
        _ = _client.RunAsync();
    }

    private void Crash()
    {
        _client!.Stop();
        _world.Motor.Bench.CrashTester();
    }

    private sealed class StageObserver(Action<UpdateStage> stage) : IUpdateObserver
    {
        public void Stage(UpdateStage reached) => stage(reached);

        public void TransferBegins(UpdateImage image, int offset)
        {
        }

        public void Transferred(int position)
        {
        }

        public void TransferEnds()
        {
        }

        public void AttemptEnded(int attempt, UpdateOutcome outcome, bool isLast)
        {
        }
    }
}
