// A tester on a bus behind a socket: confirmations, filters, separation time, a full queue, a bus that fails.
using EsyncAgent;
using EsyncSim;
using EsyncSim.Bus;
using EsyncSim.Bus.Real;
using EsyncSim.Client;
using EsyncTests.HostSim.Client;
using Xunit;

namespace EsyncTests.HostSim.Bus.Real;

public sealed class RealBusTests : IDisposable, IBusObserver
{
    private readonly FakeKernel _kernel = new();
    private readonly VirtualTime _time = new();
    private readonly RealBus _bus;
    private readonly IsoTpLink _link;
    private readonly List<BusRecord> _wire = [];

    public RealBusTests()
    {
        _kernel.Outside.Observe(this);
        _bus = new RealBus(_time, _kernel.Open(), 500_000, _kernel.Clock);
        _link = new IsoTpLink(_time, _bus.CreateCan(), FakeEcu.Identifiers);
    }

    public void Dispose() => _bus.Dispose();

    void IBusObserver.OnRecord(in BusRecord record) => _wire.Add(record);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(4095)]
    public void A_request_and_its_answer_pass_whatever_their_length(int length)
    {
        _ = new FakeEcu(_kernel.Outside);
        byte[] request = new byte[length];
        new SeededRandom(7).Fill(request);
        request[0] = 0x22;
        byte[]? answer = Ask(request);
        Assert.Equal(FakeEcu.Positive(Convert.ToHexString(request)), Convert.ToHexString(answer!));
    }

    [Fact]
    public void A_frame_counts_as_sent_when_it_has_left_the_bus()
    {
        bool isSent = _time.Run(() => _link.SendAsync(new byte[] { 0x3E, 0x00 }));
        Assert.True(isSent);
        Assert.Equal(Assert.Single(_wire).EndNs, _time.NowNs);
    }

    [Fact]
    public void Only_the_ECUs_answers_and_own_frames_pass_the_filter()
    {
        new TrafficNode(_kernel.Outside, "other").Start(new BusFrame(0x123, false, [1, 2, 3]), VirtualTime.NsPerMs);
        Assert.Contains("setsockopt(101,1,E8070000FF0700C0)", _kernel.Calls);
        _ = new FakeEcu(_kernel.Outside);
        List<BusFrame> seen = [];
        _bus.Observe(new Watcher(seen));
        Ask([0x22, 0xF1, 0x80]);
        Assert.Contains(_wire, record => record.Frame.Identifier == 0x123);
        Assert.Equal(["7E0", "7E8"], seen.Select(frame => frame.Identifier.ToString("X3")).Distinct().Order());
        Assert.Contains("setsockopt(101,1,E8070000FF0700C0E0070000FF0700C0)", _kernel.Calls);
    }

    [Fact]
    public void Consecutive_frames_keep_the_ECUs_separation_time_from_end_to_beginning()
    {
        _ = new FakeEcu(_kernel.Outside, transport: new CanTpConfig { SeparationTimeMin = 5 });
        Ask(new byte[40]);
        BusRecord[] consecutive = [.. _wire.Where(record => record.Frame.Identifier == 0x7E0 && record.Frame[0] >> 4 == 2)];
        Assert.Equal(5, consecutive.Length);
        Assert.All(consecutive.Zip(consecutive.Skip(1)), pair => Assert.InRange(
            pair.Second.StartNs - pair.First.EndNs, 5 * VirtualTime.NsPerMs, 7 * VirtualTime.NsPerMs));
    }

    [Fact]
    public void What_a_full_queue_refuses_is_offered_again()
    {
        _ = new FakeEcu(_kernel.Outside);
        _kernel.Failures["write"] = Errno.NoBufferSpace;
        Assert.NotNull(Ask([0x22, 0xF1, 0x80]));
        Assert.Equal(2, _kernel.Calls.Count(call => call.StartsWith("write(E0070000", StringComparison.Ordinal)));
    }

    [Fact]
    public void Without_an_ECU_there_is_no_answer_after_the_time_that_was_waited()
    {
        Assert.Null(Ask([0x3E, 0x00]));
        Assert.InRange(_kernel.Outside.Time.NowNs, 100 * VirtualTime.NsPerMs, 121 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void A_bus_that_fails_ends_the_run_whatever_the_script_makes_of_errors()
    {
        UserErrorException error = Assert.Throws<UserErrorException>(() => _time.Run(async () =>
        {
            _kernel.Failures["write"] = Errno.NetworkDown;
            try
            {
                await _link.SendAsync(new byte[] { 0x3E, 0x00 });
            }
            catch (UserErrorException)
            {
                await _time.DelayMs(10_000);
            }
        }));
        Assert.Equal(ExitCode.BusUnusable, error.ExitCode);
        Assert.InRange(_time.NowNs, 0, 20 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void A_stop_is_seen_within_twenty_milliseconds()
    {
        using CancellationTokenSource stop = new();
        _bus.Stop = stop.Token;
        _kernel.Outside.Time.After(500 * VirtualTime.NsPerMs, stop.Cancel);
        Assert.Throws<OperationCanceledException>(() => _time.Run(async () => await _time.DelayMs(60_000)));
        Assert.InRange(_kernel.Outside.Time.NowNs, 500 * VirtualTime.NsPerMs, 520 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void Leaving_the_bus_closes_the_socket_and_frees_the_clock()
    {
        _bus.Dispose();
        Assert.False(_kernel.IsOpen);
        _time.RunFor(VirtualTime.NsPerSecond);
        Assert.Equal(0, _kernel.Outside.Time.NowNs);
    }

    private byte[]? Ask(byte[] request) => _time.Run(async () =>
        await _link.SendAsync(request) ? await _link.ReceiveAsync(100 * VirtualTime.NsPerMs) : null);

    private sealed class Watcher(List<BusFrame> seen) : IBusObserver
    {
        public void OnRecord(in BusRecord record) => seen.Add(record.Frame);
    }
}
