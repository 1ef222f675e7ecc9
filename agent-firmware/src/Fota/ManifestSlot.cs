// The slot that describes a bank: header, envelope, confirm marks (PROTOCOL.md, "Manifest slot").
// The header repeats what boot needs, so that no boot parses CBOR; the seal in the boot record binds it.
// Invariant: a header that does not check out leaves IsValid false and must not be read any further.
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

    private const uint HeaderMagic = 0x45534D53; // "ESMS"
    private const uint MarkMagic = 0x4553434D; // "ESCM"
    private const byte Format = 1;
    private const int CrcOffset = 252;

    /// <summary>Manifest digest, 32 bytes.</summary>
    public readonly byte[] Digest = new byte[32];

    /// <summary>Salt of the tables, 32 bytes.</summary>
    public readonly byte[] Salt = new byte[32];

    /// <summary>Application version, text padded with 00 to 24 bytes.</summary>
    public readonly byte[] Version = new byte[24];

    /// <summary>SHA-256 of the image.</summary>
    public readonly byte[] ImageDigest = new byte[32];

    /// <summary>True when the last <see cref="Parse"/> found a whole header.</summary>
    public bool IsValid;

    /// <summary>Runtime of the bundle.</summary>
    public byte Runtime;

    /// <summary>Application contract version of the bundle.</summary>
    public ushort ContractVersion;

    /// <summary>Length of the envelope in bytes.</summary>
    public uint EnvelopeLength;

    /// <summary>SUIT sequence number.</summary>
    public uint SequenceNumber;

    /// <summary>securityVersion.</summary>
    public uint SecurityVersion;

    /// <summary>Length of the image in bytes.</summary>
    public uint ImageLength;

    /// <summary>Number of chunks.</summary>
    public uint ChunkCount;

    /// <summary>Offset of the chunk table from the start of the slot.</summary>
    public uint ChunkTableOffset;

    /// <summary>Bytes that are transferred.</summary>
    public uint TransferLength;

    /// <summary>Encoding (dataFormatIdentifier).</summary>
    public byte Encoding;

    /// <summary>Offset of the transfer table from the start of the slot; 0 when there is none.</summary>
    public uint TransferTableOffset;

    /// <summary>Number of transferred pieces; 0 when there is no transfer table.</summary>
    public uint TransferPieceCount;

    /// <summary>Offset of the wrapped content key from the start of the slot; 0 when the transfer is not encrypted.</summary>
    public uint WrappedKeyOffset;

    /// <summary>Manifest digest of the delta's base, 32 bytes, zero when there is none.</summary>
    public readonly byte[] BaseDigest = new byte[32];

    /// <summary>First counter block of the encryption, 16 bytes, zero when there is none.</summary>
    public readonly byte[] Iv = new byte[16];

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
        System.Array.Copy(manifest.Digest, 0, into, 32, 32);
        System.Array.Copy(manifest.Salt, 0, into, 64, 32);
        System.Array.Copy(manifest.Version, 0, into, 96, 24);
        System.Array.Copy(manifest.ImageDigest, 0, into, 120, 32);
        BigEndian.WriteU32(into, 152, manifest.TransferLength);
        into[156] = manifest.Encoding;
        if (manifest.TransferPieceCount != 0)
        {
            BigEndian.WriteU32(into, 160, EnvelopeOffset + manifest.TransferTablePosition);
            BigEndian.WriteU32(into, 164, manifest.TransferPieceCount);
        }

        System.Array.Copy(manifest.BaseDigest, 0, into, 168, 32);
        if (manifest.WrappedKeyPosition != 0)
        {
            System.Array.Copy(manifest.Iv, 0, into, 200, 16);
            BigEndian.WriteU32(into, 216, EnvelopeOffset + manifest.WrappedKeyPosition);
        }

        BigEndian.WriteU32(into, CrcOffset, Crc32.Compute(into, 0, CrcOffset));
    }

    /// <summary>Reads a header of 256 bytes; true when it is whole.</summary>
    public bool Parse(byte[] header)
    {
        IsValid = BigEndian.ReadU32(header, 0) == HeaderMagic && header[4] == Format
            && BigEndian.ReadU32(header, CrcOffset) == Crc32.Compute(header, 0, CrcOffset);
        if (!IsValid)
        {
            return false;
        }

        Runtime = header[5];
        ContractVersion = BigEndian.ReadU16(header, 6);
        EnvelopeLength = BigEndian.ReadU32(header, 8);
        SequenceNumber = BigEndian.ReadU32(header, 12);
        SecurityVersion = BigEndian.ReadU32(header, 16);
        ImageLength = BigEndian.ReadU32(header, 20);
        ChunkCount = BigEndian.ReadU32(header, 24);
        ChunkTableOffset = BigEndian.ReadU32(header, 28);
        System.Array.Copy(header, 32, Digest, 0, 32);
        System.Array.Copy(header, 64, Salt, 0, 32);
        System.Array.Copy(header, 96, Version, 0, 24);
        System.Array.Copy(header, 120, ImageDigest, 0, 32);
        TransferLength = BigEndian.ReadU32(header, 152);
        Encoding = header[156];
        TransferTableOffset = BigEndian.ReadU32(header, 160);
        TransferPieceCount = BigEndian.ReadU32(header, 164);
        System.Array.Copy(header, 168, BaseDigest, 0, 32);
        System.Array.Copy(header, 200, Iv, 0, 16);
        WrappedKeyOffset = BigEndian.ReadU32(header, 216);
        return true;
    }

    /// <summary>Writes a confirm mark into 32 bytes.</summary>
    public static void WriteMark(uint securityVersion, uint recordSequence, byte[] digest, byte[] into)
    {
        BigEndian.WriteU32(into, 0, MarkMagic);
        BigEndian.WriteU32(into, 4, securityVersion);
        BigEndian.WriteU32(into, 8, recordSequence);
        System.Array.Copy(digest, 0, into, 12, 16);
        BigEndian.WriteU32(into, 28, Crc32.Compute(into, 0, 28));
    }

    /// <summary>True when the 32 bytes at <paramref name="offset"/> are a whole confirm mark for <paramref name="digest"/>.</summary>
    public static bool IsMark(byte[] from, int offset, byte[] digest)
    {
        return BigEndian.ReadU32(from, offset) == MarkMagic
            && BigEndian.ReadU32(from, offset + 28) == Crc32.Compute(from, offset, 28)
            && Bytes.AreEqual(from, offset + 12, digest, 0, 16);
    }

    /// <summary>Boot record sequence in a mark that <see cref="IsMark"/> found whole.</summary>
    public static uint MarkSequence(byte[] from, int offset)
    {
        return BigEndian.ReadU32(from, offset + 8);
    }
}
