// RID 0214: takes the trust manifest that lies in the staging slot, and replaces all anchors by its own.
//   verify (TrustVerifier) → newer than the one in force → one NvM block with the new anchors and its number.
// Invariants: the anchors of before are whole until the block is written, and those of the manifest from then on; identifier
// and secret stay; the manifest in force, asked for again, changes nothing and is good.
// What was confirmed before stays what it is, whoever signed it; what was only verified is looked at again by 0211.
// Tests: tests/agent-firmware/EcuM/TrustInstallTests, TrustPowerCutTests.
namespace EsyncAgent;

/// <summary>Install trust manifest.</summary>
public sealed class RoutineInstallTrust : StagedDocumentRoutine
{
    private readonly TrustVerifier _verifier;
    private readonly KeyStore _keys;
    private readonly IdsM _idsM;
    private readonly byte[] _block;
    private bool _isStored;

    /// <summary>Makes the routine; <paramref name="block"/> is the buffer that <paramref name="verifier"/> lays the anchors out in.</summary>
    public RoutineInstallTrust(TrustVerifier verifier, KeyStore keys, Banks banks, IdsM idsM, Download download, FlsArea staging, byte[] block)
        : base(0x0214, verifier, banks, idsM, download, staging, IdsMEvent.TrustRefused)
    {
        _verifier = verifier;
        _keys = keys;
        _idsM = idsM;
        _block = block;
    }

    /// <inheritdoc/>
    protected override StdReturn Install()
    {
        _isStored = false;
        if (_verifier.IsInForce)
        {
            return _keys.WriteResult == StdReturn.NotOk ? BeginStore(_keys.StoreAgain()) : StdReturn.Ok;
        }

        TrustManifest manifest = _verifier.Manifest;
        if (manifest.SequenceNumber <= _keys.TrustSequence)
        {
            return RefuseDocument(FotaError.SequenceTooLow);
        }

        return BeginStore(_keys.ReplaceAnchors(_block, manifest.SequenceNumber, manifest.Digest));
    }

    /// <inheritdoc/>
    protected override StdReturn AdvanceInstallation()
    {
        // A change of keys is a security event too, and in flash before it is answered.
        if (_isStored)
        {
            return _idsM.IsSettled ? StdReturn.Ok : StdReturn.Pending;
        }

        StdReturn stored = _keys.WriteResult;
        if (stored == StdReturn.NotOk)
        {
            return Fail(FotaError.NvMFailed, 0);
        }

        if (stored == StdReturn.Ok)
        {
            _idsM.Report(IdsMEvent.TrustAccepted, (ushort)FotaError.None);
            _isStored = true;
        }

        return StdReturn.Pending;
    }

    private StdReturn BeginStore(FotaError error)
    {
        return error == FotaError.None ? StdReturn.Pending : RefuseDocument(error);
    }
}
