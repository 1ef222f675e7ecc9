// CAN interface: tells the frames of one connection by their identifiers and queues what the controller cannot take yet.
// Invariants: frames leave in the order in which they were accepted; one cycle takes a bounded number of frames from
// the driver; nothing is allocated after the constructor.
// Besides the connection there are frames that only leave (periodic data) and frames that only come (signals).
// Carries as little state as possible: a ring of bytes that wait to be sent, and two counters from which everyone above can tell
// whether a frame of theirs has left. It must not know what the bytes mean (that is CanTp's).
// 11-bit identifiers, or 29-bit ones of normal fixed addressing (ISO 15765-2:2016 §10.3).
// Tests: tests/agent-firmware/CanIf.
using System;

namespace EsyncAgent;

/// <summary>Identifier dispatch and transmit queue over one CAN controller.</summary>
public sealed class CanIf
{
    // A place of the ring: length and data.
    private const int PlaceLength = 1 + 8;

    // In the length of a frame with the identifier of periodic data.
    private const byte PeriodicBit = 0x80;

    private readonly ICan _can;
    private readonly bool _isExtended;
    private readonly uint _physicalRxId;
    private readonly uint _functionalRxId;
    private readonly uint _txId;
    private readonly uint _periodicTxId;
    private readonly uint[] _signalRxIds;
    private readonly int _receivePerCycleMax;
    private readonly CanFrame _received = new CanFrame();

    // The frame that goes to the controller; what it does not take waits in the ring.
    private readonly CanFrame _sending = new CanFrame();
    private readonly byte[] _ring;
    private readonly int _capacity;
    private readonly int _connectionMax;
    private ICanIfUpper _upper;
    private ICanIfSignals _signals;
    private int _first;
    private int _waiting;
    private uint _acceptedCount;
    private uint _sentCount;
    private uint _periodicTicket;

    /// <summary>An interface for the identifiers of <paramref name="config"/> over <paramref name="can"/>.</summary>
    public CanIf(CanIfConfig config, ICan can)
    {
        _can = can;
        _isExtended = config.IsExtended;
        _physicalRxId = config.PhysicalRxId;
        _functionalRxId = config.FunctionalRxId;
        _txId = config.TxId;
        _periodicTxId = config.PeriodicTxId;
        _signalRxIds = config.SignalRxIds;
        _receivePerCycleMax = config.ReceivePerCycleMax;
        _capacity = config.TransmitQueueLength;
        _ring = new byte[_capacity * PlaceLength];
        _sending.IsExtended = config.IsExtended;

        // A long response would fill every place as soon as it is free, and periodic data would stand still until its end.
        _connectionMax = HasPeriodicIdentifier && _capacity > 1 ? _capacity - 1 : _capacity;
    }

    /// <summary>Block size that the driver can stand (<see cref="ICan.BlockSizeMax"/>); 0 is no limit.</summary>
    public byte BlockSizeMax
    {
        get { return _can.BlockSizeMax; }
    }

    /// <summary>Separation time that the driver needs, as a code (<see cref="ICan.SeparationTimeMin"/>).</summary>
    public byte SeparationTimeMin
    {
        get { return _can.SeparationTimeMin; }
    }

    /// <summary>Frames that the receiver lost since start, as far as the driver tells; wraps.</summary>
    public uint OverrunCount
    {
        get { return _can.OverrunCount; }
    }

    /// <summary>Times that the controller went bus-off since start, as far as the driver tells; wraps.</summary>
    public uint BusOffCount
    {
        get { return _can.BusOffCount; }
    }

    /// <summary>Frames accepted by <see cref="Transmit"/> so far; read right after it, the ticket for <see cref="HasLeft"/>.</summary>
    public uint AcceptedCount
    {
        get { return _acceptedCount; }
    }

    /// <summary>True when nf.config gives this ECU an identifier for periodic data.</summary>
    public bool HasPeriodicIdentifier
    {
        get { return _periodicTxId != CanIfConfig.NoIdentifier; }
    }

    /// <summary>Makes <paramref name="signals"/> the receiver of the frames of <see cref="CanIfConfig.SignalRxIds"/>.</summary>
    public void AttachSignals(ICanIfSignals signals)
    {
        _signals = signals;
    }

