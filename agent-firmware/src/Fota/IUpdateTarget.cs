// What the diagnostic server needs of the update target: transfers, routines, reports. Fota implements it.
// An interface, so that the server's conversations on the wire can be tried against a scripted target.
// Invariants: one long operation at a time; nothing blocks; NRCs are unknown here, reasons are FotaErrors.
// Calls happen per request or per block, never per byte.
// Tests: tests/agent-firmware/Dcm (scripted target), tests/agent-firmware/Fota (the real one).
namespace EsyncAgent;

/// <summary>The update target as services 22, 31, 34, 36 and 37 see it (PROTOCOL.md, "Transfer", "Routines").</summary>
public interface IUpdateTarget
{
    /// <summary>True from an accepted <see cref="StartDownload"/> until the transfer has ended, well or badly. A new download may begin only while it is false.</summary>
    bool IsTransferActive { get; }

    /// <summary>True while an image is on trial, or waits for the reset that starts it: each reset then costs it one of its starts.</summary>
    bool IsOnTrial { get; }

    /// <summary>Bytes of the announced size that have not been accepted yet.</summary>
    uint TransferRemaining { get; }

    /// <summary>Why the last operation was refused or failed; <see cref="FotaError.None"/> after a good one.</summary>
    FotaError LastError { get; }

    /// <summary>Detail of <see cref="LastError"/> (DID FD03).</summary>
    uint LastErrorDetail { get; }

    /// <summary>
    /// Begins a download, called again with the same arguments each cycle until the answer is not Pending.
    /// NotOk: <see cref="LastError"/> is TrialRunning, NoManifest, EncodingUnsupported, TransferOutOfRange,
    /// EnvelopeTooLong, FlashFailed or another reason.
    /// </summary>
    StdReturn StartDownload(byte dataFormatIdentifier, uint address, uint size);

    /// <summary>
    /// Takes the next bytes of the transfer. Ok: all of them were taken. Pending: none was, for want of room; offer the
    /// same again next cycle. NotOk: the transfer has ended, now or in the background since the last call, and
    /// <see cref="LastError"/> says why.
    /// Never called with more than <see cref="TransferRemaining"/> bytes.
    /// </summary>
    StdReturn TransferData(byte[] data, int offset, int count);

    /// <summary>
    /// Ends the transfer: Pending until everything is programmed, read back and recorded; call each cycle until then.
    /// Repeated after a good end it gives the former result.
    /// </summary>
    StdReturn TransferExit();

    /// <summary>Drops an unfinished transfer (change of session); what was recorded in flash stays.</summary>
    void AbortTransfer();

    /// <summary>Whether a routine (0210 to 0214, FF00, FF01) could run now; None when it could, else the condition that forbids it.</summary>
    FotaError RoutineCondition(ushort routineIdentifier);

    /// <summary>Starts a routine (0210 to 0214, FF00, FF01). Pending: ask <see cref="PollRoutine"/> each cycle; else it has ended, as <see cref="LastError"/> says.</summary>
    StdReturn StartRoutine(ushort routineIdentifier);

    /// <summary>State of the routine under way; once not Pending, its result is in <see cref="LastError"/>.</summary>
    StdReturn PollRoutine();

    /// <summary>Routine 0203: writes consent and reasons, and returns 2 (PROTOCOL.md, "Routines").</summary>
    int CheckPreconditions(byte[] into, int offset);

    /// <summary>Routine 0204: writes the authenticated version report over the 16-byte nonce and returns its length, 239; −1 while there is no report key (not provisioned).</summary>
    int ReadVersionReport(byte[] nonce, int nonceOffset, byte[] into, int offset);

    /// <summary>Reads a data identifier of the agent (F181, F189, FD00 to FD0A); returns the length, −1 when there is no such identifier.</summary>
    int ReadDid(ushort dataIdentifier, byte[] into, int offset);

    /// <summary>
    /// Notes a refusal that arose in the server, for DID FD03: AlreadyProvisioned,
    /// AccessRefused, the condition that kept a routine from starting. Only notes; returns at once and touches neither transfer nor routine.
    /// </summary>
    void NoteRefusal(FotaError reason);
}
