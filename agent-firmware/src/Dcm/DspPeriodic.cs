// The periodic scheduler of service 2A (ISO 14229-1:2020 §11.5): which identifiers are sent, at which rate, and when.
// A response is one unacknowledged frame with an identifier of its own: periodic identifier, up to seven bytes, padding.
// Invariants: one frame a millisecond at the most, so that a response that waits meets few of them; identifiers of one rate are spread over
// its period; a turn in which nothing is due costs next to nothing; values are taken when the frame leaves; a frame that comes too late for its period is left out, never caught up. One
// frame waits in the queue at the most, beside whatever response, and who answers late keeps nobody else. Ends with the extended session.
// Must not know CAN identifiers.
// Tests: tests/agent-firmware/Dcm/DspPeriodicTests.cs, Sid2AReadDataByPeriodicIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Sends data records without being asked again.</summary>
public sealed class DspPeriodic
{
    /// <summary>Most data bytes of one frame, behind the periodic identifier.</summary>
    public const int DataLengthMax = 7;

    private const int FrameLength = 8;
    private const int DataOffset = 1;
    private const int Nothing = -1;
    private const byte Padding = 0xCC;
    private const ushort FirstIdentifier = 0xF200;

    private readonly CanIf _canIf;
    private readonly DslSession _session;
    private readonly DspDynamics _dynamics;
    private readonly SignalTable _signals;
    private readonly DspReader _reader;
    private readonly DspReader _lateReader;
    private readonly uint[] _periodMs;
    private readonly ushort[] _identifiers;
    private readonly byte[] _rates;
    private readonly bool[] _isTimed;
    private readonly uint[] _dueMs;
    private readonly byte[] _frame = new byte[FrameLength];
    private readonly byte[] _lateFrame = new byte[FrameLength];
    private uint _nowMs;
    private uint _wakeMs;
    private bool _isAsleep;
    private int _next;
    private int _late = Nothing;

    /// <summary>Makes it; nothing is sent.</summary>
    public DspPeriodic(DcmParts parts)
    {
        _canIf = parts.CanIf;
        _session = parts.Session;
        _dynamics = parts.Dynamics;
        _signals = parts.Data.Signals;
        _reader = new DspReader(parts, DspAsker.Periodic);
        _lateReader = new DspReader(parts, DspAsker.Periodic);
        DcmConfig config = parts.Config;
        _periodMs = new uint[] { 0, config.PeriodicSlowMs, config.PeriodicMediumMs, config.PeriodicFastMs };
        _identifiers = new ushort[config.PeriodicCountMax];
        _rates = new byte[config.PeriodicCountMax];
        _isTimed = new bool[config.PeriodicCountMax];
        _dueMs = new uint[config.PeriodicCountMax];
    }

    /// <summary>Identifiers that are being sent.</summary>
    public int Count { get; private set; }

    /// <summary>Most identifiers that can be sent at a time.</summary>
    public int CountMax
    {
        get { return _rates.Length; }
    }

    /// <summary>The data identifier that a periodic identifier stands for.</summary>
    public static ushort IdentifierOf(byte periodicIdentifier)
    {
        return (ushort)(FirstIdentifier | periodicIdentifier);
    }

    /// <summary>True when the identifier exists, fits into one frame, and there is a CAN identifier to send it with.</summary>
    public bool IsSupported(ushort identifier)
    {
        if (!_canIf.HasPeriodicIdentifier)
        {
            return false;
        }

        int signal = _signals.IndexOf(identifier);
        int length = signal >= 0 ? _signals.RecordLength(signal) : _dynamics.LengthOf(identifier);
        return length > 0 && length <= DataLengthMax;
    }

    /// <summary>True while the identifier is being sent.</summary>
    public bool IsScheduled(ushort identifier)
    {
        return SlotOf(identifier) != Nothing;
    }

    /// <summary>
    /// Sends an identifier at a rate from now on, 1 slow to 3 fast. One that is sent at this rate already goes on undisturbed. The caller
    /// sees to it that there is room.
    /// </summary>
    public void Schedule(ushort identifier, byte rate)
    {
        int slot = SlotOf(identifier);
        if (slot == Nothing)
        {
            slot = 0;
            while (_rates[slot] != 0)
            {
                slot++;
            }

            _identifiers[slot] = identifier;
            Count++;
        }

        if (_rates[slot] != rate)
        {
            _rates[slot] = rate;
            _isTimed[slot] = false;
            _isAsleep = false;
        }
    }

