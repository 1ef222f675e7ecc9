// Service 2E, WriteDataByIdentifier (ISO 14229-1:2020 §11.7): the fingerprint F15A and nothing else.
// `2E F15A date(3, BCD YYMMDD) serial(6)` → `6E F15A` once the record is in both copies of NvM; 72 when it could not be
// written.
// Tests: tests/agent-firmware/Dcm/Sid2EWriteDataByIdentifierTests.cs.
namespace EsyncAgent;

/// <summary>Writes the fingerprint of a programming.</summary>
public sealed class Sid2EWriteDataByIdentifier : DspService
{
    private const int RecordOffset = 3;
    private const byte MonthMax = 0x12;
    private const byte DayMax = 0x31;

    private readonly NvM _nvm;

    /// <summary>Makes the service.</summary>
    public Sid2EWriteDataByIdentifier(DcmParts parts)
    {
        _nvm = parts.NvM;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        byte[] request = message.Request;
        if (BigEndian.ReadU16(request, 1) != DspRecords.Fingerprint)
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        if (message.RequestLength != RecordOffset + DspRecords.FingerprintLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        if (!IsDate(request, RecordOffset))
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        if (!_nvm.Write(NvMBlock.Fingerprint, request, RecordOffset, DspRecords.FingerprintLength))
        {
            return message.Refuse(Nrc.ConditionsNotCorrect);
        }

        message.AppendU16(DspRecords.Fingerprint);
        return Continue(message);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        StdReturn result = _nvm.WriteResult(NvMBlock.Fingerprint);
        return result == StdReturn.NotOk ? message.Refuse(Nrc.GeneralProgrammingFailure) : result;
    }

    private static bool IsDate(byte[] request, int offset)
    {
        byte month = request[offset + 1];
        byte day = request[offset + 2];
        return IsBcd(request[offset]) && IsBcd(month) && IsBcd(day) && month >= 1 && month <= MonthMax && day >= 1 && day <= DayMax;
    }

    private static bool IsBcd(byte value)
    {
        return (value & 0x0F) <= 9 && value >> 4 <= 9;
    }
}
