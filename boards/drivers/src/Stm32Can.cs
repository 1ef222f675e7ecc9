// Driver over nanoFramework's native CAN of STM32 boards: takes one frame out of its small ring at each event, into a queue of our own.
// What the native side is like (nf-interpreter, targets/ChibiOS/_nanoCLR/nanoFramework.Device.Can, and HAL_RingBuffer): one event for each frame,
// all traffic of the bus included; events reach the managed side only when the running thread gives the processor away (the main program, once a
// turn, or the ring of 16 overflows) or after its 20 ms. One frame an event, since GetMessage takes some 25 µs even where there is nothing. Should an
// event be lost, or a frame stay behind (the ring's size changes without a lock), the agent's thread asks the ring itself after IdleLooks looks at an
// empty queue, some 2 ms; with an event in that same instant two frames may change places, which CanTp sees by the sequence number.
// Invariants: the event thread alone writes _last and OverrunCount, the agent's thread alone _first and what belongs to sending: as one interpreter
// runs both, no lock is needed. Both count foreign frames. Nothing is allocated after construction. WriteMessage stops the whole runtime for up to
// 100 ms when no mailbox is free: hence three frames on their way at the most, by the clock; ISO 15765-2's own times notice what is lost.
// Tests: tests/boards/drivers/Stm32CanTests.
using System;

namespace EsyncAgent.Drivers;

/// <summary>The native CAN of an STM32 as the agent's CAN port.</summary>
public sealed class Stm32Can : ICan, IStockCanListener
{
    private const int MailboxCount = 3;

    private const int IdleLooks = 64;

    private readonly IStockCan _can;
    private readonly IMcu _clock;
    private readonly bool _isExtended;
    private readonly uint _physicalRxId;
    private readonly uint _functionalRxId;
    private readonly uint[] _signalRxIds;
    private readonly CanFrame[] _queue;
    private readonly CanFrame _padded = new CanFrame();
    private readonly uint[] _writtenMs = new uint[MailboxCount];
    private readonly uint _holdMs;
    private int _first;
    private int _last;
    private int _mailbox;
    private int _looksLeft = IdleLooks;

    /// <summary>
    /// A driver for the identifiers of one connection, with a queue of <paramref name="capacity"/> frames; it subscribes
    /// here, once. <paramref name="frameTimeUs"/> is the longest time of a frame on the bus (<see cref="CanTpConfig"/>).
    /// Block size and separation time (codes of ISO 15765-2:2016 §9.6.5.3 and §9.6.5.4) are what the board can stand.
    /// </summary>
    public Stm32Can(IStockCan can, IMcu clock, CanIfConfig identifiers, int capacity, ushort frameTimeUs, byte blockSizeMax, byte separationTimeMin)
    {
        _can = can;
        _clock = clock;
        _isExtended = identifiers.IsExtended;
        _physicalRxId = identifiers.PhysicalRxId;
        _functionalRxId = identifiers.FunctionalRxId;
        _signalRxIds = identifiers.SignalRxIds;
        BlockSizeMax = blockSizeMax;
        SeparationTimeMin = separationTimeMin;

        // One place more than frames: the next frame is read into it before anybody knows whose it is.
        _queue = new CanFrame[capacity + 1];
        for (int i = 0; i < _queue.Length; i++)
        {
            _queue[i] = new CanFrame();
        }

        // Three frames in a row have left after their time; the clock may show one millisecond more than has passed.
        _holdMs = (((uint)MailboxCount * frameTimeUs) + 999) / 1000 + 1;
        uint nowMs = clock.NowMs;
        for (int i = 0; i < MailboxCount; i++)
        {
            _writtenMs[i] = nowMs - _holdMs;
        }

        can.Subscribe(this);
    }

    /// <inheritdoc/>
    public byte BlockSizeMax { get; }

    /// <inheritdoc/>
    public byte SeparationTimeMin { get; }

    /// <summary>Frames for us that found our own queue full; what the native ring loses nobody tells. Wraps.</summary>
    public uint OverrunCount { get; private set; }

    /// <summary>Always 0: the native driver does not tell. It comes back from bus-off by itself.</summary>
    public uint BusOffCount
    {
        get { return 0; }
    }

    /// <summary>Frames for others that had to be taken out of the native ring, for there is no filter before it; wraps.</summary>
    public uint ForeignCount { get; private set; }

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        int first = _first;
        if (first == _last)
        {
            return --_looksLeft == 0 && TryTakeLeftBehind(into);
        }

        _looksLeft = IdleLooks;
        CanFrame frame = _queue[first];
        into.Identifier = frame.Identifier;
        into.IsExtended = frame.IsExtended;
        into.Length = frame.Length;
        Array.Copy(frame.Data, 0, into.Data, 0, 8);
        _first = first + 1 == _queue.Length ? 0 : first + 1;
        return true;
    }

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        uint nowMs = _clock.NowMs;
        if (nowMs - _writtenMs[_mailbox] < _holdMs)
        {
            return false;
        }

        _writtenMs[_mailbox] = nowMs;
        _mailbox = _mailbox + 1 == MailboxCount ? 0 : _mailbox + 1;
        _can.WriteMessage(frame.Length == 8 ? frame : Padded(frame));
        return true;
    }

    /// <summary>The framework's event thread: takes the frame that the event is for out of the native ring.</summary>
    public void OnMessageReceived()
    {
        int last = _last;
        CanFrame frame = _queue[last];
        if (!_can.TryGetMessage(frame))
        {
            return;
        }

        if ((frame.Identifier != _physicalRxId || frame.IsExtended != _isExtended) && !IsOtherForUs(frame))
        {
            ForeignCount++;
            return;
        }

        int next = last + 1;
        if (next == _queue.Length)
        {
            next = 0;
        }

        if (next == _first)
        {
            OverrunCount++;
            return;
        }

        _last = next;
    }

    /// <summary>
    /// Asks the ring without an event. What is there may have one that has not come to its thread yet: that will find the next frame, or
    /// nothing. When the event thread takes an older frame just before, the two change places, and CanTp notices by the sequence number.
    /// </summary>
    private bool TryTakeLeftBehind(CanFrame into)
    {
        _looksLeft = IdleLooks;
        while (_can.TryGetMessage(into))
        {
            // There may be more of them: the next look asks too.
            _looksLeft = 1;
            if ((into.Identifier == _physicalRxId && into.IsExtended == _isExtended) || IsOtherForUs(into))
            {
                return true;
            }

            ForeignCount++;
        }

        _looksLeft = IdleLooks;
        return false;
    }

    /// <summary>The native side takes the length of its array for the frame's: eight bytes, those that do not count being 0.</summary>
    private CanFrame Padded(CanFrame frame)
    {
        _padded.Identifier = frame.Identifier;
        _padded.IsExtended = frame.IsExtended;
        _padded.Length = 8;
        Array.Copy(frame.Data, 0, _padded.Data, 0, frame.Length);
        Array.Clear(_padded.Data, frame.Length, 8 - frame.Length);
        return _padded;
    }

    private bool IsOtherForUs(CanFrame frame)
    {
        uint identifier = frame.Identifier;
        if (identifier == _functionalRxId && frame.IsExtended == _isExtended)
        {
            return true;
        }

        return _signalRxIds.Length != 0
            && Ascending.IndexOf(_signalRxIds, frame.IsExtended ? identifier | CanIfConfig.ExtendedBit : identifier) >= 0;
    }
}
