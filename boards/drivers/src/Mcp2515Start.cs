// Brings an MCP2515 from whatever state it is in onto the bus, one step a call: reset, filters and bit timing in
// configuration mode, all of it read back, then normal mode.
// Invariants: no call waits; only the frames of our identifiers pass the filters; a step that the chip does not
// answer is repeated for ever, and a fault names it meanwhile.
// The chip keeps its power when the processor restarts, so that nothing is assumed of it before its reset.
// Microchip DS20001801J §4.5 (filters), §5 (bit timing), §9 (reset), §10 (modes).
// Tests: tests/boards/drivers/Mcp2515StartTests.
namespace EsyncAgent.Drivers;

/// <summary>Start-up of an MCP2515.</summary>
internal sealed class Mcp2515Start
{
    // Questions without the right answer before a fault is reported: some tenths of a second of the agent's loop.
    private const int PollsMax = 1000;

    // Filters of RXB1: as many identifiers of signals, all of one format, can be received.
    private const int SignalFilterCount = 4;

    private const int ResetDue = 0;
    private const int AwaitConfigurationMode = 1;
    private const int AwaitNormalMode = 2;
    private const int OnBus = 3;

    private readonly ISpiPort _spi;
    private readonly bool _isTimingPossible;
    private readonly byte[] _reset = { Mcp2515Register.Reset };
    private readonly byte[] _askMode = { Mcp2515Register.Read, Mcp2515Register.CanStat, 0, 0 };
    private readonly byte[] _firstFilters = new byte[14];
    private readonly byte[] _otherFilters = new byte[14];
    private readonly byte[] _setting = new byte[16];
    private readonly byte[] _rollover = { Mcp2515Register.Write, Mcp2515Register.Rxb0Ctrl, Mcp2515Register.Bukt };
    private readonly byte[] _normalMode = { Mcp2515Register.Write, Mcp2515Register.CanCtrl, 0 };
    private readonly byte[] _readBack = new byte[16];
    private readonly byte[] _answer = new byte[16];
    private int _state;
    private int _polls;

    /// <summary>A start-up for a bus with this bit timing that lets the identifiers of this connection through.</summary>
    public Mcp2515Start(ISpiPort spi, CanBitTiming timing, CanIfConfig identifiers)
    {
        _spi = spi;
        _isTimingPossible = IsPossible(timing);
        if (!_isTimingPossible)
        {
            Fault = Mcp2515Fault.BitTimingOutOfRange;
        }

        BuildFilters(identifiers);
        BuildSetting(timing, identifiers.IsExtended, AreSignalsExtended(identifiers));
        _readBack[0] = Mcp2515Register.Read;
    }

    /// <summary>What is wrong.</summary>
    public Mcp2515Fault Fault { get; private set; }

    /// <summary>Takes the next step; true when the chip is on the bus.</summary>
    public bool Step()
    {
        switch (_state)
        {
            case ResetDue:
                if (_isTimingPossible)
                {
                    _spi.Transfer(_reset, null, 1);
                    Await(AwaitConfigurationMode);
                }

                break;
            case AwaitConfigurationMode:
                _spi.Transfer(_askMode, _answer, 4);
                if (_answer[2] == Mcp2515Register.CanStatAfterReset && _answer[3] == Mcp2515Register.CanCtrlAfterReset)
                {
                    Configure();
                }
                else if (IsPolledOut(Mcp2515Fault.NoAnswer))
                {
                    _state = ResetDue;
                }

                break;
            case AwaitNormalMode:
                _spi.Transfer(_askMode, _answer, 4);
                if ((_answer[2] & Mcp2515Register.ModeMask) == 0)
                {
                    _state = OnBus;
                    Fault = Mcp2515Fault.None;
                }
                else if (IsPolledOut(Mcp2515Fault.NotOnBus))
                {
                    _state = ResetDue;
                }

                break;
            default:
                break;
        }

        return _state == OnBus;
    }

    /// <summary>Writes an identifier as the chip has it everywhere: SIDH, SIDL, EID8, EID0.</summary>
    public static void WriteIdentifier(byte[] into, int offset, uint identifier, bool isExtended)
    {
        uint standard = isExtended ? identifier >> 18 : identifier;
        into[offset] = (byte)(standard >> 3);
        int low = (int)(standard & 7) << 5;
        if (isExtended)
        {
            low |= Mcp2515Register.Exide | (int)((identifier >> 16) & 3);
            into[offset + 2] = (byte)(identifier >> 8);
            into[offset + 3] = (byte)identifier;
        }
        else
        {
            into[offset + 2] = 0;
            into[offset + 3] = 0;
        }

        into[offset + 1] = (byte)low;
    }

