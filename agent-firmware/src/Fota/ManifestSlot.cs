// The slot that describes a bank: header, envelope, confirm marks (PROTOCOL.md, "Manifest slot").
// The header repeats what boot needs, so that no boot parses CBOR; the seal in the boot record binds it.
// Invariant: a header that does not check out leaves IsValid false and must not be read any further; it counts when the seal in the
// boot record binds it, or when it is whole where a seal is going to be bound.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Layout of a manifest slot and the header's content once parsed.</summary>
public sealed class ManifestSlot
{
    /// <summary>Length of the header in bytes.</summary>
    public const int HeaderLength = 256;

    /// <summary>Offset of the envelope.</summary>
    public const int EnvelopeOffset = HeaderLength;

    /// <summary>Length of one confirm mark.</summary>
    public const int MarkLength = 32;

    /// <summary>Number of confirm marks at the end of the slot.</summary>
    public const int MarkCount = 8;

    /// <summary>Bytes of a slot that an envelope cannot use.</summary>
    public const int Overhead = HeaderLength + (MarkCount * MarkLength);

    /// <summary>Where the SHA-256 of the image lies in <see cref="Header"/>, 32 bytes.</summary>
    public const int ImageDigestOffset = 120;

    /// <summary>Where the manifest digest of the delta's base lies in <see cref="Header"/>, 32 bytes, zero when there is none.</summary>
    public const int BaseDigestOffset = 168;

    /// <summary>Where the first counter block of the encryption lies in <see cref="Header"/>, 16 bytes, zero when there is none.</summary>
    public const int IvOffset = 200;

    /// <summary>Length of the application version.</summary>
    public const int VersionLength = 24;

    private const uint HeaderMagic = 0x45534D53; // "ESMS"
    private const uint MarkMagic = 0x4553434D; // "ESCM"
    private const byte Format = 1;
    private const int CrcOffset = 252;

    // Where the arrays lie in the header.
    private const int DigestOffset = 32;
    private const int SaltOffset = 64;
    private const int VersionOffset = 96;

    // Numbers are read from the header when somebody asks: a field for each would cost the runtime twelve bytes.
    private readonly byte[] _header;

    /// <summary>Manifest digest, 32 bytes.</summary>
    public readonly byte[] Digest = new byte[32];

    /// <summary>Salt of the tables, 32 bytes.</summary>
    public readonly byte[] Salt = new byte[32];

    /// <summary>True when the last <see cref="Parse"/> found a header, and nothing was read over it since.</summary>
    public bool IsValid;

    /// <summary>The content of a header in the first <see cref="HeaderLength"/> bytes of <paramref name="header"/>, which stays there while it is asked for.</summary>
    public ManifestSlot(byte[] header)
    {
        _header = header;
    }

    /// <summary>The header's bytes; what an array of it is compared or copied from, at the offsets below.</summary>
    public byte[] Header
    {
        get { return _header; }
    }

    /// <summary>Runtime of the bundle.</summary>
    public byte Runtime
    {
        get { return _header[5]; }
    }

    /// <summary>Application contract version of the bundle.</summary>
    public ushort ContractVersion
    {
        get { return BigEndian.ReadU16(_header, 6); }
    }

    /// <summary>Length of the envelope in bytes.</summary>
    public uint EnvelopeLength
    {
        get { return BigEndian.ReadU32(_header, 8); }
    }

    /// <summary>SUIT sequence number.</summary>
    public uint SequenceNumber
    {
        get { return BigEndian.ReadU32(_header, 12); }
    }

    /// <summary>securityVersion.</summary>
    public uint SecurityVersion
    {
        get { return BigEndian.ReadU32(_header, 16); }
    }

    /// <summary>Length of the image in bytes.</summary>
    public uint ImageLength
    {
        get { return BigEndian.ReadU32(_header, 20); }
    }

    /// <summary>Number of chunks.</summary>
    public uint ChunkCount
    {
        get { return BigEndian.ReadU32(_header, 24); }
    }

    /// <summary>Offset of the chunk table from the start of the slot.</summary>
    public uint ChunkTableOffset
    {
        get { return BigEndian.ReadU32(_header, 28); }
    }

    /// <summary>Bytes that are transferred.</summary>
    public uint TransferLength
    {
        get { return BigEndian.ReadU32(_header, 152); }
    }

    /// <summary>Encoding (dataFormatIdentifier).</summary>
    public byte Encoding
    {
        get { return _header[156]; }
    }

    /// <summary>Offset of the transfer table from the start of the slot; 0 when there is none.</summary>
    public uint TransferTableOffset
    {
        get { return BigEndian.ReadU32(_header, 160); }
    }

    /// <summary>Number of transferred pieces; 0 when there is no transfer table.</summary>
    public uint TransferPieceCount
    {
        get { return BigEndian.ReadU32(_header, 164); }
    }

