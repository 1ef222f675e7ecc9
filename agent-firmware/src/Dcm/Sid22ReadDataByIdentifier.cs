// Service 22, ReadDataByIdentifier (ISO 14229-1:2020 §11.2): up to eight identifiers in one request.
// An identifier that this ECU does not have is left out of the response; only when it has none of them is the request
// out of range (31). A response that would not fit is 14. Where the application answers late, the service goes on in later
// cycles from the identifier that it waits for.
// Must not know where a record comes from: DspRecords and DspReader do.
// Tests: tests/agent-firmware/Dcm/Sid22ReadDataByIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Reads data records.</summary>
public sealed class Sid22ReadDataByIdentifier : DspService
{
    private const int IdentifierLength = 2;
    private const int IdentifiersMax = 8;

    private readonly DspReader _reader;
    private int _at;
    private bool _isAnyKnown;

    /// <summary>Makes the service.</summary>
    public Sid22ReadDataByIdentifier(DcmParts parts)
    {
        _reader = new DspReader(parts, DspAsker.Request);
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        int length = message.RequestLength - 1;
        if (length % IdentifierLength != 0 || length > IdentifiersMax * IdentifierLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        _at = 1;
        _isAnyKnown = false;
        _reader.Restart();
        return Continue(message);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        for (; _at < message.RequestLength; _at += IdentifierLength)
        {
            ushort identifier = BigEndian.ReadU16(message.Request, _at);
            int length = _reader.Read(identifier, message.Response, message.ResponseLength + IdentifierLength);
            if (length == DspRecords.NotYet)
            {
                return StdReturn.Pending;
            }

            if (length < 0)
            {
                continue;
            }

            _isAnyKnown = true;
            message.AppendU16(identifier);
            message.ResponseLength += length;
            if (message.ResponseLength > message.ResponseLengthMax)
            {
                return message.Refuse(Nrc.ResponseTooLong);
            }
        }

        return _isAnyKnown ? StdReturn.Ok : message.Refuse(Nrc.RequestOutOfRange);
    }
}