    /// <summary>Stops one identifier; nothing happens when it is not being sent.</summary>
    public void Stop(ushort identifier)
    {
        int slot = SlotOf(identifier);
        if (slot != Nothing)
        {
            StopSlot(slot);
        }
    }

    /// <summary>Stops all identifiers.</summary>
    public void StopAll()
    {
        for (int slot = 0; slot < _rates.Length; slot++)
        {
            StopSlot(slot);
        }
    }

    /// <summary>Stops the identifiers that were dynamically defined.</summary>
    public void StopDefined()
    {
        for (int slot = 0; slot < _rates.Length; slot++)
        {
            if (_dynamics.IsDefined(_identifiers[slot]))
            {
                StopSlot(slot);
            }
        }
    }

    /// <summary>Sends what is due. Only called while <see cref="Count"/> is not zero.</summary>
    public void MainFunction(uint nowMs)
    {
        if (nowMs == _nowMs)
        {
            return;
        }

        _nowMs = nowMs;
        if (!_session.IsIn(DcmSession.InExtended))
        {
            StopAll();
            return;
        }

        if (_isAsleep && (int)(nowMs - _wakeMs) < 0)
        {
            return;
        }

        _isAsleep = false;
        bool isWaiting = false;
        _wakeMs = nowMs + int.MaxValue;
        for (int tried = 0; tried < _rates.Length; tried++)
        {
            int slot = _next;
            if (_rates[slot] != 0 && IsDue(slot, nowMs))
            {
                isWaiting = true;
                StdReturn result = Send(slot);
                if (result == StdReturn.NotOk)
                {
                    return;
                }

                if (result == StdReturn.Ok)
                {
                    Advance(slot, nowMs);
                    MoveOn();
                    return;
                }
            }

            MoveOn();
        }

        _isAsleep = !isWaiting;
    }

    private int SlotOf(ushort identifier)
    {
        for (int slot = 0; slot < _rates.Length; slot++)
        {
            if (_rates[slot] != 0 && _identifiers[slot] == identifier)
            {
                return slot;
            }
        }

        return Nothing;
    }

    private void StopSlot(int slot)
    {
        if (_rates[slot] == 0)
        {
            return;
        }

        _rates[slot] = 0;
        Count--;
        if (_late == slot)
        {
            _late = Nothing;
            _lateReader.Restart();
        }
    }

    private void MoveOn()
    {
        _next = _next + 1 == _rates.Length ? 0 : _next + 1;
    }

    // Each slot has its place in the period of its rate, so that identifiers of one rate do not meet.
    private bool IsDue(int slot, uint nowMs)
    {
        uint periodMs = _periodMs[_rates[slot]];
        if (!_isTimed[slot])
        {
            _isTimed[slot] = true;
            uint phaseMs = (uint)slot * periodMs / (uint)_rates.Length;
            _dueMs[slot] = nowMs + periodMs - ((nowMs + periodMs - phaseMs) % periodMs);
        }

        uint lateMs = nowMs - _dueMs[slot];
        if ((int)lateMs < 0)
        {
            _wakeMs = (int)(_dueMs[slot] - _wakeMs) < 0 ? _dueMs[slot] : _wakeMs;
            return false;
        }

        if (lateMs >= periodMs)
        {
            Advance(slot, nowMs);
            _dueMs[slot] -= periodMs;
        }

        return true;
    }

    private void Advance(int slot, uint nowMs)
    {
        uint periodMs = _periodMs[_rates[slot]];
        _dueMs[slot] += (((nowMs - _dueMs[slot]) / periodMs) + 1) * periodMs;
    }

    // Ok: sent, or there is nothing to send; its next time is in the next period. NotOk: the queue has no room for periodic data.
    // Pending: the application has not answered yet.
    private StdReturn Send(int slot)
    {
        ushort identifier = _identifiers[slot];
        bool isLate = _dynamics.AsksApplication(identifier);
        if (isLate && _late != Nothing && _late != slot)
        {
            return StdReturn.Pending;
        }

        byte[] frame = isLate ? _lateFrame : _frame;
        int length = (isLate ? _lateReader : _reader).Read(identifier, frame, DataOffset);
        if (isLate)
        {
            _late = length == DspRecords.NotYet ? slot : Nothing;
        }

        if (length < 0)
        {
            return length == DspRecords.NotYet ? StdReturn.Pending : StdReturn.Ok;
        }

        frame[0] = (byte)identifier;
        Bytes.Fill(frame, DataOffset + length, DataLengthMax - length, Padding);
        return _canIf.TransmitPeriodic(frame, FrameLength) ? StdReturn.Ok : StdReturn.NotOk;
    }
}
