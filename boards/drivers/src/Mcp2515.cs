// Driver of a Microchip MCP2515 on SPI: two receive buffers kept in order, three transmit buffers, losses and bus-off
// counted. What is not for us stays outside, by the chip's filters. SPI mode 0,0, 10 MHz at most.
// Invariants: nothing waits, nothing is allocated after construction, nothing throws; a call costs a bounded number of
// transactions, and none when the interrupt pin is quiet.
// Which buffer is older the chip does not say. Both were empty when the pin was quiet: then RXB0 is. A frame that found
// RXB0 full stands in RXB1 and is older than what RXB0 takes next: hence the look right after a buffer was read.
// What is cheap: one look reads CANINTF and EFLG together, so that a loss is known before the next flow control, and
// serves both buffers; READ RX BUFFER clears its flag by itself. A frame costs two transactions, in a burst fewer.
// Microchip DS20001801J §4 (reception), §6 (errors), §7 (interrupts). Tests: tests/boards/drivers/Mcp2515ReceiveTests.
using System;

namespace EsyncAgent.Drivers;

/// <summary>An MCP2515 as the agent's CAN port.</summary>
public sealed class Mcp2515 : ICan
{
    private const int None = 0;
    private const int Rxb0 = Mcp2515Register.Rx0If;
    private const int Rxb1 = Mcp2515Register.Rx1If;
    private const int FrameBytes = 14;

    private readonly ISpiPort _spi;
    private readonly IInterruptPin _interrupt;
    private readonly Mcp2515Start _start;
    private readonly Mcp2515Transmitter _transmitter;
    private readonly byte[] _look = { Mcp2515Register.Read, Mcp2515Register.CanIntF, 0, 0 };
    private readonly byte[] _readRxb0 = new byte[FrameBytes];
    private readonly byte[] _readRxb1 = new byte[FrameBytes];
    private readonly byte[] _readCounter = { Mcp2515Register.Read, 0, 0 };
    private readonly byte[] _clearOverruns = { Mcp2515Register.BitModify, Mcp2515Register.Eflg, Mcp2515Register.Rx0Ovr | Mcp2515Register.Rx1Ovr, 0 };
    private readonly byte[] _clearError = { Mcp2515Register.BitModify, Mcp2515Register.CanIntF, Mcp2515Register.ErrIf, 0 };
    private readonly byte[] _in = new byte[FrameBytes];
    private readonly byte[] _seen = new byte[4];
    private int _first;
    private int _second;
    private bool _isStarted;
    private bool _isBusOff;

    /// <summary>
    /// A driver for the identifiers of one connection. Block size and separation time (codes of ISO 15765-2:2016
    /// §9.6.5.3 and §9.6.5.4) are what the board can stand. The first calls of <see cref="TryReceive"/> bring the chip up.
    /// </summary>
    public Mcp2515(ISpiPort spi, IInterruptPin interrupt, CanBitTiming timing, CanIfConfig identifiers, byte blockSizeMax, byte separationTimeMin)
    {
        _spi = spi;
        _interrupt = interrupt;
        _start = new Mcp2515Start(spi, timing, identifiers);
        _transmitter = new Mcp2515Transmitter(spi);
        _readRxb0[0] = Mcp2515Register.ReadRxb0;
        _readRxb1[0] = Mcp2515Register.ReadRxb1;
        BlockSizeMax = blockSizeMax;
        SeparationTimeMin = separationTimeMin;
    }

    /// <inheritdoc/>
    public byte BlockSizeMax { get; }

    /// <inheritdoc/>
    public byte SeparationTimeMin { get; }

    /// <summary>Overflow flags seen since start (EFLG): frames that were lost between two looks count once; wraps.</summary>
    public uint OverrunCount { get; private set; }

    /// <summary>Times that the chip was seen bus-off since start; wraps. It comes back by itself after 128 × 11 recessive bits.</summary>
    public uint BusOffCount { get; private set; }

    /// <summary>True when the chip is set up and takes part in the bus.</summary>
    public bool IsStarted
    {
        get { return _isStarted; }
    }

    /// <summary>True from the look that found the chip bus-off to the one that found it back.</summary>
    public bool IsBusOff
    {
        get { return _isBusOff; }
    }

    /// <summary>Why the chip is not on the bus, for the main program to print.</summary>
    public Mcp2515Fault Fault
    {
        get { return _start.Fault; }
    }

