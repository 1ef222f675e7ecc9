// A Microchip MCP2515 at register and SPI byte level, as a node of the virtual bus.
// It keeps what it holds over a reset of the processor; only a power cut empties it. With CNF1 to CNF3 that do not give
// the bus's bit rate it hears nothing but errors and sends nothing.
// An access is made at the processor's moment, which may lie within a turn and ahead of the bus.
// Left out, for no driver here asks for it: one-shot mode, sleep with wake-up, loopback, the RXnBF and TXnRTS pins, MLOA;
// asking for one of the modes is noted in Misuses. A chip with a wrong bit time does not disturb the others.
// Microchip DS20001801J §4 (reception), §9 (reset), §10 (modes), §12 (SPI).
// Tests: tests/host-sim/Devices.
using EsyncAgent.Drivers;
using EsyncSim.Bus;

namespace EsyncSim.Devices;

/// <summary>An MCP2515 with its crystal.</summary>
public sealed class Mcp2515Chip : CanControllerModel, ISpiPort, IInterruptPin
{
    private const int ModeMask = 0xE0;
    private const int Normal = 0x00;
    private const int ListenOnly = 0x60;
    private const int Configuration = 0x80;
    private const int AbortAll = 0x10;
    private const int OneShot = 0x08;
    private const int Rollover = 0x04;
    private const int RecessiveBits = 11;
    private const int StartUpClocks = 128;
    private readonly int _crystalHz;
    private readonly Mcp2515Memory _memory = new();
    private readonly Mcp2515TransmitBuffers _buffers;
    private readonly Mcp2515Acceptance _acceptance;
    private readonly Mcp2515ReceiveBuffers _received;
    private readonly Mcp2515Errors _errors;
    private readonly Mcp2515Spi _spi;
    private readonly SimEvent _join;
    private readonly SimEvent _select;
    private int _offered = Mcp2515TransmitBuffers.None;
    private bool _isAbortWished;
    private bool _isPowered;
    private bool _isInStep;
    private long _readyNs;

    /// <summary>Makes a chip without power on a bus; cheap modules have crystals of 8 or 16 MHz.</summary>
    public Mcp2515Chip(VirtualBus bus, string name, int crystalHz = 16_000_000)
        : base(bus, name)
    {
        _crystalHz = crystalHz;
        _buffers = new Mcp2515TransmitBuffers(_memory);
        _acceptance = new Mcp2515Acceptance(_memory);
        _received = new Mcp2515ReceiveBuffers(_memory);
        _errors = new Mcp2515Errors(_memory, this);
        _spi = new Mcp2515Spi(this);
        _join = bus.Time.CreateEvent(OnJoin);
        _select = bus.Time.CreateEvent(OfferBest);
    }

    /// <summary>What a driver did that the data sheet forbids; empty for a good one.</summary>
    public IReadOnlyList<string> Misuses => _memory.Misuses;

    /// <summary>The INT pin: low while an enabled interrupt flag is set.</summary>
    public bool IsActive => _isPowered && (_memory[Mcp2515Memory.CANINTF] & _memory[Mcp2515Memory.CANINTE]) != 0;

    private int Mode => _memory[Mcp2515Memory.CANSTAT] & ModeMask;

    /// <summary>One transaction; the moment at which it is made is that of its end, when CS rises.</summary>
    public void Transfer(byte[] write, byte[]? read, int count)
    {
        if (_isPowered && ProcessorNs < _readyNs)
        {
            _memory.Misuses.Add("SPI used before the oscillator start-up time is over");
        }

        if (!_isPowered || ProcessorNs < _readyNs)
        {
            read?.AsSpan(0, count).Fill(0xFF);
            return;
        }

        _spi.Transfer(write, read, count);
    }

    /// <summary>The chip's register as the processor would read it, without SPI: for tests and tools.</summary>
    public byte ReadRegister(int address)
    {
        address = Mcp2515Memory.Canonical(address);
        return address switch
        {
            Mcp2515Memory.CANSTAT => (byte)(Mode | (_memory.InterruptCode << 1)),
            Mcp2515Memory.TEC => (byte)_errors.TransmitErrorCounter,
            Mcp2515Memory.REC => (byte)_errors.ReceiveErrorCounter,
            Mcp2515Memory.EFLG => (byte)_errors.Flags,
            _ => _memory.Read(address),
        };
    }

