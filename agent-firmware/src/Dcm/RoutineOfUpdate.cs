// Routines 0210 to 0214, FF00 and FF01: the update target runs them, this turns its answers into responses.
// A routine that could run answers with its result, good or bad; one that may not run now is conditionsNotCorrect (22),
// and FD03 names the condition.
// Tests: tests/agent-firmware/Dcm/Sid31RoutineControlTests.cs.
namespace EsyncAgent;

/// <summary>Runs a routine of the update target.</summary>
public sealed class RoutineOfUpdate : DspService
{
    private readonly IUpdateTarget _target;

    /// <summary>Makes it.</summary>
    public RoutineOfUpdate(IUpdateTarget target)
    {
        _target = target;
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        ushort identifier = BigEndian.ReadU16(message.Request, 2);
        FotaError condition = _target.RoutineCondition(identifier);
        if (condition != FotaError.None)
        {
            _target.NoteRefusal(condition);
            return message.Refuse(Nrc.ConditionsNotCorrect);
        }

        return Report(message, _target.StartRoutine(identifier));
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        return Report(message, _target.PollRoutine());
    }

    private StdReturn Report(DcmMessage message, StdReturn result)
    {
        if (result == StdReturn.Pending)
        {
            return StdReturn.Pending;
        }

        message.AppendU16(result == StdReturn.Ok ? (ushort)FotaError.None : (ushort)_target.LastError);
        return StdReturn.Ok;
    }
}
