// A classic CAN bus in virtual time: arbitration by identifier, exact frame lengths, faults, load.
// Invariants: one frame at a time; a frame begins no earlier than three bits after the one before; among frames that
// wait at that moment the smallest arbitration field wins (two nodes with the same field: the one attached first; a
// real bus would show an error there). A frame costs one event; a bus with corruption rules takes a second one at SOF.
// Every frame counts as acknowledged, as on a bench where another node is always there.
// It knows nothing of ISO-TP, ECUs or what the bytes mean.
// Tests: tests/host-sim/Bus/VirtualBusTests.cs.
namespace EsyncSim.Bus;

/// <summary>A virtual CAN bus.</summary>
public sealed class VirtualBus : ICanBus
{
    private const int BusOffRecoveryBits = 128 * 11;
    private const int TransmitErrorsMax = 255;
    private readonly List<BusNode> _nodes = [];
    private readonly Dictionary<uint, IdentifierEntry> _entries = [];
    private readonly List<IBusObserver> _observers = [];
    private readonly SimEvent _next;
    private readonly byte[] _scratch = new byte[FrameBits.StuffedBitsMax];
    private BusNode? _sender;
    private IdentifierEntry? _entry;
    private long _startNs;
    private long _freeNs;
    private long _busyBits;
    private int _bits;
    private bool _isAtStart;
    private bool _isEnding;
    private BusFaultRule? _corruption;

