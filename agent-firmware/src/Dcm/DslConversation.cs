// One request at a time from reception to the end of its response: P2, P2*, response pending, suppression, and what
// others hear meanwhile (ISO 14229-2:2013 §7.2 and §7.4, ISO 14229-1:2020 §8.7).
// Invariants: exactly one final response or none; 78 leaves before P2 and then before each P2* has run out; after a 78
// the final response is sent whatever the suppress bit or the functional address say; the request's buffer is given
// back when the response is handed to the transport, so that the next request may arrive while this one is confirmed.
// Must not know any service.
// Tests: tests/agent-firmware/Dcm/ResponseTimingTests.cs, SecondTesterTests.cs, FunctionalAddressingTests.cs.
namespace EsyncAgent;

/// <summary>Serves requests and sends responses.</summary>
public sealed class DslConversation
{
    private const byte NegativeResponse = 0x7F;
    private const byte TesterPresent = 0x3E;
    private const byte ZeroSubFunctionSuppressed = 0x80;
    private const uint ResetWaitMsMax = 1000;

    private enum Phase : byte
    {
        Idle,
        Serving,
        Answering,
        Sending,
    }

    private readonly CanTp canTp;
    private readonly Dsd dsd;
    private readonly DslSession session;
    private readonly DslReception reception;
    private readonly DcmMessage message;
    private readonly byte[] shortResponse = new byte[3];
    private readonly uint p2PendingMs;
    private readonly uint p2StarPendingMs;
    private Phase phase;
    private bool isShortUnderWay;
    private bool isConfirmed;
    private bool isPendingSent;
    private uint timerMs;
    private uint limitMs;

    /// <summary>Makes the conversation.</summary>
    public DslConversation(DcmConfig config, CanTp canTp, Dsd dsd, DslSession session, DslReception reception)
    {
        this.canTp = canTp;
        this.dsd = dsd;
        this.session = session;
        this.reception = reception;
        message = new DcmMessage(config.MessageLengthMax);

        // A tenth of the limit is kept for the cycle, the transmit queue and a busy bus.
        p2PendingMs = (uint)(config.P2ServerMsMax - (config.P2ServerMsMax / 10));
        p2StarPendingMs = (uint)(config.P2StarServerMsMax - (config.P2StarServerMsMax / 10));
    }

    /// <summary>True while there is something to do: a request waits or is served, or a response is on its way.</summary>
    public bool IsActive
    {
        get { return phase != Phase.Idle || reception.IsWaiting; }
    }

    /// <summary>The transport is done with the message that was handed to it, well or badly.</summary>
    public void TxConfirmation()
    {
        if (isShortUnderWay)
        {
            isShortUnderWay = false;
        }
        else
        {
            isConfirmed = true;
        }
    }

    /// <summary>Brings the conversation forward; needless unless <see cref="IsActive"/>.</summary>
    public void MainFunction(uint nowMs)
    {
        switch (phase)
        {
            case Phase.Idle:
                Begin(nowMs);
                break;
            case Phase.Serving:
                AnswerAside();
                Settle(dsd.Continue(message), nowMs);
                break;
            case Phase.Answering:
                AnswerAside();
                Send(nowMs);
                break;
            default:
                if (isConfirmed || (session.IsResetScheduled && nowMs - timerMs >= ResetWaitMsMax))
                {
                    Finish();
                }

                break;
        }
    }

    private void Begin(uint nowMs)
    {
        if (!reception.Take(message))
        {
            return;
        }

        phase = Phase.Serving;
        timerMs = nowMs;
        limitMs = p2PendingMs;
        isPendingSent = false;
        Settle(dsd.Start(message), nowMs);
    }

    private void Settle(StdReturn result, uint nowMs)
    {
        if (result == StdReturn.Pending)
        {
            SendPendingInTime(nowMs);
            return;
        }

        if (result == StdReturn.Ok && message.ResponseLength > message.ResponseLengthMax)
        {
            result = message.Refuse(Nrc.ResponseTooLong);
        }

        bool isSilent = result == StdReturn.Ok ? message.IsPositiveSuppressed : message.IsFunctional && IsSilentWhenFunctional(message.RefusedWith);
        if (isSilent && !isPendingSent)
        {
            Finish();
            return;
        }

        if (result != StdReturn.Ok)
        {
            ComposeNegative(message.Response, message.Sid, message.RefusedWith);
            message.ResponseLength = 3;
        }

        phase = Phase.Answering;
        Send(nowMs);
    }

    // ISO 14229-1:2020 §8.7.4: a server that is not meant keeps silent on a request to all.
    private static bool IsSilentWhenFunctional(byte nrc)
    {
        return nrc == Nrc.ServiceNotSupported
            || nrc == Nrc.SubFunctionNotSupported
            || nrc == Nrc.RequestOutOfRange
            || nrc == Nrc.SubFunctionNotSupportedInActiveSession
            || nrc == Nrc.ServiceNotSupportedInActiveSession;
    }

    private static void ComposeNegative(byte[] into, byte sid, byte nrc)
    {
        into[0] = NegativeResponse;
        into[1] = sid;
        into[2] = nrc;
    }

    private void SendPendingInTime(uint nowMs)
    {
        if (nowMs - timerMs >= limitMs && SendShort(message.Sid, Nrc.ResponsePending))
        {
            isPendingSent = true;
            timerMs = nowMs;
            limitMs = p2StarPendingMs;
        }
    }

    // The transport may confirm inside Transmit: what the confirmation needs is set before.
    private bool SendShort(byte sid, byte nrc)
    {
        if (isShortUnderWay || canTp.IsTransmitting)
        {
            return false;
        }

        ComposeNegative(shortResponse, sid, nrc);
        isShortUnderWay = true;
        if (canTp.Transmit(shortResponse, 0, 3) != StdReturn.Ok)
        {
            isShortUnderWay = false;
            return false;
        }

        return true;
    }

    private void Send(uint nowMs)
    {
        if (isShortUnderWay || canTp.IsTransmitting)
        {
            return;
        }

        isConfirmed = false;
        if (canTp.Transmit(message.Response, 0, (uint)message.ResponseLength) != StdReturn.Ok)
        {
            return;
        }

        reception.Release();
        phase = Phase.Sending;
        timerMs = nowMs;
        if (isConfirmed)
        {
            Finish();
        }
    }

    // What arrives while a request is served: TesterPresent without response needs no more than not to disturb, since
    // S3 stands still; anything else is to be repeated (NRC 21), as far as the transport is free to say so.
    private void AnswerAside()
    {
        if (!reception.IsSmallWaiting)
        {
            return;
        }

        byte[] request = reception.Small;
        bool isKeepAlive = reception.SmallLength == 2 && request[0] == TesterPresent && request[1] == ZeroSubFunctionSuppressed;
        if (!isKeepAlive)
        {
            SendShort(request[0], Nrc.BusyRepeatRequest);
        }

        reception.ReleaseSmall();
    }

    private void Finish()
    {
        phase = Phase.Idle;
        reception.Release();
        if (session.IsResetScheduled)
        {
            reception.Close();
            session.Reset();
        }
    }
}
