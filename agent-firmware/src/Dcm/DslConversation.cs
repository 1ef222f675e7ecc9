// One request at a time from reception to the end of its response: P2, P2*, response pending, suppression, and what
// others hear meanwhile (ISO 14229-2:2013 §7.2, ISO 14229-1:2020 §8.7).
// Invariants: exactly one final response or none; 78 leaves before P2 and then before each P2* has run out; after a 78
// the final response is sent whatever the suppress bit or the functional address say; no 21 to others ever holds a 78 or
// the final response back; the request's buffer is given back when the response is handed to the transport, so that the
// next request may arrive while this one is confirmed.
// Must not know any service.
// Tests: tests/agent-firmware/Dcm/ResponseTimingTests.cs, SecondTesterTests.cs, FunctionalAddressingTests.cs.
namespace EsyncAgent;

/// <summary>Serves requests and sends responses.</summary>
public sealed class DslConversation
{
    private const byte NegativeResponse = 0x7F;
    private const byte TesterPresent = 0x3E;
    private const byte ZeroSubFunctionSuppressed = 0x80;

    // Longest wait for the response to 11 to be taken by the controller, and the time that it then gets to win the bus:
    // a driver tells when it took a frame, not when the frame has left.
    private const uint ResetWaitMsMax = 1000;
    private const uint ResetGraceMs = 10;

    private enum Phase : byte
    {
        Idle,
        Serving,
        Answering,
        Sending,
    }

    private readonly CanTp _canTp;
    private readonly Dsd _dsd;
    private readonly DslSession _session;
    private readonly DslReception _reception;
    private readonly DcmMessage _message;
    private readonly byte[] _shortResponse = new byte[3];
    private readonly uint _p2PendingMs;
    private readonly uint _p2StarPendingMs;
    private Phase _phase;
    private bool _isShortUnderWay;
    private bool _isConfirmed;
    private bool _isPendingSent;
    private uint _timerMs;
    private uint _limitMs;

    /// <summary>Makes the conversation.</summary>
    public DslConversation(DcmConfig config, CanTp canTp, Dsd dsd, DslSession session, DslReception reception)
    {
        _canTp = canTp;
        _dsd = dsd;
        _session = session;
        _reception = reception;
        _message = new DcmMessage(config.ResponseLengthMax);

        _p2PendingMs = Early(config.P2ServerMsMax, config.TurnMsMax);
        _p2StarPendingMs = Early(config.P2StarServerMsMax, config.TurnMsMax);
    }

    /// <summary>True while there is something to do: a request waits or is served, or a response is on its way.</summary>
    public bool IsActive
    {
        get { return _phase != Phase.Idle || _reception.IsWaiting; }
    }

    /// <summary>The transport is done with the message that was handed to it, well or badly.</summary>
    public void TxConfirmation()
    {
        if (_isShortUnderWay)
        {
            _isShortUnderWay = false;
        }
        else
        {
            _isConfirmed = true;
        }
    }

