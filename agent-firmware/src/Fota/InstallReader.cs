// Reads the install sequence of a manifest: 20 {(19: encryption info), 21: uri, −257: …}, 21, 3. The parameters are one after
// the other, one per call, the recipients of the encryption as well; of the tables only place and length are kept.
// Invariants: parameters in canonical order, each once, the mandatory ones all there; those of an encoding only with one.
// Must not know what this ECU is, nor what a tag is made of.
// Clause: PROTOCOL.md "Manifest", "Chunk tables".
// Tests: tests/agent-firmware/Fota/InstallReaderTests, EncryptionReaderTests.
namespace EsyncAgent;

/// <summary>Parser of the install sequence, which ends where the envelope ends.</summary>
internal sealed class InstallReader
{
    private const int UriLengthMax = 128;
    private const uint ParameterCountMin = 7;
    private const uint ParameterCountMax = 12;

    // Bits of _seen: the URI, then the private parameters from −257 on, at last the encryption info.
    private const uint Mandatory = 0x7F;
    private const int EncodingBit = 7;
    private const int TransferSizeBit = 8;
    private const int TransferTableBit = 9;
    private const int BaseDigestBit = 10;
    private const int EncryptionBit = 11;

    private const byte CompressionDelta = 2;

    private enum Step : byte
    {
        Head,
        Parameter,
        Recipient,
        Tail,
    }

    private readonly ManifestCursor _cursor;
    private readonly Manifest _manifest;

    // Null in an ECU that takes no encryption: the parameter is then one that it does not know.
    private readonly EncryptionReader _encryption;
    private uint _position;
    private uint _parametersLeft;
    private uint _parametersStart;
    private int _previousKey;
    private uint _seen;
    private uint _chunkTableLength;
    private uint _transferTableLength;
    private Step _step;

    internal InstallReader(ManifestCursor cursor, Manifest manifest, byte recipientCountMax)
    {
        _cursor = cursor;
        _manifest = manifest;
        if (recipientCountMax != 0)
        {
            _encryption = new EncryptionReader(cursor, manifest, recipientCountMax);
        }
    }

    /// <summary>Begins with the sequence at a position of the envelope; a content key is looked for that is wrapped for <paramref name="recipient"/>.</summary>
    internal void Begin(uint position, byte[] recipient)
    {
        if (_encryption != null)
        {
            _encryption.Begin(recipient);
        }

        _position = position;
        _step = Step.Head;
        _seen = 0;
        _previousKey = 0;
        _chunkTableLength = 0;
        _transferTableLength = 0;
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
                case Step.Parameter:
                    ReadParameter();
                    break;
                case Step.Recipient:
                    ReadRecipient();
                    break;
                default:
                    ReadTail();
                    result = StdReturn.Ok;
                    break;
            }

