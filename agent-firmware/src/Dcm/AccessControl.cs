// Access to the services that change the ECU: opened by 29 or by 27, closed by every change of session (ISO
// 14229-1:2020 §10.4, §10.6; PROTOCOL.md, "Access").
// Invariants: one challenge is outstanding at most; it serves one attempt, for the service and on the address that asked
// for it; a failed attempt is counted in flash before its answer leaves.
// Must not know request layouts; the services bring offsets.
// Tests: tests/agent-firmware/Dcm/Sid29AuthenticationTests.cs, Sid27SecurityAccessTests.cs, AccessDelayTests.cs.
namespace EsyncAgent;

/// <summary>Challenges, proofs and the state of access.</summary>
public sealed class AccessControl
{
    /// <summary>Length of challenges and seeds in bytes.</summary>
    public const int ChallengeLength = 16;

    private readonly KeyStore _keys;
    private readonly AccessDelay _delay;
    private readonly Dem _dem;
    private readonly IdsM _idsM;
    private readonly IUpdateTarget _target;
    private readonly IMcu _mcu;
    private readonly byte[] _challenge = new byte[ChallengeLength];
    private AccessProof _outstanding;
    private bool _isOutstandingFunctional;

    /// <summary>Makes it, closed.</summary>
    public AccessControl(Csm csm, KeyStore keys, AccessDelay delay, Dem dem, IdsM idsM, IUpdateTarget target, IMcu mcu)
    {
        _keys = keys;
        _delay = delay;
        _dem = dem;
        _idsM = idsM;
        _target = target;
        _mcu = mcu;
        Authentication = new AccessProof(csm, keys, KeyPurpose.Authentication, "esync/v1/proof-29", 2 * ChallengeLength);
        SecurityAccess = new AccessProof(csm, keys, KeyPurpose.SecurityAccess, "esync/v1/proof-27", ChallengeLength);
    }

    /// <summary>Proofs of service 29.</summary>
    public AccessProof Authentication { get; }

    /// <summary>Proofs of service 27.</summary>
    public AccessProof SecurityAccess { get; }

    /// <summary>True while access is given.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>
    /// True when a request may use the access that is open: it belongs to the address on which the proof came, and a proof is
    /// too long for the functional one.
    /// </summary>
    public bool IsOpenFor(DcmMessage message)
    {
        return IsOpen && !message.IsFunctional;
    }

    /// <summary>True while failed attempts hold the next one back.</summary>
    public bool IsDelayed
    {
        get { return _delay.IsRunning; }
    }

    /// <summary>Closes access and forgets the challenge.</summary>
    public void Drop()
    {
        IsOpen = false;
        _outstanding = null;
    }

    /// <summary>Appends a fresh challenge to the response; any earlier one is void. NRC 22 when there are no keys, 37 while a delay runs.</summary>
    public StdReturn Issue(AccessProof purpose, DcmMessage message)
    {
        _outstanding = null;
        if (!_keys.IsProvisioned)
        {
            return message.Refuse(Nrc.ConditionsNotCorrect);
        }

        if (_delay.IsRunning)
        {
            return message.Refuse(Nrc.RequiredTimeDelayNotExpired);
        }

        // Sixteen zeros are what 27 answers when access is open; from a source of entropy they mean that it is dead.
        _mcu.ReadEntropy(_challenge);
        if (Bytes.AreAll(_challenge, 0, ChallengeLength, 0))
        {
            return message.Refuse(Nrc.ConditionsNotCorrect);
        }

        _outstanding = purpose;
        _isOutstandingFunctional = message.IsFunctional;
        message.Append(_challenge, 0, ChallengeLength);
        return StdReturn.Ok;
    }

    /// <summary>True when a proof for <paramref name="purpose"/> may come on the address of this request.</summary>
    public bool IsExpected(AccessProof purpose, DcmMessage message)
    {
        return _outstanding == purpose && _isOutstandingFunctional == message.IsFunctional;
    }

    /// <summary>
    /// Uses the outstanding challenge up on a proof in the request. Ok: access is open. Pending: the proof was wrong and
    /// is being counted; <see cref="ContinueFailure"/> ends it.
    /// </summary>
    public StdReturn Verify(DcmMessage message, int challengeClientOffset, int proofOffset, int proofLength)
    {
        AccessProof purpose = _outstanding;
        _outstanding = null;
        if (purpose.IsGood(_challenge, message.Request, challengeClientOffset, proofOffset, proofLength))
        {
            IsOpen = true;
            _delay.CountSuccess();
            _dem.SetEvent(DemEvent.AccessFailed, false);
            return StdReturn.Ok;
        }

        _delay.CountFailure();
        _dem.SetEvent(DemEvent.AccessFailed, true);
        _idsM.Report(IdsMEvent.AccessRefused, (ushort)FotaError.AccessRefused);
        _target.NoteRefusal(FotaError.AccessRefused);
        return StdReturn.Pending;
    }

    /// <summary>Refuses with <paramref name="nrc"/> once the failure is in flash.</summary>
    public StdReturn ContinueFailure(DcmMessage message, byte nrc)
    {
        return _delay.Stored() == StdReturn.Pending ? StdReturn.Pending : message.Refuse(nrc);
    }
}
