// What an authenticated manifest says, as far as the update target needs it (PROTOCOL.md, "Manifest").
// Tables stay in the flash: only where they begin is kept. Positions count from the first byte of the envelope.
// Invariant: written by ManifestReader only; complete and consistent once ManifestVerifier has said Ok.
// Tests: tests/agent-firmware/Fota/ManifestReaderTests.
namespace EsyncAgent;

/// <summary>Facts of one manifest.</summary>
public sealed class Manifest : SignedFacts
{
    /// <summary>Bytes of the image that one chunk tag covers.</summary>
    public const uint ChunkLength = 4096;

    /// <summary>Bytes of one tag in a table.</summary>
    public const uint TagLength = 32;

    // Low nibble of a dataFormatIdentifier.
    private const byte EncryptionAesCtr = 1;

    /// <summary>Value that is compared with the floor, private parameter −259.</summary>
    public uint SecurityVersion;

    /// <summary>Length of the installed image in bytes, 1 or more.</summary>
    public uint ImageLength;

    /// <summary>Number of chunks of the installed image.</summary>
    public uint ChunkCount;

    /// <summary>Where the chunk table begins.</summary>
    public uint ChunkTablePosition;

    /// <summary>Bytes that are transferred: the image length when there is no encoding.</summary>
    public uint TransferLength;

    /// <summary>Where the transfer table begins; 0 when there is none.</summary>
    public uint TransferTablePosition;

    /// <summary>Number of tags in the transfer table; 0 when there is none.</summary>
    public uint TransferPieceCount;

    /// <summary>dataFormatIdentifier of the transfer; 00 is the image as it is.</summary>
    public byte Encoding;

    /// <summary>Runtime of the bundle: 1 net10.0, 2 nanoFramework.</summary>
    public byte Runtime;

    /// <summary>Version of the application contract that the bundle was compiled against.</summary>
    public ushort ContractVersion;

    /// <summary>Component slots in which the image may lie: bit 0 bank A, bit 1 bank B.</summary>
    public byte SlotMask;

    /// <summary>True when the manifest names the base of a delta.</summary>
    public bool HasBaseDigest;

    /// <summary>True when the encoding is one of AES-256-CTR.</summary>
    public bool IsEncrypted
    {
        get { return (Encoding & 0x0F) == EncryptionAesCtr; }
    }

    /// <summary>Public key of the tags.</summary>
    public readonly byte[] Salt = new byte[32];

    /// <summary>SHA-256 of the installed image.</summary>
    public readonly byte[] ImageDigest = new byte[32];

    /// <summary>Digest of the manifest whose image is the delta's base; zero when <see cref="HasBaseDigest"/> is false.</summary>
    public readonly byte[] BaseDigest = new byte[32];

    /// <summary>Where the content key lies that is wrapped for this device; 0 when the transfer is not encrypted.</summary>
    public uint WrappedKeyPosition;

    /// <summary>First counter block of the encryption; zero when there is none.</summary>
    public readonly byte[] Iv = new byte[16];

    /// <summary>Application version, text padded with 00.</summary>
    public readonly byte[] Version = new byte[24];

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        SequenceNumber = 0;
        SecurityVersion = 0;
        ImageLength = 0;
        ChunkCount = 0;
        ChunkTablePosition = 0;
        TransferLength = 0;
        TransferTablePosition = 0;
        TransferPieceCount = 0;
        WrappedKeyPosition = 0;
        Encoding = 0;
        Runtime = 0;
        ContractVersion = 0;
        SlotMask = 0;
        HasDeviceId = false;
        HasBaseDigest = false;
        System.Array.Clear(Digest, 0, Digest.Length);
        System.Array.Clear(Salt, 0, Salt.Length);
        System.Array.Clear(ImageDigest, 0, ImageDigest.Length);
        System.Array.Clear(BaseDigest, 0, BaseDigest.Length);
        System.Array.Clear(Iv, 0, Iv.Length);
        System.Array.Clear(Version, 0, Version.Length);
        System.Array.Clear(VendorId, 0, VendorId.Length);
        System.Array.Clear(ClassId, 0, ClassId.Length);
        System.Array.Clear(DeviceId, 0, DeviceId.Length);
    }
}