    /// <inheritdoc/>
    protected internal override bool Accepts(uint identifier, bool isExtended) =>
        !_isInStep || _acceptance.MayPass(identifier, isExtended);

    /// <inheritdoc/>
    protected internal override void OnReceived(in BusFrame frame)
    {
        if (!_isInStep)
        {
            bool wasActive = IsActive;
            _errors.CountGarbled();
            WakeIf(wasActive);
            return;
        }

        int filter = _acceptance.Match(frame);
        if (filter == Mcp2515Acceptance.NoFilter)
        {
            return;
        }

        int overflow = _received.Take(frame, filter, Bus.Time.NowNs);
        if (overflow != Mcp2515ReceiveBuffers.NoOverflow)
        {
            LostCount++;
            _errors.CountOverflow(overflow);
        }

        FrameArrived?.Invoke();
    }

    /// <inheritdoc/>
    protected internal override void OnTransmitted(in BusFrame frame)
    {
        _errors.CountSent();
        _errors.Update();
        _buffers.Sent(_offered);
        _offered = Mcp2515TransmitBuffers.None;
        _isAbortWished = false;
        ChangeMode();
        OfferBest();
        FrameSent?.Invoke();
    }

    /// <inheritdoc/>
    protected internal override void OnReceiveError()
    {
        bool wasActive = IsActive;
        _errors.CountReceiveError();
        WakeIf(wasActive);
    }

    /// <inheritdoc/>
    protected internal override void OnTransmitError()
    {
        _buffers.Failed(_offered);
        if (_isAbortWished)
        {
            GiveUpOffered();
        }

        bool wasActive = IsActive;
        _errors.CountTransmitError();
        WakeIf(wasActive);
    }

    /// <inheritdoc/>
    protected internal override void OnBusOff()
    {
        bool wasActive = IsActive;
        _errors.Update();
        WakeIf(wasActive);
    }

    /// <inheritdoc/>
    protected internal override void OnBusOffRecovered()
    {
        _errors.Recover();
        OfferBest();
    }

    /// <inheritdoc/>
    protected override void OnPowerOn()
    {
        _isPowered = true;
        _memory.PowerOn();
        StartOscillator();
    }

    /// <inheritdoc/>
    protected override void OnCleared()
    {
        _isPowered = false;
        Stop();
    }

    /// <summary>RESET.</summary>
    internal void Reset()
    {
        SetOnline(false);
        Stop();
        _memory.Reset();
        StartOscillator();
    }

    /// <summary>A byte of WRITE or BIT MODIFY.</summary>
    internal void WriteRegister(int address, int value, int mask)
    {
        address = Mcp2515Memory.Canonical(address);
        int bits = _memory.WritableBits(address) & mask;
        switch (address)
        {
            case Mcp2515Memory.CANINTF:
                // ERRIF stays while its condition does.
                int kept = _errors.Flags != 0 ? _memory[address] & Mcp2515Errors.ErrorInterrupt : 0;
                int freed = _memory[address] & bits & ~value;
                _memory[address] = (byte)((_memory[address] & ~bits) | (value & bits) | kept);
                _received.Release(freed, ProcessorNs);
                break;
            case 0x30 or 0x40 or 0x50:
                WriteTransmitControl((address >> 4) - 3, value, bits);
                break;
            default:
                _memory[address] = (byte)((_memory[address] & ~bits) | (value & bits));
                AfterWrite(address);
                break;
        }
    }

    /// <summary>RTS, or TXREQ set.</summary>
    internal void Request(int buffer)
    {
        _buffers.Request(buffer, ProcessorNs);
        OfferBest();
    }

    /// <summary>READ RX BUFFER has ended.</summary>
    internal void ReleaseReceived(int buffer) => _received.Release(1 << buffer, ProcessorNs);

    /// <summary>Notes what the data sheet forbids.</summary>
    internal void NoteMisuse(string misuse) => _memory.Misuses.Add(misuse);

    private void WriteTransmitControl(int buffer, int value, int bits)
    {
        _memory.Set(0x30 + (buffer << 4), value & bits & 3, bits & 3);
        if ((bits & 0x08) == 0)
        {
            return;
        }

        if ((value & 0x08) != 0)
        {
            Request(buffer);
        }
        else if (_buffers.IsPending(buffer))
        {
            Abort(buffer);
        }
    }

