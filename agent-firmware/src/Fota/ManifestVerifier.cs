// Authenticates and reads a SUIT envelope that lies in flash, in slices: EnvelopeVerifier first, and only then the manifest
// itself, and whom it is for (PROTOCOL.md, "Manifest").
// Invariants: not a byte of the manifest is parsed before signatures and digest are right; a call does a handful of hash
// compressions at most and ends; whatever the bytes are, a verdict comes after a bounded number of calls; the envelope is
// never held whole.
// Must not know of banks and boot records: what depends on them is Fota's to compare.
// Tests: tests/agent-firmware/Fota/ManifestVerifierTests, EnvelopeTests, ManifestReaderTests.
namespace EsyncAgent;

/// <summary>Verifies one envelope at a time; the facts are in <see cref="Manifest"/> once it has said Ok.</summary>
public sealed class ManifestVerifier
{
    private enum Phase : byte
    {
        Ended,
        Envelope,
        Manifest,
        Target,
    }

    private readonly FotaConfig _config;
    private readonly KeyStore _keys;
    private readonly EnvelopeVerifier _envelope;
    private readonly ManifestCursor _cursor;
    private readonly ManifestReader _reader;
    private readonly Manifest _manifest = new Manifest();

    private Phase _phase;
    private StdReturn _result = StdReturn.NotOk;

    /// <summary>A verifier that insists on the roles and the identity in <paramref name="config"/>.</summary>
    public ManifestVerifier(FotaConfig config, Fls fls, Csm csm, KeyStore keys)
    {
        _config = config;
        _keys = keys;
        _envelope = new EnvelopeVerifier(config.RequiredRoles, fls, csm, keys);
        _cursor = _envelope.Cursor;
        _reader = new ManifestReader(_cursor, _manifest);
    }

    /// <summary>Why the envelope was refused; None as long as it was not.</summary>
    public FotaError Error
    {
        get { return _cursor.Error; }
    }

    /// <summary>Detail of <see cref="Error"/>: the position in the envelope for EnvelopeMalformed, ManifestMalformed, ManifestUnsupported and ManifestVersionUnknown, the flash address for FlashFailed, else 0.</summary>
    public uint ErrorDetail
    {
        get { return _cursor.ErrorDetail; }
    }

    /// <summary>Facts of the manifest; complete after Ok, rubbish otherwise.</summary>
    public Manifest Manifest
    {
        get { return _manifest; }
    }

    /// <summary>The authentication, for one verifier at a time: trust manifests go the same way.</summary>
    internal EnvelopeVerifier Envelope
    {
        get { return _envelope; }
    }

    /// <summary>Begins with the envelope of <paramref name="length"/> bytes at a flash address.</summary>
    public void Begin(uint address, uint length)
    {
        Begin(address, length, areRolesRequired: true);
    }

    /// <summary>
    /// Begins with an envelope that this ECU authenticated and confirmed before. Since the anchors were replaced its signers
    /// may be revoked, and then they are not asked for: what was confirmed stays confirmed.
    /// </summary>
    public void BeginConfirmed(uint address, uint length)
    {
        Begin(address, length, areRolesRequired: _keys.TrustSequence == 0);
    }

    /// <summary>Does one bounded piece of work. Pending: call again next cycle.</summary>
    public StdReturn MainFunction(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Envelope:
                Authenticate();
                break;
            case Phase.Manifest:
                ReadManifest();
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

    private void Begin(uint address, uint length, bool areRolesRequired)
    {
        _manifest.Clear();
        _envelope.Begin(SignedDocument.ImageManifest, address, length, areRolesRequired);
        _phase = Phase.Envelope;
        _result = StdReturn.Pending;
    }

    private void Refuse(FotaError error)
    {
        _cursor.Refuse(error, 0);
        End(StdReturn.NotOk);
    }

    private void End(StdReturn result)
    {
        _phase = Phase.Ended;
        _result = result;
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

    private void ReadManifest()
    {
        if (_reader.MainFunction() == StdReturn.Ok)
        {
            _phase = Phase.Target;
        }
    }

    private void CheckTarget()
    {
        if (!Bytes.AreEqual(_manifest.VendorId, 0, _config.VendorId, 0, _manifest.VendorId.Length))
        {
            Refuse(FotaError.WrongVendor);
        }
        else if (!Bytes.AreEqual(_manifest.ClassId, 0, _config.ClassId, 0, _manifest.ClassId.Length))
        {
            Refuse(FotaError.WrongClass);
        }
        else if (_manifest.HasDeviceId && !Bytes.AreEqual(_manifest.DeviceId, 0, _keys.DeviceId, 0, _manifest.DeviceId.Length))
        {
            Refuse(FotaError.WrongDevice);
        }
        else
        {
            FotaError error = _reader.CheckTables();
            if (error != FotaError.None)
            {
                Refuse(error);
            }
            else
            {
                End(StdReturn.Ok);
            }
        }
    }
}
