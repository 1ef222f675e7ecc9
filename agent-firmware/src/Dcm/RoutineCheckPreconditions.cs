// Routine 0203, check programming preconditions: `71 01 0203 consent reasons` (PROTOCOL.md, "Routines").
// It asks and writes the answer; what stands against an update is for the update target to know.
// Tests: tests/agent-firmware/Dcm/Sid31RoutineControlTests.cs.
namespace EsyncAgent;

/// <summary>Asks the update target whether an update may begin.</summary>
public sealed class RoutineCheckPreconditions : DspService
{
    private readonly IUpdateTarget _target;

    /// <summary>Makes it.</summary>
    public RoutineCheckPreconditions(IUpdateTarget target)
    {
        _target = target;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        message.ResponseLength += _target.CheckPreconditions(message.Response, message.ResponseLength);
        return StdReturn.Ok;
    }
}
