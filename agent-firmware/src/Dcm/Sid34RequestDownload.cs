// Service 34, RequestDownload (ISO 14229-1:2020 §14.2): `34 dfi 44 address(4) size(4)` →
// `74 20 maxNumberOfBlockLength(2)`. Areas and their rules: PROTOCOL.md, "Transfer".
// A download while another is under way is 22, as table 424 there has it: a tester that lost its place changes the
// session, which drops the transfer.
// Tests: tests/agent-firmware/Dcm/Sid34RequestDownloadTests.cs.
namespace EsyncAgent;

/// <summary>Opens a transfer to the staging slot or to the secondary bank.</summary>
public sealed class Sid34RequestDownload : DspService
{
    private const int RequestLength = 11;
    private const byte FourByteAddressAndSize = 0x44;
    private const byte TwoByteBlockLength = 0x20;

    private readonly DcmParts parts;

    /// <summary>Makes the service.</summary>
    public Sid34RequestDownload(DcmParts parts)
    {
        this.parts = parts;
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

        return parts.Target.IsTransferActive ? message.Refuse(Nrc.ConditionsNotCorrect) : Continue(message);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        byte[] request = message.Request;
        StdReturn result = parts.Target.StartDownload(request[1], BigEndian.ReadU32(request, 3), BigEndian.ReadU32(request, 7));
        if (result == StdReturn.Ok)
        {
            parts.Transfer.Open();
            message.Append(TwoByteBlockLength);
            message.AppendU16(parts.Config.MessageLengthMax);
        }

        return result == StdReturn.NotOk ? message.Refuse(NrcOf(parts.Target.LastError)) : result;
    }

    private static byte NrcOf(FotaError error)
    {
        switch (error)
        {
            case FotaError.NoManifest:
                return Nrc.RequestSequenceError;
            case FotaError.EncodingUnsupported:
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
