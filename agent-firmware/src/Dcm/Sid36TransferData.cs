// Service 36, TransferData (ISO 14229-1:2020 §14.4): `36 blockSequenceCounter data` → `76 blockSequenceCounter`.
// The hot path of an update: constant work per block; the receive buffer goes to the update target as it is.
// Exactly once: the counter starts at 01 and wraps FF → 00; the last accepted block is acknowledged again and not
// written again; any other wrong counter is 73 and the transfer goes on. More data than announced is 71, a programming
// error 72; both end the transfer.
// Tests: tests/agent-firmware/Dcm/Sid36TransferDataTests.cs.
namespace EsyncAgent;

/// <summary>Takes one block of a transfer.</summary>
public sealed class Sid36TransferData : DspService
{
    private const int DataOffset = 2;

    private readonly IUpdateTarget _target;
    private readonly DspTransfer _transfer;

    /// <summary>Makes the service.</summary>
    public Sid36TransferData(DcmParts parts)
    {
        _target = parts.Target;
        _transfer = parts.Transfer;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        if (_transfer.State != DspTransferState.Open)
        {
            return message.Refuse(Nrc.RequestSequenceError);
        }

        int count = message.RequestLength - DataOffset;
        if (count == 0)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        byte counter = message.Request[1];
        if (counter != _transfer.NextCounter)
        {
            return AnswerRepetition(message, counter);
        }

        // A transfer that failed in the background has no remainder any more; TransferData then says so.
        if (_target.IsTransferActive && (uint)count > _target.TransferRemaining)
        {
            _transfer.Abort();
            return message.Refuse(Nrc.TransferDataSuspended);
        }

        return Continue(message);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        byte[] request = message.Request;
        StdReturn result = _target.TransferData(request, DataOffset, message.RequestLength - DataOffset);
        if (result == StdReturn.Ok)
        {
            _transfer.Advance();
            message.Append(request[1]);
        }
        else if (result == StdReturn.NotOk)
        {
            _transfer.Close(DspTransferState.None);
            return message.Refuse(Nrc.GeneralProgrammingFailure);
        }

        return result;
    }

    private StdReturn AnswerRepetition(DcmMessage message, byte counter)
    {
        if (!_transfer.IsRepeated(counter))
        {
            return message.Refuse(Nrc.WrongBlockSequenceCounter);
        }

        message.Append(counter);
        return StdReturn.Ok;
    }
}
