// The native CAN of nanoFramework on an STM32, below its managed API, as its sources show it: every frame of the bus goes
// into a ring of 16 while somebody is subscribed, in silence when that is full, and posts an event of its own.
// Events reach managed code only between two turns (Dispatch), 128 at most from one turn to the next.
// The ring computes places in bytes and uses them as frames of 24 bytes: only its first place, where it begins when it
// was empty, lies inside its 384 bytes. The others come back whole, but overwrite up to 8 KiB behind: StrayWriteCount.
// No filter, no length (always 8; what was not sent is left over from before), no error counter, no word about bus-off.
// A turn cannot stand still until a mailbox is free: a call that would wait is counted, charged with one frame's time, and
// its frame lost when no mailbox was free within 100 ms. Prices are estimates. Left out: interrupt and GetMessage change
// the ring's size without a lock, so that on a board a frame may, rarely, stay behind until the next one comes.
// Tests: tests/host-sim/Devices/StockCanModelTests.cs.
using EsyncAgent;
using EsyncAgent.Drivers;
using EsyncSim.Bus;

namespace EsyncSim.Devices;

/// <summary>bxCAN under nanoFramework.Device.Can.</summary>
public sealed class StockCanModel : CanControllerModel, IStockCan
{
    private const int RingCapacity = 16;
    private const int MailboxCount = 3;
    private const int EventsMax = 128;
    private const long EventNs = 80_000;
    private const long GetMessageNs = 25_000;
    private const long WriteMessageNs = 20_000;
    private const long WaitMaxNs = 100 * VirtualTime.NsPerMs;
    private const int FrameBits = 130;
    private readonly FrameRing _ring = new(RingCapacity);
    private readonly long[] _freedNs = new long[RingCapacity];
    private readonly List<(BusFrame Frame, long ReadyNs)> _transmit = [];
    private readonly SimEvent _ready;
    private IStockCanListener? _listener;
    private ulong _leftOver;
    private int _events;
    private int _freed;
    private int _place;

    /// <summary>Makes the controller without power on a bus.</summary>
    public StockCanModel(VirtualBus bus, string name)
        : base(bus, name) => _ready = bus.Time.CreateEvent(OfferFirst);

    /// <summary>Processor time that calls and events have cost since power-on, in nanoseconds.</summary>
    public long CpuNs { get; private set; }

    /// <summary>Told of each price before it is used up, so that the processor's moment goes on; null: nobody pays.</summary>
    public Action<long>? Charge { get; set; }

    /// <summary>Frames that were written behind the ring's memory since power-on.</summary>
    public uint StrayWriteCount { get; private set; }

    /// <summary>The same since the model was made.</summary>
    public uint StrayWriteTotal { get; private set; }

    /// <summary>Calls of WriteMessage since power-on that would have stopped the runtime.</summary>
    public uint BlockedCount { get; private set; }

    /// <summary>Frames since power-on that WriteMessage gave up without a word.</summary>
    public uint UnsentCount { get; private set; }

    /// <summary>Frames that wait in the ring.</summary>
    public int RingCount => _ring.Count;

    /// <summary>
    /// Lets managed code have the events that were posted: what happens when the main thread gives the processor away. A
    /// board calls it before each turn of the agent.
    /// </summary>
    public void Dispatch()
    {
        for (; _events > 0; _events--)
        {
            Pay(EventNs);
            _listener?.OnMessageReceived();
        }
    }

    /// <inheritdoc/>
    public void Subscribe(IStockCanListener listener)
    {
        _listener = listener;
        SetOnline(false);
        Forget();
        SetOnline(true);
    }

    /// <inheritdoc/>
    public bool TryGetMessage(CanFrame into)
    {
        Pay(GetMessageNs); // as dear when there is nothing: the type is looked up and an object made before
        if (!_ring.TryTake(out BusFrame frame))
        {
            return false;
        }

        _freedNs[_freed] = ProcessorNs;
        _freed = (_freed + 1) % RingCapacity;
        frame.CopyTo(into);
        return true;
    }

    /// <inheritdoc/>
    public void WriteMessage(CanFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentOutOfRangeException.ThrowIfNotEqual((int)frame.Length, 8, nameof(frame));
        Pay(WriteMessageNs);
        if (_transmit.Count >= MailboxCount)
        {
            BlockedCount++;
            Pay(Bus.BitsToNs(FrameBits));
        }

        _transmit.Add((BusFrame.From(frame), ProcessorNs));
        if (_transmit.Count == 1)
        {
            OfferFirst();
        }
    }

    /// <inheritdoc/>
    protected internal override bool Accepts(uint identifier, bool isExtended) => true;

    /// <inheritdoc/>
    protected internal override void OnReceived(in BusFrame frame)
    {
        int waiting = Occupied();
        bool isTaken = _listener != null && waiting < RingCapacity;
        if (isTaken)
        {
            ulong data = frame.Length == 8 ? frame.Data : frame.Data | (_leftOver & (ulong.MaxValue >> (8 * frame.Length)));
            _ring.TryAdd(new BusFrame(frame.Identifier, frame.IsExtended, 8, data));
            _place = waiting == 0 ? 0 : (_place + 1) % RingCapacity;
            uint stray = _place == 0 ? 0u : 1u;
            StrayWriteCount += stray;
            StrayWriteTotal += stray;
            _leftOver = data;
        }

        LostCount += isTaken ? 0u : 1u;
        _events = _listener == null ? 0 : Math.Min(_events + 1, EventsMax);
        FrameArrived?.Invoke();
    }

    /// <inheritdoc/>
    protected internal override void OnTransmitted(in BusFrame frame)
    {
        _transmit.RemoveAt(0);
        while (_transmit.Count >= MailboxCount && Bus.Time.NowNs - _transmit[MailboxCount - 1].ReadyNs > WaitMaxNs)
        {
            _transmit.RemoveAt(MailboxCount - 1);
            UnsentCount++;
        }

        OfferFirst();
        FrameSent?.Invoke();
    }

    /// <inheritdoc/>
    protected internal override void OnBusOffRecovered() => OfferFirst();

    /// <inheritdoc/>
    protected override void OnPowerOn() => SetOnline(true);

    /// <inheritdoc/>
    protected override void OnCleared()
    {
        _listener = null;
        Forget();
        (CpuNs, StrayWriteCount, BlockedCount, UnsentCount, _leftOver) = (0, 0, 0, 0, 0);
    }

    /// <summary>Frames in the ring at this moment of the bus; what the turn took out later is still there.</summary>
    private int Occupied()
    {
        int count = _ring.Count;
        foreach (long freedNs in _freedNs)
        {
            count += freedNs > Bus.Time.NowNs ? 1 : 0;
        }

        return count;
    }

    private void Pay(long ns)
    {
        CpuNs += ns;
        Charge?.Invoke(ns);
    }

    private void Forget()
    {
        _ring.Clear();
        _transmit.Clear();
        _ready.Cancel();
        _events = 0;
        Array.Clear(_freedNs);
    }

    private void OfferFirst()
    {
        if (_transmit.Count == 0)
        {
            return;
        }

        if (_transmit[0].ReadyNs > Bus.Time.NowNs)
        {
            _ready.At(_transmit[0].ReadyNs);
        }
        else
        {
            Offer(_transmit[0].Frame);
        }
    }
}