            _cursor.IsGood(FotaError.ManifestMalformed);
        }

        return _cursor.Error == FotaError.None ? result : StdReturn.NotOk;
    }

    /// <summary>Whether the tables have the lengths that the image and the transfer need; completes the manifest's counts.</summary>
    internal FotaError CheckTables()
    {
        Manifest manifest = _manifest;
        manifest.ChunkCount = PieceCount(manifest.ImageLength);
        if (manifest.ImageLength == 0 || _chunkTableLength != manifest.ChunkCount * Manifest.TagLength)
        {
            return FotaError.ChunkTableInvalid;
        }

        if (manifest.Encoding == 0)
        {
            manifest.TransferLength = manifest.ImageLength;
            return FotaError.None;
        }

        manifest.TransferPieceCount = PieceCount(manifest.TransferLength);
        if (manifest.TransferLength == 0 || _transferTableLength != manifest.TransferPieceCount * Manifest.TagLength)
        {
            return FotaError.TransferTableInvalid;
        }

        return FotaError.None;
    }

    private static uint PieceCount(uint length)
    {
        return length / Manifest.ChunkLength + (length % Manifest.ChunkLength == 0 ? 0u : 1u);
    }

    private void ReadHead()
    {
        CanonicalCborReader reader = _cursor.Reader;
        _cursor.ExpectSequence(6);
        _cursor.ExpectCommand(SuitKey.DirectiveOverride);
        _parametersStart = reader.Position;
        _parametersLeft = reader.ReadMap();
        if (!reader.IsFailed && (_parametersLeft < ParameterCountMin || _parametersLeft > ParameterCountMax))
        {
            _cursor.Refuse(_parametersLeft < ParameterCountMin ? FotaError.ManifestMalformed : FotaError.ManifestUnsupported, _parametersStart);
        }

        _position = reader.Position;
        _step = Step.Parameter;
    }

    private void ReadParameter()
    {
        CanonicalCborReader reader = _cursor.Reader;
        uint start = reader.Position;
        int key = reader.ReadKey();
        if (!CanonicalCborReader.IsInOrder(_previousKey, key))
        {
            reader.Fail(start);
        }

        _previousKey = key;
        int bit = BitOf(key);
        if (!reader.IsFailed && bit < 0)
        {
            _cursor.Refuse(FotaError.ManifestUnsupported, start);
        }

        if (reader.IsFailed)
        {
            return;
        }

        _seen |= 1u << bit;
        if (bit == EncryptionBit)
        {
            _position = _encryption.ReadHead();
            _step = Step.Recipient;
            return;
        }

        uint end = bit < EncodingBit ? ReadImageParameter(key) : ReadEncodingParameter(key, start);
        _position = end != 0 ? end : reader.Position;
        EndParameter();
    }

    private void ReadRecipient()
    {
        _position = _encryption.ReadRecipient();
        if (_encryption.IsComplete)
        {
            EndParameter();
        }
    }

    private void EndParameter()
    {
        _parametersLeft--;
        _step = _parametersLeft == 0 ? Step.Tail : Step.Parameter;
    }

    // The parameter's bit in _seen, −1 for one that is not known.
    private int BitOf(int key)
    {
        if (key == SuitKey.ParameterUri)
        {
            return 0;
        }

        if (key == SuitKey.ParameterEncryption)
        {
            return _encryption != null ? EncryptionBit : -1;
        }

        return key <= SuitKey.ParameterSalt && key >= SuitKey.ParameterBaseDigest ? 1 + SuitKey.ParameterSalt - key : -1;
    }

    // Gives the end of a table, which is stepped over; 0 for what was read whole.
    private uint ReadImageParameter(int key)
    {
        CanonicalCborReader reader = _cursor.Reader;
        switch (key)
        {
            case SuitKey.ParameterUri:
                reader.ReadPrintable(null, UriLengthMax);
                return 0;
            case SuitKey.ParameterSalt:
                reader.ReadBytes(_manifest.Salt, _manifest.Salt.Length);
                return 0;
            case SuitKey.ParameterChunkTable:
                uint end = reader.EnterByteString(_cursor.Length);
                _manifest.ChunkTablePosition = reader.Position;
                _chunkTableLength = end - reader.Position;
                return end;
            case SuitKey.ParameterSecurityVersion:
                _manifest.SecurityVersion = reader.ReadUnsigned(uint.MaxValue);
                return 0;
            case SuitKey.ParameterVersion:
                reader.ReadPrintable(_manifest.Version, _manifest.Version.Length);
                return 0;
            case SuitKey.ParameterRuntime:
                _manifest.Runtime = (byte)reader.ReadUnsigned(byte.MaxValue);
                return 0;
            default:
                _manifest.ContractVersion = (ushort)reader.ReadUnsigned(ushort.MaxValue);
                return 0;
        }
    }

    // An encoding of 00 is said by saying nothing; everything else here goes with an encoding only.
    private uint ReadEncodingParameter(int key, uint start)
    {
        CanonicalCborReader reader = _cursor.Reader;
        if (key == SuitKey.ParameterEncoding)
        {
            _manifest.Encoding = (byte)reader.ReadUnsigned(byte.MaxValue);
            if (_manifest.Encoding == 0)
            {
                reader.Fail(start);
            }

            return 0;
        }

        if (_manifest.Encoding == 0)
        {
            reader.Fail(start);
            return 0;
        }

        switch (key)
        {
            case SuitKey.ParameterTransferSize:
                _manifest.TransferLength = reader.ReadUnsigned(uint.MaxValue);
                return 0;
            case SuitKey.ParameterTransferTable:
                uint end = reader.EnterByteString(_cursor.Length);
                _manifest.TransferTablePosition = reader.Position;
                _transferTableLength = end - reader.Position;
                return end;
            default:
                reader.ReadBytes(_manifest.BaseDigest, _manifest.BaseDigest.Length);
                _manifest.HasBaseDigest = true;
                return 0;
        }
    }

    private void ReadTail()
    {
        CanonicalCborReader reader = _cursor.Reader;
        bool isDelta = _manifest.Encoding >> 4 == CompressionDelta;
        bool hasTransfer = HasSeen(TransferSizeBit) && HasSeen(TransferTableBit);
        if ((_seen & Mandatory) != Mandatory || HasSeen(EncodingBit) != hasTransfer || HasSeen(BaseDigestBit) != isDelta
            || HasSeen(EncryptionBit) != _manifest.IsEncrypted)
        {
            reader.Fail(_parametersStart);
        }

        _cursor.ExpectReported(SuitKey.DirectiveFetch);
        _cursor.ExpectReported(SuitKey.ConditionImageMatch);
        reader.ExpectEnd(_cursor.Length);
    }

    private bool HasSeen(int bit)
    {
        return (_seen >> bit & 1) != 0;
    }
}
