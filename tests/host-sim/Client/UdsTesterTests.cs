// One tester's conversation: answers, response pending, busy, silence, and answers that belong to something else.
// ISO 14229-2:2013 §7.2, ISO 14229-1:2020 §8.7.
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class UdsTesterTests
{
    private static readonly byte[] ReadAgent = [0x22, 0xFD, 0x00];
    private readonly BusBench _bench = new();
    private readonly FakeEcu _ecu;
    private readonly UdsTester _tester;

    public UdsTesterTests()
    {
        _ecu = new FakeEcu(_bench.Bus);
        _tester = new UdsTester(new IsoTpLink(_bench.Bus, FakeEcu.Identifiers), new TesterTiming());
    }

    private int ElapsedMs => (int)(_bench.Time.NowNs / VirtualTime.NsPerMs);

    [Fact]
    public void A_positive_response_is_the_answer()
    {
        _ecu.Answers([(0, "62FD0001")]);
        Assert.Equal("62FD0001", Ask(ReadAgent));
    }

    [Fact]
    public void A_negative_response_is_an_exception_with_its_name()
    {
        _ecu.Answers([(0, "7F2231")]);
        NegativeResponseException refusal = Assert.Throws<NegativeResponseException>(() => Ask(ReadAgent));
        Assert.Equal((0x22, 0x31), (refusal.Service, refusal.Code));
        Assert.Equal("service 22 was refused with 31 (requestOutOfRange)", refusal.Message);
        Assert.Single(_ecu.Asked);
    }

    [Fact]
    public void Silence_is_asked_again_twice()
    {
        _ecu.Script = _ => [];
        NoResponseException silence = Assert.Throws<NoResponseException>(() => Ask(ReadAgent));
        Assert.Equal(0x22, silence.Service);
        Assert.Equal(3, _ecu.Asked.Count);
        Assert.InRange(ElapsedMs, 450, 460);
    }

    // Found by fuzzing: an ECU that names a P2 of a minute made each silence last as long.
    [Fact]
    public void An_ECU_has_no_longer_for_its_answer_than_P2_star_whatever_it_names()
    {
        _ecu.Script = request => request == "1003" ? [(0, "5003FFFFFFFF")] : [];
        Ask([0x10, 0x03]);
        Assert.Throws<NoResponseException>(() => Ask(ReadAgent));
        Assert.InRange(ElapsedMs, 16_500, 17_000);
    }

    [Fact]
    public void An_answer_that_is_too_short_makes_no_sense()
    {
        _ecu.Answers([(0, "62FD00")]);
        Assert.Throws<UnexpectedResponseException>(() => _bench.Time.Run(() => _tester.RequestAsync(ReadAgent, "read", lengthMin: 4)));
    }

    [Fact]
    public void Silence_after_a_request_that_may_not_be_repeated_is_the_end()
    {
        _ecu.Script = _ => [];
        Assert.Throws<NoResponseException>(() => Ask([0x11, 0x01], isRepeatable: false));
        Assert.Single(_ecu.Asked);
    }

    [Fact]
    public void A_request_that_was_lost_is_answered_the_second_time()
    {
        _ecu.Answers([], [(0, "62FD0001")]);
        Assert.Equal("62FD0001", Ask(ReadAgent));
        Assert.Equal(2, _ecu.Asked.Count);
    }

    [Fact]
    public void Response_pending_extends_the_wait_each_time()
    {
        _ecu.Answers([(40, "7F3178"), (4900, "7F3178"), (4900, "7101FF000000")]);
        Assert.Equal("7101FF000000", Ask([0x31, 0x01, 0xFF, 0x00]));
        Assert.Single(_ecu.Asked);
        Assert.InRange(ElapsedMs, 9840, 9860);
    }

    [Fact]
    public void After_response_pending_silence_is_noticed_after_P2_star()
    {
        _ecu.Script = _ => [(0, "7F3178")];
        Assert.Throws<NoResponseException>(() => Ask([0x31, 0x01, 0xFF, 0x00], isRepeatable: false));
        Assert.InRange(ElapsedMs, 5500, 5510);
    }

    [Fact]
    public void Response_pending_without_end_is_given_up()
    {
        UdsTester impatient = new(new IsoTpLink(_bench.Bus, FakeEcu.Identifiers), new TesterTiming { PendingMax = 3, TriesMax = 1 });
        _ecu.Script = _ => Enumerable.Repeat((100, "7F3178"), 50);
        Assert.Throws<NoResponseException>(() => _bench.Time.Run(() => impatient.RequestAsync([0x31, 0x01, 0xFF, 0x00], "erase")));
        Assert.InRange(ElapsedMs, 400, 520);
    }

    [Fact]
    public void A_busy_ECU_is_asked_again_after_a_pause()
    {
        _ecu.Answers([(0, "7F2221")], [(0, "7F2221")], [(0, "62FD0001")]);
        Assert.Equal("62FD0001", Ask(ReadAgent));
        Assert.True(_ecu.Asked[1].AtNs - _ecu.Asked[0].AtNs >= 50 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void An_ECU_that_stays_busy_for_five_seconds_refuses()
    {
        _ecu.Answers([(0, "7F2221")]);
        Assert.Equal(0x21, Assert.Throws<NegativeResponseException>(() => Ask(ReadAgent)).Code);
        Assert.Equal(101, _ecu.Asked.Count);
        Assert.InRange(ElapsedMs, 5000, 5200);
    }

    [Fact]
    public void The_ECUs_own_P2_counts_once_it_has_told_it()
    {
        _ecu.Answers([(0, "500300C801F4")], [(290, "62FD0001")]);
        Assert.Equal("500300C801F4", Ask([0x10, 0x03]));
        Assert.Equal("62FD0001", Ask(ReadAgent));
        Assert.Equal(2, _ecu.Asked.Count);
    }

    [Theory]
    [InlineData("62FD01FF", "62FD0001")] // another identifier
    [InlineData("5003003201F4", "62FD0001")] // another service
    [InlineData("7F3131", "62FD0001")] // refusal of another service
    [InlineData("7F", "62FD0001")] // no message at all
    public void An_answer_to_something_else_is_passed_over(string stray, string answer)
    {
        _ecu.Answers([(0, stray), (10, answer)]);
        Assert.Equal(answer, Ask(ReadAgent));
        Assert.Single(_ecu.Asked);
    }

    [Fact]
    public void The_late_answer_to_a_repeated_block_is_not_taken_for_the_next_one()
    {
        _ecu.Answers([(200, "7605")], [(0, "7605")], [(0, "7606")]);
        Assert.Equal("7605", Ask([0x36, 0x05, 0xAA]));
        Assert.Equal("7606", Ask([0x36, 0x06, 0xBB]));
        Assert.Equal(["3605AA", "3605AA", "3606BB"], _ecu.Asked.Select(asked => asked.Request));
    }

    [Fact]
    public void Tester_present_is_sent_functionally_every_two_seconds_until_it_is_stopped()
    {
        _bench.Time.Run(async () =>
        {
            _tester.StartKeepAlive();
            _tester.StartKeepAlive(); // once is enough
            await _bench.Time.DelayMs(9_000);
            _tester.StopKeepAlive();
            await _bench.Time.DelayMs(9_000);
        });
        Assert.Equal(["3E80", "3E80", "3E80", "3E80", "3E80"], _ecu.AskedFunctionally.Select(asked => asked.Request));
        IEnumerable<long> periodsMs = _ecu.AskedFunctionally.Skip(1)
            .Zip(_ecu.AskedFunctionally, (after, before) => (after.AtNs - before.AtNs) / VirtualTime.NsPerMs);
        Assert.All(periodsMs, period => Assert.InRange(period, 1999, 2002));
        Assert.Empty(_ecu.Asked);
    }

    [Fact]
    public void Tester_present_goes_on_while_a_response_is_pending()
    {
        _ecu.Answers([(10, "7F3178"), (5000, "7101FF000000")]);
        _bench.Time.Run(async () =>
        {
            _tester.StartKeepAlive();
            await _tester.RequestAsync([0x31, 0x01, 0xFF, 0x00], "erase");
            _tester.StopKeepAlive();
        });
        Assert.Equal(3, _ecu.AskedFunctionally.Count);
    }

    [Fact]
    public void Tester_present_waits_for_the_end_of_a_request_that_is_being_sent()
    {
        _ecu.Answers([(0, "7601")]);
        byte[] block = new byte[4000];
        (block[0], block[1]) = (0x36, 0x01);
        _bench.Time.Run(async () =>
        {
            Task<byte[]> request = _tester.RequestAsync(block, "block");
            await _bench.Time.DelayMs(20);
            _tester.StartKeepAlive();
            await request;
            _tester.StopKeepAlive();
            await _bench.Time.DelayMs(50);
        });
        (_, long presentNs) = Assert.Single(_ecu.AskedFunctionally);
        (_, long blockNs) = Assert.Single(_ecu.Asked);
        Assert.InRange(presentNs - blockNs, 0, 5 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void Started_anew_within_its_period_it_is_not_doubled()
    {
        _bench.Time.Run(async () =>
        {
            _tester.StartKeepAlive();
            await _bench.Time.DelayMs(100);
            _tester.StopKeepAlive();
            _tester.StartKeepAlive();
            await _bench.Time.DelayMs(5_000);
            _tester.StopKeepAlive();
        });
        Assert.Equal(4, _ecu.AskedFunctionally.Count); // 0; 0.1, 2.1 and 4.1 s
    }

    private string Ask(byte[] request, bool isRepeatable = true) =>
        Convert.ToHexString(_bench.Time.Run(() => _tester.RequestAsync(request, "test", isRepeatable)));
}
