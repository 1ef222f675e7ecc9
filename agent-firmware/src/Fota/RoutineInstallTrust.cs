// RID 0214: takes the trust manifest that lies in the staging slot, and replaces all anchors by its own.
//   verify (TrustVerifier) → newer than the one in force → one NvM block with the new anchors and its number.
// Invariants: the anchors of before are whole until the block is written, and those of the manifest from then on; identifier
// and secret stay; the manifest in force, asked for again, changes nothing and is good.
// What was confirmed before stays what it is, whoever signed it; what was only verified is looked at again by 0211.
// Tests: tests/agent-firmware/EcuM/TrustInstallTests, TrustPowerCutTests.
namespace EsyncAgent;

/// <summary>Install trust manifest.</summary>
public sealed class RoutineInstallTrust : FotaRoutine
{
    private enum Step : byte
    {
        Verify,
        Store,
        Tell,
        Refuse,
    }

    private readonly TrustVerifier _verifier;
    private readonly KeyStore _keys;
    private readonly Banks _banks;
    private readonly IdsM _idsM;
    private readonly Download _download;
    private readonly FlsArea _staging;
    private readonly byte[] _block;
    private Step _step;

    /// <summary>Makes the routine; <paramref name="block"/> is the buffer that <paramref name="verifier"/> lays the anchors out in.</summary>
    public RoutineInstallTrust(TrustVerifier verifier, KeyStore keys, Banks banks, IdsM idsM, Download download, FlsArea staging, byte[] block)
        : base(0x0214)
    {
        _verifier = verifier;
        _keys = keys;
        _banks = banks;
        _idsM = idsM;
        _download = download;
        _staging = staging;
        _block = block;
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
            case Step.Store:
                return AdvanceStore();
            case Step.Tell:
                return _idsM.IsSettled ? StdReturn.Ok : StdReturn.Pending;
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

        if (result == StdReturn.NotOk)
        {
            return BeginRefusal(_verifier.Error, _verifier.ErrorDetail);
        }

        if (_verifier.IsInForce)
        {
            return _keys.WriteResult == StdReturn.NotOk ? BeginStore(_keys.StoreAgain()) : StdReturn.Ok;
        }

        TrustManifest manifest = _verifier.Manifest;
        if (manifest.SequenceNumber <= _keys.TrustSequence)
        {
            return BeginRefusal(FotaError.SequenceTooLow, 0);
        }

        return BeginStore(_keys.ReplaceAnchors(_block, manifest.SequenceNumber, manifest.Digest));
    }

    private StdReturn BeginStore(FotaError error)
    {
        if (error != FotaError.None)
        {
            return BeginRefusal(error, 0);
        }

        _step = Step.Store;
        return StdReturn.Pending;
    }

    // A change of keys is a security event too, and in flash before it is answered.
    private StdReturn AdvanceStore()
    {
        StdReturn stored = _keys.WriteResult;
        if (stored == StdReturn.NotOk)
        {
            return Fail(FotaError.NvMFailed, 0);
        }

        if (stored == StdReturn.Ok)
        {
            _idsM.Report(IdsMEvent.TrustAccepted, (ushort)FotaError.None);
            _step = Step.Tell;
            return StdReturn.Pending;
        }

        return stored;
    }

    private StdReturn BeginRefusal(FotaError error, uint detail)
    {
        _step = Step.Refuse;
        return Refuse(_idsM, IdsMEvent.TrustRefused, error, detail);
    }
}
