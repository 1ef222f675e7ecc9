// Service 11, ECUReset (ISO 14229-1:2020 §10.3): 01 hard, 03 soft. While an image is on trial it needs access (33), for
// each reset costs the trial one of its starts.
// The reset follows the positive response, never precedes it; DslConversation asks for it once the transport has
// confirmed the response, or has had time enough to.
// Tests: tests/agent-firmware/Dcm/Sid11EcuResetTests.cs.
namespace EsyncAgent;

/// <summary>Schedules a reset.</summary>
public sealed class Sid11EcuReset : DspService
{
    private const int RequestLength = 2;
    private const byte HardReset = 0x01;

    private readonly DcmParts _parts;

    /// <summary>Makes the service.</summary>
    public Sid11EcuReset(DcmParts parts)
    {
        _parts = parts;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        if (message.RequestLength != RequestLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        if (_parts.Target.IsOnTrial && !_parts.Access.IsOpenFor(message))
        {
            _parts.IdsM.Report(IdsMEvent.ResetRefused, (ushort)FotaError.TrialRunning);
            return message.Refuse(Nrc.SecurityAccessDenied);
        }

        _parts.Session.ScheduleReset(message.SubFunction == HardReset);
        return StdReturn.Ok;
    }
}
