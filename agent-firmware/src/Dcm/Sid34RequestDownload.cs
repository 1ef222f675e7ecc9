// Service 34, RequestDownload (ISO 14229-1:2020 §14.2): `34 dfi 44 address(4) size(4)` →
// `74 20 maxNumberOfBlockLength(2)`. Areas and their rules: PROTOCOL.md, "Transfer".
// A download while another is under way is 22, as the clause says: a tester that lost its place changes the session,
// which drops the transfer. Only the same request again, before the first block, is answered again: its response was lost.
// A transfer begins at the configured speed; what frames that the driver lost make of it holds for the rest of that transfer.
// Tests: tests/agent-firmware/Dcm/Sid34RequestDownloadTests.cs.
namespace EsyncAgent;

/// <summary>Opens a transfer to the staging slot or to the secondary bank.</summary>
public sealed class Sid34RequestDownload : DspService
{
    private const int AddressOffset = 3;
    private const int SizeOffset = 7;
    private const int RequestLength = 11;
    private const byte FourByteAddressAndSize = 0x44;
    private const byte TwoByteBlockLength = 0x20;

    private readonly DcmParts _parts;

    /// <summary>Makes the service.</summary>
    public Sid34RequestDownload(DcmParts parts)
    {
        _parts = parts;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        if (message.Request[2] != FourByteAddressAndSize)
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        if (message.RequestLength != RequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        if (!_parts.Target.IsTransferActive)
        {
            return Continue(message);
        }

        byte[] request = message.Request;
        bool isRepeated = _parts.Transfer.IsJustOpened(request[1], BigEndian.ReadU32(request, AddressOffset), BigEndian.ReadU32(request, SizeOffset));
        return isRepeated ? Accept(message) : message.Refuse(Nrc.ConditionsNotCorrect);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        byte[] request = message.Request;
        uint address = BigEndian.ReadU32(request, AddressOffset);
        uint size = BigEndian.ReadU32(request, SizeOffset);
        switch (_parts.Target.StartDownload(request[1], address, size))
        {
            case StdReturn.Ok:
                _parts.Transfer.Open(request[1], address, size);
                _parts.CanTp.RestoreFlowControl();
                return Accept(message);
            case StdReturn.Pending:
                return StdReturn.Pending;
            default:
                return message.Refuse(NrcOf(_parts.Target.LastError));
        }
    }

    private StdReturn Accept(DcmMessage message)
    {
        message.Append(TwoByteBlockLength);
        message.AppendU16(_parts.Config.MessageLengthMax);
        return StdReturn.Ok;
    }

    private static byte NrcOf(FotaError error)
    {
        switch (error)
        {
            case FotaError.NoManifest:
                return Nrc.RequestSequenceError;
            case FotaError.EncodingUnsupported:
            case FotaError.WrongBase:
            case FotaError.NoContentKey:
            case FotaError.TransferOutOfRange:
            case FotaError.EnvelopeTooLong:
            case FotaError.ImageTooLong:
                return Nrc.RequestOutOfRange;
            case FotaError.TrialRunning:
            case FotaError.NotProvisioned:
            case FotaError.Busy:
                return Nrc.ConditionsNotCorrect;
            default:
                return Nrc.UploadDownloadNotAccepted;
        }
    }
}
