// dataFormatIdentifier: how a payload is made from the image, in words and numbers.
// Clause: ISO 14229-1:2020 §14.2.2.2 (high nibble compression, low nibble encryption); PROTOCOL.md, "Manifest".
// Tests: tests/host-sim/Packages.
namespace EsyncSim.Packages;

/// <summary>The encodings that there are.</summary>
public static class PayloadEncoding
{
    /// <summary>Compression: the image as it is.</summary>
    public const byte Plain = 0;

    /// <summary>Compression: heatshrink.</summary>
    public const byte Heatshrink = 1;

    /// <summary>Compression: a patch of the image that the ECU runs, compressed with heatshrink.</summary>
    public const byte Delta = 2;

    /// <summary>Encryption: AES-256-CTR.</summary>
    public const byte Encrypted = 1;

    /// <summary>Largest window that an agent decompresses, as a power of two.</summary>
    public const int WindowBitsMax = 12;

    private static readonly string[] Names = ["full image", "heatshrink", "delta + heatshrink"];

    /// <summary>High nibble.</summary>
    public static byte CompressionOf(byte encoding) => (byte)(encoding >> 4);

    /// <summary>True when the payload is encrypted.</summary>
    public static bool IsEncrypted(byte encoding) => (encoding & 0x0F) != 0;

    /// <summary>True for 00, 10, 20, 01, 11, 21.</summary>
    public static bool IsKnown(byte encoding) => CompressionOf(encoding) <= Delta && (encoding & 0x0F) <= Encrypted;

    /// <summary>True when an ECU that states these encodings (DID FD05) takes this one.</summary>
    public static bool IsTaken(ushort encodings, byte encoding) => IsKnown(encoding) && (encodings >> (CompressionOf(encoding) + (8 * (encoding & 0x0F))) & 1) != 0;

    /// <summary>In words.</summary>
    public static string Name(byte encoding) => IsKnown(encoding) ? Names[CompressionOf(encoding)] + (IsEncrypted(encoding) ? ", encrypted" : "") : "unknown";
}
