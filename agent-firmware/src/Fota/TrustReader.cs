// Reads an authenticated trust manifest: version, sequence number, whom it is for, the new anchors one by one.
// Invariants: only called once signatures and digest are right; one stretch of the flash per call; exactly one encoding of
// each content is accepted, and nothing that this agent does not know is passed over.
// Must not know what this ECU is nor which anchors it has: comparing is TrustVerifier's and RoutineInstallTrust's work.
// Clause: PROTOCOL.md "Trust manifest".
// Tests: tests/agent-firmware/Fota/TrustVerifierTests.
namespace EsyncAgent;

/// <summary>Parser of trust manifests.</summary>
internal sealed class TrustReader
{
    private const uint MemberCountMin = 5;
    private const int KeyVersion = 1;
    private const int KeySequence = 2;
    private const int KeyVendor = 3;
    private const int KeyClass = 4;
    private const int KeyDevice = 5;
    private const int KeyAnchors = 6;

    private readonly ManifestCursor _cursor;
    private readonly TrustManifest _manifest;
    private readonly byte[] _block;
    private uint _position;
    private uint _anchorCount;
    private uint _anchorsRead;
    private bool _isHeadRead;

    /// <summary>Anchors go to <paramref name="block"/>, in the layout of the provisioning block.</summary>
    internal TrustReader(ManifestCursor cursor, TrustManifest manifest, byte[] block)
    {
        _cursor = cursor;
        _manifest = manifest;
        _block = block;
    }

    /// <summary>Begins with the manifest at a position of the envelope; it goes to the envelope's end.</summary>
    internal void Begin(uint position)
    {
        _position = position;
        _isHeadRead = false;
        _anchorsRead = 0;
        _manifest.Roles = 0;
    }

    /// <summary>Reads one stretch. NotOk: the cursor has the reason.</summary>
    internal StdReturn MainFunction()
    {
        bool isLast = false;
        if (_cursor.Prepare(_position))
        {
            if (!_isHeadRead)
            {
                ReadHead();
                _isHeadRead = true;
            }
            else
            {
                ReadAnchor();
                isLast = _anchorsRead == _anchorCount;
            }

            _position = _cursor.Reader.Position;
            if (isLast)
            {
                _cursor.Reader.ExpectEnd(_cursor.Length);
            }

            _cursor.IsGood(FotaError.ManifestMalformed);
        }

        return _cursor.Error != FotaError.None ? StdReturn.NotOk : isLast ? StdReturn.Ok : StdReturn.Pending;
    }

    private void ReadHead()
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        uint count = reader.ReadMap();
        _cursor.ExpectKey(0, KeyVersion);
        uint versionStart = reader.Position;
        uint version = reader.ReadUnsigned(uint.MaxValue);
        if (!reader.IsFailed && version != 1)
        {
            _cursor.Refuse(FotaError.ManifestVersionUnknown, versionStart);
        }

        if (!reader.IsFailed && (count < MemberCountMin || count > MemberCountMin + 1))
        {
            _cursor.Refuse(count < MemberCountMin ? FotaError.ManifestMalformed : FotaError.ManifestUnsupported, start);
        }

        _cursor.ExpectKey(KeyVersion, KeySequence);
        _manifest.SequenceNumber = reader.ReadUnsigned(uint.MaxValue);
        _cursor.ExpectKey(KeySequence, KeyVendor);
        reader.ReadBytes(_manifest.VendorId, _manifest.VendorId.Length);
        _cursor.ExpectKey(KeyVendor, KeyClass);
        reader.ReadBytes(_manifest.ClassId, _manifest.ClassId.Length);
        _manifest.HasDeviceId = count != MemberCountMin;
        if (_manifest.HasDeviceId)
        {
            _cursor.ExpectKey(KeyClass, KeyDevice);
            reader.ReadBytes(_manifest.DeviceId, _manifest.DeviceId.Length);
        }

        _cursor.ExpectKey(_manifest.HasDeviceId ? KeyDevice : KeyClass, KeyAnchors);
        uint anchorsStart = reader.Position;
        _anchorCount = reader.ReadArray();
        if (!reader.IsFailed && (_anchorCount == 0 || _anchorCount > KeyStore.AnchorCountMax))
        {
            _cursor.Refuse(FotaError.AnchorsInvalid, anchorsStart);
        }

        _block[KeyStore.CountOffset] = (byte)_anchorCount;
    }

    // [role, public key]
    private void ReadAnchor()
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        int offset = KeyStore.AnchorsOffset + (int)_anchorsRead * KeyStore.AnchorLength;
        reader.ExpectArray(2);
        uint role = reader.ReadUnsigned(uint.MaxValue);
        reader.ReadBytes(_block, offset + 1, LmsParameters.HssPublicKeyLength);
        if (reader.IsFailed)
        {
            return;
        }

        if (role < TrustRole.Author || role > TrustRole.Fleet || !LmsParameters.IsHssPublicKey(_block, offset + 1))
        {
            _cursor.Refuse(FotaError.AnchorsInvalid, start);
            return;
        }

        _block[offset] = (byte)role;
        _manifest.Roles |= 1u << (int)role;
        _anchorsRead++;
    }
}