    /// <summary>Offset of the wrapped content key from the start of the slot; 0 when the transfer is not encrypted.</summary>
    public uint WrappedKeyOffset
    {
        get { return BigEndian.ReadU32(_header, 216); }
    }

    /// <summary>Copies the application version, text padded with 00 to 24 bytes.</summary>
    public void CopyVersion(byte[] into)
    {
        System.Array.Copy(_header, VersionOffset, into, 0, VersionLength);
    }

    /// <summary>Writes the header of a verified manifest into the first 256 bytes.</summary>
    public static void WriteHeader(Manifest manifest, uint envelopeLength, byte[] into)
    {
        System.Array.Clear(into, 0, HeaderLength);
        BigEndian.WriteU32(into, 0, HeaderMagic);
        into[4] = Format;
        into[5] = manifest.Runtime;
        BigEndian.WriteU16(into, 6, manifest.ContractVersion);
        BigEndian.WriteU32(into, 8, envelopeLength);
        BigEndian.WriteU32(into, 12, manifest.SequenceNumber);
        BigEndian.WriteU32(into, 16, manifest.SecurityVersion);
        BigEndian.WriteU32(into, 20, manifest.ImageLength);
        BigEndian.WriteU32(into, 24, manifest.ChunkCount);
        BigEndian.WriteU32(into, 28, EnvelopeOffset + manifest.ChunkTablePosition);
        System.Array.Copy(manifest.Digest, 0, into, DigestOffset, 32);
        System.Array.Copy(manifest.Salt, 0, into, SaltOffset, 32);
        System.Array.Copy(manifest.Version, 0, into, VersionOffset, VersionLength);
        System.Array.Copy(manifest.ImageDigest, 0, into, ImageDigestOffset, 32);
        BigEndian.WriteU32(into, 152, manifest.TransferLength);
        into[156] = manifest.Encoding;
        if (manifest.TransferPieceCount != 0)
        {
            BigEndian.WriteU32(into, 160, EnvelopeOffset + manifest.TransferTablePosition);
            BigEndian.WriteU32(into, 164, manifest.TransferPieceCount);
        }

        System.Array.Copy(manifest.BaseDigest, 0, into, BaseDigestOffset, 32);
        if (manifest.WrappedKeyPosition != 0)
        {
            System.Array.Copy(manifest.Iv, 0, into, IvOffset, 16);
            BigEndian.WriteU32(into, 216, EnvelopeOffset + manifest.WrappedKeyPosition);
        }

        BigEndian.WriteU32(into, CrcOffset, Crc32.Compute(into, 0, CrcOffset));
    }

    /// <summary>Checks the CRC of a header that <see cref="Parse"/> found. Needless before a comparison with the seal in the boot record: that covers the header by one native HMAC, and this takes 6,000 IL.</summary>
    public bool IsWhole()
    {
        return BigEndian.ReadU32(_header, CrcOffset) == Crc32.Compute(_header, 0, CrcOffset);
    }

    /// <summary>Takes a header that was read; true when it is one.</summary>
    public bool Parse()
    {
        IsValid = BigEndian.ReadU32(_header, 0) == HeaderMagic && _header[4] == Format;
        if (IsValid)
        {
            System.Array.Copy(_header, DigestOffset, Digest, 0, Digest.Length);
            System.Array.Copy(_header, SaltOffset, Salt, 0, Salt.Length);
        }

        return IsValid;
    }

    /// <summary>Writes a confirm mark into 32 bytes.</summary>
    public static void WriteMark(uint securityVersion, uint recordSequence, byte[] digest, int digestOffset, byte[] into)
    {
        BigEndian.WriteU32(into, 0, MarkMagic);
        BigEndian.WriteU32(into, 4, securityVersion);
        BigEndian.WriteU32(into, 8, recordSequence);
        System.Array.Copy(digest, digestOffset, into, 12, 16);
        BigEndian.WriteU32(into, 28, Crc32.Compute(into, 0, 28));
    }

    /// <summary>True when the 32 bytes at <paramref name="offset"/> are a whole confirm mark for <paramref name="digest"/>.</summary>
    public static bool IsMark(byte[] from, int offset, byte[] digest, int digestOffset)
    {
        return BigEndian.ReadU32(from, offset) == MarkMagic
            && BigEndian.ReadU32(from, offset + 28) == Crc32.Compute(from, offset, 28)
            && Bytes.AreEqual(from, offset + 12, digest, digestOffset, 16);
    }

    /// <summary>Boot record sequence in a mark that <see cref="IsMark"/> found whole.</summary>
    public static uint MarkSequence(byte[] from, int offset)
    {
        return BigEndian.ReadU32(from, offset + 8);
    }
}
