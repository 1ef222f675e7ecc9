// Diagnostic service dispatcher: finds the service and makes the checks that are the same for all of them, in the
// order of ISO 14229-1:2020 §8.7 (figures 5 and 6): service known (11), in this session (7F), access (33), fixed length
// (13), sub-function known (12), in this session (7E). What comes after that is the service's own.
// Invariant: a request costs a look at each row at the most, and none when it is of the same service as the one before: so the blocks of
// a download cost nothing, and no table of 256 bytes stands in memory.
// Must not know time, buffers or transport.
// Tests: tests/agent-firmware/Dcm/DispatchTests.cs.
namespace EsyncAgent;

/// <summary>Checks a request and hands it to its service.</summary>
public sealed class Dsd
{
    private const byte PositiveResponseOffset = 0x40;
    private const byte SuppressBit = 0x80;

    private readonly DsdService[] _table;
    private readonly DslSession _session;
    private readonly AccessControl _access;
    private DsdService _last;
    private DspService _running;

    /// <summary>Makes the dispatcher over a table of services, each service identifier once.</summary>
    public Dsd(DsdService[] table, DslSession session, AccessControl access)
    {
        _session = session;
        _access = access;
        _table = table;
        _last = table[0];
    }

    /// <summary>Begins to serve a request; see <see cref="DspService.Start"/>.</summary>
    public StdReturn Start(DcmMessage message)
    {
        byte[] request = message.Request;
        DsdService row = _last.Sid == request[0] ? _last : Find(request[0]);
        byte nrc = Check(message, row);
        if (nrc != Nrc.None)
        {
            return message.Refuse(nrc);
        }

        message.Response[0] = (byte)(request[0] + PositiveResponseOffset);
        message.ResponseLength = 1;
        if (row.SubFunctions != null)
        {
            message.IsPositiveSuppressed = (request[1] & SuppressBit) != 0;
            message.Append(message.SubFunction);
        }

        _last = row;
        _running = row.Handler;
        return _running.Start(message);
    }

    /// <summary>Goes on with the request whose last answer was Pending.</summary>
    public StdReturn Continue(DcmMessage message)
    {
        return _running.Continue(message);
    }

    // Null when there is no such service.
    private DsdService Find(byte sid)
    {
        for (int i = 0; i < _table.Length; i++)
        {
            if (_table[i].Sid == sid)
            {
                return _table[i];
            }
        }

        return null;
    }

    private byte Check(DcmMessage message, DsdService row)
    {
        if (row == null)
        {
            return Nrc.ServiceNotSupported;
        }

        if (!_session.IsIn(row.Sessions))
        {
            return Nrc.ServiceNotSupportedInActiveSession;
        }

        if (row.IsAccessNeeded && !_access.IsOpenFor(message))
        {
            return Nrc.SecurityAccessDenied;
        }

        if (message.RequestLength < row.LengthMin)
        {
            return Nrc.IncorrectMessageLength;
        }

        return row.SubFunctions == null ? Nrc.None : CheckSubFunction(message, row);
    }

    private byte CheckSubFunction(DcmMessage message, DsdService row)
    {
        int index = row.IndexOf(message.SubFunction);
        if (index < 0)
        {
            return Nrc.SubFunctionNotSupported;
        }

        byte[] sessions = row.SubFunctionSessions;
        return sessions == null || _session.IsIn(sessions[index]) ? Nrc.None : Nrc.SubFunctionNotSupportedInActiveSession;
    }
}
