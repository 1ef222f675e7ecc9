// Lost frames as a diagnostic event: when the test fails, when it passes, and that it ages.
using EsyncAgent;
using EsyncTests.AgentFirmware.DemEvents;
using Xunit;

namespace EsyncTests.AgentFirmware.EcuM;

public sealed class CanSupervisorTests
{
    private readonly DemBench _bench = new(() => new DemConfig { Events = [DemEvent.CanOverrun], Dtcs = [0x5A0500], AgeingCycles = [2] });
    private readonly LossyCan _can = new();
    private CanSupervisor _supervisor = null!;
    private uint _nowMs = uint.MaxValue - 3000;

    public CanSupervisorTests() => Start();

    [Fact]
    public void Frames_that_are_lost_in_each_of_two_seconds_are_a_fault_and_one_burst_is_none()
    {
        Second(500);
        Second(0);
        Second(1);
        Second(0);
        Assert.Equal(0x50, _bench.Status(DemEvent.CanOverrun));
        Second(1);
        Second(1);
        Assert.Equal(0x2F, _bench.Status(DemEvent.CanOverrun));
    }

    [Fact]
    public void Ten_seconds_without_loss_pass_and_what_was_lost_before_the_start_is_forgotten()
    {
        _can.Lost = 7;
        Start();
        Seconds(9);
        Assert.Equal(0x50, _bench.Status(DemEvent.CanOverrun));
        Seconds(1);
        Assert.Equal(0x00, _bench.Status(DemEvent.CanOverrun));
        Second(3);
        Second(3);
        Assert.Equal(0x2F, _bench.Status(DemEvent.CanOverrun));
        Seconds(10);
        Assert.Equal(0x2E, _bench.Status(DemEvent.CanOverrun));
    }

    [Fact]
    public void It_ages_with_starts_in_which_nothing_was_lost()
    {
        Second(1);
        Second(1);
        for (int cycle = 0; cycle <= 2; cycle++)
        {
            _bench.NextCycle();
            Start();
            Assert.Equal(cycle < 2 ? DemStatus.Confirmed : 0, _bench.Status(DemEvent.CanOverrun) & DemStatus.Confirmed);
            Seconds(10);
        }

        Assert.Equal(0x20, _bench.Status(DemEvent.CanOverrun));
    }

    private void Start()
    {
        _supervisor = new CanSupervisor(new EsyncAgent.CanIf(new CanIfConfig(), _can), _bench.Dem);
        _supervisor.Start(_nowMs);
    }

    private void Seconds(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Second(0);
        }
    }

    private void Second(uint lost)
    {
        _can.Lost += lost;
        for (int ms = 0; ms < 1000; ms++)
        {
            _supervisor.MainFunction(++_nowMs);
        }

        _bench.Run(1);
    }

    private sealed class LossyCan : ICan
    {
        internal uint Lost { get; set; }

        public byte BlockSizeMax => 0;

        public byte SeparationTimeMin => 0;

        public uint OverrunCount => Lost;

        public uint BusOffCount => 0;

        public bool TryReceive(CanFrame into) => false;

        public bool TrySend(CanFrame frame) => true;
    }
}
