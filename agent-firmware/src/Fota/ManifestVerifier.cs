// Authenticates and reads a SUIT envelope that lies in flash, in slices: shape of the envelope, digest over the manifest,
// signatures and roles, and only then the manifest itself, and whom it is for (PROTOCOL.md, "Manifest").
// Invariants: not a byte of the manifest is parsed before signatures and digest are right; a call does a handful of hash
// compressions at most and ends; whatever the bytes are, a verdict comes after a bounded number of calls; the envelope is
// never held whole.
// Must not know of banks and boot records: what depends on them is Fota's to compare.
// Tests: tests/agent-firmware/Fota/ManifestVerifierTests, EnvelopeTests, ManifestReaderTests.
namespace EsyncAgent;

/// <summary>Verifies one envelope at a time; the facts are in <see cref="Manifest"/> once it has said Ok.</summary>
public sealed class ManifestVerifier
{
    // Some 6,000 IL instructions each: ten milliseconds of a slow board at a time.
    private const int CompressionsPerCycle = 4;

    // What one call hashes, and what the window holds; longer than ManifestCursor.LookAhead.
    private const int WindowLength = 64 * CompressionsPerCycle;

    private enum Phase : byte
    {
        Ended,
        Envelope,
        Digest,
        Signatures,
        Manifest,
        Target,
    }

    // The Sig_structure in front of the digest, RFC 9052 §4.4: ["Signature1", h'a101382d', h'', «[−16, digest]»].
    private static readonly byte[] SigStructure =
    {
        0x84, 0x6A, (byte)'S', (byte)'i', (byte)'g', (byte)'n', (byte)'a', (byte)'t', (byte)'u', (byte)'r', (byte)'e', (byte)'1',
        0x44, 0xA1, 0x01, 0x38, 0x2D, 0x40, 0x58, 0x24, 0x82, 0x2F, 0x58, 0x20,
    };

    private readonly FotaConfig _config;
    private readonly KeyStore _keys;
    private readonly Sha256 _sha256;
    private readonly HssVerifier _hss;
    private readonly ManifestCursor _cursor;
    private readonly EnvelopeReader _envelope;
    private readonly ManifestReader _reader;
    private readonly Manifest _manifest = new Manifest();
    private readonly byte[] _hash = new byte[Sha256.HashLength];
    private readonly byte[] _toBeSigned = new byte[SigStructure.Length + Sha256.HashLength];

    private Phase _phase;
    private StdReturn _result = StdReturn.NotOk;
    private uint _hashPosition;
    private int _signature;
    private int _anchor;
    private bool _isVerifying;
    private uint _validRoles;

    /// <summary>A verifier that insists on the roles and the identity in <paramref name="config"/>.</summary>
    public ManifestVerifier(FotaConfig config, Fls fls, Csm csm, KeyStore keys)
    {
        _config = config;
        _keys = keys;
        _sha256 = csm.NewSha256();
        _hss = new HssVerifier(csm);
        _cursor = new ManifestCursor(new FlsWindow(fls, FlsPriority.Fota, WindowLength));
        _envelope = new EnvelopeReader(_cursor);
        _reader = new ManifestReader(_cursor, _manifest);
        System.Array.Copy(SigStructure, _toBeSigned, SigStructure.Length);
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

    /// <summary>Begins with the envelope of <paramref name="length"/> bytes at a flash address.</summary>
    public void Begin(uint address, uint length)
    {
        _cursor.Open(address, length);
        _manifest.Clear();
        _envelope.Begin();
        _phase = Phase.Envelope;
        _result = StdReturn.Pending;
        if (!_keys.IsProvisioned)
        {
            Refuse(FotaError.NotProvisioned);
        }
    }

    /// <summary>Does one bounded piece of work. Pending: call again next cycle.</summary>
    public StdReturn MainFunction(uint nowMs)
    {
        switch (_phase)
        {
            case Phase.Envelope:
                ReadEnvelope();
                break;
            case Phase.Digest:
                HashManifest();
                break;
            case Phase.Signatures:
                VerifySignatures();
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

    private void ReadEnvelope()
    {
        if (_envelope.MainFunction() == StdReturn.Ok)
        {
            _sha256.Reset();
            _hashPosition = _envelope.ManifestStart;
            _phase = Phase.Digest;
        }
    }

    // The digest is over the manifest's byte string with its head, up to the end of the envelope.
    private void HashManifest()
    {
        uint left = _cursor.Length - _hashPosition;
        int count = left < WindowLength ? (int)left : WindowLength;
        if (!_cursor.Ensure(_hashPosition, count))
        {
            return;
        }

        _sha256.Update(_cursor.Window.Buffer, _cursor.Window.IndexOf(_hashPosition), count);
        _hashPosition += (uint)count;
        if (_hashPosition != _cursor.Length)
        {
            return;
        }

        _sha256.Finish(_hash, 0);
        if (!Bytes.AreEqual(_hash, 0, _envelope.Digest, 0, _hash.Length))
        {
            Refuse(FotaError.DigestMismatch);
            return;
        }

        System.Array.Copy(_hash, 0, _manifest.Digest, 0, _hash.Length);
        System.Array.Copy(_hash, 0, _toBeSigned, SigStructure.Length, _hash.Length);
        _signature = 0;
        _isVerifying = false;
        _validRoles = 0;
        _phase = Phase.Signatures;
    }

    private void VerifySignatures()
    {
        if (_isVerifying)
        {
            VerifySignature();
        }
        else if (_signature == _envelope.SignatureCount)
        {
            CheckRoles();
        }
        else
        {
            BeginSignature();
        }
    }

    // A key that is not known here is somebody else's business.
    private void BeginSignature()
    {
        int index = _signature;
        _anchor = _keys.FindAnchor(_envelope.KeyIdentifier(index), 0);
        if (_anchor < 0)
        {
            _signature++;
            return;
        }

        _hss.Begin(
            _keys.AnchorData,
            _keys.AnchorKeyOffset(_anchor),
            _cursor.Window,
            _envelope.SignaturePosition(index),
            _envelope.SignatureLength(index),
            _toBeSigned,
            _toBeSigned.Length);
        _isVerifying = true;
    }

    private void VerifySignature()
    {
        StdReturn result = _hss.Step(CompressionsPerCycle);
        if (result == StdReturn.Pending)
        {
            return;
        }

        if (result == StdReturn.NotOk)
        {
            if (_hss.IsReadFailed)
            {
                _cursor.RefuseRead(_envelope.SignaturePosition(_signature));
            }

            Refuse(FotaError.SignatureInvalid);
            return;
        }

        // Roles are bits: a key that signs twice, or two keys of one role, still fill that one role.
        _validRoles |= 1u << _keys.AnchorRole(_anchor);
        _isVerifying = false;
        _signature++;
    }

    private void CheckRoles()
    {
        byte[] required = _config.RequiredRoles;
        bool isMissing = _validRoles == 0;
        for (int i = 0; i < required.Length; i++)
        {
            isMissing |= (_validRoles >> required[i] & 1) == 0;
        }

        if (isMissing)
        {
            Refuse(FotaError.RoleMissing);
            return;
        }

        _reader.Begin(_envelope.ManifestPosition);
        _phase = Phase.Manifest;
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
