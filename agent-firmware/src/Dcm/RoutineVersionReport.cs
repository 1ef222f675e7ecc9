// Routine 0204, authenticated version report: `31 01 0204 nonce(16)` → `71 01 0204 report(173)`.
// Without a device secret there is nothing to authenticate it with: 22.
// Tests: tests/agent-firmware/Dcm/Sid31RoutineControlTests.cs.
namespace EsyncAgent;

/// <summary>Gives the update target's version report.</summary>
public sealed class RoutineVersionReport : DspService
{
    private const int NonceOffset = 4;

    private readonly IUpdateTarget _target;

    /// <summary>Makes it.</summary>
    public RoutineVersionReport(IUpdateTarget target)
    {
        _target = target;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        int length = _target.ReadVersionReport(message.Request, NonceOffset, message.Response, message.ResponseLength);
        if (length < 0)
        {
            return message.Refuse(Nrc.ConditionsNotCorrect);
        }

        message.ResponseLength += length;
        return StdReturn.Ok;
    }
}
