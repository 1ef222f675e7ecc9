// Service 37, RequestTransferExit (ISO 14229-1:2020 §14.5): `37` → `77`, positive only when everything is programmed,
// read back and recorded. Before the last byte has arrived it is 24; a transfer that failed is 72.
// Asked again, it gives the former result, so that a tester that lost the response may ask again.
// Tests: tests/agent-firmware/Dcm/Sid37RequestTransferExitTests.cs.
namespace EsyncAgent;

/// <summary>Ends a transfer.</summary>
public sealed class Sid37RequestTransferExit : DspService
{
    private const int RequestLength = 1;

    private readonly IUpdateTarget _target;
    private readonly DspTransfer _transfer;

    /// <summary>Makes the service.</summary>
    public Sid37RequestTransferExit(DcmParts parts)
    {
        _target = parts.Target;
        _transfer = parts.Transfer;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        bool isTooEarly = _transfer.State == DspTransferState.Open && _target.IsTransferActive && _target.TransferRemaining != 0;
        if (_transfer.State == DspTransferState.None || isTooEarly)
        {
            return message.Refuse(Nrc.RequestSequenceError);
        }

        if (message.RequestLength != RequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        switch (_transfer.State)
        {
            case DspTransferState.Completed:
                return StdReturn.Ok;
            case DspTransferState.Failed:
                return message.Refuse(Nrc.GeneralProgrammingFailure);
            default:
                return Continue(message);
        }
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        StdReturn result = _target.TransferExit();
        if (result == StdReturn.Ok)
        {
            _transfer.Close(DspTransferState.Completed);
        }
        else if (result == StdReturn.NotOk)
        {
            _transfer.Close(DspTransferState.Failed);
            return message.Refuse(Nrc.GeneralProgrammingFailure);
        }

        return result;
    }
}
