// What a manifest says about the encryption of its payload: the first counter block, and the content key, wrapped once for
// each device that may read it. No secrets: it is worth nothing without a device's own key.
// Clause: PROTOCOL.md, "Content encryption".
// Tests: tests/host-sim/Packages.
namespace EsyncSim.Packages;

/// <summary>SUIT parameter 19.</summary>
/// <param name="Iv">First counter block, 16 bytes.</param>
/// <param name="Recipients">1 to <see cref="RecipientCountMax"/>, in ascending order of their device identifiers.</param>
public sealed record EncryptionInfo(byte[] Iv, IReadOnlyList<WrappedKey> Recipients)
{
    /// <summary>Bytes of the first counter block.</summary>
    public const int IvLength = 16;

    /// <summary>Recipients that one envelope may have; an ECU may take fewer.</summary>
    public const int RecipientCountMax = 32;

    /// <summary>Order of recipients: by device identifier, byte by byte.</summary>
    public static int Compare(byte[] deviceId, byte[] other) => deviceId.AsSpan().SequenceCompareTo(other);
}

/// <summary>The content key for one device.</summary>
/// <param name="DeviceId">Device identifier, 16 bytes.</param>
/// <param name="Key">Content key under the device's key-wrap key, 40 bytes (RFC 3394).</param>
public sealed record WrappedKey(byte[] DeviceId, byte[] Key)
{
    /// <summary>Bytes of a wrapped content key.</summary>
    public const int Length = 40;
}
