// A tester's controller behind USB, as a PC has it: what goes there and back waits for the next transfer, and for the PC's scheduler.
// Assumed, not measured: a full-speed adapter that is polled each millisecond (USB 2.0 §5.7.4, bInterval 1), a scheduler that takes 50 to 250 µs,
// seeded, in each direction, and an adapter that keeps 32 frames for the bus. Received frames and confirmations keep their order.
// Invariants: those of ITesterCan; a frame never overtakes another.
// Tests: tests/host-sim/Measure.
using EsyncAgent;
using EsyncSim.Bus;

namespace EsyncSim.Measure;

/// <summary>A controller behind USB.</summary>
public sealed class UsbAdapter : ITesterCan
{
    private const long TransferNs = VirtualTime.NsPerMs;
    private const int SchedulerUsMin = 50;
    private const int SchedulerUsSpan = 201;
    private const int QueueCapacity = 32;
    private const long HandOverNs = 20 * VirtualTime.NsPerUs;
    private readonly VirtualTime _time;
    private readonly VirtualCan _can;
    private readonly SeededRandom _random;
    private readonly bool _isAhead;
    private readonly Queue<CanFrame> _toBus = new();
    private readonly Queue<CanFrame> _toPc = new();
    private readonly CanFrame _scratch = new();
    private long _lastToBusNs;
    private long _lastToPcNs;
    private int _waiting;

    /// <summary>Puts an adapter on a bus.</summary>
    /// <param name="can">The adapter's controller.</param>
    /// <param name="random">The scheduler.</param>
    /// <param name="isAhead">True: a frame counts as sent when the adapter has it; false: when its confirmation has come back.</param>
    public UsbAdapter(VirtualCan can, SeededRandom random, bool isAhead)
    {
        _time = can.Bus.Time;
        _can = can;
        _random = random;
        _isAhead = isAhead;
        can.FrameArrived = OnArrived;
        can.FrameSent = OnSent;
    }

    /// <inheritdoc/>
    public Action? FrameArrived { get; set; }

    /// <inheritdoc/>
    public Action? FrameSent { get; set; }

    /// <inheritdoc/>
    public byte BlockSizeMax => 0;

    /// <inheritdoc/>
    public byte SeparationTimeMin => 0;

    /// <inheritdoc/>
    public uint OverrunCount => _can.OverrunCount;

    /// <inheritdoc/>
    public uint BusOffCount => _can.BusOffCount;

    /// <inheritdoc/>
    public void SetFilter(params (uint Identifier, bool IsExtended)[] accepted) => _can.SetFilter(accepted);

    /// <inheritdoc/>
    public void PowerOn() => _can.PowerOn();

    /// <inheritdoc/>
    public void PowerOff() => _can.PowerOff();

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        if (!_toPc.TryDequeue(out CanFrame? frame))
        {
            return false;
        }

        BusFrame.From(frame).CopyTo(into);
        return true;
    }

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        if (_waiting >= QueueCapacity)
        {
            return false;
        }

        _waiting++;
        CanFrame copy = Copy(frame);
        _lastToBusNs = Math.Max(_lastToBusNs, TransferAfter(SchedulerNs()));
        _time.CreateEvent(() => Offer(copy)).At(_lastToBusNs);
        if (_isAhead)
        {
            _time.After(HandOverNs, () => FrameSent?.Invoke());
        }

        return true;
    }

    private void Offer(CanFrame frame)
    {
        _toBus.Enqueue(frame);
        Feed();
    }

    private void Feed()
    {
        while (_toBus.TryPeek(out CanFrame? first) && _can.TrySend(first))
        {
            _toBus.Dequeue();
        }
    }

    private void OnSent()
    {
        _waiting--;
        Feed();
        if (!_isAhead)
        {
            _lastToPcNs = Math.Max(_lastToPcNs, TransferAfter(0) + SchedulerNs());
            _time.CreateEvent(() => FrameSent?.Invoke()).At(_lastToPcNs);
        }
    }

    private void OnArrived()
    {
        while (_can.TryReceive(_scratch))
        {
            CanFrame copy = Copy(_scratch);
            _lastToPcNs = Math.Max(_lastToPcNs, TransferAfter(0) + SchedulerNs());
            _time.CreateEvent(() => Deliver(copy)).At(_lastToPcNs);
        }
    }

    private void Deliver(CanFrame frame)
    {
        _toPc.Enqueue(frame);
        FrameArrived?.Invoke();
    }

    private long SchedulerNs() => (SchedulerUsMin + _random.Next(SchedulerUsSpan)) * VirtualTime.NsPerUs;

    private long TransferAfter(long delayNs) => (((_time.NowNs + delayNs) / TransferNs) + 1) * TransferNs;

    private static CanFrame Copy(CanFrame frame)
    {
        CanFrame copy = new();
        BusFrame.From(frame).CopyTo(copy);
        return copy;
    }
}
