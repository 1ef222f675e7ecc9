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
}