    /// <summary>Makes <paramref name="upper"/> the receiver of the connection's frames.</summary>
    public void Attach(ICanIfUpper upper)
    {
        _upper = upper;
    }

    /// <summary>
    /// Sends 1 to 8 bytes of the connection, which are copied: to the controller at once when nothing waits, else into the
    /// queue. False when the queue is full but for the place of periodic data.
    /// </summary>
    public bool Transmit(byte[] data, int length)
    {
        return _waiting < _connectionMax && Enqueue(data, length, 0);
    }

    /// <summary>
    /// Sends 1 to 8 bytes with the identifier of periodic data. False while a frame of it waits, so that periodic data never keeps a
    /// response back for long, and when the queue is full.
    /// </summary>
    public bool TransmitPeriodic(byte[] data, int length)
    {
        if (_waiting == _capacity || (_waiting != 0 && !HasLeft(_periodicTicket)))
        {
            return false;
        }

        Enqueue(data, length, PeriodicBit);
        _periodicTicket = _acceptedCount;
        return true;
    }

    /// <summary>
    /// True when the frame after whose acceptance <see cref="AcceptedCount"/> was <paramref name="ticket"/> has gone to
    /// the controller: the nearest thing to L_Data.con that every driver offers.
    /// </summary>
    public bool HasLeft(uint ticket)
    {
        return (int)(_sentCount - ticket) >= 0;
    }

    /// <summary>Drops all frames that wait; whoever asks for them is told that they have left.</summary>
    public void CancelTransmit()
    {
        _waiting = 0;
        _sentCount = _acceptedCount;
    }

    /// <summary>Sends what waits, then hands up what the driver has received, up to the configured number of frames.</summary>
    public void MainFunction(uint nowMs)
    {
        if (_waiting != 0)
        {
            SendWaiting();
        }

        // In a local, and the connection's own frames dealt with here: a third of what such a frame costs otherwise.
        CanFrame frame = _received;
        int left = _receivePerCycleMax;
        while (_can.TryReceive(frame))
        {
            int length = frame.Length;
            if (frame.Identifier == _physicalRxId && frame.IsExtended == _isExtended && length != 0)
            {
                _upper.RxIndication(false, frame.Data, length);
            }
            else if (length != 0)
            {
                IndicateOther(frame);
            }

            if (--left == 0)
            {
                return;
            }
        }
    }

    /// <summary>Drops what the driver has received so far.</summary>
    public void DropReceived()
    {
        while (_can.TryReceive(_received))
        {
        }
    }

    private void IndicateOther(CanFrame frame)
    {
        uint identifier = frame.Identifier;
        if (identifier == _functionalRxId && frame.IsExtended == _isExtended)
        {
            _upper.RxIndication(true, frame.Data, frame.Length);
            return;
        }

        if (_signals != null)
        {
            int index = Ascending.IndexOf(_signalRxIds, frame.IsExtended ? identifier | CanIfConfig.ExtendedBit : identifier);
            if (index >= 0)
            {
                _signals.SignalIndication(index, frame.Data, frame.Length);
            }
        }
    }

    private bool Enqueue(byte[] data, int length, byte periodicBit)
    {
        _acceptedCount++;
        if (_waiting == 0 && Send(data, 0, length, periodicBit))
        {
            return true;
        }

        int last = _first + _waiting;
        int place = (last < _capacity ? last : last - _capacity) * PlaceLength;
        _ring[place] = (byte)(length | periodicBit);
        Array.Copy(data, 0, _ring, place + 1, length);
        _waiting++;
        return true;
    }

    private void SendWaiting()
    {
        while (_waiting != 0)
        {
            int place = _first * PlaceLength;
            if (!Send(_ring, place + 1, _ring[place] & ~PeriodicBit, (byte)(_ring[place] & PeriodicBit)))
            {
                return;
            }

            _first = _first + 1 == _capacity ? 0 : _first + 1;
            _waiting--;
        }
    }

    private bool Send(byte[] data, int offset, int length, byte periodicBit)
    {
        CanFrame frame = _sending;
        frame.Identifier = periodicBit == 0 ? _txId : _periodicTxId;
        frame.Length = (byte)length;
        Array.Copy(data, offset, frame.Data, 0, length);
        if (!_can.TrySend(frame))
        {
            return false;
        }

        _sentCount++;
        return true;
    }
}
