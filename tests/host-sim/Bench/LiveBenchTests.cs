// What "unlimited" means: an ECU's own time passes at once, a client's does not. The wall clock is the test's: it goes on while the
// bench waits, and by as much.
using EsyncAgent;
using EsyncSim.Bench;
using EsyncSim.Bus;
using EsyncSim.Config;
using Xunit;

namespace EsyncTests.HostSim.Bench;

public sealed class LiveBenchTests
{
    private readonly VirtualBench _bench = new(new VirtualTime(), 1, [NfConfig.Load(Repository.PathOf("nf.config")).Ecu("motor")]);
    private readonly WorkObserver _work;
    private readonly VirtualCan _client;

    public LiveBenchTests()
    {
        _work = new WorkObserver(_bench);
        _bench.Bus.Observe(_work);
        _client = new VirtualCan(_bench.Bus, "client");
        _client.PowerOn();
    }

    [Fact]
    public void An_ECU_that_is_off_or_idle_lets_nobody_jump_and_one_that_starts_does()
    {
        Assert.False(_work.IsAtWork);
        _bench.Ecus[0].Ecu.PowerOn();
        Assert.True(_work.IsAtWork);
        _bench.Time.RunFor(3 * VirtualTime.NsPerSecond);
        Assert.False(_work.IsAtWork);
    }

    [Fact]
    public void A_frame_on_its_way_is_work_and_thinking_after_the_answer_is_not()
    {
        Start();
        Send(0x7E0, 0x02, 0x3E, 0x00);
        Assert.True(_work.IsAtWork);
        _bench.Time.RunFor(20 * VirtualTime.NsPerMs);
        Assert.False(_work.IsAtWork);
        Assert.Equal(0x7E8u, Last().Identifier);
    }

    [Fact]
    public void After_a_response_pending_all_time_is_work_until_the_end()
    {
        Start();
        Send(0x7E8, 0x03, 0x7F, 0x31, 0x78); // as the ECU would
        _bench.Time.RunFor(2 * VirtualTime.NsPerSecond);
        Assert.True(_work.IsAtWork);
        Send(0x7E8, 0x04, 0x71, 0x01, 0xFF, 0x00);
        _bench.Time.RunFor(200 * VirtualTime.NsPerMs);
        Assert.False(_work.IsAtWork);
    }

    [Fact]
    public void A_restart_ends_what_was_pending()
    {
        Start();
        Send(0x7E8, 0x03, 0x7F, 0x31, 0x78);
        _bench.Time.RunFor(10 * VirtualTime.NsPerMs);
        _bench.Ecus[0].Ecu.Reset(McuResetCause.Software);
        Assert.True(_work.IsAtWork);
        _bench.Time.RunFor(3 * VirtualTime.NsPerSecond);
        Assert.False(_work.IsAtWork);
    }

    [Fact]
    public void Between_two_consecutive_frames_a_client_may_think_for_long()
    {
        using LiveRig rig = new(LiveRig.AnySocketcand);
        using LiveClient client = rig.ConnectRaw();
        client.Send("< send 7E0 8 10 a 22 f1 90 f1 90 f1 >");
        client.ReadTo("< frame 7E8 ");
        Assert.Contains(" 30", client.ReadTo(" >")); // clear to send
        long beforeNs = rig.OnPump(() => rig.Bench.Time.NowNs);
        long begin = Environment.TickCount64;
        for (int i = 0; i < 50; i++)
        {
            client.Send("< echo >");
            client.ReadTo("< echo >"); // who thinks, hears and says other things
        }

        long spentMs = (rig.OnPump(() => rig.Bench.Time.NowNs) - beforeNs) / VirtualTime.NsPerMs;
        Assert.InRange(spentMs, 0, Environment.TickCount64 - begin + 100);
    }

    private void Start()
    {
        _bench.Ecus[0].Ecu.PowerOn();
        _bench.Time.RunFor(3 * VirtualTime.NsPerSecond);
    }

    private void Send(uint identifier, params byte[] data)
    {
        CanFrame frame = new();
        new BusFrame(identifier, false, data).CopyTo(frame);
        Assert.True(_client.TrySend(frame));
    }

    private BusFrame Last()
    {
        CanFrame frame = new();
        BusFrame last = default;
        while (_client.TryReceive(frame))
        {
            last = BusFrame.From(frame);
        }

        return last;
    }
}
