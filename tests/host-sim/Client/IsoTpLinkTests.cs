// The tester's connection: messages both ways, its timing on the wire, and that an idle link costs nothing.
using EsyncAgent;
using EsyncSim.Bus;
using EsyncSim.Client;
using EsyncTests.HostSim.Bus;
using Xunit;

namespace EsyncTests.HostSim.Client;

public sealed class IsoTpLinkTests
{
    private readonly BusBench _bench = new();
    private readonly IsoTpLink _link;

    public IsoTpLinkTests()
    {
        _link = Connect(FakeEcu.Identifiers);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(4095)]
    [InlineData(5000)]
    public void A_request_and_its_answer_pass_whatever_their_length(int length)
    {
        FakeEcu ecu = new(_bench.Bus);
        byte[] request = new byte[length];
        new SeededRandom(7).Fill(request);
        request[0] = 0x22;
        byte[]? answer = Ask(request);
        Assert.Equal(FakeEcu.Positive(Convert.ToHexString(request)), Convert.ToHexString(answer!));
        Assert.Equal(Convert.ToHexString(request), Assert.Single(ecu.Asked).Request);
    }

    [Fact]
    public void Without_an_ECU_a_long_request_fails_after_N_Bs_and_a_short_one_gets_no_answer()
    {
        Assert.Null(Ask(new byte[20]));
        Assert.InRange(_bench.Time.NowNs, 1000 * VirtualTime.NsPerMs, 1010 * VirtualTime.NsPerMs);
        long before = _bench.Time.NowNs;
        Assert.Null(Ask([0x3E, 0x00]));
        Assert.InRange(_bench.Time.NowNs - before, 100 * VirtualTime.NsPerMs, 101 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void An_ECU_without_room_ends_the_request_at_once()
    {
        _ = new FakeEcu(_bench.Bus) { HasRoom = false };
        bool isSent = _bench.Time.Run(() => _link.SendAsync(new byte[20]));
        Assert.False(isSent);
        Assert.InRange(_bench.Time.NowNs, 0, 5 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void A_message_that_has_begun_is_awaited_to_its_end()
    {
        FakeEcu ecu = new(_bench.Bus) { Script = _ => [(90, "62" + new string('0', 4000))] };
        byte[]? answer = Ask([0x22, 0xF1, 0x80]); // 2001 bytes take some 70 ms more than the 100 ms that are waited
        Assert.Equal(2001, answer!.Length);
        Assert.InRange(_bench.Time.NowNs, 150 * VirtualTime.NsPerMs, 250 * VirtualTime.NsPerMs);
    }

    [Fact]
    public void What_nobody_took_waits_until_it_is_discarded()
    {
        _ = new FakeEcu(_bench.Bus) { Script = _ => [(0, "7F2278"), (5, "62F180")] };
        (byte[]?, byte[]?, byte[]?) answers = _bench.Time.Run(async () =>
        {
            await _link.SendAsync(new byte[] { 0x22, 0xF1, 0x80 });
            await _bench.Time.DelayMs(50);
            byte[]? first = await _link.ReceiveAsync(0);
            _link.Discard();
            byte[]? second = await _link.ReceiveAsync(0);
            await _link.SendAsync(new byte[] { 0x22, 0xF1, 0x80 });
            return (first, second, await _link.ReceiveAsync(VirtualTime.NsPerSecond));
        });
        Assert.Equal([0x7F, 0x22, 0x78], answers.Item1!);
        Assert.Null(answers.Item2);
        Assert.Equal([0x7F, 0x22, 0x78], answers.Item3!);
    }

    [Fact]
    public void A_functional_request_passes_in_the_middle_of_a_long_physical_one()
    {
        FakeEcu ecu = new(_bench.Bus);
        _bench.Time.Run(async () =>
        {
            Task<bool> physical = _link.SendAsync(new byte[2000]);
            await _bench.Time.DelayMs(20);
            Assert.True(await _link.SendFunctionalAsync(new byte[] { 0x3E, 0x80 }));
            Assert.False(physical.IsCompleted);
            Assert.True(await physical);
            await _bench.Time.DelayMs(1);
        });
        Assert.Equal("3E80", Assert.Single(ecu.AskedFunctionally).Request);
        Assert.True(ecu.AskedFunctionally[0].AtNs < Assert.Single(ecu.Asked).AtNs);
        Assert.Contains(_bench.Records, record => record.Frame.ToString() == "7DF#023E80CCCCCCCCCC");
    }

    [Fact]
    public void Without_a_functional_identifier_the_ECU_is_asked_by_its_own()
    {
        CanIfConfig ids = new() { PhysicalRxId = 0x7E1, FunctionalRxId = uint.MaxValue, TxId = 0x7E9 };
        FakeEcu ecu = new(_bench.Bus, ids);
        IsoTpLink link = Connect(ids);
        Assert.True(_bench.Time.Run(() => link.SendFunctionalAsync(new byte[] { 0x3E, 0x80 })));
        _bench.Time.RunFor(VirtualTime.NsPerMs);
        Assert.Equal("3E80", Assert.Single(ecu.Asked).Request);
    }

    [Fact]
    public void With_29_bits_the_conversation_is_the_same()
    {
        CanIfConfig ids = new() { IsExtended = true, PhysicalRxId = 0x18DA10F1, FunctionalRxId = 0x18DB33F1, TxId = 0x18DAF110 };
        _ = new FakeEcu(_bench.Bus, ids);
        IsoTpLink link = Connect(ids);
        byte[]? answer = _bench.Time.Run(async () =>
        {
            await link.SendAsync(new byte[] { 0x22, 0xF1, 0x80, 1, 2, 3, 4, 5, 6 });
            return await link.ReceiveAsync(VirtualTime.NsPerSecond);
        });
        Assert.Equal([0x62, 0xF1, 0x80, 1, 2, 3, 4, 5, 6], answer!);
        Assert.All(_bench.Records, record => Assert.True(record.Frame.IsExtended));
    }

    [Theory]
    [InlineData(0xF3, 300)]
    [InlineData(0x01, 1000)]
    public void STmin_is_kept_on_the_wire_from_end_to_start_whatever_else_is_on_the_bus(byte code, int separationUs)
    {
        _ = new FakeEcu(_bench.Bus, null, new CanTpConfig { SeparationTimeMin = code, BlockSize = 4 });
        VirtualCan other = _bench.Node("other");
        SimEvent chatter = null!;
        chatter = _bench.Time.CreateEvent(() =>
        {
            _bench.Send(other, 0x100, 1, 2, 3, 4, 5, 6, 7, 8);
            chatter.After(370_000);
        });
        chatter.After(0);
        Ask(new byte[200]);
        List<BusRecord> requests = [.. _bench.Records.Where(record => record.Frame.Identifier == 0x7E0 && record.Frame[0] >> 4 == 2)];
        Assert.Equal(28, requests.Count);
        foreach (int i in Enumerable.Range(0, 28).Where(i => i % 4 != 0)) // a flow control opens each block of four
        {
            Assert.True(requests[i].StartNs - requests[i - 1].EndNs >= separationUs * VirtualTime.NsPerUs, $"frame {i}");
        }
    }

    [Fact]
    public void Without_STmin_the_frames_of_a_request_follow_each_other_without_a_gap()
    {
        _ = new FakeEcu(_bench.Bus);
        Ask(new byte[4095]);
        List<BusRecord> requests = [.. _bench.Records.Where(record => record.Frame.Identifier == 0x7E0 && record.Frame[0] >> 4 == 2)];
        long interframeNs = _bench.Bus.BitsToNs(3);
        for (int i = 1; i < requests.Count; i++)
        {
            Assert.InRange(requests[i].StartNs - requests[i - 1].EndNs, 0, interframeNs);
        }
    }

    [Fact]
    public void An_idle_link_costs_no_event()
    {
        _ = new FakeEcu(_bench.Bus);
        Ask([0x3E, 0x00]);
        _bench.Time.RunFor(VirtualTime.NsPerSecond);
        long before = _bench.Time.EventCount;
        _bench.Time.RunFor(60 * VirtualTime.NsPerSecond);
        Assert.Equal(before, _bench.Time.EventCount);
    }

    [Fact]
    public void A_closed_link_is_off_the_bus()
    {
        _ = new FakeEcu(_bench.Bus);
        _link.Close();
        Assert.False(_bench.Time.Run(() => _link.SendAsync(new byte[] { 0x3E, 0x00 })));
        Assert.Empty(_bench.Records);
    }

    private IsoTpLink Connect(CanIfConfig ecu) => new(_bench.Bus, ecu);

    private byte[]? Ask(byte[] request) => _bench.Time.Run(async () =>
        await _link.SendAsync(request) ? await _link.ReceiveAsync(100 * VirtualTime.NsPerMs) : null);
}
