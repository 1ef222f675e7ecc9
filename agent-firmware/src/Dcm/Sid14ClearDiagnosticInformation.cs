// Service 14, ClearDiagnosticInformation (ISO 14229-1:2020 §12.2): FFFFFF clears all DTCs, a DTC that one.
// The positive response waits until the clear is in NvM; while sparing writes are held back it does not, for anybody may
// send 14 and only waiting keeps him from wearing out the flash: then 19 shows the clear at once, and NvM gets it when its
// time comes, or loses it by a reset before.
// Refused: 31 an unknown DTC or group, 22 before NvM could be read or when clears come in a storm (Dem.MayClear), 72 when
// the flash did not take it.
// Tests: tests/agent-firmware/Dcm/Sid14ClearDiagnosticInformationTests.cs.
namespace EsyncAgent;

/// <summary>Clears DTCs.</summary>
public sealed class Sid14ClearDiagnosticInformation : DspService
{
    private const int RequestLength = 4;
    private const uint AllGroups = 0xFFFFFF;

    private readonly Dem _dem;

    /// <summary>Makes the service.</summary>
    public Sid14ClearDiagnosticInformation(DcmParts parts)
    {
        _dem = parts.Dem;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        if (message.RequestLength != RequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        uint group = BigEndian.ReadU24(message.Request, 1);
        int index = _dem.IndexOfDtc(group);
        if (group != AllGroups && index < 0)
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        bool isCleared = group == AllGroups ? _dem.ClearAll() : _dem.Clear(index);
        return isCleared ? Continue(message) : message.Refuse(Nrc.ConditionsNotCorrect);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        StdReturn result = _dem.ClearResult;
        return result == StdReturn.NotOk ? message.Refuse(Nrc.GeneralProgrammingFailure) : result;
    }
}
