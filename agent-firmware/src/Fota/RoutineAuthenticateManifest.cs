// RID 0210: verifies what lies in the staging slot and binds it to the secondary bank.
//   verify (ManifestVerifier) → rules of this ECU's state → record EMPTY → slot written → record RECEIVING.
// Invariants: nothing but the staging slot changes before the manifest is verified and all rules hold; the same
// manifest again keeps what was already downloaded.
// Clauses: draft-ietf-suit-manifest-37 §6.2, §6.5; the order of the rules is PROTOCOL.md's.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Authenticate manifest.</summary>
public sealed class RoutineAuthenticateManifest : StagedDocumentRoutine
{
    private enum Step : byte
    {
        Clear,
        Write,
        Bind,
    }

    private readonly ManifestVerifier _verifier;
    private readonly ushort _encodings;
    private readonly KeyStore _keys;
    private readonly SlotWriter _slotWriter;
    private readonly SecondarySlot _slot;
    private readonly IApplicationLoader _application;
    private Step _step;

    /// <summary>Makes the routine.</summary>
    public RoutineAuthenticateManifest(ManifestVerifier verifier, ushort encodings, KeyStore keys, SlotWriter slotWriter, SecondarySlot slot, Banks banks, IdsM idsM, IApplicationLoader application, Download download, FlsArea staging)
        : base(0x0210, verifier, banks, idsM, download, staging, IdsMEvent.ManifestRefused)
    {
        _verifier = verifier;
        _encodings = encodings;
        _keys = keys;
        _slotWriter = slotWriter;
        _slot = slot;
        _application = application;
    }

    /// <inheritdoc/>
    protected override StdReturn Install()
    {
        FotaError refusal = CheckRules(_verifier.Manifest);
        if (refusal != FotaError.None)
        {
            return RefuseDocument(refusal);
        }

        int bank = Banks.Secondary;
        BankState state = Banks.Record.State[bank];
        bool isBoundAlready = _slot.IsTrusted && (state == BankState.Receiving || state == BankState.Verified)
            && Banks.Record.IsManifest(bank, _verifier.Manifest.Digest, 0);
        if (isBoundAlready)
        {
            return StdReturn.Ok;
        }

        _slot.Invalidate();
        BankTransitions.Clear(Banks.BeginChange(), bank);
        Banks.Commit();
        _step = Step.Clear;
        return StdReturn.Pending;
    }

    /// <inheritdoc/>
    protected override StdReturn AdvanceInstallation()
    {
        switch (_step)
        {
            case Step.Clear:
                return AdvanceClear();
            case Step.Write:
                return AdvanceWrite();
            default:
                StdReturn bound = AwaitRecord(Banks);
                if (bound == StdReturn.Ok)
                {
                    _slot.CompareWithRecord();
                }

                return bound;
        }
    }

    private FotaError CheckRules(Manifest manifest)
    {
        BootRecord record = Banks.Record;
        int bank = Banks.Secondary;
        bool isKnown = record.IsManifest(0, manifest.Digest, 0) || record.IsManifest(1, manifest.Digest, 0);
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

        if (manifest.ImageLength > Banks.ImageArea(bank).Length)
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

        if (!TransferEncoding.IsIn(_encodings, manifest.Encoding))
        {
            return FotaError.EncodingUnsupported;
        }

        return !manifest.HasBaseDigest || BaseImage.IsBase(Banks, manifest.BaseDigest, 0) ? FotaError.None : FotaError.WrongBase;
    }

    private StdReturn AdvanceClear()
    {
        StdReturn result = AwaitRecord(Banks);
        if (result == StdReturn.Ok)
        {
            _slotWriter.Begin(Banks.SlotArea(Banks.Secondary), _verifier.Manifest, DocumentLength);
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
                Banks.BeginChange(), Banks.Secondary, _verifier.Manifest.Digest, _slot.Seal, _verifier.Manifest.SequenceNumber, _keys.TrustSequence);
            Banks.Commit();
            _step = Step.Bind;
            return StdReturn.Pending;
        }

        return result == StdReturn.NotOk ? Fail(FotaError.FlashFailed, 0) : result;
    }
}
