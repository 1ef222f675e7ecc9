// How an image is transferred: dataFormatIdentifier of RequestDownload (ISO 14229-1:2020 §14.2), compression in the high
// nibble, encryption in the low one; and which of these an ECU takes.
// Invariant: on the wire and in flash; never changed.
// Tests: tests/agent-firmware/Fota.
namespace EsyncAgent;

/// <summary>Values of dataFormatIdentifier.</summary>
public static class TransferEncoding
{
    /// <summary>Compression: none.</summary>
    public const int Plain = 0;

    /// <summary>Compression: heatshrink.</summary>
    public const int Heatshrink = 1;

    /// <summary>Compression: a patch of the running image, compressed by heatshrink.</summary>
    public const int Delta = 2;

    /// <summary>Encryption: AES-256-CTR.</summary>
    public const int AesCtr = 1;

    private const int EncryptedShift = 8;

    /// <summary>Compression of an encoding.</summary>
    public static int Compression(byte encoding)
    {
        return encoding >> 4;
    }

    /// <summary>True when the transferred bytes are encrypted.</summary>
    public static bool IsEncrypted(byte encoding)
    {
        return (encoding & 0x0F) == AesCtr;
    }

    /// <summary>Whether a mask of encodings, as DID FD05 gives it, holds one.</summary>
    public static bool IsIn(ushort mask, byte encoding)
    {
        int compression = Compression(encoding);
        return compression <= Delta && (encoding & 0x0F) <= AesCtr
            && (mask >> (compression + (IsEncrypted(encoding) ? EncryptedShift : 0)) & 1) != 0;
    }

    /// <summary>Whether a mask holds a compression, encrypted or not.</summary>
    public static bool HasCompression(ushort mask, int compression)
    {
        return ((mask | mask >> EncryptedShift) >> compression & 1) != 0;
    }

    /// <summary>Whether a mask holds anything encrypted.</summary>
    public static bool HasEncryption(ushort mask)
    {
        return mask >> EncryptedShift != 0;
    }
}
