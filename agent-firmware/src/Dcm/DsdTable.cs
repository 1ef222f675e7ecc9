// The whole diagnostic server on one page: every service with its sessions, access, fixed length and sub-functions,
// as in the table of PROTOCOL.md, "Services". Adding a service is one file Sid… and one row here.
// Invariant: each service identifier once.
// Tests: tests/agent-firmware/Dcm/DispatchTests.cs reads the same table on the wire.
namespace EsyncAgent;

/// <summary>Builds the dispatch table.</summary>
public static class DsdTable
{
    private const bool NeedsAccess = true;
    private const bool IsFree = false;

    /// <summary>Makes all services over what <paramref name="parts"/> offers.</summary>
    public static DsdService[] Build(DcmParts parts)
    {
        const byte All = DcmSession.InAll;
        const byte NonDefault = DcmSession.InNonDefault;
        const byte Programming = DcmSession.InProgramming;
        const byte Extended = DcmSession.InExtended;
        const byte DefaultAndExtended = All & ~DcmSession.InProgramming;
        return new DsdService[]
        {
            new DsdService(0x10, All, IsFree, 2, new byte[] { 1, 2, 3 }, new byte[] { All, NonDefault, All }, new Sid10DiagnosticSessionControl(parts)),
            new DsdService(0x11, NonDefault, IsFree, 2, new byte[] { 1, 3 }, new Sid11EcuReset(parts)),
            new DsdService(0x14, DefaultAndExtended, IsFree, 2, new Sid14ClearDiagnosticInformation(parts)),
            new DsdService(0x19, All, IsFree, 2, new byte[] { 0x01, 0x02, 0x04, 0x06, 0x0A, 0x14, 0x15 }, new Sid19ReadDtcInformation(parts)),
            new DsdService(0x22, All, IsFree, 3, new Sid22ReadDataByIdentifier(parts)),
            new DsdService(0x27, NonDefault, IsFree, 2, new byte[] { 1, 2 }, new Sid27SecurityAccess(parts)),
            new DsdService(0x28, NonDefault, IsFree, 3, new byte[] { 0, 1, 2, 3 }, new Sid28CommunicationControl(parts)),
            new DsdService(0x29, NonDefault, IsFree, 2, new byte[] { 0, 5, 6, 8 }, new Sid29Authentication(parts)),
            new DsdService(0x2A, Extended, IsFree, 2, new Sid2AReadDataByPeriodicIdentifier(parts)),
            new DsdService(0x2C, Extended, IsFree, 2, new byte[] { 1, 3 }, new Sid2CDynamicallyDefineDataIdentifier(parts)),
            new DsdService(0x2E, Programming, NeedsAccess, 4, new Sid2EWriteDataByIdentifier(parts)),
            new DsdService(0x2F, Extended, NeedsAccess, 4, new Sid2FInputOutputControlByIdentifier(parts)),
            new DsdService(0x31, NonDefault, IsFree, 4, new byte[] { 1 }, new Sid31RoutineControl(parts)),
            new DsdService(0x34, Programming, NeedsAccess, 5, new Sid34RequestDownload(parts)),
            new DsdService(0x36, Programming, NeedsAccess, 2, new Sid36TransferData(parts)),
            new DsdService(0x37, Programming, NeedsAccess, 1, new Sid37RequestTransferExit(parts)),
            new DsdService(0x3E, All, IsFree, 2, new byte[] { 0 }, new Sid3ETesterPresent()),
            new DsdService(0x85, NonDefault, IsFree, 2, new byte[] { 1, 2 }, new Sid85ControlDtcSetting(parts)),
        };
    }
}
