// Authenticates a signed document that lies in flash, in slices: shape of the envelope, digest over what is signed,
// signatures and roles. What it says is not looked at here.
// Invariants: a document is authentic when each required role signed it with a key of its own, and no signature by a known
// key is wrong; signatures of one kind of document never hold for another, for they are made over its label; a call does a
// handful of hash compressions at most and ends; a verdict comes after a bounded number of calls.
// Clause: PROTOCOL.md "Manifest", "Trust manifest", "Collection rules"; RFC 9052 §4.4.
// Tests: tests/agent-firmware/Fota/ManifestVerifierTests, EnvelopeTests, TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Authentication of one envelope at a time.</summary>
internal sealed class EnvelopeVerifier
{
    // Some 6,000 IL instructions each: ten milliseconds of a slow board at a time.
    private const int CompressionsPerCycle = 4;

    // What one call hashes, and what the window holds; longer than ManifestCursor.LookAhead.
    private const int WindowLength = 64 * CompressionsPerCycle;

    private const string TrustLabel = "esync/v1/trust-manifest";
    private const string RulesLabel = "esync/v1/collection-rules";
    private const int ToBeSignedLengthMax = 82;

    private enum Phase : byte
    {
        Ended,
        Envelope,
        Digest,
        Signatures,
    }

    // The Sig_structure in front of external_aad, RFC 9052 §4.4: ["Signature1", h'a101382d',
    private static readonly byte[] SigHead =
    {
        0x84, 0x6A, (byte)'S', (byte)'i', (byte)'g', (byte)'n', (byte)'a', (byte)'t', (byte)'u', (byte)'r', (byte)'e', (byte)'1',
        0x44, 0xA1, 0x01, 0x38, 0x2D,
    };

    // And behind it, in front of the digest: «[−16, digest]».
    private static readonly byte[] SigTail = { 0x58, 0x24, 0x82, 0x2F, 0x58, 0x20 };

    // Rules decide what is sampled and nothing else: whoever signs them need not be trusted with images.
    private static readonly byte[] RulesRoles = { TrustRole.Rules };

    private readonly byte[] _requiredRoles;
    private readonly KeyStore _keys;
    private readonly Sha256 _sha256;
    private readonly HssVerifier _hss;
    private readonly ManifestCursor _cursor;
    private readonly EnvelopeReader _envelope;
    private readonly byte[] _hash = new byte[Sha256.HashLength];

    // The Sig_structure of the document; long enough for the longest label.
    private readonly byte[] _toBeSigned = new byte[ToBeSignedLengthMax];
    private int _toBeSignedLength;

    private SignedDocument _kind;
    private bool _areRolesRequired;
    private Phase _phase;
    private StdReturn _result = StdReturn.NotOk;
    private uint _hashPosition;
    private int _signature;
    private int _anchor;
    private bool _isVerifying;
    private uint _validRoles;

    /// <summary>A verifier that insists on these roles, but for collection rules; <paramref name="chunkBuffer"/> is used only while it works.</summary>
    internal EnvelopeVerifier(byte[] requiredRoles, Fls fls, Csm csm, KeyStore keys, byte[] chunkBuffer)
    {
        _requiredRoles = requiredRoles;
        _keys = keys;
        _sha256 = csm.Sha256;
        _hss = new HssVerifier(csm);
        _cursor = new ManifestCursor(new FlsWindow(fls, FlsPriority.Fota, chunkBuffer, WindowLength));
        _envelope = new EnvelopeReader(_cursor);
    }

    /// <summary>The document, and why it was refused.</summary>
    internal ManifestCursor Cursor
    {
        get { return _cursor; }
    }

    /// <summary>True once the digest was right: <see cref="Digest"/> is the document's, whoever signed it.</summary>
    internal bool IsDigestRight { get; private set; }

    /// <summary>SHA-256 of what is signed, with its head.</summary>
    internal byte[] Digest
    {
        get { return _hash; }
    }

    /// <summary>First byte of what is signed, behind its head; it goes to the envelope's end.</summary>
    internal uint ManifestPosition
    {
        get { return _envelope.ManifestPosition; }
    }

    /// <summary>
    /// Begins with the envelope of <paramref name="length"/> bytes at a flash address. Without
    /// <paramref name="areRolesRequired"/> unknown signers are enough: for what was authenticated before.
    /// </summary>
    internal void Begin(SignedDocument kind, uint address, uint length, bool areRolesRequired)
    {
        _kind = kind;
        _areRolesRequired = areRolesRequired;
        _cursor.Open(address, length);
        _envelope.Begin(kind);
        IsDigestRight = false;
        _phase = Phase.Envelope;
        _result = StdReturn.Pending;
        if (!_keys.IsProvisioned)
        {
            Refuse(FotaError.NotProvisioned);
        }
    }

    /// <summary>Does one bounded piece of work. Pending: call again next cycle. NotOk: the cursor has the reason.</summary>
    internal StdReturn MainFunction()
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
        }

        if (_cursor.Error != FotaError.None)
        {
            End(StdReturn.NotOk);
        }

        return _result;
    }

    private void BuildSigStructure(string label)
    {
        // The head of a byte string: one byte for less than 24 bytes of contents, two for less than 256.
        int labelStart = SigHead.Length + (label.Length < 24 ? 1 : 2);
        int tail = labelStart + label.Length;
        byte[] whole = _toBeSigned;
        System.Array.Copy(SigHead, whole, SigHead.Length);
        whole[SigHead.Length] = (byte)(label.Length < 24 ? 0x40 + label.Length : 0x58);
        if (label.Length >= 24)
        {
            whole[labelStart - 1] = (byte)label.Length;
        }

        for (int i = 0; i < label.Length; i++)
        {
            whole[labelStart + i] = (byte)label[i];
        }

        System.Array.Copy(SigTail, 0, whole, tail, SigTail.Length);
        System.Array.Copy(_hash, 0, whole, tail + SigTail.Length, _hash.Length);
        _toBeSignedLength = tail + SigTail.Length + _hash.Length;
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

        IsDigestRight = true;
        BuildSigStructure(_kind == SignedDocument.TrustManifest ? TrustLabel : _kind == SignedDocument.CollectionRules ? RulesLabel : "");
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
        _anchor = _keys.FindAnchor(_envelope.KeyIdentifiers, index * LmsParameters.IdentifierLength);
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
            _toBeSignedLength);
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
        byte[] required = _kind == SignedDocument.CollectionRules ? RulesRoles : _requiredRoles;
        bool isMissing = _validRoles == 0;
        for (int i = 0; i < required.Length; i++)
        {
            isMissing |= (_validRoles >> required[i] & 1) == 0;
        }

        if (isMissing && _areRolesRequired)
        {
            Refuse(FotaError.RoleMissing);
            return;
        }

        End(StdReturn.Ok);
    }
}