    /// <summary>Brings the conversation forward; needless unless <see cref="IsActive"/>.</summary>
    public void MainFunction(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Idle:
                Begin(nowMs);
                break;
            case Phase.Serving:
                // The one who is served comes first: or whoever asks without pause would keep the transport from the answer.
                Settle(_dsd.Continue(_message), nowMs);
                if (_phase == Phase.Serving)
                {
                    AnswerAside();
                }

                break;
            case Phase.Answering:
                Send(nowMs);
                break;
            default:
                AwaitEnd(nowMs);
                break;
        }
    }

    private void Begin(uint nowMs)
    {
        if (!_reception.Take(_message))
        {
            return;
        }

        _phase = Phase.Serving;
        _timerMs = nowMs;
        _limitMs = _p2PendingMs;
        _isPendingSent = false;
        Settle(_dsd.Start(_message), nowMs);
    }

    private void Settle(StdReturn result, uint nowMs)
    {
        if (result == StdReturn.Pending)
        {
            SendPendingInTime(nowMs);
            return;
        }

        if (result == StdReturn.Ok && _message.ResponseLength > _message.ResponseLengthMax)
        {
            result = _message.Refuse(Nrc.ResponseTooLong);
        }

        bool isSilent = result == StdReturn.Ok ? _message.IsPositiveSuppressed : _message.IsFunctional && IsSilentWhenFunctional(_message.RefusedWith);
        if (isSilent && !_isPendingSent)
        {
            Finish();
            return;
        }

        if (result != StdReturn.Ok)
        {
            ComposeNegative(_message.Response, _message.Sid, _message.RefusedWith);
            _message.ResponseLength = 3;
        }

        _phase = Phase.Answering;
        Send(nowMs);
    }

    // ISO 14229-1:2020 §8.7.3.2 and §8.7.4.2: a server that is not meant keeps silent on a request to all.
    private static bool IsSilentWhenFunctional(byte nrc)
    {
        return nrc == Nrc.ServiceNotSupported
            || nrc == Nrc.SubFunctionNotSupported
            || nrc == Nrc.RequestOutOfRange
            || nrc == Nrc.SubFunctionNotSupportedInActiveSession
            || nrc == Nrc.ServiceNotSupportedInActiveSession;
    }

    // A tenth of the limit is kept for the transmit queue and a busy bus, or a long turn where there may be one.
    private static uint Early(int limitMs, int turnMs)
    {
        int tenth = limitMs / 10;
        return (uint)(limitMs - (turnMs > tenth ? turnMs : tenth));
    }

    private static void ComposeNegative(byte[] into, byte sid, byte nrc)
    {
        into[0] = NegativeResponse;
        into[1] = sid;
        into[2] = nrc;
    }

    private void SendPendingInTime(uint nowMs)
    {
        if (nowMs - _timerMs >= _limitMs && SendShort(_message.Sid, Nrc.ResponsePending))
        {
            _isPendingSent = true;
            _timerMs = nowMs;
            _limitMs = _p2StarPendingMs;
        }
    }

    private bool SendShort(byte sid, byte nrc)
    {
        if (_canTp.IsTransmitting)
        {
            return false;
        }

        ComposeNegative(_shortResponse, sid, nrc);
        _isShortUnderWay = _canTp.Transmit(_shortResponse, 0, (uint)_shortResponse.Length) == StdReturn.Ok;
        return _isShortUnderWay;
    }

    private void Send(uint nowMs)
    {
        // Refused while a 78 or a 21 is still on its way: again in the next cycle.
        if (_canTp.Transmit(_message.Response, 0, (uint)_message.ResponseLength) != StdReturn.Ok)
        {
            return;
        }

        _reception.Release();
        _isConfirmed = false;
        _phase = Phase.Sending;
        _timerMs = nowMs;
        _limitMs = ResetWaitMsMax;
    }

    private void AwaitEnd(uint nowMs)
    {
        if (!_session.IsResetScheduled)
        {
            if (_isConfirmed)
            {
                Finish();
                Begin(nowMs);
            }

            return;
        }

        if (_isConfirmed)
        {
            _isConfirmed = false;
            _timerMs = nowMs;
            _limitMs = ResetGraceMs;
        }

        if (nowMs - _timerMs >= _limitMs)
        {
            Finish();
        }
    }

    // What arrives while a request is served: TesterPresent without response needs no more than not to disturb, since
    // S3 stands still; anything else is to be repeated (NRC 21), as far as the transport is free to say so.
    private void AnswerAside()
    {
        if (!_reception.IsSmallWaiting)
        {
            return;
        }

        byte[] request = _reception.Small;
        bool isKeepAlive = _reception.SmallLength == 2 && request[0] == TesterPresent && request[1] == ZeroSubFunctionSuppressed;
        if (!isKeepAlive)
        {
            SendShort(request[0], Nrc.BusyRepeatRequest);
        }

        _reception.ReleaseSmall();
    }

    private void Finish()
    {
        _phase = Phase.Idle;
        _reception.Release();
        if (_session.IsResetScheduled)
        {
            _reception.Close();
            _session.Reset();
        }
    }
}
