// Driver over nanoFramework's native CAN of STM32 boards: empties its small ring at each event into a queue of our own.
// What the native side is like (nf-interpreter, targets/ChibiOS/_nanoCLR/nanoFramework.Device.Can, and HAL_RingBuffer):
// one event for each frame, all traffic of the bus included; events reach the managed side only when the running thread
// gives the processor away or after its 20 ms. The main program must do so once a turn, or the ring of 16 overflows.
// Invariants: the event thread alone writes _last and the counters, the agent's thread alone _first and what belongs to
// sending: as one interpreter runs both, no lock is needed. Nothing is allocated after construction.
// WriteMessage stops the whole runtime for up to 100 ms when no mailbox is free: hence no more than three frames on
// their way, by the clock, for nothing tells when one has left. ISO 15765-2's own times notice what is lost.
// Tests: tests/boards/drivers/Stm32CanTests.
using System;

namespace EsyncAgent.Drivers;

/// <summary>The native CAN of an STM32 as the agent's CAN port.</summary>
public sealed class Stm32Can : ICan, IStockCanListener
{
    private const int MailboxCount = 3;

    // Frames taken in one event at most: four rings full. What is left, the next frame's event takes.
    private const int DrainMax = 64;

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
            return false;
        }

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

    /// <summary>The framework's event thread: takes everything out of the native ring.</summary>
    public void OnMessageReceived()
    {
        for (int left = DrainMax; left > 0; left--)
        {
            CanFrame frame = _queue[_last];
            if (!_can.TryGetMessage(frame))
            {
                return;
            }

            if (!IsForUs(frame))
            {
                ForeignCount++;
                continue;
            }

            int next = _last + 1 == _queue.Length ? 0 : _last + 1;
            if (next == _first)
            {
                OverrunCount++;
                continue;
            }

            _last = next;
        }
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

    private bool IsForUs(CanFrame frame)
    {
        uint identifier = frame.Identifier;
        if (frame.IsExtended == _isExtended && (identifier == _physicalRxId || identifier == _functionalRxId))
        {
            return true;
        }

        return _signalRxIds.Length != 0
            && Ascending.IndexOf(_signalRxIds, frame.IsExtended ? identifier | CanIfConfig.ExtendedBit : identifier) >= 0;
    }
}
