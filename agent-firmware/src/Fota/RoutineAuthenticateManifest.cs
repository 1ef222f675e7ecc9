// RID 0210: verifies what lies in the staging slot and binds it to the secondary bank.
//   verify (ManifestVerifier) → rules of this ECU's state → record EMPTY → slot written → record RECEIVING.
// Invariants: nothing but the staging slot changes before the manifest is verified and all rules hold; the same
// manifest again keeps what was already downloaded.
// Clauses: draft-ietf-suit-manifest-37 §6.2, §6.5; the order of the rules is PROTOCOL.md's.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Authenticate manifest.</summary>
public sealed class RoutineAuthenticateManifest : FotaRoutine
{
    private enum Step : byte
    {
        Verify,
        Clear,
        Write,
        Bind,
        Refuse,
    }

    private readonly ManifestVerifier _verifier;
    private readonly KeyStore _keys;
    private readonly SlotWriter _slotWriter;
    private readonly SecondarySlot _slot;
    private readonly Banks _banks;
    private readonly IdsM _idsM;
    private readonly IApplicationLoader _application;
    private readonly Download _download;
    private readonly FlsArea _staging;
    private Step _step;

    /// <summary>Makes the routine.</summary>
    public RoutineAuthenticateManifest(ManifestVerifier verifier, KeyStore keys, SlotWriter slotWriter, SecondarySlot slot, Banks banks, IdsM idsM, IApplicationLoader application, Download download, FlsArea staging)
        : base(0x0210)
    {
        _verifier = verifier;
        _keys = keys;
        _slotWriter = slotWriter;
        _slot = slot;
        _banks = banks;
        _idsM = idsM;
        _application = application;
        _download = download;
        _staging = staging;
    }

    /// <inheritdoc/>
    public override FotaError Condition()
    {
        if (_banks.IsSecondaryInUse)
        {
            return FotaError.TrialRunning;
        }

        return _download.StagedLength == 0 ? FotaError.NoManifest : FotaError.None;
    }

    /// <inheritdoc/>
    public override StdReturn Start()
    {
        _step = Step.Verify;
        _verifier.Begin(_staging.Start, _download.StagedLength);
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    public override StdReturn Advance()
    {
        switch (_step)
        {
            case Step.Verify:
                return AdvanceVerification();
            case Step.Clear:
                return AdvanceClear();
            case Step.Write:
                return AdvanceWrite();
            case Step.Refuse:
                return AwaitRefusal(_idsM);
            default:
                StdReturn bound = AwaitRecord(_banks);
                if (bound == StdReturn.Ok)
                {
                    _slot.CompareWithRecord();
                }

                return bound;
        }
    }

    private StdReturn AdvanceVerification()
    {
        StdReturn result = _verifier.MainFunction(0);
        if (result == StdReturn.Pending)
        {
            return result;
        }

        if (result == StdReturn.NotOk)
        {
            return BeginRefusal(_verifier.Error, _verifier.ErrorDetail);
        }

        FotaError refusal = CheckRules(_verifier.Manifest);
        if (refusal != FotaError.None)
        {
            return BeginRefusal(refusal, 0);
        }

        int bank = _banks.Secondary;
        BankState state = _banks.Record.State[bank];
        bool isBoundAlready = _slot.IsTrusted && (state == BankState.Receiving || state == BankState.Verified)
            && Bytes.AreEqual(_verifier.Manifest.Digest, 0, _banks.Record.ManifestDigest[bank], 0, 32);
        if (isBoundAlready)
        {
            return StdReturn.Ok;
        }

        _slot.Invalidate();
        BankTransitions.Clear(_banks.BeginChange(), bank);
        _banks.Commit();
        _step = Step.Clear;
        return StdReturn.Pending;
    }

    private FotaError CheckRules(Manifest manifest)
    {
        BootRecord record = _banks.Record;
        int bank = _banks.Secondary;
        bool isKnown = Bytes.AreEqual(manifest.Digest, 0, record.ManifestDigest[0], 0, 32)
            || Bytes.AreEqual(manifest.Digest, 0, record.ManifestDigest[1], 0, 32);
        if (manifest.SequenceNumber < record.SequenceNumberMax || (manifest.SequenceNumber == record.SequenceNumberMax && !isKnown))
        {
            return FotaError.SequenceTooLow;
        }

        if ((manifest.SlotMask & (1 << bank)) == 0)
        {
            return FotaError.WrongComponentSlot;
        }

        if (manifest.SecurityVersion < record.SecurityVersionFloor)
        {
            return FotaError.SecurityVersionTooLow;
        }

        if (manifest.ImageLength > _banks.ImageArea(bank).Length)
        {
            return FotaError.ImageTooLong;
        }

        if (manifest.Runtime != _application.Runtime)
        {
            return FotaError.WrongRuntime;
        }

        if (manifest.ContractVersion > _application.ContractVersion)
        {
            return FotaError.WrongContract;
        }

        return manifest.Encoding == 0 ? FotaError.None : FotaError.EncodingUnsupported;
    }

    private StdReturn AdvanceClear()
    {
        StdReturn result = AwaitRecord(_banks);
        if (result == StdReturn.Ok)
        {
            _slotWriter.Begin(_banks.SlotArea(_banks.Secondary), _verifier.Manifest, _download.StagedLength);
            _step = Step.Write;
            return StdReturn.Pending;
        }

        return result;
    }

    private StdReturn AdvanceWrite()
    {
        StdReturn result = _slotWriter.Advance();
        if (result == StdReturn.Ok)
        {
            BankTransitions.Bind(
                _banks.BeginChange(), _banks.Secondary, _verifier.Manifest.Digest, _slot.Seal, _verifier.Manifest.SequenceNumber, _keys.TrustSequence);
            _banks.Commit();
            _step = Step.Bind;
            return StdReturn.Pending;
        }

        return result == StdReturn.NotOk ? Fail(FotaError.FlashFailed, 0) : result;
    }

    private StdReturn BeginRefusal(FotaError error, uint detail)
    {
        _step = Step.Refuse;
        return Refuse(_idsM, IdsMEvent.ManifestRefused, error, detail);
    }
}