    private void AfterWrite(int address)
    {
        switch (address)
        {
            case Mcp2515Memory.CANCTRL:
                if ((_memory[address] & OneShot) != 0 || (_memory[address] & ModeMask) is not (Normal or ListenOnly or Configuration))
                {
                    _memory.Misuses.Add($"CANCTRL = {_memory[address]:X2}: this model has configuration, normal and listen-only mode, and no one-shot mode");
                }

                for (int buffer = 0; (_memory[address] & AbortAll) != 0 && buffer < Mcp2515TransmitBuffers.Count; buffer++)
                {
                    Abort(buffer);
                }

                ChangeMode();
                OfferBest();
                break;
            case Mcp2515Memory.RXB0CTRL:
                _memory.Set(address, (_memory[address] & Rollover) >> 1, Rollover >> 1); // BUKT1 repeats BUKT
                FiltersChanged();
                break;
            case Mcp2515Memory.RXB1CTRL:
                FiltersChanged();
                break;
        }
    }

    private void Abort(int buffer)
    {
        if (buffer != _offered)
        {
            _buffers.Abort(buffer);
        }
        else if (IsSending)
        {
            _isAbortWished = true; // it is finished, unless it fails
        }
        else
        {
            GiveUpOffered();
            OfferBest();
        }
    }

    private void GiveUpOffered()
    {
        int buffer = _offered;
        _offered = Mcp2515TransmitBuffers.None;
        _isAbortWished = false;
        Withdraw();
        _buffers.Abort(buffer);
    }

    private void ChangeMode()
    {
        int wished = _memory[Mcp2515Memory.CANCTRL] & ModeMask;
        if (wished == Mode)
        {
            _join.Cancel();
            return;
        }

        if (Mode == Normal && _buffers.IsAnyPending)
        {
            return; // pending frames go first
        }

        if (wished is Normal or ListenOnly)
        {
            _join.At(ProcessorNs + Bus.BitsToNs(RecessiveBits));
        }
        else if (wished == Configuration)
        {
            _join.Cancel();
            SetOnline(false);
            _memory.Set(Mcp2515Memory.CANSTAT, wished, ModeMask);
        }
    }

    // Eleven recessive bits: of an idle bus, or acknowledge delimiter, end of frame and interframe space.
    private void OnJoin()
    {
        if (Bus.FreeNs > Bus.Time.NowNs)
        {
            _join.At(Bus.FreeNs);
            return;
        }

        Mcp2515BitTime bitTime = new(_memory[Mcp2515Memory.CNF1], _memory[Mcp2515Memory.CNF2], _memory[Mcp2515Memory.CNF3]);
        if (!bitTime.IsAllowed)
        {
            _memory.Misuses.Add($"CNF1 to CNF3 = {bitTime.Cnf1:X2} {bitTime.Cnf2:X2} {bitTime.Cnf3:X2} break the rules between the segments");
        }

        _isInStep = bitTime.Gives(Bus.BitRate, _crystalHz);
        _memory.Set(Mcp2515Memory.CANSTAT, _memory[Mcp2515Memory.CANCTRL] & ModeMask, ModeMask);
        SetOnline(true);
        FiltersChanged();
        OfferBest();
    }

    private void OfferBest()
    {
        if (!_isInStep || !IsOnline || Mode != Normal || IsSending || (_memory[Mcp2515Memory.CANCTRL] & AbortAll) != 0)
        {
            return;
        }

        int best = _buffers.Best(Bus.Time.NowNs, out long laterNs);
        if (laterNs != long.MaxValue)
        {
            _select.At(laterNs);
        }

        if (best != Mcp2515TransmitBuffers.None && (best != _offered || !HasOffer))
        {
            _offered = best;
            Offer(_buffers.FrameOf(best));
        }
    }

    // Whoever sleeps until a frame comes is woken by the pin, which an error pulls as well.
    private void WakeIf(bool wasActive)
    {
        if (IsActive && !wasActive)
        {
            FrameArrived?.Invoke();
        }
    }

    private void StartOscillator() => _readyNs = ProcessorNs + (StartUpClocks * VirtualTime.NsPerSecond / _crystalHz);

    private void Stop()
    {
        _join.Cancel();
        _select.Cancel();
        _offered = Mcp2515TransmitBuffers.None;
        _isAbortWished = false;
        _isInStep = false;
        _received.Clear();
        _errors.Clear();
    }
}
