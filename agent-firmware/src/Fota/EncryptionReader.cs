// Reads SUIT parameter 19, the encryption info: the first counter block, and the content key as it is wrapped for each
// recipient, one recipient per call. Of the keys only the place of the one that is asked for is kept.
// Invariants: exactly one form is accepted; recipients stand in ascending order of their key identifiers, so none stands
// twice; a call reads one stretch that the caller has prepared.
// Must not know whose key identifier it looks for, nor what unwraps a key.
// Clause: PROTOCOL.md "Content encryption"; draft-ietf-suit-firmware-encryption-24; RFC 9052 §5.1.
// Tests: tests/agent-firmware/Fota/EncryptionReaderTests.
namespace EsyncAgent;

/// <summary>Parser of the encryption info.</summary>
internal sealed class EncryptionReader
{
    private readonly ManifestCursor _cursor;
    private readonly Manifest _manifest;
    private readonly uint _recipientCountMax;
    private byte[] _identifier = new byte[Csm.DeviceIdLength];
    private byte[] _previous = new byte[Csm.DeviceIdLength];
    private byte[] _wanted;
    private uint _end;
    private uint _recipientCount;
    private uint _recipientsRead;

    /// <summary>Takes 1 to <paramref name="recipientCountMax"/> recipients.</summary>
    internal EncryptionReader(ManifestCursor cursor, Manifest manifest, uint recipientCountMax)
    {
        _cursor = cursor;
        _manifest = manifest;
        _recipientCountMax = recipientCountMax;
    }

    /// <summary>True once the last recipient was read.</summary>
    internal bool IsComplete
    {
        get { return _recipientsRead == _recipientCount; }
    }

    /// <summary>Looks for the recipient with this key identifier; the array is read until the end.</summary>
    internal void Begin(byte[] wanted)
    {
        _wanted = wanted;
    }

    /// <summary>Reads all before the first recipient: 96([h'', {1: −65532, 5: IV}, nil, [… . Gives the position behind it.</summary>
    internal uint ReadHead()
    {
        CanonicalCborReader reader = _cursor.Reader;
        _end = reader.EnterByteString(_cursor.Length);
        reader.ExpectTag(SuitKey.EncryptTag);
        reader.ExpectArray(4);
        ExpectEmptyBytes();
        reader.ExpectMap(2);
        reader.ExpectKey(SuitKey.Algorithm);
        reader.ExpectKey(SuitKey.Aes256Ctr);
        reader.ExpectKey(SuitKey.Iv);
        reader.ReadBytes(_manifest.Iv, _manifest.Iv.Length);
        reader.ReadNull();
        uint start = reader.Position;
        _recipientCount = reader.ReadArray();
        _recipientsRead = 0;
        if (_recipientCount == 0)
        {
            reader.Fail(start);
        }
        else if (_recipientCount > _recipientCountMax)
        {
            _cursor.Refuse(FotaError.ManifestUnsupported, start);
        }

        return reader.Position;
    }

    /// <summary>Reads the next recipient: [h'', {1: −5, 4: kid}, wrapped key]. Gives the position behind it.</summary>
    internal uint ReadRecipient()
    {
        CanonicalCborReader reader = _cursor.Reader;
        reader.ExpectArray(3);
        ExpectEmptyBytes();
        reader.ExpectMap(2);
        reader.ExpectKey(SuitKey.Algorithm);
        reader.ExpectKey(SuitKey.Aes256KeyWrap);
        reader.ExpectKey(SuitKey.KeyIdentifier);
        uint start = reader.Position;
        reader.ReadBytes(_identifier, _identifier.Length);
        if (_recipientsRead != 0 && !IsAfter(_identifier, _previous))
        {
            reader.Fail(start);
        }

        uint end = reader.EnterByteString(_end);
        uint key = reader.Position;
        _recipientsRead++;
        if (end - key != AesKeyUnwrap.WrappedLength || (IsComplete && end != _end))
        {
            reader.Fail(key);
        }

        if (!reader.IsFailed && Bytes.AreEqual(_identifier, 0, _wanted, 0, _identifier.Length))
        {
            _manifest.WrappedKeyPosition = key;
        }

        byte[] read = _identifier;
        _identifier = _previous;
        _previous = read;
        return end;
    }

    // The protected header of the profile is a byte string without contents: neither algorithm authenticates it.
    private void ExpectEmptyBytes()
    {
        _cursor.Reader.ReadBytes(_identifier, 0);
    }

    private static bool IsAfter(byte[] next, byte[] previous)
    {
        for (int i = 0; i < Csm.DeviceIdLength; i++)
        {
            if (next[i] != previous[i])
            {
                return next[i] > previous[i];
            }
        }

        return false;
    }
}