    /// <summary>TEC, 0 to 255. Asks the chip: one transaction.</summary>
    public byte TransmitErrorCounter
    {
        get { return ReadCounter(Mcp2515Register.Tec); }
    }

    /// <summary>REC, 0 to 255. Asks the chip: one transaction.</summary>
    public byte ReceiveErrorCounter
    {
        get { return ReadCounter(Mcp2515Register.Rec); }
    }

    /// <inheritdoc/>
    public bool TryReceive(CanFrame into)
    {
        if (_first == None)
        {
            if (!_isStarted)
            {
                Start();
                return false;
            }

            // While bus-off the pin is not relied on: that the chip is back need not raise it.
            if (!_interrupt.IsActive && !_isBusOff)
            {
                return false;
            }

            Look(false);
            if (_first == None)
            {
                return false;
            }
        }

        int buffer = _first;
        _first = _second;
        _second = None;
        _spi.Transfer(buffer == Rxb0 ? _readRxb0 : _readRxb1, _in, FrameBytes);
        if (_first == None && _interrupt.IsActive)
        {
            // Before anything else: were there more than a frame's time in between (a garbage collection), two frames could
            // be taken in the wrong order. CanTp would notice by the sequence number.
            Look(buffer == Rxb0);
        }

        Take(into);
        return true;
    }

    /// <inheritdoc/>
    public bool TrySend(CanFrame frame)
    {
        return _isStarted && _transmitter.TrySend(frame);
    }

    private void Start()
    {
        if (_start.Step())
        {
            _transmitter.Begin();
            _isStarted = true;
        }
    }

    /// <summary>Reads which buffers are full and what went wrong; <paramref name="isRxb1Older"/> says which of two comes first.</summary>
    private void Look(bool isRxb1Older)
    {
        _spi.Transfer(_look, _seen, 4);
        int flags = _seen[2];
        int full = flags & (Rxb0 | Rxb1);
        if (full == (Rxb0 | Rxb1))
        {
            _first = isRxb1Older ? Rxb1 : Rxb0;
            _second = isRxb1Older ? Rxb0 : Rxb1;
        }
        else
        {
            _first = full;
        }

        if ((flags & Mcp2515Register.ErrIf) != 0 || _isBusOff)
        {
            NoteErrors(flags, _seen[3]);
        }
    }

    // The cause goes before its flag: the chip keeps ERRIF as long as there is a cause.
    private void NoteErrors(int flags, int errors)
    {
        bool isBusOff = (errors & Mcp2515Register.TxBo) != 0;
        if (isBusOff && !_isBusOff)
        {
            BusOffCount++;
        }

        _isBusOff = isBusOff;
        int overruns = errors & (Mcp2515Register.Rx0Ovr | Mcp2515Register.Rx1Ovr);
        if (overruns != 0)
        {
            OverrunCount += overruns == (Mcp2515Register.Rx0Ovr | Mcp2515Register.Rx1Ovr) ? 2u : 1u;
            _spi.Transfer(_clearOverruns, null, _clearOverruns.Length);
        }

        if ((flags & Mcp2515Register.ErrIf) != 0)
        {
            _spi.Transfer(_clearError, null, _clearError.Length);
        }
    }

    /// <summary>Turns the buffer that was read into a frame. A remote frame has no data: its length is 0, and CanIf drops it.</summary>
    private void Take(CanFrame into)
    {
        byte[] bytes = _in;
        int low = bytes[2];
        int length = bytes[5] & 0x0F;
        uint identifier = (uint)((bytes[1] << 3) | (low >> 5));
        bool isRemote;
        if ((low & Mcp2515Register.Exide) == 0)
        {
            into.IsExtended = false;
            isRemote = (low & Mcp2515Register.Srr) != 0;
        }
        else
        {
            into.IsExtended = true;
            identifier = (identifier << 18) | (uint)(((low & 3) << 16) | (bytes[3] << 8) | bytes[4]);
            isRemote = (bytes[5] & Mcp2515Register.Rtr) != 0;
        }

        into.Identifier = identifier;
        into.Length = (byte)(isRemote ? 0 : length > 8 ? 8 : length);
        Array.Copy(bytes, 6, into.Data, 0, 8);
    }

    private byte ReadCounter(byte address)
    {
        _readCounter[1] = address;
        _spi.Transfer(_readCounter, _seen, 3);
        return _seen[2];
    }
}