    /// <summary>Makes an idle bus.</summary>
    public VirtualBus(VirtualTime time, int bitRate, string name = "can0", ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bitRate, 10_000);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bitRate, 1_000_000);
        Time = time;
        BitRate = bitRate;
        Name = name;
        Faults = new BusFaults(seed);
        _next = time.CreateEvent(OnNext);
    }

    /// <inheritdoc/>
    public VirtualTime Time { get; }

    /// <summary>Bits per second.</summary>
    public int BitRate { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Faults that strike this bus.</summary>
    public BusFaults Faults { get; }

    /// <summary>Frames that ended well on the wire.</summary>
    public long FrameCount { get; private set; }

    /// <summary>Attempts that ended as an error frame.</summary>
    public long ErrorFrameCount { get; private set; }

    /// <summary>The attached nodes.</summary>
    public IReadOnlyList<BusNode> Nodes => _nodes;

    /// <summary>Figures of every identifier that was seen.</summary>
    public IEnumerable<IdentifierStatistics> Statistics => _entries.Values.Select(entry => entry.Statistics);

    /// <summary>
    /// Time for which the bus was taken so far, interframe spaces and error frames included. The load over a span is the
    /// difference of this, divided by the span.
    /// </summary>
    public long BusyNs => BitsToNs(_busyBits)
        + (_sender != null ? Math.Max(0, Time.NowNs - _startNs) : 0)
        - Math.Max(0, _freeNs - Time.NowNs);

    /// <summary>Puts a node on the bus; it is off line until <see cref="BusNode.SetOnline"/>.</summary>
    public void Attach(BusNode node)
    {
        node.Bus = this;
        _nodes.Add(node);
        ForgetReceivers();
    }

    /// <inheritdoc/>
    public void Observe(IBusObserver observer) => _observers.Add(observer);

    /// <summary>Takes an observer away.</summary>
    public void Forget(IBusObserver observer) => _observers.Remove(observer);

    /// <inheritdoc/>
    public long BitsToNs(long bits) => bits * VirtualTime.NsPerSecond / BitRate;

    /// <summary>Figures of one identifier; all zero when it was not seen yet.</summary>
    public IdentifierStatistics StatisticsOf(uint identifier, bool isExtended = false) => EntryOf(identifier, isExtended).Statistics;

    /// <summary>The moment from which nothing is on the bus, if nothing else comes: end of the present frame and its interframe space.</summary>
    internal long FreeNs => _sender != null && Time.NowNs > _startNs
        ? _startNs + BitsToNs(_bits + FrameBits.InterframeBits)
        : Math.Max(_freeNs, Time.NowNs);

    internal bool Remove(BusNode node) => _nodes.Remove(node);

    internal bool IsOnWire(BusNode node) => node == _sender && Time.NowNs > _startNs;

    internal void ForgetReceivers()
    {
        foreach (IdentifierEntry entry in _entries.Values)
        {
            entry.Receivers = null;
        }
    }

    /// <summary>A node has a frame for arbitration, or another one than before.</summary>
    internal void Request(BusNode node)
    {
        long now = Time.NowNs;
        if (_isEnding)
        {
            return; // arbitration follows when all callbacks of the frame's end are done
        }

        if (_sender == null)
        {
            Begin(node, Math.Max(now, _freeNs));
        }
        else if (now <= _startNs)
        {
            if (node == _sender || node.OfferedField < _sender.OfferedField)
            {
                Begin(node, _startNs);
            }
        }
        else if (node == _sender)
        {
            throw new InvalidOperationException($"Node {node.Name} changes a frame that is on the bus.");
        }
    }

    /// <summary>A node withdrew its frame.</summary>
    internal void Abort(BusNode node)
    {
        if (node != _sender)
        {
            return;
        }

        if (Time.NowNs > _startNs)
        {
            int bits = (int)((Time.NowNs - _startNs) * BitRate / VirtualTime.NsPerSecond) + 1 + ErrorFrame.AfterTear;
            EndWithError(bits, BusFate.Torn);
        }

        _sender = null;
        _next.Cancel();
        Arbitrate();
    }

    internal void EnterBusOff(BusNode node)
    {
        if (node.IsBusOff)
        {
            return;
        }

        node.IsBusOff = true;
        node.BusOffCount++;
        bool isSending = node.HasOffer;
        node.HasOffer = false;
        if (isSending)
        {
            Abort(node);
        }

        node.OnBusOff();
        node.Recovery ??= Time.CreateEvent(() => Recover(node));
        node.Recovery.After(BitsToNs(BusOffRecoveryBits));
    }

    private static void Recover(BusNode node)
    {
        node.IsBusOff = false;
        node.TransmitErrorCounter = 0;
        node.OnBusOffRecovered();
    }

    private void Arbitrate()
    {
        BusNode? winner = null;
        foreach (BusNode node in _nodes)
        {
            if (node.HasOffer && (winner == null || node.OfferedField < winner.OfferedField))
            {
                winner = node;
            }
        }

        if (winner != null)
        {
            Begin(winner, Math.Max(Time.NowNs, _freeNs));
        }
    }

    private void Begin(BusNode node, long startNs)
    {
        IdentifierEntry? entry = node.Entry;
        if (entry == null || !entry.Is(node.OfferedFrame))
        {
            entry = EntryOf(node.OfferedFrame.Identifier, node.OfferedFrame.IsExtended);
            node.Entry = entry;
        }

        _sender = node;
        _entry = entry;
        _startNs = startNs;
        _corruption = null;
        _isAtStart = Faults.Has(BusFaultKind.Corrupt);
        _bits = entry.Bits(node.OfferedFrame);
        _next.At(_isAtStart ? startNs : startNs + BitsToNs(_bits));
    }

    private void OnNext()
    {
        if (_isAtStart)
        {
            _isAtStart = false;
            _corruption = Faults.Strike(BusFaultKind.Corrupt, _sender!.OfferedFrame.Identifier, _startNs);
            if (_corruption != null)
            {
                _bits = CorruptedBits(_sender.OfferedFrame, _corruption);
            }

            _next.At(_startNs + BitsToNs(_bits));
        }
        else if (_corruption != null)
        {
            EndCorrupted();
        }
        else
        {
            End();
        }
    }

    private int CorruptedBits(in BusFrame frame, BusFaultRule rule)
    {
        // The arbitration and control fields are spared: a destroyed bit there is another story (lost arbitration).
        int first = frame.IsExtended ? 39 : 19;
        int count = FrameBits.Write(frame, _scratch);
        return ErrorFrame.Count(_scratch.AsSpan(0, count), first + rule.Random.Next(count - first));
    }

    private void EndCorrupted()
    {
        BusNode sender = _sender!;
        EndWithError(_bits, BusFate.Corrupted);
        _sender = null;
        sender.TransmitErrorCounter += 8;
        sender.OnTransmitError();
        if (sender.TransmitErrorCounter > TransmitErrorsMax)
        {
            EnterBusOff(sender);
        }

        Arbitrate();
    }

    private void EndWithError(int bits, BusFate fate)
    {
        _busyBits += bits + FrameBits.InterframeBits;
        _freeNs = _startNs + BitsToNs(bits + FrameBits.InterframeBits);
        ErrorFrameCount++;
        _entry!.Statistics.ErrorFrames++;
        _entry.Statistics.ErrorBits += bits + FrameBits.InterframeBits;
        Report(new BusRecord(this, _sender!.OfferedFrame, _sender, _startNs, _startNs + BitsToNs(bits), bits + FrameBits.InterframeBits, fate));
        foreach (BusNode node in _nodes)
        {
            if (node != _sender && node.IsOnline)
            {
                node.OnReceiveError();
            }
        }
    }

    private void End()
    {
        BusNode sender = _sender!;
        BusFrame frame = sender.OfferedFrame;
        IdentifierEntry entry = _entry!;
        int bits = _bits + FrameBits.InterframeBits;
        BusFate fate = BusFate.Delivered;
        long delayNs = 0;
        if (Faults.HasAny)
        {
            fate = FateOf(frame, out delayNs);
        }

        if (fate == BusFate.Duplicated)
        {
            bits += ErrorFrame.AfterLastBitOfEof;
        }

        _sender = null;
        _isEnding = true;
        _busyBits += bits;
        _freeNs = _startNs + BitsToNs(bits);
        FrameCount++;
        IdentifierStatistics statistics = entry.Statistics;
        statistics.Frames++;
        statistics.DataBytes += frame.Length;
        statistics.Bits += bits;
        if (_observers.Count > 0)
        {
            Report(new BusRecord(this, frame, sender, _startNs, Time.NowNs, bits, fate));
        }

        if (fate == BusFate.Dropped)
        {
            statistics.Dropped++;
        }
        else
        {
            Deliver(entry, sender, frame, delayNs);
        }

        Confirm(sender, frame, fate);
        _isEnding = false;
        Arbitrate();
    }

    private static void Confirm(BusNode sender, in BusFrame frame, BusFate fate)
    {
        if (fate == BusFate.Duplicated)
        {
            sender.TransmitErrorCounter += 8;
            sender.OnTransmitError();
        }
        else if (sender.HasOffer)
        {
            sender.HasOffer = false;
            sender.TransmitErrorCounter = Math.Max(0, sender.TransmitErrorCounter - 1);
            sender.OnTransmitted(frame);
        }
    }

    private BusFate FateOf(in BusFrame frame, out long delayNs)
    {
        long now = Time.NowNs;
        BusFaultRule? drop = Faults.Strike(BusFaultKind.Drop, frame.Identifier, now);
        BusFaultRule? duplicate = Faults.Strike(BusFaultKind.Duplicate, frame.Identifier, now);
        BusFaultRule? delay = Faults.Strike(BusFaultKind.Delay, frame.Identifier, now);
        delayNs = drop == null && duplicate == null && delay != null ? 1 + (long)(delay.Random.NextDouble() * delay.DelayNsMax) : 0;
        return drop != null ? BusFate.Dropped
            : duplicate != null ? BusFate.Duplicated
            : delay != null ? BusFate.Delayed
            : BusFate.Delivered;
    }

    private void Deliver(IdentifierEntry entry, BusNode sender, BusFrame frame, long delayNs)
    {
        long now = Time.NowNs;
        if (delayNs > 0 || entry.DelayedUntilNs >= now)
        {
            entry.DelayedUntilNs = Math.Max(now + delayNs, entry.DelayedUntilNs);
            Time.CreateEvent(() => DeliverNow(entry, sender, frame)).At(entry.DelayedUntilNs);
            return;
        }

        DeliverNow(entry, sender, frame);
    }

    private void DeliverNow(IdentifierEntry entry, BusNode sender, in BusFrame frame)
    {
        entry.Receivers ??= _nodes.Where(node => node.Accepts(entry.Statistics.Identifier, entry.Statistics.IsExtended)).ToArray();
        foreach (BusNode node in entry.Receivers)
        {
            if (node != sender && node.IsOnline)
            {
                node.OnReceived(frame);
            }
        }
    }

    private void Report(in BusRecord record)
    {
        foreach (IBusObserver observer in _observers)
        {
            observer.OnRecord(record);
        }
    }

    private IdentifierEntry EntryOf(uint identifier, bool isExtended)
    {
        uint key = identifier | (isExtended ? 0x80000000 : 0);
        if (!_entries.TryGetValue(key, out IdentifierEntry? entry))
        {
            entry = new IdentifierEntry(identifier, isExtended);
            _entries.Add(key, entry);
        }

        return entry;
    }
}
