// The bank state machine as pure changes of a boot record (PROTOCOL.md, "Banks"): one function for each row.
// Nothing here writes: the caller takes a draft, applies one of these, and hands it to the store; so a change is
// atomic by construction.
// Invariant: the active bank is never touched except by Confirm, SwapToPrevious and RejectActive.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Changes of the boot record.</summary>
public static class BankTransitions
{
    /// <summary>Before a bank's slot is rewritten: the secondary holds nothing any more.</summary>
    public static void Clear(BootRecord draft, int bank)
    {
        draft.State[bank] = BankState.Empty;
        System.Array.Clear(draft.Digests, BootRecord.DigestAt(bank), BootRecord.DigestLength);
        System.Array.Clear(draft.Digests, BootRecord.SealAt(bank), BootRecord.DigestLength);
        draft.MarksTried[bank] = 0;
    }

    /// <summary>A manifest was authenticated by the anchors of a trust manifest, and its slot is written: the image may arrive.</summary>
    public static void Bind(BootRecord draft, int bank, byte[] digest, byte[] seal, uint sequenceNumber, uint trustSequence)
    {
        draft.State[bank] = BankState.Receiving;
        draft.Bind(bank, digest, seal);
        draft.MarksTried[bank] = 0;
        draft.TrustSequence = trustSequence;
        if (sequenceNumber > draft.SequenceNumberMax)
        {
            draft.SequenceNumberMax = sequenceNumber;
        }

        draft.EsyncState = EsyncState.InstallInProgress;
    }

    /// <summary>The image has to arrive again, for the manifest that is bound.</summary>
    public static void Restart(BootRecord draft, int bank)
    {
        draft.State[bank] = BankState.Receiving;
        draft.EsyncState = EsyncState.InstallInProgress;
    }

    /// <summary>The whole image is programmed and read back.</summary>
    public static void Verify(BootRecord draft, int bank)
    {
        draft.State[bank] = BankState.Verified;
        draft.EsyncState = EsyncState.InstallReady;
    }

    /// <summary>The next boot tries the image.</summary>
    public static void Activate(BootRecord draft, int bank, byte attempts)
    {
        draft.State[bank] = BankState.Trial;
        draft.AttemptsLeft = attempts;
        draft.EsyncState = EsyncState.InstallInProgress;
    }

    /// <summary>The trial was good: it becomes the active bank, the former one the way back.</summary>
    public static void Confirm(BootRecord draft, int bank, uint securityVersion)
    {
        int other = bank ^ 1;
        draft.State[bank] = BankState.Confirmed;
        if (draft.State[other] == BankState.Confirmed)
        {
            draft.State[other] = BankState.Previous;
        }

        draft.ActiveBank = (byte)bank;
        draft.AttemptsLeft = 0;
        if (securityVersion > draft.SecurityVersionFloor)
        {
            draft.SecurityVersionFloor = securityVersion;
        }

        draft.LastError = FotaError.None;
        draft.EsyncState = EsyncState.InstallCompleted;
    }

    /// <summary>The trial was not good: the active bank goes on.</summary>
    public static void RejectTrial(BootRecord draft, int bank, FotaError reason)
    {
        draft.State[bank] = BankState.Rejected;
        draft.AttemptsLeft = 0;
        draft.LastError = reason;
        draft.RollbackCount++;
        draft.EsyncState = EsyncState.InstallRollback;
    }

    /// <summary>The active image is given up for the previous one, by order or because it is damaged.</summary>
    public static void SwapToPrevious(BootRecord draft, FotaError reason)
    {
        int other = draft.ActiveBank ^ 1;
        draft.State[draft.ActiveBank] = BankState.Rejected;
        draft.State[other] = BankState.Confirmed;
        draft.ActiveBank = (byte)other;
        draft.LastError = reason;
        draft.RollbackCount++;
        draft.EsyncState = EsyncState.InstallRollback;
    }

    /// <summary>The active image is damaged and there is no other: the agent stays without application.</summary>
    public static void RejectActive(BootRecord draft, FotaError reason)
    {
        draft.State[draft.ActiveBank] = BankState.Rejected;
        draft.LastError = reason;
        draft.EsyncState = EsyncState.InstallFailed;
    }
}
