// Authenticates and reads a trust manifest that lies in flash, in slices, and checks whom it is for and that it leaves
// every required role an anchor (PROTOCOL.md, "Trust manifest").
// Invariants: not a byte of the manifest is parsed before signatures and digest are right; the one whose anchors are in
// force already is known by its digest alone, for the keys that signed it may be revoked by it.
// It works with the authentication and the buffer of others, which must be idle meanwhile; it keeps no anchor itself.
// Tests: tests/agent-firmware/Fota/TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Verifies one trust manifest at a time; the facts are in <see cref="Manifest"/> once it has said Ok.</summary>
public sealed class TrustVerifier
{
    private enum Phase : byte
    {
        Ended,
        Digest,
        Signatures,
        Manifest,
        Target,
    }

    private readonly FotaConfig _config;
    private readonly KeyStore _keys;
    private readonly EnvelopeVerifier _envelope;
    private readonly ManifestCursor _cursor;
    private readonly TrustReader _reader;
    private readonly TrustManifest _manifest = new TrustManifest();

    private Phase _phase;
    private StdReturn _result = StdReturn.NotOk;

    /// <summary>
    /// A verifier that shares the authentication of <paramref name="shared"/>; it lays the new anchors out in
    /// <paramref name="block"/> (<see cref="KeyStore.BlockLengthMax"/> bytes or more) for <see cref="KeyStore.ReplaceAnchors"/>.
    /// </summary>
    public TrustVerifier(FotaConfig config, KeyStore keys, ManifestVerifier shared, byte[] block)
    {
        _config = config;
        _keys = keys;
        _envelope = shared.Envelope;
        _cursor = _envelope.Cursor;
        _reader = new TrustReader(_cursor, _manifest, block);
    }

    /// <summary>Why the document was refused; None as long as it was not.</summary>
    public FotaError Error
    {
        get { return _cursor.Error; }
    }

    /// <summary>Detail of <see cref="Error"/>: the position in the document for what is malformed or cannot be, the flash address for FlashFailed, else 0.</summary>
    public uint ErrorDetail
    {
        get { return _cursor.ErrorDetail; }
    }

    /// <summary>Facts of the manifest; complete after Ok, unless <see cref="IsInForce"/>.</summary>
    public TrustManifest Manifest
    {
        get { return _manifest; }
    }

    /// <summary>True after Ok when the anchors are this manifest's already.</summary>
    public bool IsInForce { get; private set; }

    /// <summary>Begins with the document of <paramref name="length"/> bytes at a flash address.</summary>
    public void Begin(uint address, uint length)
    {
        _envelope.Begin(SignedDocument.TrustManifest, address, length, areRolesRequired: true);
        IsInForce = false;
        _phase = Phase.Digest;
        _result = StdReturn.Pending;
    }

    /// <summary>Does one bounded piece of work. Pending: call again next cycle.</summary>
    public StdReturn MainFunction(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Digest:
                AwaitDigest();
                break;
            case Phase.Signatures:
                Authenticate();
                break;
            case Phase.Manifest:
                if (_reader.MainFunction() == StdReturn.Ok)
                {
                    _phase = Phase.Target;
                }

                break;
            case Phase.Target:
                CheckTarget();
                break;
        }

        if (_cursor.Error != FotaError.None)
        {
            End(StdReturn.NotOk);
        }

        return _result;
    }

    private void End(StdReturn result)
    {
        _phase = Phase.Ended;
        _result = result;
    }

    private void AwaitDigest()
    {
        _envelope.MainFunction();
        if (!_envelope.IsDigestRight)
        {
            return;
        }

        IsInForce = _keys.IsInForce(_envelope.Digest);
        if (IsInForce)
        {
            End(StdReturn.Ok);
            return;
        }

        _phase = Phase.Signatures;
    }

    private void Authenticate()
    {
        if (_envelope.MainFunction() == StdReturn.Ok)
        {
            System.Array.Copy(_envelope.Digest, 0, _manifest.Digest, 0, _manifest.Digest.Length);
            _reader.Begin(_envelope.ManifestPosition);
            _phase = Phase.Manifest;
        }
    }

    private void CheckTarget()
    {
        FotaError error = Judge();
        if (error == FotaError.None)
        {
            End(StdReturn.Ok);
            return;
        }

        _cursor.Refuse(error, 0);
    }

    private FotaError Judge()
    {
        if (!Bytes.AreEqual(_manifest.VendorId, 0, _config.VendorId, 0, _manifest.VendorId.Length))
        {
            return FotaError.WrongVendor;
        }

        if (!Bytes.AreEqual(_manifest.ClassId, 0, _config.ClassId, 0, _manifest.ClassId.Length))
        {
            return FotaError.WrongClass;
        }

        if (_manifest.HasDeviceId && !Bytes.AreEqual(_manifest.DeviceId, 0, _keys.DeviceId, 0, _manifest.DeviceId.Length))
        {
            return FotaError.WrongDevice;
        }

        byte[] required = _config.RequiredRoles;
        for (int i = 0; i < required.Length; i++)
        {
            if ((_manifest.Roles >> required[i] & 1) == 0)
            {
                return FotaError.AnchorRoleMissing;
            }
        }

        return FotaError.None;
    }
}
