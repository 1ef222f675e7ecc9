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

    private readonly DsdTable _table;
    private readonly DslSession _session;
    private readonly AccessControl _access;
    private int _row;
    private DspService _running;

    /// <summary>Makes the dispatcher over the table of services.</summary>
    public Dsd(DsdTable table, DslSession session, AccessControl access)
    {
        _session = session;
        _access = access;
        _table = table;
        _running = table.Service(_row);
    }

    /// <summary>Begins to serve a request; see <see cref="DspService.Start"/>.</summary>
    public StdReturn Start(DcmMessage message)
    {
        byte[] request = message.Request;
        int row = _table.Sid(_row) == request[0] ? _row : _table.Find(request[0]);
        byte nrc = Check(message, row);
        if (nrc != Nrc.None)
        {
            return message.Refuse(nrc);
        }

        message.Response[0] = (byte)(request[0] + PositiveResponseOffset);
        message.ResponseLength = 1;
        if (_table.HasSubFunctions(row))
        {
            message.IsPositiveSuppressed = (request[1] & SuppressBit) != 0;
            message.Append(message.SubFunction);
        }

        if (row != _row)
        {
            _row = row;
            _running = _table.Service(row);
        }

        return _running.Start(message);
    }

    /// <summary>Goes on with the request whose last answer was Pending.</summary>
    public StdReturn Continue(DcmMessage message)
    {
        return _running.Continue(message);
    }

    private byte Check(DcmMessage message, int row)
    {
        if (row == DsdTable.None)
        {
            return Nrc.ServiceNotSupported;
        }

        if (!_session.IsIn(_table.Sessions(row)))
        {
            return Nrc.ServiceNotSupportedInActiveSession;
        }

        if (_table.IsAccessNeeded(row) && !_access.IsOpenFor(message))
        {
            return Nrc.SecurityAccessDenied;
        }

        if (message.RequestLength < _table.LengthMin(row))
        {
            return Nrc.IncorrectMessageLength;
        }

        return _table.HasSubFunctions(row) ? CheckSubFunction(message, row) : Nrc.None;
    }

    private byte CheckSubFunction(DcmMessage message, int row)
    {
        int at = _table.FindSubFunction(row, message.SubFunction);
        if (at == DsdTable.None)
        {
            return Nrc.SubFunctionNotSupported;
        }

        return _session.IsIn(_table.SubFunctionSessions(at)) ? Nrc.None : Nrc.SubFunctionNotSupportedInActiveSession;
    }
}
