// Reads the outside of a signed document: the digest, where each signature lies and whose it claims to be, and where the
// manifest lies. Believes nothing of it: that is EnvelopeVerifier's work.
// Invariants: the envelope is tag({2: Auth, 3: Manifest}) and nothing else, to its last byte, the tag being that of the kind
// of document that is wanted; one to four signatures, each with the one protected header of HSS/LMS and a kid of 16 bytes.
// Clause: PROTOCOL.md "Manifest", "Trust manifest", "Collection rules"; draft-ietf-suit-manifest-37 §8; RFC 9052 §4.2; RFC 8778 §3.
// Tests: tests/agent-firmware/Fota/EnvelopeTests.
namespace EsyncAgent;

/// <summary>Shape of one envelope.</summary>
internal sealed class EnvelopeReader
{
    /// <summary>Most signatures of an envelope.</summary>
    internal const int SignatureCountMax = 4;

    private enum Step : byte
    {
        Head,
        Signature,
        Manifest,
    }

    // {1: −46}: algorithm HSS/LMS.
    private static readonly byte[] ProtectedHeader = { 0xA1, 0x01, 0x38, 0x2D };

    private readonly ManifestCursor _cursor;
    private readonly byte[] _digest = new byte[Sha256.HashLength];
    private readonly byte[] _keyIdentifiers = new byte[SignatureCountMax * LmsParameters.IdentifierLength];
    private readonly uint[] _signaturePositions = new uint[SignatureCountMax];
    private readonly uint[] _signatureLengths = new uint[SignatureCountMax];
    private int _signatureCount;
    private int _signaturesRead;
    private SignedDocument _kind;
    private uint _authenticationEnd;
    private uint _manifestStart;
    private uint _manifestPosition;
    private uint _position;
    private Step _step;

    internal EnvelopeReader(ManifestCursor cursor)
    {
        _cursor = cursor;
    }

    /// <summary>The digest that was signed.</summary>
    internal byte[] Digest
    {
        get { return _digest; }
    }

    /// <summary>Number of signatures, 1 to 4.</summary>
    internal int SignatureCount
    {
        get { return _signatureCount; }
    }

    /// <summary>First byte that the digest is over: the head of the manifest's byte string. It goes to the envelope's end.</summary>
    internal uint ManifestStart
    {
        get { return _manifestStart; }
    }

    /// <summary>First byte of the manifest itself.</summary>
    internal uint ManifestPosition
    {
        get { return _manifestPosition; }
    }

    /// <summary>kid of each signature, 16 bytes one after the other.</summary>
    internal byte[] KeyIdentifiers
    {
        get { return _keyIdentifiers; }
    }

    /// <summary>First byte of a signature.</summary>
    internal uint SignaturePosition(int index)
    {
        return _signaturePositions[index];
    }

    /// <summary>Length of a signature in bytes.</summary>
    internal uint SignatureLength(int index)
    {
        return _signatureLengths[index];
    }

    /// <summary>Begins with the envelope that the cursor has opened; it must be of this kind.</summary>
    internal void Begin(SignedDocument kind)
    {
        _kind = kind;
        _step = Step.Head;
        _position = 0;
        _signaturesRead = 0;
    }

    /// <summary>Reads one stretch. NotOk: the cursor has the reason.</summary>
    internal StdReturn MainFunction()
    {
        StdReturn result = StdReturn.Pending;
        if (_cursor.Prepare(_position))
        {
            switch (_step)
            {
                case Step.Head:
                    ReadHead();
                    break;
                case Step.Signature:
                    ReadSignature();
                    break;
                default:
                    ReadManifestHead();
                    result = StdReturn.Ok;
                    break;
            }

            _cursor.IsGood(FotaError.EnvelopeMalformed);
        }

        return _cursor.Error == FotaError.None ? result : StdReturn.NotOk;
    }

    private void ReadHead()
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint tag = reader.ReadTag();
        if (tag != TagOf(_kind))
        {
            Refuse(tag);
        }

        reader.ExpectMap(2);
        reader.ExpectKey(SuitKey.Authentication);
        _authenticationEnd = reader.EnterByteString(_cursor.Length);
        uint start = reader.Position;
        uint count = reader.ReadArray();
        if (count < 2 || count > 1 + SignatureCountMax)
        {
            reader.Fail(start);
        }

        _cursor.ReadDigest(_digest, _authenticationEnd);
        _signatureCount = (int)count - 1;
        _position = reader.Position;
        _step = Step.Signature;
    }

    // What is signed, but for another purpose, deserves its own name.
    private void Refuse(uint tag)
    {
        bool isOtherKind = tag == SuitKey.EnvelopeTag || tag == SuitKey.TrustTag || tag == SuitKey.RulesTag;
        _cursor.Refuse(isOtherKind ? FotaError.WrongDocument : FotaError.EnvelopeMalformed, 0);
    }

    private static uint TagOf(SignedDocument kind)
    {
        switch (kind)
        {
            case SignedDocument.TrustManifest:
                return SuitKey.TrustTag;
            case SignedDocument.CollectionRules:
                return SuitKey.RulesTag;
            default:
                return SuitKey.EnvelopeTag;
        }
    }

    private void ReadSignature()
    {
        CanonicalCborReader reader = _cursor.Reader;
        int index = _signaturesRead;
        uint end = reader.EnterByteString(_authenticationEnd);
        reader.ExpectTag(SuitKey.Sign1Tag);
        reader.ExpectArray(4);
        reader.ExpectBytes(ProtectedHeader);
        reader.ExpectMap(1);
        reader.ExpectKey(SuitKey.KeyIdentifier);
        reader.ReadBytes(_keyIdentifiers, index * LmsParameters.IdentifierLength, LmsParameters.IdentifierLength);
        reader.ReadNull();
        uint start = reader.Position;
        uint signatureEnd = reader.EnterByteString(end);
        _signaturePositions[index] = reader.Position;
        _signatureLengths[index] = signatureEnd - reader.Position;
        _position = signatureEnd;
        _signaturesRead = index + 1;
        bool isLast = _signaturesRead == _signatureCount;
        if (signatureEnd != end || (isLast && end != _authenticationEnd))
        {
            reader.Fail(start);
        }

        if (isLast)
        {
            _step = Step.Manifest;
        }
    }

    private void ReadManifestHead()
    {
        CanonicalCborReader reader = _cursor.Reader;
        reader.ExpectKey(SuitKey.Manifest);
        _manifestStart = reader.Position;
        uint end = reader.EnterByteString(_cursor.Length);
        _manifestPosition = reader.Position;
        if (end != _cursor.Length)
        {
            reader.Fail(_manifestStart);
        }
    }
}
