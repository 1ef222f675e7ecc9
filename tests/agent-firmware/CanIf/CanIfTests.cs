// CanIf: which frames reach the upper layer, in what order frames leave, and how much one cycle may do.
using EsyncAgent;
using Xunit;

namespace EsyncTests.AgentFirmware.CanIf;

public sealed class CanIfTests : ICanIfUpper
{
    private readonly ScriptedCan _can = new();
    private readonly List<string> _heard = [];
    private EsyncAgent.CanIf _canIf;

    public CanIfTests()
    {
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 });
    }

    void ICanIfUpper.RxIndication(bool isFunctional, byte[] data, int length) =>
        _heard.Add((isFunctional ? "F " : "P ") + Convert.ToHexString(data, 0, length));

    [Fact]
    public void A_frame_is_told_by_its_identifier()
    {
        _can.Arrive("7E0#0210");
        _can.Arrive("7E1#0211");
        _can.Arrive("7DF#023E80");
        _canIf.MainFunction(0);
        Assert.Equal(["P 0210", "F 023E80"], _heard);
    }

    [Fact]
    public void An_identifier_of_29_bits_is_not_one_of_11_with_the_same_number()
    {
        _can.Arrive("000007E0#0210");
        _canIf.MainFunction(0);
        Assert.Empty(_heard);

        _canIf = Create(new CanIfConfig { IsExtended = true, PhysicalRxId = 0x18DA10F1, FunctionalRxId = 0x18DB33F1, TxId = 0x18DAF110 });
        _can.Arrive("18DA10F1#0210");
        _can.Arrive("18DA11F1#0211");
        _can.Arrive("18DB33F1#023E80");
        _can.Arrive("7E0#0212");
        _canIf.MainFunction(0);
        Assert.Equal(["P 0210", "F 023E80"], _heard);
        _canIf.Transmit([0x02, 0x50], 2);
        Assert.Equal(["18DAF110#0250"], _can.Sent);
    }

    [Fact]
    public void Frames_of_signals_go_to_whoever_reads_signals_whatever_their_format()
    {
        SignalLog signals = new();
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8, SignalRxIds = [0x100, 0x123, 0x80000123, 0x98FEF100] });
        _can.Arrive("123#0102");
        _canIf.MainFunction(0);
        _canIf.AttachSignals(signals);
        foreach (string frame in new[] { "123#01020304", "00000123#05", "18FEF100#06", "7E0#0210", "124#07", "100#08" })
        {
            _can.Arrive(frame);
        }

        _canIf.MainFunction(0);
        Assert.Equal(["1 01020304", "2 05", "3 06", "0 08"], signals.Heard);
        Assert.Equal(["P 0210"], _heard);
    }

    [Fact]
    public void Periodic_frames_have_their_own_identifier_and_one_place_of_the_queue()
    {
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8, PeriodicTxId = 0x6E8, TransmitQueueLength = 4 });
        Assert.True(_canIf.HasPeriodicIdentifier);
        Assert.False(Create(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8 }).HasPeriodicIdentifier);
        _can.FreeBuffers = 0;
        Assert.Equal([true, false], Enumerable.Range(0, 2).Select(i => _canIf.TransmitPeriodic([(byte)i], 1)));
        Assert.Equal([true, true, false], Enumerable.Range(2, 3).Select(i => _canIf.Transmit([(byte)i], 1)));
        _can.FreeBuffers = 8;
        _canIf.MainFunction(0);
        Assert.Equal(["6E8#00", "7E8#02", "7E8#03"], _can.Sent);
    }

    [Fact]
    public void A_long_response_leaves_a_place_to_periodic_frames()
    {
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0x7DF, TxId = 0x7E8, PeriodicTxId = 0x6E8, TransmitQueueLength = 4 });
        _can.FreeBuffers = 0;
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(i => _canIf.Transmit([(byte)i], 1)));
        Assert.True(_canIf.TransmitPeriodic([0x99], 1));
        _can.FreeBuffers = 3;
        _canIf.MainFunction(0);
        Assert.True(_canIf.Transmit([0x04], 1));
        Assert.False(_canIf.TransmitPeriodic([0x98], 1));
        _can.FreeBuffers = 1;
        _canIf.MainFunction(0);
        Assert.True(_canIf.TransmitPeriodic([0x98], 1));
        _can.FreeBuffers = 8;
        _canIf.MainFunction(0);
        Assert.Equal(["7E8#00", "7E8#01", "7E8#02", "6E8#99", "7E8#04", "6E8#98"], _can.Sent);
    }

    [Fact]
    public void Without_a_functional_identifier_nothing_is_functional()
    {
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, FunctionalRxId = 0xFFFFFFFF, TxId = 0x7E8 });
        _can.Arrive("7DF#023E80");
        _can.Arrive("7E0#0210");
        _canIf.MainFunction(0);
        Assert.Equal(["P 0210"], _heard);
    }

    [Fact]
    public void A_frame_without_data_goes_no_further()
    {
        _can.Arrive("7E0#");
        _can.Arrive("7E0#01");
        _canIf.MainFunction(0);
        Assert.Equal(["P 01"], _heard);
    }

    [Fact]
    public void One_cycle_takes_no_more_frames_than_configured()
    {
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, TxId = 0x7E8, ReceivePerCycleMax = 3 });
        for (int i = 0; i < 5; i++)
        {
            _can.Arrive("7E0#01");
        }

        _canIf.MainFunction(0);
        Assert.Equal(3, _heard.Count);
        _canIf.MainFunction(0);
        Assert.Equal(5, _heard.Count);
    }

    [Fact]
    public void Frames_of_others_count_towards_the_work_of_a_cycle()
    {
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, TxId = 0x7E8, ReceivePerCycleMax = 2 });
        _can.Arrive("100#01");
        _can.Arrive("100#01");
        _can.Arrive("7E0#01");
        _canIf.MainFunction(0);
        Assert.Empty(_heard);
        Assert.Equal(1, _can.ArrivingCount);
    }

    [Fact]
    public void A_frame_goes_to_the_controller_at_once_when_nothing_waits()
    {
        Assert.True(_canIf.Transmit([0x01, 0x7E, 0xCC], 2));
        Assert.Equal(["7E8#017E"], _can.Sent);
        Assert.True(_canIf.HasLeft(_canIf.AcceptedCount));
    }

    [Fact]
    public void Frames_that_wait_leave_in_their_order_and_before_new_ones()
    {
        _can.FreeBuffers = 0;
        _canIf.Transmit([1], 1);
        _canIf.Transmit([2], 1);
        _can.FreeBuffers = 1;
        _canIf.Transmit([3], 1);
        Assert.Empty(_can.Sent);
        _canIf.MainFunction(0);
        Assert.Equal(["7E8#01"], _can.Sent);
        _can.FreeBuffers = 8;
        _canIf.MainFunction(1);
        _canIf.Transmit([4], 1);
        Assert.Equal(["7E8#01", "7E8#02", "7E8#03", "7E8#04"], _can.Sent);
    }

    [Fact]
    public void A_full_queue_refuses_and_keeps_its_order_around_the_ring()
    {
        _canIf = Create(new CanIfConfig { PhysicalRxId = 0x7E0, TxId = 0x7E8, TransmitQueueLength = 3 });
        byte next = 0;
        List<string> expected = [];
        for (int round = 0; round < 7; round++)
        {
            _can.FreeBuffers = 0;
            while (_canIf.Transmit([next], 1))
            {
                expected.Add($"7E8#{next++:X2}");
            }

            _can.FreeBuffers = 1 + (round % 3);
            _canIf.MainFunction(0);
        }

        _can.FreeBuffers = 3;
        _canIf.MainFunction(0);
        Assert.Equal(expected, _can.Sent);
    }

    [Fact]
    public void A_ticket_tells_when_its_frame_has_left()
    {
        _can.FreeBuffers = 0;
        _canIf.Transmit([1], 1);
        uint first = _canIf.AcceptedCount;
        _canIf.Transmit([2], 1);
        uint second = _canIf.AcceptedCount;
        Assert.False(_canIf.HasLeft(first));
        _can.FreeBuffers = 1;
        _canIf.MainFunction(0);
        Assert.True(_canIf.HasLeft(first));
        Assert.False(_canIf.HasLeft(second));
    }

    [Fact]
    public void What_is_cancelled_never_leaves_and_blocks_nobody()
    {
        _can.FreeBuffers = 0;
        _canIf.Transmit([1], 1);
        uint ticket = _canIf.AcceptedCount;
        _canIf.CancelTransmit();
        Assert.True(_canIf.HasLeft(ticket));
        _can.FreeBuffers = 8;
        _canIf.MainFunction(0);
        _canIf.Transmit([2], 1);
        Assert.Equal(["7E8#02"], _can.Sent);
    }

    [Fact]
    public void The_counters_and_limits_are_the_drivers()
    {
        _can.OverrunCount = 3;
        _can.BusOffCount = 4;
        _can.BlockSizeMax = 5;
        _can.SeparationTimeMin = 0xF6;
        Assert.Equal((3u, 4u, 5, 0xF6), (_canIf.OverrunCount, _canIf.BusOffCount, _canIf.BlockSizeMax, _canIf.SeparationTimeMin));
    }

    private EsyncAgent.CanIf Create(CanIfConfig config)
    {
        var canIf = new EsyncAgent.CanIf(config, _can);
        canIf.Attach(this);
        return canIf;
    }

    private sealed class SignalLog : ICanIfSignals
    {
        public List<string> Heard { get; } = [];

        public void SignalIndication(int index, byte[] data, int length) => Heard.Add($"{index} {Convert.ToHexString(data, 0, length)}");
    }
}
