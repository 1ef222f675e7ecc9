// Service 31, RoutineControl (ISO 14229-1:2020 §13.2): startRoutine only; results come with the response, after
// response pending where a routine takes its time.
// Order of checks behind those of the dispatcher: routine known in this session (31), access (33), length (13), and
// then what the routine itself has to say. Routines: PROTOCOL.md, "Routines".
// Tests: tests/agent-firmware/Dcm/Sid31RoutineControlTests.cs, RoutineProvisionTests.cs.
namespace EsyncAgent;

/// <summary>Starts routines.</summary>
public sealed class Sid31RoutineControl : DspService
{
    private const int OptionOffset = 4;
    private const int RoutineCount = 14;
    private const byte NonceLength = 16;
    private const bool NeedsAccess = true;
    private const bool IsFree = false;

    private readonly DspRoutineTable _routines = new DspRoutineTable(RoutineCount);
    private readonly DslSession _session;
    private readonly AccessControl _access;
    private DspService _running;

    /// <summary>Makes the service with all its routines.</summary>
    public Sid31RoutineControl(DcmParts parts)
    {
        _session = parts.Session;
        _access = parts.Access;
        DspService update = new RoutineOfUpdate(parts.Target);
        DspService reports = new RoutineReports(parts.Data);
        _routines.Add(0x0203, DcmSession.InNonDefault, IsFree, 0, new RoutineCheckPreconditions(parts.Target));
        _routines.Add(0x0204, DcmSession.InNonDefault, IsFree, NonceLength, new RoutineVersionReport(parts.Target));
        _routines.Add(0x0210, DcmSession.InProgramming, NeedsAccess, 0, update);
        _routines.Add(0x0211, DcmSession.InProgramming, NeedsAccess, 0, update);
        _routines.Add(0x0212, DcmSession.InNonDefault, NeedsAccess, 0, update);
        _routines.Add(0x0213, DcmSession.InNonDefault, NeedsAccess, 0, update);
        _routines.Add(0x0214, DcmSession.InProgramming, NeedsAccess, 0, update);
        _routines.Add(0x0215, DcmSession.InProgramming, NeedsAccess, 0, update);
        _routines.Add(0x0220, DcmSession.InNonDefault, IsFree, DspRoutineTable.AnyLength, new RoutineProvision(parts));
        _routines.Add(RoutineReports.ReadIdentifier, DcmSession.InNonDefault, NeedsAccess, RoutineReports.ReadOptionLength, reports);
        _routines.Add(RoutineReports.AcknowledgeIdentifier, DcmSession.InNonDefault, NeedsAccess, RoutineReports.AcknowledgeOptionLength, reports);
        _routines.Add(RoutineSetTime.Identifier, DcmSession.InNonDefault, NeedsAccess, RoutineSetTime.OptionLength, new RoutineSetTime(parts.Data));
        _routines.Add(0xFF00, DcmSession.InProgramming, NeedsAccess, 0, update);
        _routines.Add(0xFF01, DcmSession.InProgramming, NeedsAccess, 0, update);
    }

    /// <inheritdoc/>
    public override StdReturn Start(DcmMessage message)
    {
        ushort identifier = BigEndian.ReadU16(message.Request, 2);
        int routine = _routines.Find(identifier);
        if (routine == DspRoutineTable.None || !_session.IsIn(_routines.Sessions(routine)))
        {
            return message.Refuse(Nrc.RequestOutOfRange);
        }

        if (_routines.IsAccessNeeded(routine) && !_access.IsOpenFor(message))
        {
            return message.Refuse(Nrc.SecurityAccessDenied);
        }

        byte optionLength = _routines.OptionLength(routine);
        if (optionLength != DspRoutineTable.AnyLength && message.RequestLength != OptionOffset + optionLength)
        {
            return message.Refuse(Nrc.IncorrectMessageLength);
        }

        message.AppendU16(identifier);
        _running = _routines.Service(routine);
        return _running.Start(message);
    }

    /// <inheritdoc/>
    public override StdReturn Continue(DcmMessage message)
    {
        return _running.Continue(message);
    }
}
