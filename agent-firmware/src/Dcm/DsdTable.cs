// The whole diagnostic server on one page: every service with its sessions, access, fixed length and sub-functions,
// as in the table of PROTOCOL.md, "Services". Adding a service is one file Sid… and one row here.
// Rows are packed into bytes, since an object costs the runtime twelve bytes for each of its fields: what a row says is checked
// before a service sees a request (Dsd).
// Invariants: each service identifier once; nothing changes after construction.
// Tests: tests/agent-firmware/Dcm/DispatchTests.cs reads the same table on the wire.
namespace EsyncAgent;

/// <summary>The dispatch table: services and the conditions that ISO 14229-1:2020 §8.7 checks for all of them alike.</summary>
public sealed class DsdTable
{
    /// <summary>In place of a row: there is no such service or sub-function.</summary>
    public const int None = -1;

    private const bool NeedsAccess = true;
    private const bool IsFree = false;
    private const int ServiceCount = 18;

    // A row: service identifier, sessions with the bit for access, fixed length, number of the service, number of sub-functions; then each
    // sub-function and its sessions.
    private const int SessionsOffset = 1;
    private const int LengthOffset = 2;
    private const int ServiceOffset = 3;
    private const int CountOffset = 4;
    private const int HeadLength = 5;
    private const int SubFunctionLength = 2;
    private const byte AccessBit = 0x80;

    private readonly DspService[] _services = new DspService[ServiceCount];
    private byte[] _rows = new byte[0];
    private int _count;

    /// <summary>Makes all services over what <paramref name="parts"/> offers.</summary>
    public DsdTable(DcmParts parts)
    {
        const byte All = DcmSession.InAll;
        const byte NonDefault = DcmSession.InNonDefault;
        const byte Programming = DcmSession.InProgramming;
        const byte Extended = DcmSession.InExtended;
        const byte DefaultAndExtended = All & ~DcmSession.InProgramming;
        Add(0x10, All, IsFree, 2, new Sid10DiagnosticSessionControl(parts), 1, 2, 3);
        Narrow(2, NonDefault);
        Add(0x11, NonDefault, IsFree, 2, new Sid11EcuReset(parts), 1, 3);
        Add(0x14, DefaultAndExtended, IsFree, 2, new Sid14ClearDiagnosticInformation(parts));
        Add(0x19, All, IsFree, 2, new Sid19ReadDtcInformation(parts), 0x01, 0x02, 0x04, 0x06, 0x0A, 0x14, 0x15);
        Add(0x22, All, IsFree, 3, new Sid22ReadDataByIdentifier(parts));
        Add(0x27, NonDefault, IsFree, 2, new Sid27SecurityAccess(parts), 1, 2);
        Add(0x28, NonDefault, IsFree, 3, new Sid28CommunicationControl(parts), 0, 1, 2, 3);
        Add(0x29, NonDefault, IsFree, 2, new Sid29Authentication(parts), 0, 5, 6, 8);
        Add(0x2A, Extended, IsFree, 2, new Sid2AReadDataByPeriodicIdentifier(parts));
        Add(0x2C, Extended, IsFree, 2, new Sid2CDynamicallyDefineDataIdentifier(parts), 1, 3);
        Add(0x2E, Programming, NeedsAccess, 4, new Sid2EWriteDataByIdentifier(parts));
        Add(0x2F, Extended, NeedsAccess, 4, new Sid2FInputOutputControlByIdentifier(parts));
        Add(0x31, NonDefault, IsFree, 4, new Sid31RoutineControl(parts), 1);
        Add(0x34, Programming, NeedsAccess, 5, new Sid34RequestDownload(parts));
        Add(0x36, Programming, NeedsAccess, 2, new Sid36TransferData(parts));
        Add(0x37, Programming, NeedsAccess, 1, new Sid37RequestTransferExit(parts));
        Add(0x3E, All, IsFree, 2, new Sid3ETesterPresent(), 0);
        Add(0x85, NonDefault, IsFree, 2, new Sid85ControlDtcSetting(parts), 1, 2);
    }

    /// <summary>The row of a service identifier, or <see cref="None"/>.</summary>
    public int Find(byte sid)
    {
        byte[] rows = _rows;
        for (int row = 0; row < rows.Length; row += HeadLength + (rows[row + CountOffset] * SubFunctionLength))
        {
            if (rows[row] == sid)
            {
                return row;
            }
        }

        return None;
    }

    /// <summary>Service identifier of a row.</summary>
    public byte Sid(int row)
    {
        return _rows[row];
    }

    /// <summary>Sessions in which the service exists, a mask of <see cref="DcmSession"/>.</summary>
    public byte Sessions(int row)
    {
        return (byte)(_rows[row + SessionsOffset] & ~AccessBit);
    }

    /// <summary>True when the service is refused until access was given by 29 or 27.</summary>
    public bool IsAccessNeeded(int row)
    {
        return (_rows[row + SessionsOffset] & AccessBit) != 0;
    }

    /// <summary>Length of the fixed part of the request, SID included.</summary>
    public int LengthMin(int row)
    {
        return _rows[row + LengthOffset];
    }

    /// <summary>False for a service that has no sub-functions.</summary>
    public bool HasSubFunctions(int row)
    {
        return _rows[row + CountOffset] != 0;
    }

    /// <summary>Where a sub-function of the row stands, or <see cref="None"/>.</summary>
    public int FindSubFunction(int row, byte subFunction)
    {
        int end = Behind(row);
        for (int at = row + HeadLength; at < end; at += SubFunctionLength)
        {
            if (_rows[at] == subFunction)
            {
                return at;
            }
        }

        return None;
    }

    /// <summary>Sessions in which the sub-function at <paramref name="at"/> may be asked for, a mask of <see cref="DcmSession"/>.</summary>
    public byte SubFunctionSessions(int at)
    {
        return _rows[at + 1];
    }

    /// <summary>Who serves the row.</summary>
    public DspService Service(int row)
    {
        return _services[_rows[row + ServiceOffset]];
    }

    private int Behind(int row)
    {
        return row + HeadLength + (_rows[row + CountOffset] * SubFunctionLength);
    }

    // Sub-functions are there in all sessions of their service.
    private void Add(byte sid, byte sessions, bool isAccessNeeded, byte lengthMin, DspService service, params byte[] subFunctions)
    {
        int row = _rows.Length;
        byte[] rows = new byte[row + HeadLength + (subFunctions.Length * SubFunctionLength)];
        System.Array.Copy(_rows, 0, rows, 0, row);
        rows[row] = sid;
        rows[row + SessionsOffset] = (byte)(isAccessNeeded ? sessions | AccessBit : sessions);
        rows[row + LengthOffset] = lengthMin;
        rows[row + ServiceOffset] = (byte)_count;
        rows[row + CountOffset] = (byte)subFunctions.Length;
        for (int i = 0; i < subFunctions.Length; i++)
        {
            int at = row + HeadLength + (i * SubFunctionLength);
            rows[at] = subFunctions[i];
            rows[at + 1] = sessions;
        }

        _rows = rows;
        _services[_count] = service;
        _count++;
    }

    // A sub-function of the first service that is not there in all its sessions.
    private void Narrow(byte subFunction, byte sessions)
    {
        _rows[FindSubFunction(0, subFunction) + 1] = sessions;
    }
}
