// Where the record of a data identifier comes from: the server itself (F186, F15A), nf.config (F18x, F19x, F1EF), the
// running application (0100 to 01FF), or the update target (all others). PROTOCOL.md, "Data identifiers".
// Invariants: a record never passes the end of the response buffer; the application gets a buffer of its own, since it
// is code that this agent did not write.
// Tests: tests/agent-firmware/Dcm/Sid22ReadDataByIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Appends data records to a response.</summary>
public sealed class DspRecords
{
    /// <summary>Identifier of the fingerprint, the one record that can be written.</summary>
    public const ushort Fingerprint = 0xF15A;

    /// <summary>Length of the fingerprint: date (3) and tester serial number (6).</summary>
    public const int FingerprintLength = 9;

    private const ushort ActiveSession = 0xF186;
    private const ushort ApplicationFirst = 0x0100;
    private const ushort ApplicationLast = 0x01FF;
    private const int ApplicationLengthMax = 64;
    private const byte NeverWritten = 0xFF;

    private readonly DcmParts _parts;
    private readonly byte[] _ofApplication = new byte[ApplicationLengthMax];

    /// <summary>Makes the register of records.</summary>
    public DspRecords(DcmParts parts)
    {
        _parts = parts;
    }

    /// <summary>Appends the record, without its identifier. NotOk: this ECU does not have it. Pending: to be asked again in the next cycle.</summary>
    public StdReturn Append(ushort identifier, DcmMessage message)
    {
        if (identifier >= ApplicationFirst && identifier <= ApplicationLast)
        {
            return AppendOfApplication(identifier, message);
        }

        if (identifier == ActiveSession)
        {
            message.Append(_parts.Session.Active);
            return StdReturn.Ok;
        }

        if (identifier == Fingerprint)
        {
            AppendFingerprint(message);
            return StdReturn.Ok;
        }

        return AppendConstant(identifier, message) || AppendOfTarget(identifier, message) ? StdReturn.Ok : StdReturn.NotOk;
    }

    private void AppendFingerprint(DcmMessage message)
    {
        if (_parts.NvM.Length(NvMBlock.Fingerprint) == FingerprintLength)
        {
            message.Append(_parts.NvM.Data(NvMBlock.Fingerprint), 0, FingerprintLength);
            return;
        }

        Bytes.Fill(message.Response, message.ResponseLength, FingerprintLength, NeverWritten);
        message.ResponseLength += FingerprintLength;
    }

    private StdReturn AppendOfApplication(ushort identifier, DcmMessage message)
    {
        int length = _parts.Application.ReadDataByIdentifier(identifier, _ofApplication, 0);
        if (length < 0 || length > ApplicationLengthMax)
        {
            return length == ApplicationAnswer.NotYet ? StdReturn.Pending : StdReturn.NotOk;
        }

        message.Append(_ofApplication, 0, length);
        return StdReturn.Ok;
    }

    private bool AppendOfTarget(ushort identifier, DcmMessage message)
    {
        int length = _parts.Target.ReadDid(identifier, message.Response, message.ResponseLength);
        if (length < 0)
        {
            return false;
        }

        message.ResponseLength += length;
        return true;
    }

    private bool AppendConstant(ushort identifier, DcmMessage message)
    {
        int index = Ascending.IndexOf(_parts.Config.ConstantIds, identifier);
        if (index < 0)
        {
            return false;
        }

        // Longer than the room: count it all the same, so that the service sees the response to be too long.
        byte[] record = _parts.Config.ConstantRecords[index];
        if (message.ResponseLength + record.Length <= message.ResponseLengthMax)
        {
            message.Append(record, 0, record.Length);
        }
        else
        {
            message.ResponseLength += record.Length;
        }

        return true;
    }
}
