// RID 0211: puts the verified image on trial; the next reset starts it.
// When the trust anchors were replaced since its manifest was authenticated, it is authenticated once more, by the anchors
// of now: an image whose signer was revoked in the meantime does not run.
// Invariant: the change is one boot record; a power cut leaves the bank either verified or on trial.
// Tests: tests/agent-firmware/EcuM/InstallTests, TrustInstallTests.
namespace EsyncAgent;

/// <summary>Activate.</summary>
public sealed class RoutineActivate : FotaRoutine
{
    private enum Step : byte
    {
        Verify,
        Write,
        Refuse,
    }

    private readonly ManifestVerifier _verifier;
    private readonly KeyStore _keys;
    private readonly Banks _banks;
    private readonly SecondarySlot _slot;
    private readonly IdsM _idsM;
    private readonly byte _attempts;
    private Step _step;

    /// <summary>Makes the routine; <paramref name="attempts"/> is the number of boots that the trial may use up.</summary>
    public RoutineActivate(ManifestVerifier verifier, KeyStore keys, Banks banks, SecondarySlot slot, IdsM idsM, byte attempts)
        : base(0x0211)
    {
        _verifier = verifier;
        _keys = keys;
        _banks = banks;
        _slot = slot;
        _idsM = idsM;
        _attempts = attempts;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        return _banks.IsTrialRunning ? FotaError.TrialRunning : FotaError.None;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        BankState state = _banks.Record.State[_banks.Secondary];
        if (state == BankState.Trial)
        {
            return StdReturn.Ok;
        }

        if (state != BankState.Verified)
        {
            return Fail(FotaError.NotVerified, 0);
        }

        if (_banks.Record.TrustSequence == _keys.TrustSequence)
        {
            BeginTrial();
            return StdReturn.Pending;
        }

        if (!_slot.IsTrusted)
        {
            return Fail(FotaError.NotVerified, 0);
        }

        _verifier.Begin(_banks.SlotArea(_banks.Secondary).Start + ManifestSlot.EnvelopeOffset, _slot.Header.EnvelopeLength);
        _step = Step.Verify;
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        switch (_step)
        {
            case Step.Verify:
                return AdvanceVerification();
            case Step.Write:
                return AwaitRecord(_banks);
            default:
                return AwaitRefusal(_idsM);
        }
    }

    private StdReturn AdvanceVerification()
    {
        StdReturn result = _verifier.MainFunction(0);
        if (result == StdReturn.Pending)
        {
            return result;
        }

        bool isBound = result == StdReturn.Ok
            && _banks.Record.IsManifest(_banks.Secondary, _verifier.Manifest.Digest, 0);
        if (isBound)
        {
            BeginTrial();
            return StdReturn.Pending;
        }

        _step = Step.Refuse;
        return Refuse(_idsM, IdsMEvent.ManifestRefused, result == StdReturn.Ok ? FotaError.NotVerified : _verifier.Error, _verifier.ErrorDetail);
    }

    private void BeginTrial()
    {
        BankTransitions.Activate(_banks.BeginChange(), _banks.Secondary, _attempts);
        _banks.Commit();
        _step = Step.Write;
    }
}
