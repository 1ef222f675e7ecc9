// What the routines of the update target have in common: conditions, a start, steps, an error.
// Invariant: one routine runs at a time, in steps; it knows no service and no response code.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>One routine of PROTOCOL.md, "Routines", as a state machine.</summary>
public abstract class FotaRoutine
{
    /// <summary>Makes the routine with its identifier.</summary>
    protected FotaRoutine(ushort identifier)
    {
        Identifier = identifier;
    }

    /// <summary>Routine identifier (RID).</summary>
    public ushort Identifier { get; }

    /// <summary>Why the routine failed; None after success.</summary>
    public FotaError Error { get; private set; }

    /// <summary>Chunk, position or address that belongs to <see cref="Error"/>.</summary>
    public uint ErrorDetail { get; private set; }

    /// <summary>None when the routine may run now; otherwise why it could not (negative response 22).</summary>
    public abstract FotaError Condition();

    /// <summary>Starts. Ok or NotOk when it is over at once.</summary>
    public abstract StdReturn Start();

    /// <summary>Goes on; called each cycle while Pending.</summary>
    public abstract StdReturn Advance();

    /// <summary>Forgets the former error.</summary>
    public void ClearError()
    {
        Error = FotaError.None;
        ErrorDetail = 0;
    }

    /// <summary>Notes why it failed.</summary>
    protected StdReturn Fail(FotaError error, uint detail)
    {
        Error = error;
        ErrorDetail = detail;
        return StdReturn.NotOk;
    }

    /// <summary>Notes why a signed document was refused, also as a security event (a value of <see cref="IdsMEvent"/>). Pending: see <see cref="AwaitRefusal"/>.</summary>
    protected StdReturn Refuse(IdsM idsM, byte securityEvent, FotaError error, uint detail)
    {
        Fail(error, detail);
        idsM.Report(securityEvent, (ushort)error);
        return StdReturn.Pending;
    }

    /// <summary>NotOk once the refusal is among the security events in flash, or the flash has failed.</summary>
    protected static StdReturn AwaitRefusal(IdsM idsM)
    {
        return idsM.IsSettled ? StdReturn.NotOk : StdReturn.Pending;
    }

    /// <summary>The result of a boot record write as this routine's result.</summary>
    protected StdReturn AwaitRecord(Banks banks)
    {
        StdReturn result = banks.WriteResult;
        return result == StdReturn.NotOk ? Fail(FotaError.FlashFailed, 0) : result;
    }
}