    private static bool IsPossible(CanBitTiming timing)
    {
        return timing.Prescaler >= 1 && timing.Prescaler <= 64
            && timing.PropagationSegment >= 1 && timing.PropagationSegment <= 8
            && timing.PhaseSegment1 >= 1 && timing.PhaseSegment1 <= 8
            && timing.PhaseSegment2 >= 2 && timing.PhaseSegment2 <= 8
            && timing.SyncJumpWidth >= 1 && timing.SyncJumpWidth <= 4;
    }

    private void Await(int state)
    {
        _state = state;
        _polls = 0;
    }

    private bool IsPolledOut(Mcp2515Fault fault)
    {
        if (++_polls < PollsMax)
        {
            return false;
        }

        _polls = 0;
        Fault = fault;
        return true;
    }

    private void Configure()
    {
        _spi.Transfer(_firstFilters, null, _firstFilters.Length);
        _spi.Transfer(_otherFilters, null, _otherFilters.Length);
        _spi.Transfer(_setting, null, _setting.Length);
        if (!Agrees(_firstFilters) || !Agrees(_otherFilters) || !Agrees(_setting))
        {
            Fault = Mcp2515Fault.Disagrees;
            _state = ResetDue;
            return;
        }

        _spi.Transfer(_rollover, null, _rollover.Length);
        _spi.Transfer(_normalMode, null, _normalMode.Length);
        Await(AwaitNormalMode);
    }

    private bool Agrees(byte[] written)
    {
        _readBack[1] = written[1];
        _spi.Transfer(_readBack, _answer, written.Length);
        for (int i = 2; i < written.Length; i++)
        {
            if (_answer[i] != written[i])
            {
                return false;
            }
        }

        return true;
    }

    // RXB0 has filters 0 and 1 for the connection, and what it has no room for goes to RXB1. The four filters of RXB1 take the
    // frames that signals are read from, which have a mask and therefore a format of their own; they cannot be switched off, so
    // that those left over repeat another identifier.
    private void BuildFilters(CanIfConfig identifiers)
    {
        _firstFilters[0] = Mcp2515Register.Write;
        _firstFilters[1] = Mcp2515Register.Rxf0Sidh;
        _otherFilters[0] = Mcp2515Register.Write;
        _otherFilters[1] = Mcp2515Register.Rxf3Sidh;
        WriteIdentifier(_firstFilters, 2, identifiers.PhysicalRxId, identifiers.IsExtended);
        WriteIdentifier(_firstFilters, 6, identifiers.PhysicalRxId, identifiers.IsExtended);
        uint[] signals = identifiers.SignalRxIds;
        bool areSignalsExtended = AreSignalsExtended(identifiers);
        for (int i = 0; i < SignalFilterCount; i++)
        {
            uint identifier = signals.Length == 0 ? identifiers.PhysicalRxId : signals[i < signals.Length ? i : 0] & ~CanIfConfig.ExtendedBit;
            WriteIdentifier(i == 0 ? _firstFilters : _otherFilters, i == 0 ? 10 : (i * 4) - 2, identifier, areSignalsExtended);
        }

        if (identifiers.FunctionalRxId != uint.MaxValue)
        {
            WriteIdentifier(_firstFilters, 6, identifiers.FunctionalRxId, identifiers.IsExtended);
        }
    }

    private static bool AreSignalsExtended(CanIfConfig identifiers)
    {
        uint[] signals = identifiers.SignalRxIds;
        return signals.Length == 0 ? identifiers.IsExtended : (signals[0] & CanIfConfig.ExtendedBit) != 0;
    }

    // The two masks, CNF3, CNF2, CNF1, CANINTE, CANINTF and EFLG lie in a row. With 11 bits the mask's last two bytes would
    // compare the first two data bytes: they stay 0.
    private void BuildSetting(CanBitTiming timing, bool isExtended, bool areSignalsExtended)
    {
        _setting[0] = Mcp2515Register.Write;
        _setting[1] = Mcp2515Register.Rxm0Sidh;
        for (int offset = 2; offset < 10; offset += 4)
        {
            bool isWide = offset == 2 ? isExtended : areSignalsExtended;
            WriteIdentifier(_setting, offset, isWide ? 0x1FFFFFFFu : 0x7FFu, isWide);
            _setting[offset + 1] &= 0xE3; // masks have no EXIDE
        }

        _setting[10] = (byte)(timing.PhaseSegment2 - 1);
        _setting[11] = (byte)(0x80 | ((timing.PhaseSegment1 - 1) << 3) | (timing.PropagationSegment - 1)); // BTLMODE: CNF3 counts
        _setting[12] = (byte)(((timing.SyncJumpWidth - 1) << 6) | (timing.Prescaler - 1));
        _setting[13] = Mcp2515Register.Rx0If | Mcp2515Register.Rx1If | Mcp2515Register.ErrIf;
    }
}
