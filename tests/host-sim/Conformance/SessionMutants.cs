// Faults in sessions, addressing and timing: Dsl and Dsd, services 10, 11 and 3E.
using static EsyncTests.HostSim.Conformance.ConformanceMutants;

namespace EsyncTests.HostSim.Conformance;

internal static class SessionMutants
{
    private const string Conversation = "Dcm/DslConversation.cs";
    private const string Session = "Dcm/DslSession.cs";
    private const string Dispatch = "Dcm/Dsd.cs";
    private const string Sid10 = "Dcm/Sid10DiagnosticSessionControl.cs";
    private const string Sid11 = "Dcm/Sid11EcuReset.cs";
    private const string Never = "if (false)";
    private const string LengthFirst = "if (message.RequestLength < _table.LengthMin(row))\n        {\n            return Nrc.IncorrectMessageLength;\n        }\n\n        ";

    public static IReadOnlyList<ConformanceMutant> All { get; } =
    [
        // Timing.
        Row("response pending comes after P2", Conversation, "_limitMs = _p2PendingMs;", "_limitMs = _p2PendingMs * 3;", "LC-030"),
        Row("response pending does not come", Conversation, "if (nowMs - _timerMs >= _limitMs && SendShort(", "if (_timerMs == ~0u && SendShort(", "LC-030"),
        Row("response pendings flood the bus", Conversation, "_limitMs = _p2StarPendingMs;", "_limitMs = 2;", "LC-031"),
        Row("after a response pending the answer is suppressed", Conversation, "if (isSilent && !_isPendingSent)", "if (isSilent)", "LC-032"),
        Row("others are not told that the server is busy", Conversation, "            SendShort(request[0], Nrc.BusyRepeatRequest);\n", "", "LC-033"),
        Row("P2* is announced in milliseconds", Sid10, "_parts.Config.P2StarServerMsMax / P2StarUnitMs", "_parts.Config.P2StarServerMsMax", "DSL-002"),
        Row("P2 is announced ten times too long", Sid10, "message.AppendU16(_parts.Config.P2ServerMsMax);", "message.AppendU16((ushort)(_parts.Config.P2ServerMsMax * 10));", "DSL-001"),

        // Sessions.
        Row("S3 does not run out", Session, "else if (nowMs - _lastActivityMs >= _s3Ms)", "else if (false)", "DSL-012", "DSL-017"),
        Row("S3 runs out after half its time", Session, "else if (nowMs - _lastActivityMs >= _s3Ms)", "else if (nowMs - _lastActivityMs >= _s3Ms / 2)", "DSL-011", "DSL-013"),
        Row("functional requests do not keep the session", "Dcm/Dcm.cs",
            "            _conversation.MainFunction(nowMs);\n            _session.NoteActivity(nowMs);",
            "            bool isKept = !_reception.IsSmallWaiting;\n            _conversation.MainFunction(nowMs);\n            if (isKept)\n            {\n                _session.NoteActivity(nowMs);\n            }", "DSL-015"),
        Row("a change of session is answered and not made", Sid10, "        _parts.Session.Enter(message.SubFunction);\n", "", "DSL-004", "DSL-005", "SVC-009"),
        Row("a change of session keeps access", Session, "        _access.Drop();\n        _transfer.Abort();", "        _transfer.Abort();", "DSL-018"),
        Row("a change of session keeps the transfer", Session, "        _access.Drop();\n        _transfer.Abort();", "        _access.Drop();", "DL-032"),
        Row("a change of session keeps outputs under control", Session, "        _outputs.Release();\n", "", "SVC-086"),
        Row("the default session keeps defined identifiers", Session, "            _dynamics.ClearAll();\n", "", "SVC-076"),
        Row("the programming session can be entered from the default one", Dispatch, "return _session.IsIn(_table.SubFunctionSessions(at)) ? Nrc.None : Nrc.SubFunctionNotSupportedInActiveSession;", "return Nrc.None;", "DSL-009", "DSL-035"),
        Row("a longer request to change the session is taken", Sid10, "if (message.RequestLength != RequestLength)", Never, "SVC-120", "DSL-021"),

        // Which negative response.
        Row("an unknown service gets 7F", Dispatch, "return Nrc.ServiceNotSupported;", "return Nrc.ServiceNotSupportedInActiveSession;", "DSL-070", "DSL-032"),
        Row("a service of another session gets 11", Dispatch, "return Nrc.ServiceNotSupportedInActiveSession;", "return Nrc.ServiceNotSupported;", "SVC-181", "DSL-074"),
        Row("the length is looked at before the session", Dispatch, "if (!_session.IsIn(_table.Sessions(row)))", LengthFirst + "if (!_session.IsIn(_table.Sessions(row)))", "DSL-072"),
        Row("the shortest length is not looked at", Dispatch, "if (message.RequestLength < _table.LengthMin(row))", Never, "SVC-104", "SVC-112"),
        Row("an unknown sub-function gets 31", Dispatch, "return Nrc.SubFunctionNotSupported;", "return Nrc.RequestOutOfRange;", "SVC-140", "DSL-008"),
        Row("a sub-function of another session gets 12", Dispatch, "Nrc.None : Nrc.SubFunctionNotSupportedInActiveSession;", "Nrc.None : Nrc.SubFunctionNotSupported;", "DSL-009"),
        Row("access is not asked for", Dispatch, "if (_table.IsAccessNeeded(row) && !_access.IsOpenFor(message))", Never, "SVC-210", "SVC-213"),
        Row("missing access gets 22", Dispatch, "return Nrc.SecurityAccessDenied;", "return Nrc.ConditionsNotCorrect;", "SVC-210", "SVC-211"),
        Row("the length is looked at before access", Dispatch, "if (_table.IsAccessNeeded(row) && ", LengthFirst + "if (_table.IsAccessNeeded(row) && ", "DSL-075"),

        // Suppression and the functional address.
        Row("positive responses are not suppressed", Dispatch, "message.IsPositiveSuppressed = (request[1] & SuppressBit) != 0;", "message.IsPositiveSuppressed = false;", "DSL-010", "SVC-176"),
        Row("negative responses are suppressed with the positive ones", Conversation, "bool isSilent = result == StdReturn.Ok ? _message.IsPositiveSuppressed : ", "bool isSilent = _message.IsPositiveSuppressed || result != StdReturn.Ok && ", "DSL-041"),
        Row("functional: 11 is sent", Conversation, "nrc == Nrc.ServiceNotSupported\n            || ", "", "DSL-032"),
        Row("functional: 12 is sent", Conversation, "            || nrc == Nrc.SubFunctionNotSupported\n", "", "DSL-033"),
        Row("functional: 31 is sent", Conversation, "            || nrc == Nrc.RequestOutOfRange\n", "", "DSL-034"),
        Row("functional: 7E is sent", Conversation, "            || nrc == Nrc.SubFunctionNotSupportedInActiveSession\n", "", "DSL-035"),
        Row("functional: 7F is sent", Conversation, "\n            || nrc == Nrc.ServiceNotSupportedInActiveSession;", ";", "DSL-036"),
        Row("functional: 13 is not sent", Conversation, "            || nrc == Nrc.RequestOutOfRange\n", "            || nrc == Nrc.RequestOutOfRange\n            || nrc == Nrc.IncorrectMessageLength\n", "DSL-037"),
        Row("functional: all negative responses are sent", Conversation, "_message.IsFunctional && IsSilentWhenFunctional(_message.RefusedWith);", "false;", "DSL-032", "DSL-036"),

        // Reset and tester present.
        Row("the ECU resets without an answer", Conversation, "        _phase = Phase.Answering;\n", "        if (_session.IsResetScheduled)\n        {\n            Finish();\n            return;\n        }\n\n        _phase = Phase.Answering;\n", "SVC-040"),
        Row("a reset is answered and not made", Sid11, "        _parts.Session.ScheduleReset(message.SubFunction == HardReset);\n", "", "SVC-040", "DSL-020"),
        Row("a longer request to reset is taken", Sid11, "if (message.RequestLength != RequestLength)", Never, "SVC-121"),
        Row("a longer tester present is taken", "Dcm/Sid3ETesterPresent.cs", "message.RequestLength == RequestLength ? StdReturn.Ok : message.Refuse(Nrc.IncorrectMessageLength)", "StdReturn.Ok", "SVC-136"),
    ];
}
